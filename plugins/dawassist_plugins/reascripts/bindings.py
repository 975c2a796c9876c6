"""An edit bound to its control in REAPER: read it, write it, put it back, say what stands in the way."""

import abc
import math
from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.addresses import Gone, track_envelope
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.envelope_points import EnvelopeRange, same_points

_TRACK_NAMES = {
    "fader_gain": "D_VOL", "pan": "D_PAN", "width": "D_WIDTH", "polarity": "B_PHASE", "mute": "B_MUTE",
    "play_offset_seconds": "D_PLAY_OFFSET",
}  # fmt: skip
_SEND_NAMES = {"level_gain": "D_VOL", "pan": "D_PAN", "mute": "B_MUTE", "polarity": "B_PHASE"}
_TRACK_ENVELOPES = {"fader_gain": "VOLENV2", "pan": "PANENV2", "width": "WIDTHENV2", "mute": "MUTEENV"}
_SEND_ENVELOPES = {"level_gain": "VOLENV", "pan": "PANENV", "mute": "MUTEENV"}
_STEREO_PAN, _DUAL_PAN = 5, 6
_BYPASSED, _IN_SAMPLES = 1, 2  # of I_PLAY_OFFSET_FLAG
_ROUNDING = 2e-6  # snapshots hold values rounded to 1e-6
_SAME = 1e-9
_SWITCHES = ("polarity", "mute")
_AUTOMATED = "It is automated and the track is not in Trim/Read."


class Binding(abc.ABC):
    """One control. `before` is what it held when it was written; subclasses know how to read and set it."""

    settles_later = False  # a plug-in may take a while to take a value over, or to refuse it
    created_guid = ""

    def __init__(self, edit: dict[str, Any]) -> None:
        self.label = str(edit["label"])
        self.edit = edit
        self.before: Any = None
        self.field = str(edit.get("target", {}).get("field", ""))

    @abc.abstractmethod
    def value(self) -> float | None:
        """What REAPER has now; None where there is no single value."""

    @abc.abstractmethod
    def set(self, raw: Any) -> None:
        """Make REAPER have it."""

    def text(self) -> str:
        """The value in REAPER's words."""
        found = self.value() or 0.0
        if self.field.endswith("_gain"):
            level = api.gain_to_db(found)
            return "-inf dB" if level <= api.SILENCE_DB else f"{level + 0.0:.2f} dB"
        if self.field == "pan":
            return "center" if abs(found) < 0.001 else f"{abs(found) * 100:.0f}%{'L' if found < 0 else 'R'}"
        if self.field in _SWITCHES:
            return "on" if found else "off"
        return f"{found * 100:.0f}%" if self.field == "width" else f"{found * 1000:.2f} ms"

    def obstacle(self) -> str:
        """Why the control must not be written now; "" when it may be."""
        return self._unsuitable() or self._obstacle()

    def difference(self) -> str:
        """How the present value differs from the expected one; "" when it does not."""
        found = self.value()
        if found is not None and self.is_near(found, float(self.edit["expected_raw"])):
            return ""
        return f"It moved since it was read and is now {self.text()}."

    def holds(self) -> bool:
        """The control is already where the edit wants it."""
        found, desired = self.value(), float(self.edit["desired_raw"])
        return found is not None and abs(found - desired) <= max(_SAME, 1e-6 * abs(desired))

    def write(self) -> None:
        self.before = self.stored()
        self.set(float(self.edit["desired_raw"]))

    def stored(self) -> Any:
        """What `set` must be given to bring this state back."""
        return self.value()

    def failure(self) -> str:
        """Why the write did not take; "" when it did."""
        found = self.value()
        if found is not None and self.is_near(found, float(self.edit["desired_raw"])):
            return ""
        return f"REAPER holds {found} instead of {self.edit['desired_raw']}"

    def restore(self) -> None:
        self.set(self.before)

    def is_restored(self) -> bool:
        before = float(self.before)
        return abs(float(self.stored()) - before) <= _ROUNDING * max(1.0, abs(before))

    def is_near(self, found: float, wanted: float) -> bool:
        return abs(found - wanted) <= max(float(self.edit["tolerance"]), _ROUNDING * max(1.0, abs(wanted)))

    @abc.abstractmethod
    def _obstacle(self) -> str:
        """What in REAPER stands in the way."""

    def _unsuitable(self) -> str:
        desired = float(self.edit["desired_raw"])
        fits = math.isfinite(desired)
        if self.field.endswith("_gain"):
            fits = fits and desired >= 0.0
        elif self.field in ("pan", "width"):
            fits = fits and abs(desired) <= 1.0
        elif self.field in _SWITCHES:
            fits = desired in (0.0, 1.0)
        return "" if fits else f"{desired} is not a value of that control."


class TrackBinding(Binding):
    def __init__(self, edit: dict[str, Any], track: str) -> None:
        super().__init__(edit)
        self._track = track
        self._name = _TRACK_NAMES[self.field]

    def value(self) -> float:
        return api.track_value(self._track, self._name)

    def set(self, raw: float) -> None:
        call("SetMediaTrackInfo_Value", self._track, self._name, raw)

    def _obstacle(self) -> str:
        tag = _TRACK_ENVELOPES.get(self.field)
        if tag and _plays_automation(self._track) and is_active(track_envelope(self._track, tag)):
            return _AUTOMATED
        if self.field == "pan" and int(api.track_value(self._track, "I_PANMODE")) in (_STEREO_PAN, _DUAL_PAN):
            return "The track is in dual or stereo pan mode."
        return ""


