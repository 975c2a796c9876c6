"""From the address in an edit to the control in REAPER: read it, write it, put it back, say what stands in the way."""

from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import BUFFER, call

_TRACK_NAMES = {
    "fader_gain": "D_VOL", "pan": "D_PAN", "width": "D_WIDTH", "polarity": "B_PHASE", "mute": "B_MUTE",
    "play_offset_seconds": "D_PLAY_OFFSET",
}  # fmt: skip
_SEND_NAMES = {"level_gain": "D_VOL", "pan": "D_PAN", "mute": "B_MUTE", "polarity": "B_PHASE"}
_ENVELOPE_TAGS = {
    "volume": "<VOLENV2", "volume_pre_fx": "<VOLENV", "pan": "<PANENV2", "width": "<WIDTHENV2", "mute": "<MUTEENV",
}  # fmt: skip
_AUTOMATED = {"fader_gain": "<VOLENV2", "pan": "<PANENV2", "width": "<WIDTHENV2", "mute": "<MUTEENV"}
_DUAL_PAN, _STEREO_PAN = 6, 5
_BYPASSED, _IN_SAMPLES = 1, 2
_SNAPSHOT_ROUNDING = 2e-6
_SAME_TIME_SECONDS = 1e-5
_SAME_VALUE = 1e-3


class Gone(Exception):
    """The control is no longer there; the text is a sentence."""


class Binding:
    """One control: `expected` and `desired` raw values, `before` what it held."""

    def __init__(self, edit: dict[str, Any]) -> None:
        self.label = str(edit["label"])
        self.edit = edit
        self.before: Any = None

    def value(self) -> float | None:
        raise NotImplementedError

    def set(self, raw: float) -> None:
        raise NotImplementedError

    def text(self) -> str:
        """The value in REAPER's words; "" where it has none."""
        return ""

    def obstacle(self) -> str:
        """Why the control must not be written now; "" when it may be."""
        return ""

    def difference(self) -> str:
        """How the present value differs from the expected one; "" when it does not."""
        found = self.value()
        if found is not None and self._is_near(found, float(self.edit["expected_raw"])):
            return ""
        return f"It moved since it was read and is now {self.text() or found}."

    def write(self) -> None:
        self.before = self.value()
        self.set(float(self.edit["desired_raw"]))

    def failure(self) -> str:
        """Why the write did not take; "" when it did."""
        found = self.value()
        if found is not None and self._is_near(found, float(self.edit["desired_raw"])):
            return ""
        return f"REAPER holds {found} instead of {self.edit['desired_raw']}"

    def restore(self) -> None:
        if self.before is not None:
            self.set(self.before)

    def _is_near(self, found: float, wanted: float) -> bool:
        return abs(found - wanted) <= max(float(self.edit["tolerance"]), _SNAPSHOT_ROUNDING * max(1.0, abs(wanted)))


class TrackBinding(Binding):
    def __init__(self, edit: dict[str, Any], track: str) -> None:
        super().__init__(edit)
        self._track = track
        self._field = str(edit["target"]["field"])
        self._name = _TRACK_NAMES[self._field]

    def value(self) -> float:
        found = api.track_value(self._track, self._name)
        if self._field != "play_offset_seconds":
            return found
        flags = int(api.track_value(self._track, "I_PLAY_OFFSET_FLAG"))
        if flags & _BYPASSED:
            return 0.0
        rate = float(call("GetSetProjectInfo", 0, "PROJECT_SRATE", 0.0, False))
        return found / rate if flags & _IN_SAMPLES else found

    def set(self, raw: float) -> None:
        if self._field == "play_offset_seconds":
            call("SetMediaTrackInfo_Value", self._track, "I_PLAY_OFFSET_FLAG", 0.0)
        call("SetMediaTrackInfo_Value", self._track, self._name, raw)

    def text(self) -> str:
        found = self.value()
        if self._field == "fader_gain":
            level = api.gain_to_db(found)
            return "-inf dB" if level <= api.SILENCE_DB else f"{level:.2f} dB"
        if self._field == "pan":
            return "center" if abs(found) < 0.001 else f"{abs(found) * 100:.0f}%{'L' if found < 0 else 'R'}"
        return f"{found:g}"

    def obstacle(self) -> str:
        mode = int(api.track_value(self._track, "I_AUTOMODE"))
        tag = _AUTOMATED.get(self._field)
        if mode != 0 and tag and _active_envelope(self._track, tag):
            return "It is automated and the track is not in Trim/Read."
        if self._field == "pan" and int(api.track_value(self._track, "I_PANMODE")) in (_DUAL_PAN, _STEREO_PAN):
            return "The track is in dual or stereo pan mode."
        return ""


