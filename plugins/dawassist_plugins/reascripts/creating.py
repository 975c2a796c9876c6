"""Edits that create tracks, plug-ins and sends, and edits within what was created.

Placeholders (``new:…``) stand for what a transaction creates, until it exists. Each creation notes what was there
before it, so that it can be taken back whatever happened in between; within one tick nobody else adds anything.
"""

import abc
from typing import Any

from dawassist_plugins.reascripts import api, ownership
from dawassist_plugins.reascripts.addresses import Addresses, Gone
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.bound import bind

_NEW = "new:"
_INSERT_FROM = -1000  # TrackFX_AddByName: −1000 and below are positions in the chain
_MODES = {"post_fader": 0, "pre_fx": 1, "pre_fader": 3}
_ADDRESSES = ("track_guid", "fx_guid", "destination_guid", "after_fx_guid")


class Made:
    """What one transaction creates, by placeholder, and where everything is at the moment."""

    def __init__(self, edits: list[dict[str, Any]]) -> None:
        self.guids: dict[str, str] = {}
        self.configured = {str(edit["fx_guid"]) for edit in edits if edit["edit"] == "set_fx_config"}
        self._announced: set[str] = set()
        self._sends: set[str] = set()
        self._envelopes: set[tuple[str, str]] = set()
        self.edits = edits
        self._addresses: Addresses | None = None

    @property
    def addresses(self) -> Addresses:
        if self._addresses is None:
            self._addresses = Addresses()
        return self._addresses

    def moved(self) -> None:
        """Something was added or removed: addresses are read again."""
        self._addresses = None
        api.order_may_change()

    def announce(self, edit: dict[str, Any]) -> None:
        """An edit that creates something was looked at; later ones may use it."""
        if edit["edit"] == "create_send":
            self._sends.add(send_name(edit))
        elif edit["edit"] == "switch_envelope":
            self._envelopes.add(_envelope_name(edit))
        else:
            self._announced.add(str(edit["creates"]))

    def needs(self, edit: dict[str, Any]) -> bool:
        """Whether the edit needs what is yet to be created. Raises Gone when nothing before it creates that."""
        target = edit.get("target", edit)
        wanted = {guid for name in _ADDRESSES if (guid := str(target.get(name, ""))).startswith(_NEW)}
        if wanted - self._announced:
            raise Gone("It needs something that nothing before it makes.")
        if edit["edit"] == "set_envelope_points" and _envelope_name(edit) in self._envelopes:
            return True
        return bool(wanted) or ("target" in edit and target["kind"] == "send" and send_name(target) in self._sends)

    def real(self, thing: Any) -> Any:
        """An edit, or a part of one, with GUIDs in place of placeholders."""
        if isinstance(thing, dict):
            return {key: self.real(value) for key, value in thing.items()}
        return self.guids.get(thing, thing) if isinstance(thing, str) else thing


class Unmade(Binding):
    """What cannot be looked at yet. `before` is what was there before it."""

    def __init__(self, edit: dict[str, Any], made: Made) -> None:
        super().__init__(edit)
        self._made = made

    def value(self) -> None:
        return None

    def text(self) -> str:
        return ""

    def set(self, raw: Any) -> None:
        """A creation is written and taken back as a whole."""

    def holds(self) -> bool:
        return False

    def is_restored(self) -> bool:
        """What was made within something that is gone is gone with it."""
        try:
            return self._is_as_before()
        except Gone:
            return True

    @abc.abstractmethod
    def _is_as_before(self) -> bool:
        """Raises Gone where the place of it is gone."""

    def _unsuitable(self) -> str:
        return ""

    def _obstacle(self) -> str:
        return ""

    def difference(self) -> str:
        return ""


class Creation(Unmade):
    """Something new. `name` is what its owner is kept under."""

    name = ""

    @abc.abstractmethod
    def state(self) -> str:
        """Digest of the object as it is now."""

    def track(self) -> str:
        return self._made.addresses.track(str(self._made.real(self.edit["track_guid"])))


class FxCreation(Creation):
    def _obstacle(self) -> str:
        if str(self.edit["track_guid"]).startswith(_NEW):
            return ""
        track = self.track()
        if int(api.track_value(track, "I_FREEZECOUNT")):
            return "The track is frozen."
        after = str(self.edit["after_fx_guid"])
        if after and not after.startswith(_NEW) and after not in _chain(track):
            return "The plug-in that it goes behind is gone."
        return ""

    def write(self) -> None:
        track = self.track()
        self.before = _chain(track)
        after = str(self._made.real(self.edit["after_fx_guid"]))
        place = self.before.index(after) + 1 if after else 0
        index = int(call("TrackFX_AddByName", track, str(self.edit["fx_name"]), False, _INSERT_FROM - place))
        self._made.moved()
        if index >= 0:
            self.created_guid = api.fx_guid(track, index)
            self.name = f"fx {self.created_guid}"
            self._made.guids[str(self.edit["creates"])] = self.created_guid
            for setting, value in self.edit["config"]:
                call("TrackFX_SetNamedConfigParm", track, index, str(setting), str(value))

    def failure(self) -> str:
        track = self.track()
        if self.created_guid not in _chain(track):
            return f"REAPER has no plug-in {self.edit['fx_name']}"
        fx = _chain(track).index(self.created_guid)
        file = api.fx_file_name(api.fx_config(track, fx, "fx_ident"))
        if file not in self.edit["fx_files"]:
            return f"REAPER inserted {file} instead"
        wrong = [str(name) for name, value in self.edit["config"] if api.fx_config(track, fx, str(name)) != value]
        return f"the plug-in did not take {wrong[0]}" if wrong else ""

    def restore(self) -> None:
        track = self.track()
        for fx, guid in reversed(list(enumerate(_chain(track)))):
            if guid not in self.before:
                call("TrackFX_Delete", track, fx)
        self.created_guid = ""
        self._made.moved()

    def _is_as_before(self) -> bool:
        return set(_chain(self.track())) <= set(self.before)

    def state(self) -> str:
        track = self.track()
        return ownership.fx_state(track, _chain(track).index(self.created_guid))


