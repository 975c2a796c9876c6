"""What a render takes from the engineer for a while and gives back: settings, selections, arming, solos."""

import base64

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.transaction import Refusal

_WAV_FLOAT = base64.b64encode(b"evaw" + bytes([32, 0, 1])).decode()
_NUMBERS = {
    "RENDER_SETTINGS": 2.0 + 8192.0, "RENDER_BOUNDSFLAG": 1.0, "RENDER_CHANNELS": 2.0, "RENDER_SRATE": 0.0,
    "RENDER_TAILFLAG": 0.0, "RENDER_NORMALIZE": 0.0, "RENDER_ADDTOPROJ": 0.0, "RENDER_DITHER": 0.0,
}  # fmt: skip
_TEXTS = ("RENDER_FILE", "RENDER_PATTERN", "RENDER_FORMAT")
_RECORDING = 4
_RENDERING_PROJECT = 0x40000000


class Borrowed:
    """The project in front. Nothing is set before the first `configure` or `select`."""

    def __init__(self) -> None:
        self.project = api.project()[0]
        self._numbers = {name: call("GetSetProjectInfo", self.project, name, 0.0, False) for name in _NUMBERS}
        self._texts = {name: call("GetSetProjectInfo_String", self.project, name, "", False)[3] for name in _TEXTS}
        self._selected = [track for track in self._tracks() if api.track_value(track, "I_SELECTED")]
        self._armed = self._values("I_RECARM")
        self._soloed = self._values("I_SOLO")
        self._ranges = {is_loop: self._range(is_loop) for is_loop in (False, True)}

    def is_in_front(self) -> bool:
        return api.project()[0] == self.project

    def has(self, track: str) -> bool:
        """Whether a track is still there: a stale pointer can end REAPER."""
        return track in self._tracks()

    def configure(self, folder: str = "", name: str = "") -> None:
        """Stems before the fader, whole project, 32 bit float, nothing normalized; into `folder` under `name`."""
        self._set_up(_NUMBERS, {"RENDER_FILE": folder, "RENDER_PATTERN": name, "RENDER_FORMAT": _WAV_FLOAT})
        self._put("I_RECARM", dict.fromkeys(self._armed, 0.0))  # with armed tracks REAPER would ask before it renders

    def unsolo(self) -> None:
        """While one track is soloed, the stems of others are silent."""
        self._put("I_SOLO", dict.fromkeys(self._soloed, 0.0))

    def select(self, tracks: list[str]) -> None:
        for track in self._tracks():
            call("SetTrackSelected", track, track in tracks)

    def set_range(self, is_loop: bool, start_seconds: float, end_seconds: float) -> None:
        call("GetSet_LoopTimeRange2", self.project, True, is_loop, start_seconds, end_seconds, False)

    def give_back(self) -> None:
        """Put everything back; a project that was closed has nothing to put back."""
        if self.project not in _open_projects():
            return
        self._set_up(self._numbers, self._texts)
        self.select(self._selected)
        self._put("I_RECARM", self._armed)
        self._put("I_SOLO", self._soloed)
        for is_loop, (start_seconds, end_seconds) in self._ranges.items():
            if self._range(is_loop) != (start_seconds, end_seconds):
                self.set_range(is_loop, start_seconds, end_seconds)

    def _values(self, name: str) -> dict[str, float]:
        """The tracks where a switch is on, with its value."""
        return {track: value for track in self._tracks() if (value := api.track_value(track, name))}

    def _put(self, name: str, values: dict[str, float]) -> None:
        for track in self._tracks():
            if track in values and api.track_value(track, name) != values[track]:
                call("SetMediaTrackInfo_Value", track, name, values[track])

    def _tracks(self) -> list[str]:
        """The master first."""
        count = int(call("CountTracks", self.project))
        tracks = [str(call("GetTrack", self.project, index)) for index in range(count)]
        return [str(call("GetMasterTrack", self.project)), *tracks]

    def _range(self, is_loop: bool) -> tuple[float, float]:
        found = call("GetSet_LoopTimeRange2", self.project, False, is_loop, 0.0, 0.0, False)
        return float(found[3]), float(found[4])

    def _set_up(self, numbers: dict[str, float], texts: dict[str, str]) -> None:
        for name, value in numbers.items():
            call("GetSetProjectInfo", self.project, name, value, True)
        for name, text in texts.items():
            call("GetSetProjectInfo_String", self.project, name, text, True)


def check() -> None:
    """Raises Refusal for what would open a dialog in REAPER, or be in the way of the engineer."""
    project = api.project()[0]
    if int(call("GetPlayStateEx", project)) & _RECORDING:
        raise Refusal("REAPER is recording. Stop recording and render again.")
    if not api.is_null(call("EnumProjects", _RENDERING_PROJECT, "", api.BUFFER)[0]):
        raise Refusal("REAPER is rendering already. Render again when it is done.")
    if float(call("GetProjectLength", project)) <= 0.0:
        raise Refusal("The project is empty: REAPER has nothing to render.")


def _open_projects() -> list[str]:
    found: list[str] = []
    while not api.is_null(pointer := str(call("EnumProjects", len(found), "", api.BUFFER)[0])):
        found.append(pointer)
    return found