class FxBinding(Binding):
    def __init__(self, edit: dict[str, Any], track: str, fx: int, parameter: int) -> None:
        super().__init__(edit)
        self._place = (track, fx, parameter)

    def value(self) -> float:
        return float(call("TrackFX_GetParamNormalized", *self._place))

    def set(self, raw: float) -> None:
        call("TrackFX_SetParamNormalized", *self._place, raw)

    def text(self) -> str:
        found = call("TrackFX_GetFormattedParamValue", *self._place, "", BUFFER)
        return str(found[4]) if found[0] else ""

    def obstacle(self) -> str:
        envelope = str(call("GetFXEnvelope", *self._place, False))
        if not api.is_null(envelope) and _is_active(envelope):
            return "The parameter is automated."
        return ""


class SendBinding(Binding):
    def __init__(self, edit: dict[str, Any], track: str, index: int) -> None:
        super().__init__(edit)
        self._place = (track, 0, index, _SEND_NAMES[str(edit["target"]["field"])])

    def value(self) -> float:
        return float(call("GetTrackSendInfo_Value", *self._place))

    def set(self, raw: float) -> None:
        call("SetTrackSendInfo_Value", *self._place, raw)


class ItemBinding(Binding):
    def __init__(self, edit: dict[str, Any], item: str) -> None:
        super().__init__(edit)
        self._item = item

    def value(self) -> float:
        return float(call("GetMediaItemInfo_Value", self._item, "D_VOL"))

    def set(self, raw: float) -> None:
        call("SetMediaItemInfo_Value", self._item, "D_VOL", raw)


class EnvelopeBinding(Binding):
    """Points are (time, physical value, shape, tension); pans have REAPER's sign, opposite to the pan control."""

    def __init__(self, edit: dict[str, Any], envelope: str) -> None:
        super().__init__(edit)
        self._envelope = envelope
        self._kind = str(edit["target"]["envelope"])

    def value(self) -> None:
        return None

    def difference(self) -> str:
        same = _same_points(self._points(), self.edit["expected_points"])
        return "" if same else "Its points changed since they were read."

    def write(self) -> None:
        self.before = self._points()
        self._replace(self.edit["desired_points"])

    def failure(self) -> str:
        same = _same_points(self._points(), self.edit["desired_points"])
        return "" if same else "REAPER holds other points than were written"

    def restore(self) -> None:
        if self.before is not None:
            self._replace(self.before)

    def _points(self) -> list[dict[str, float]]:
        """What lies in the edit's range."""
        start, end = float(self.edit["start_seconds"]), float(self.edit["end_seconds"])
        found = [self._point(index) for index in range(int(call("CountEnvelopePointsEx", self._envelope, -1)))]
        inside = (p for p in found if start - _SAME_TIME_SECONDS <= p["time_seconds"] <= end + _SAME_TIME_SECONDS)
        return list(inside)

    def _point(self, index: int) -> dict[str, float]:
        found = call("GetEnvelopePointEx", self._envelope, -1, index, 0.0, 0.0, 0, 0.0, False)
        _, _, _, _, time_seconds, raw, shape, tension, _ = found
        return {
            "index": index, "time_seconds": time_seconds, "value": self._physical(raw), "shape": shape,
            "tension": tension,
        }  # fmt: skip

    def _replace(self, points: list[dict[str, Any]]) -> None:
        for point in reversed(self._points()):
            call("DeleteEnvelopePointEx", self._envelope, -1, int(point["index"]))
        for point in points:
            raw = self._raw(float(point["value"]))
            shape, tension = int(point["shape"]), float(point["tension"])
            call("InsertEnvelopePoint", self._envelope, float(point["time_seconds"]), raw, shape, tension, False, True)
        call("Envelope_SortPoints", self._envelope)

    def _physical(self, raw: float) -> float:
        if self._kind.startswith("volume"):
            mode = int(call("GetEnvelopeScalingMode", self._envelope))
            return api.gain_to_db(float(call("ScaleFromEnvelopeMode", mode, raw)))
        return -raw if self._kind == "pan" else raw

    def _raw(self, value: float) -> float:
        if self._kind.startswith("volume"):
            mode = int(call("GetEnvelopeScalingMode", self._envelope))
            return float(call("ScaleToEnvelopeMode", mode, api.db_to_gain(value)))
        return -value if self._kind == "pan" else value


