"""From the GUIDs in an edit to what REAPER has: every list is read once per request."""

from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import call

_ENVELOPE_TAGS = {
    "volume": "VOLENV2", "volume_pre_fx": "VOLENV", "pan": "PANENV2", "width": "WIDTHENV2", "mute": "MUTEENV",
}  # fmt: skip


class Gone(Exception):
    """The control is no longer there, or cannot be told from another; the text is a sentence."""


class Addresses:
    """Tracks, plug-ins, parameters, sends, items and envelopes of the active project. Methods raise Gone."""

    def __init__(self) -> None:
        self._tracks = _by_guid((api.guid_of(track), track) for track in api.all_tracks())
        self._fx: dict[str, dict[str, list[Any]]] = {}
        self._items: dict[str, dict[str, list[Any]]] = {}
        self._sends: dict[str, dict[str, list[Any]]] = {}

    def track(self, guid: str) -> str:
        return str(_only(self._tracks.get(guid), "track"))

    def fx(self, target: dict[str, Any]) -> tuple[str, int]:
        """Track and address of the plug-in."""
        track = self.track(str(target["track_guid"]))
        if track not in self._fx:
            self._fx[track] = _by_guid((api.fx_guid(track, fx), fx) for fx in api.fx_addresses(track))
        fx = int(_only(self._fx[track].get(str(target["fx_guid"])), "plug-in"))
        ident = api.fx_file_name(api.fx_config(track, fx, "fx_ident"))
        if target["fx_ident"] and ident != target["fx_ident"]:
            raise Gone(f"Another plug-in is there now: {ident}.")
        return track, fx

    def parameter(self, target: dict[str, Any], *, is_renamed: bool = False) -> tuple[str, int, int]:
        """Track, address of the plug-in, index of the parameter.

        Where `is_renamed`, a parameter that has another name yet is found by the number that its ident begins with.
        """
        track, fx = self.fx(target)
        ident = str(target["param_ident"])
        parameter = int(call("TrackFX_GetParamFromIdent", track, fx, ident))
        number = ident.partition(":")[0]
        if parameter < 0 and is_renamed and number.isdecimal():
            parameter = int(number) if int(number) < int(call("TrackFX_GetNumParams", track, fx)) else -1
        if parameter < 0:
            raise Gone("The plug-in has no such parameter.")
        return track, fx, parameter

    def send(self, target: dict[str, Any]) -> tuple[str, int]:
        """Track and index of the send: the n-th one to that destination."""
        track = self.track(str(target["track_guid"]))
        if track not in self._sends:
            self._sends[track] = _by_guid(
                (api.send_destination(track, index), index) for index in range(int(call("GetTrackNumSends", track, 0)))
            )
        found = self._sends[track].get(str(target["destination_guid"]), [])
        occurrence = int(target["occurrence"])
        if not 0 <= occurrence < len(found):
            raise Gone("The send is gone.")
        return track, int(found[occurrence])

    def item(self, target: dict[str, Any]) -> str:
        track = self.track(str(target["track_guid"]))
        if track not in self._items:
            items = (
                call("GetTrackMediaItem", track, index) for index in range(int(call("CountTrackMediaItems", track)))
            )
            self._items[track] = _by_guid(
                (str(call("GetSetMediaItemInfo_String", item, "GUID", "", False)[3]).upper(), item) for item in items
            )
        return str(_only(self._items[track].get(str(target["item_guid"])), "item"))

    def envelope(self, target: dict[str, Any]) -> str:
        track = self.track(str(target["track_guid"]))
        found = track_envelope(track, _ENVELOPE_TAGS[target["envelope"]])
        if api.is_null(found):
            raise Gone("The envelope is gone.")
        return found


def track_envelope(track: str, tag: str) -> str:
    """An envelope of a track or of the master by its tag in project files; a null pointer when there is none."""
    found = str(call("GetTrackEnvelopeByChunkName", track, f"<{tag}"))
    return str(call("GetTrackEnvelopeByChunkName", track, f"<MASTER{tag}")) if api.is_null(found) else found


def _by_guid(pairs: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for guid, thing in pairs:
        found.setdefault(guid, []).append(thing)
    return found


def _only(found: list[Any] | None, noun: str) -> Any:
    if not found:
        raise Gone(f"The {noun} is gone.")
    if len(found) > 1:
        raise Gone(f"Several {noun}s have the same GUID.")
    return found[0]