class SendCreation(Creation):
    def difference(self) -> str:
        target = self.edit
        if self._made.needs(target):
            return ""
        destination = str(target["destination_guid"])
        self._made.addresses.track(destination)
        there = api.sends_to(self.track(), destination)
        return "" if len(there) == int(target["occurrence"]) else "A send to that track was made meanwhile."

    def write(self) -> None:
        real = self._made.real(self.edit)
        track, destination = self.track(), self._made.addresses.track(str(real["destination_guid"]))
        self.before = int(call("GetTrackNumSends", track, 0))
        index = int(call("CreateTrackSend", track, destination))
        self._made.moved()
        if index >= 0:
            call("SetTrackSendInfo_Value", track, 0, index, "I_SENDMODE", float(_MODES[str(real["tap"])]))
            call("SetTrackSendInfo_Value", track, 0, index, "D_VOL", api.db_to_gain(float(real["level_db"])))
            self.name = send_name(real)

    def failure(self) -> str:
        real = self._made.real(self.edit)
        track = self.track()
        there = api.sends_to(track, str(real["destination_guid"]))
        if len(there) <= int(real["occurrence"]):
            return "REAPER made no send"
        mode = int(call("GetTrackSendInfo_Value", track, 0, there[int(real["occurrence"])], "I_SENDMODE"))
        return "" if mode == _MODES[str(real["tap"])] else "REAPER holds another tap of the send"

    def restore(self) -> None:
        track = self.track()
        for index in reversed(range(self.before, int(call("GetTrackNumSends", track, 0)))):
            call("RemoveTrackSend", track, 0, index)
        self._made.moved()

    def _is_as_before(self) -> bool:
        return int(call("GetTrackNumSends", self.track(), 0)) <= int(self.before)

    def state(self) -> str:
        real = self._made.real(self.edit)
        track = self.track()
        index = api.sends_to(track, str(real["destination_guid"]))[int(real["occurrence"])]
        return ownership.send_state(track, 0, index)


class TrackCreation(Creation):
    def _obstacle(self) -> str:
        tracks = api.all_tracks()[1:]
        if sum(int(api.track_value(track, "I_FOLDERDEPTH")) for track in tracks) > 0:
            return "The last folder is not closed: a track at the end would be inside of it."
        return ""

    def write(self) -> None:
        self.before = _tracks()
        count = len(self.before)
        call("InsertTrackAtIndex", count, False)
        self._made.moved()
        track = str(call("GetTrack", 0, count))
        self.created_guid = api.guid_of(track)
        self.name = f"track {self.created_guid}"
        self._made.guids[str(self.edit["creates"])] = self.created_guid
        call("GetSetMediaTrackInfo_String", track, "P_NAME", str(self.edit["name"]), True)

    def failure(self) -> str:
        track = str(call("GetTrack", 0, len(self.before)))
        if api.is_null(track) or api.guid_of(track) != self.created_guid:
            return "REAPER made no track at the end"
        name = api.track_string(track, "P_NAME")
        return "" if name == self.edit["name"] else f"REAPER named the track {name!r}"

    def restore(self) -> None:
        for index in reversed(range(len(self.before), int(call("CountTracks", 0)))):
            call("DeleteTrack", str(call("GetTrack", 0, index)))
        self.created_guid = ""
        self._made.moved()

    def _is_as_before(self) -> bool:
        return set(_tracks()) <= set(self.before)

    def state(self) -> str:
        return ownership.track_state(self._made.addresses.track(self.created_guid))


class Within(Unmade):
    """An edit of something that the same transaction creates: bound when that exists. Expected values are nobody's."""

    _inner: Binding

    @property
    def settles_later(self) -> bool:  # type: ignore[override]
        return self._inner.settles_later

    def value(self) -> Any:
        try:
            return self._inner.value()
        except Gone:
            return None

    def text(self) -> str:
        try:
            return self._inner.text()
        except Gone:
            return ""

    def write(self) -> None:
        self._inner = bind(self._made.real(self.edit), self._made.addresses, is_renamed=True)
        obstacle = self._inner.obstacle()
        if obstacle:
            raise Gone(obstacle)
        self._inner.write()
        self.before = self._inner.before

    def failure(self) -> str:
        return self._inner.failure()

    def restore(self) -> None:
        self._inner.restore()

    def _is_as_before(self) -> bool:
        return self._inner.is_restored()


def send_name(edit: dict[str, Any]) -> str:
    return f"send {edit['track_guid']} {edit['destination_guid']} {edit['occurrence']}"


def _envelope_name(edit: dict[str, Any]) -> tuple[str, str]:
    return str(edit["target"]["track_guid"]), str(edit["target"]["envelope"])


def _chain(track: str) -> list[str]:
    """GUIDs of the plug-ins directly in the chain."""
    return [api.fx_guid(track, fx) for fx in range(int(call("TrackFX_GetCount", track)))]


def _tracks() -> list[str]:
    return [api.guid_of(track) for track in api.all_tracks()[1:]]