class Session:
    """Where things are, by GUID; looked up once and good for one tick."""

    def __init__(self) -> None:
        self._tracks = {api.guid_of(track): track for track in api.all_tracks()}
        self._fx: dict[str, dict[str, int]] = {}

    def track(self, guid: str) -> str:
        """Raises Gone."""
        if guid not in self._tracks:
            raise Gone("The track is gone.")
        return self._tracks[guid]

    def bind(self, edit: dict[str, Any]) -> Binding:
        """The control of an edit. Raises Gone."""
        target = edit["target"]
        track = self.track(str(target["track_guid"]))
        kind = target["kind"]
        if kind == "track":
            return TrackBinding(edit, track)
        if kind == "fx":
            return FxBinding(edit, *self.parameter(target))
        if kind == "send":
            return SendBinding(edit, track, _send_index(track, target))
        if kind == "item":
            return ItemBinding(edit, _item(track, str(target["item_guid"])))
        envelope = str(call("GetTrackEnvelopeByChunkName", track, _ENVELOPE_TAGS[target["envelope"]]))
        if api.is_null(envelope):
            raise Gone("The envelope is gone.")
        return EnvelopeBinding(edit, envelope)

    def parameter(self, target: dict[str, Any]) -> tuple[str, int, int]:
        """Track, index of the plug-in and of its parameter. Raises Gone."""
        track = self.track(str(target["track_guid"]))
        if track not in self._fx:
            count = int(call("TrackFX_GetCount", track))
            self._fx[track] = {api.fx_guid(track, fx): fx for fx in range(count)}
        fx = self._fx[track].get(str(target["fx_guid"]))
        if fx is None:
            raise Gone("The plug-in is gone.")
        ident = api.fx_file_name(api.fx_config(track, fx, "fx_ident"))
        if target["fx_ident"] and ident != target["fx_ident"]:
            raise Gone(f"Another plug-in is there now: {ident}.")
        parameter = int(call("TrackFX_GetParamFromIdent", track, fx, str(target["param_ident"])))
        if parameter < 0:
            raise Gone("The plug-in has no such parameter.")
        return track, fx, parameter


def _send_index(track: str, target: dict[str, Any]) -> int:
    found = []
    for index in range(int(call("GetTrackNumSends", track, 0))):
        address = call("GetTrackSendInfo_Value", track, 0, index, "P_DESTTRACK")
        if api.guid_of(api.pointer_text("MediaTrack", address)) == target["destination_guid"]:
            found.append(index)
    occurrence = int(target["occurrence"])
    if occurrence < len(found):
        return found[occurrence]
    raise Gone("The send is gone.")


def _item(track: str, guid: str) -> str:
    for index in range(int(call("CountTrackMediaItems", track))):
        item = str(call("GetTrackMediaItem", track, index))
        if call("GetSetMediaItemInfo_String", item, "GUID", "", False)[3] == guid:
            return item
    raise Gone("The item is gone.")


def _active_envelope(track: str, tag: str) -> bool:
    envelope = str(call("GetTrackEnvelopeByChunkName", track, tag))
    return not api.is_null(envelope) and _is_active(envelope)


def _is_active(envelope: str) -> bool:
    active = call("GetSetEnvelopeInfo_String", envelope, "ACTIVE", "", False)[3] != "0"
    return active and int(call("CountEnvelopePointsEx", envelope, -1)) > 0


def _same_points(found: list[dict[str, float]], wanted: list[dict[str, Any]]) -> bool:
    return len(found) == len(wanted) and all(
        abs(one["time_seconds"] - float(other["time_seconds"])) <= _SAME_TIME_SECONDS
        and abs(one["value"] - float(other["value"])) <= _SAME_VALUE
        and int(one["shape"]) == int(other["shape"])
        for one, other in zip(found, wanted)  # noqa: B905 - equal lengths, and old Pythons inside REAPER
    )
