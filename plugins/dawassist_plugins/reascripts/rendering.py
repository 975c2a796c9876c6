"""REAPER's own stem render of chosen tracks, before their faders; the engineer's settings and selection come back.

A render blocks REAPER's main thread, so tracks are rendered one per tick: between two of them requests are answered.
When nobody asks how far it is any more, no further track is begun.
"""

import base64
import os
import secrets
import time
from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.addresses import Addresses
from dawassist_plugins.reascripts.api import call

_RENDER_AND_CLOSE = 42230
_WAV_FLOAT = base64.b64encode(b"evaw" + bytes([32, 0, 1])).decode()
_NUMBERS = {
    "RENDER_SETTINGS": 2 | 8192, "RENDER_BOUNDSFLAG": 1, "RENDER_CHANNELS": 2, "RENDER_SRATE": 0, "RENDER_TAILFLAG": 0,
    "RENDER_NORMALIZE": 0, "RENDER_ADDTOPROJ": 0, "RENDER_DITHER": 0,
}  # fmt: skip
_TEXTS = ("RENDER_FILE", "RENDER_PATTERN", "RENDER_FORMAT")
_PATIENCE_SECONDS = 10.0
_jobs: list["_Job"] = []  # the last one, in progress or done


class _Job:
    def __init__(self, folder: str, tracks: dict[str, str]) -> None:
        """`tracks`: pointer by GUID."""
        self.state = "rendering"
        self.error = ""
        self.files: dict[str, str] = {}
        self.asked_at = time.monotonic()
        self._folder = folder
        self._waiting = dict(tracks)
        self._name = f"dawassist-{secrets.token_hex(4)}"
        self._numbers = {name: call("GetSetProjectInfo", 0, name, 0.0, False) for name in _NUMBERS}
        self._texts = {name: call("GetSetProjectInfo_String", 0, name, "", False)[3] for name in _TEXTS}
        self._selected = [track for track in api.all_tracks() if api.track_value(track, "I_SELECTED")]

    def go_on(self) -> None:
        """Render the next track; at the end put back what was changed. Never raises."""
        try:
            if self._waiting and time.monotonic() - self.asked_at > _PATIENCE_SECONDS:
                self._end("stopped", "Nobody waited for it any more.")
            elif self._waiting:
                self._render(*next(iter(self._waiting.items())))
                self.asked_at = time.monotonic()
            else:
                self._end("done", "")
        except Exception as error:  # noqa: BLE001 - becomes the state
            self._end("failed", f"{type(error).__name__}: {error}")

    def stop(self) -> None:
        """Begin no further track."""
        self._end("stopped", "Another render was started.")

    def _render(self, guid: str, track: str) -> None:
        name = f"{self._name}-{len(self.files) + 1}"
        texts = {"RENDER_FILE": self._folder, "RENDER_PATTERN": name, "RENDER_FORMAT": _WAV_FLOAT}
        self._configure({key: float(value) for key, value in _NUMBERS.items()}, texts)
        _select([track])
        call("Main_OnCommandEx", _RENDER_AND_CLOSE, 0, 0)
        path = os.path.join(self._folder, f"{name}.wav")
        if not os.path.isfile(path):
            raise OSError(f"REAPER wrote no file for {api.track_string(track, 'P_NAME') or guid}")
        del self._waiting[guid]
        self.files[guid] = path

    def _end(self, state: str, error: str) -> None:
        self.state, self.error = state, error
        self._configure(self._numbers, self._texts)
        _select(self._selected)

    def _configure(self, numbers: dict[str, float], texts: dict[str, str]) -> None:
        for name, value in numbers.items():
            call("GetSetProjectInfo", 0, name, value, True)
        for name, text in texts.items():
            call("GetSetProjectInfo_String", 0, name, text, True)


def start(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"folder": …, "tracks": [guid, …]}``; the first render begins at a later tick. Raises Gone."""
    addresses = Addresses()
    tracks = {str(guid): addresses.track(str(guid)) for guid in payload["tracks"]}
    if is_in_progress():
        _jobs[0].stop()
    _jobs[:] = [_Job(str(payload["folder"]), tracks)]
    return status({})


def status(_payload: dict[str, Any]) -> dict[str, Any]:
    if not _jobs:
        return {"state": "idle", "done": 0, "files": {}, "error": "No render was started."}
    job = _jobs[0]
    job.asked_at = time.monotonic()
    return {"state": job.state, "done": len(job.files), "files": job.files, "error": job.error}


def go_on() -> None:
    if is_in_progress():
        _jobs[0].go_on()


def is_in_progress() -> bool:
    return any(job.state == "rendering" for job in _jobs)


def _select(tracks: list[str]) -> None:
    for track in api.all_tracks():
        call("SetTrackSelected", track, track in tracks)