class DelayBinding(TrackBinding):
    """The playback offset, which REAPER keeps with two flags; no offset is bypassed, as in its own dialog."""

    def value(self) -> float:
        offset, flags = self.stored()
        if flags & _BYPASSED:
            return 0.0
        rate = float(call("GetSetProjectInfo", 0, "PROJECT_SRATE", 0.0, False))
        return offset / rate if flags & _IN_SAMPLES else offset

    def stored(self) -> tuple[float, int]:
        return super().value(), int(api.track_value(self._track, "I_PLAY_OFFSET_FLAG"))

    def set(self, raw: float | tuple[float, int]) -> None:
        offset, flags = raw if isinstance(raw, tuple) else (raw, 0 if raw else _BYPASSED)
        call("SetMediaTrackInfo_Value", self._track, "I_PLAY_OFFSET_FLAG", float(flags))
        super().set(offset)

    def is_restored(self) -> bool:
        return bool(self.stored() == self.before)


class SendBinding(Binding):
    """The n-th send to a destination; found again when sends were added or removed meanwhile."""

    def __init__(self, edit: dict[str, Any], track: str, index: int) -> None:
        super().__init__(edit)
        self._track = track
        self._index = index
        self._seen_at = api.order()

    @property
    def _place(self) -> tuple[str, int, int]:
        if self._seen_at == api.order():
            return self._track, 0, self._index
        destination = str(self.edit["target"]["destination_guid"])
        if api.send_destination(self._track, self._index) != destination:
            found = api.sends_to(self._track, destination)
            occurrence = int(self.edit["target"]["occurrence"])
            if occurrence >= len(found):
                raise Gone("The send is gone.")
            self._index = found[occurrence]
        self._seen_at = api.order()
        return self._track, 0, self._index

    def value(self) -> float:
        return float(call("GetTrackSendInfo_Value", *self._place, _SEND_NAMES[self.field]))

    def set(self, raw: float) -> None:
        call("SetTrackSendInfo_Value", *self._place, _SEND_NAMES[self.field], raw)

    def _obstacle(self) -> str:
        tag = _SEND_ENVELOPES.get(self.field)
        if not tag or not _plays_automation(self._track):
            return ""
        address = call("GetTrackSendInfo_Value", *self._place, f"P_ENV:<{tag}")
        return _AUTOMATED if address and is_active(api.pointer_text("TrackEnvelope", address)) else ""


class ItemBinding(Binding):
    """The sign of an item's gain is a polarity and is kept."""

    def __init__(self, edit: dict[str, Any], item: str) -> None:
        super().__init__(edit)
        self._item = item

    def value(self) -> float:
        return abs(self._signed())

    def set(self, raw: float) -> None:
        call("SetMediaItemInfo_Value", self._item, "D_VOL", math.copysign(raw, self._signed()))

    def _signed(self) -> float:
        return float(call("GetMediaItemInfo_Value", self._item, "D_VOL"))

    def _obstacle(self) -> str:
        return "The item is locked." if int(call("GetMediaItemInfo_Value", self._item, "C_LOCK")) & 1 else ""


class EnvelopeBinding(Binding):
    """The points of an envelope in the edit's range; there is no single value."""

    def __init__(self, edit: dict[str, Any], envelope: str) -> None:
        super().__init__(edit)
        kind = str(edit["target"]["envelope"])
        self._range = EnvelopeRange(envelope, kind, float(edit["start_seconds"]), float(edit["end_seconds"]))

    def value(self) -> None:
        return None

    def text(self) -> str:
        return ""

    def stored(self) -> list[Any]:
        return self._range.read()

    def set(self, raw: list[Any]) -> None:
        self._range.replace(raw)

    def difference(self) -> str:
        same = same_points(self._range.read(), self.edit["expected_points"])
        return "" if same else "Its points changed since they were read."

    def holds(self) -> bool:
        return same_points(self._range.read(), self.edit["desired_points"])

    def write(self) -> None:
        self.before = self.stored()
        self.set(self.edit["desired_points"])

    def failure(self) -> str:
        return "" if self.holds() else "REAPER holds other points than were written"

    def is_restored(self) -> bool:
        return same_points(self.stored(), self.before)

    def _obstacle(self) -> str:
        return self._range.obstacle()

    def _unsuitable(self) -> str:
        start, end = float(self.edit["start_seconds"]), float(self.edit["end_seconds"])
        for point in self.edit["desired_points"]:
            if not start <= float(point["time_seconds"]) <= end or not math.isfinite(float(point["value"])):
                return "A new point lies outside of the range, or is no number."
        return ""


def is_active(envelope: str) -> bool:
    """There is such an envelope, it is switched on, and it has points."""
    if api.is_null(envelope) or api.text("GetSetEnvelopeInfo_String", 3, envelope, "ACTIVE", "", False) == "0":
        return False
    points, items = call("CountEnvelopePointsEx", envelope, -1), call("CountAutomationItems", envelope)
    return int(points) > 0 or int(items) > 0


def _plays_automation(track: str) -> bool:
    """The faders of the track follow their envelopes, by its own mode or the global one (6: all bypassed)."""
    override = int(call("GetGlobalAutomationOverride"))
    mode = int(api.track_value(track, "I_AUTOMODE")) if override < 0 else override
    return mode not in (0, 6)
