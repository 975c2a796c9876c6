"""Taking away what an earlier transaction created, if it carries that transaction's id and is unchanged since."""

from typing import Any

from dawassist_plugins.reascripts import api, ownership
from dawassist_plugins.reascripts.addresses import Gone
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.creating import Creation, Made, send_name


class Removal(Creation):
    """What is removed cannot be brought back, so removals come last in their transaction."""

    def __init__(self, edit: dict[str, Any], made: Made) -> None:
        super().__init__(edit, made)
        self.removed: list[str] = []  # the names of everything that went with it

    @property
    def kept_as(self) -> str:
        """The name that its owner was kept under."""
        kind, guid = str(self.edit["kind"]), str(self.edit["guid"])
        return send_name({**self.edit, "destination_guid": guid}) if kind == "send" else f"{kind} {guid}"

    def holds(self) -> bool:
        """It is gone already."""
        try:
            self._place()
        except Gone:
            return True
        return False

    def difference(self) -> str:
        return ownership.why_not_removed(self.kept_as, str(self.edit["transaction_id"]), self.state())

    def write(self) -> None:
        self.before = True
        track, index = self._place()
        self.removed = [self.kept_as]
        if self.edit["kind"] == "fx":
            call("TrackFX_Delete", track, index)
        elif self.edit["kind"] == "send":
            call("RemoveTrackSend", track, 0, index)
        else:
            self.removed += [f"fx {api.fx_guid(track, fx)}" for fx in api.fx_addresses(track)]
            call("DeleteTrack", track)
        self._made.moved()

    def failure(self) -> str:
        return "" if self.holds() else "REAPER kept it"

    def restore(self) -> None:
        """REAPER makes nothing with an earlier GUID."""

    def _is_as_before(self) -> bool:
        return not self.holds()

    def state(self) -> str:
        track, index = self._place()
        if self.edit["kind"] == "fx":
            return ownership.fx_state(track, index)
        return ownership.send_state(track, 0, index) if self.edit["kind"] == "send" else ownership.track_state(track)

    def _place(self) -> tuple[str, int]:
        """Track and index of what is removed. Raises Gone."""
        track = self._made.addresses.track(str(self.edit["track_guid"]))
        if self.edit["kind"] == "fx":
            return self._made.addresses.fx({**self.edit, "fx_guid": self.edit["guid"], "fx_ident": ""})
        if self.edit["kind"] == "send":
            there = api.sends_to(track, str(self.edit["guid"]))
            if int(self.edit["occurrence"]) >= len(there):
                raise Gone("The send is gone.")
            return track, there[int(self.edit["occurrence"])]
        return track, 0
