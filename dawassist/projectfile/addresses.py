"""Finding in a project file the element or line that a target names. Identity is the GUID; two of it are refused."""

from dawassist.errors import NotModelled
from dawassist.projectfile.envelopes import KINDS, MASTER_KINDS
from dawassist.projectfile.fields import guid_or_made
from dawassist.projectfile.fx import FxSlot, every_slot
from dawassist.projectfile.sends import receives
from dawassist.projectfile.tracks import FX_CHAIN, MASTER_FX_CHAIN, track_guid, track_place
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import MASTER_GUID
from dawassist.session.targets import EnvelopeTarget, FxTarget, ItemTarget, SendTarget


class Addresses:
    """The tracks of one parsed project by GUID. Methods raise NotModelled, with a sentence, for what is not there."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._tracks: dict[str, list[tuple[int, Element]]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Look for the tracks again: one was added."""
        self._tracks.clear()
        for index, element in enumerate(self.root.find_all("TRACK")):
            self._tracks.setdefault(track_guid(element, index), []).append((index, element))

    def track(self, guid: str) -> tuple[int, Element]:
        """Index and element."""
        found = self._tracks.get(guid, [])
        if len(found) != 1:
            raise NotModelled("The track is gone." if not found else "Several tracks have the same GUID.")
        return found[0]

    def fx(self, target: FxTarget) -> FxSlot:
        if target.track_guid == MASTER_GUID:
            chain, place = self.root.find(MASTER_FX_CHAIN), "master"
        else:
            index, track = self.track(target.track_guid)
            chain, place = track.find(FX_CHAIN), track_place(index)
        found = [slot for slot in every_slot(chain, place) if slot.guid == target.fx_guid]
        if len(found) != 1:
            raise NotModelled("The plug-in is gone." if not found else "Several plug-ins have the same GUID.")
        return found[0]

    def send(self, target: SendTarget) -> Line:
        source, _ = self.track(target.track_guid)
        _, destination = self.track(target.destination_guid)
        lines = [line for line, _ in receives(destination) if line.integer_at(1, -1) == source]
        if not 0 <= target.occurrence < len(lines):
            raise NotModelled("The send is gone.")
        return lines[target.occurrence]

    def item(self, target: ItemTarget) -> Element:
        index, track = self.track(target.track_guid)
        found = [
            element
            for position, element in enumerate(track.find_all("ITEM"))
            if _item_guid(element, f"{track_place(index)} item {position}") == target.item_guid
        ]
        if len(found) != 1:
            raise NotModelled("The item is gone." if not found else "Several items have the same GUID.")
        return found[0]

    def envelope(self, target: EnvelopeTarget) -> Element:
        is_master = target.track_guid == MASTER_GUID
        element = self.root if is_master else self.track(target.track_guid)[1]
        kinds = MASTER_KINDS if is_master else KINDS
        for child in element.find_all():
            if kinds.get(child.tag) == target.envelope:
                return child
        raise NotModelled(f"The track has no {target.envelope.replace('_', ' ')} envelope.")


def _item_guid(element: Element, place: str) -> str:
    line = element.line("IGUID")
    return guid_or_made(line.text(1) if line else "", place)
