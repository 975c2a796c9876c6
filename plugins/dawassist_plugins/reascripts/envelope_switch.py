"""Switching the volume envelope of a track on or off; one that is not there is made, flat, and the fader stays.

REAPER makes one for a selected track only, by the action that shows it: it takes the fader's level over as its first
point and sets the fader to 0 dB. Both are put right at once, and the selection is given back. No call removes an
envelope, so that what was made is switched off and hidden when it is taken back.
"""

from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.addresses import track_envelope
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.creating import Made
from dawassist_plugins.reascripts.envelope_points import EnvelopeRange

_SHOW_VOLUME = 40406
_TAG = "VOLENV2"  # behind the plug-ins
_LAST_SECONDS = 1e9
_FLAT_DB = 1e-3
_SAME_GAIN = 1e-6
_NEUTRAL = {"time_seconds": 0.0, "value": 0.0, "shape": 0, "tension": 0.0}


class EnvelopeSwitch(Binding):
    def __init__(self, edit: dict[str, Any], made: Made) -> None:
        super().__init__(edit)
        self._made = made
        self._fader = 0.0

    def value(self) -> None:
        return None

    def text(self) -> str:
        return ""

    def stored(self) -> bool:
        """Whether there is one that is on."""
        envelope = self._envelope()
        return not api.is_null(envelope) and _setting(envelope, "ACTIVE") != "0"

    def holds(self) -> bool:
        return self.stored() == bool(self.edit["on"])

    def difference(self) -> str:
        envelope = self._envelope()
        if self.holds() or api.is_null(envelope) or _is_flat(envelope, self._ranges()):
            return ""
        return "Its envelope is switched off and not flat." if self.edit["on"] else "Its points changed since."

    def write(self) -> None:
        self._fader = api.track_value(self._track, "D_VOL")
        self.before = self.stored()
        self.set(bool(self.edit["on"]))

    def set(self, raw: bool) -> None:
        is_new = raw and api.is_null(self._envelope())
        if is_new:
            self._show()
        envelope = self._envelope()
        if api.is_null(envelope):
            return
        if is_new:
            EnvelopeRange(envelope, "volume", 0.0, _LAST_SECONDS).replace([_NEUTRAL])
        for name in ("ACTIVE", "VISIBLE"):
            call("GetSetEnvelopeInfo_String", envelope, name, "1" if raw else "0", True)
        if abs(api.track_value(self._track, "D_VOL") - self._fader) > _SAME_GAIN:
            call("SetMediaTrackInfo_Value", self._track, "D_VOL", self._fader)

    def failure(self) -> str:
        if not self.holds():
            return "REAPER kept the envelope as it was"
        return "" if self._is_fader_kept() else "REAPER moved the fader with it"

    def is_restored(self) -> bool:
        return self.stored() == self.before and self._is_fader_kept()

    def _unsuitable(self) -> str:
        return "" if self.edit["target"]["envelope"] == "volume" else "Only volume envelopes are switched."

    def _obstacle(self) -> str:
        if not self.edit["on"] or self.holds() or not int(api.track_value(self._track, "I_AUTOMODE")):
            return ""
        return "The track is not in Trim/Read, where its fader would follow the new envelope."

    @property
    def _track(self) -> str:
        return self._made.addresses.track(str(self.edit["target"]["track_guid"]))

    def _envelope(self) -> str:
        return track_envelope(self._track, _TAG)

    def _is_fader_kept(self) -> bool:
        return bool(abs(api.track_value(self._track, "D_VOL") - self._fader) <= _SAME_GAIN)

    def _ranges(self) -> list[tuple[float, float]]:
        """Where this transaction takes its points back before the envelope is switched off."""
        if self.edit["on"]:
            return []
        edits = (e for e in self._made.edits if e["edit"] == "set_envelope_points")
        own = (e for e in edits if e["target"] == self.edit["target"])
        return [(float(e["start_seconds"]), float(e["end_seconds"])) for e in own]

    def _show(self) -> None:
        tracks = api.all_tracks()
        selected = [track for track in tracks if api.track_value(track, "I_SELECTED")]
        try:
            for track in tracks:
                call("SetTrackSelected", track, track == self._track)
            call("Main_OnCommandEx", _SHOW_VOLUME, 0, api.project()[0])
        finally:
            for track in tracks:
                call("SetTrackSelected", track, track in selected)


def _setting(envelope: str, name: str) -> str:
    return str(api.text("GetSetEnvelopeInfo_String", 3, envelope, name, "", False))


def _is_flat(envelope: str, apart: list[tuple[float, float]]) -> bool:
    """No automation items, and nothing but 0 dB apart from some ranges of time."""
    everything = EnvelopeRange(envelope, "volume", 0.0, _LAST_SECONDS)
    if everything.obstacle():
        return False
    outside = [p for p in everything.read() if not any(a <= p["time_seconds"] <= b for a, b in apart)]
    return all(abs(p["value"]) <= _FLAT_DB for p in outside)
