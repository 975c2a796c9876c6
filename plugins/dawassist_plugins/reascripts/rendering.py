"""REAPER's own work on chosen tracks: stems before their faders, loudness after them.

A render blocks REAPER's main thread, so one track is taken per tick, and only when somebody asked how far it is since
the last: between two of them requests are answered. What goes wrong with one track leaves the others intact.
"""

import os
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dawassist_plugins.reascripts import api, borrowing, loudness
from dawassist_plugins.reascripts.addresses import Addresses
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.borrowing import Borrowed

_RENDER_AND_CLOSE = 42230
_PATIENCE_SECONDS = 3.0
_jobs: list["_Job"] = []  # the last one, in progress or done
Step = Callable[[Borrowed, str], Any]  # with the track's pointer: what came of it


class _Job:
    def __init__(self, step: Step, tracks: dict[str, str]) -> None:
        """`tracks`: pointer by GUID."""
        self.state = "rendering"
        self.error = ""
        self.results: dict[str, Any] = {}
        self.failures: dict[str, str] = {}
        self._step = step
        self._waiting = dict(tracks)
        self._is_wanted = True
        self._wanted_at = time.monotonic()
        self._borrowed = Borrowed()

    def ask(self) -> None:
        self._is_wanted = True
        self._wanted_at = time.monotonic()

    def go_on(self) -> None:
        """Take the next track; at the end put back what was changed. Never raises."""
        if not self._waiting:
            self.end("done", "")
        elif not self._borrowed.is_in_front():
            self.end("failed", "Another project came to the front in REAPER. Go back to it and render again.")
        elif self._is_wanted:
            self._is_wanted = False
            self._take(*next(iter(self._waiting.items())))
            self._wanted_at = time.monotonic()
        elif time.monotonic() - self._wanted_at > _PATIENCE_SECONDS:
            self.end("stopped", "Nobody waited for it any more.")

    def end(self, state: str, error: str) -> None:
        """Begin no further track."""
        self.state, self.error = state, error
        try:
            self._borrowed.give_back()
        except Exception as trouble:  # noqa: BLE001 - becomes the state
            self.state, self.error = "failed", f"REAPER's render settings could not be put back ({trouble})."

    def _take(self, guid: str, track: str) -> None:
        del self._waiting[guid]
        try:
            if not self._borrowed.has(track):
                raise LookupError("the track is gone")
            self.results[guid] = self._step(self._borrowed, track)
        except Exception as trouble:  # noqa: BLE001 - becomes a sentence
            self.failures[guid] = str(trouble) or type(trouble).__name__


def start(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"folder": …, "tracks": [guid, …]}``: stems, whose files are the results. Raises Gone, Refusal."""
    return _begin(payload, partial(_stem, str(payload["folder"]), f"dawassist-{secrets.token_hex(4)}"))


def start_loudness(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"tracks": [guid, …], "range": [start, end] or None}``: LUFS-I after the fader; of the master, of the mix.

    Raises Gone, Refusal.
    """
    loudness.check()
    return _begin(payload, partial(loudness.measured, payload["range"]))


def stop(_payload: dict[str, Any]) -> dict[str, Any]:
    if is_in_progress():
        _jobs[0].end("stopped", "It was stopped.")
    return status({})


def status(_payload: dict[str, Any]) -> dict[str, Any]:
    if not _jobs:
        return {"state": "idle", "done": 0, "results": {}, "failures": {}, "error": "No render was started."}
    job = _jobs[0]
    job.ask()
    done = len(job.results) + len(job.failures)
    return {"state": job.state, "done": done, "results": job.results, "failures": job.failures, "error": job.error}


def go_on() -> None:
    if is_in_progress():
        _jobs[0].go_on()


def is_in_progress() -> bool:
    return any(job.state == "rendering" for job in _jobs)


def _begin(payload: dict[str, Any], step: Step) -> dict[str, Any]:
    """The first track is taken at a later tick."""
    borrowing.check()
    addresses = Addresses()
    tracks = {str(guid): addresses.track(str(guid)) for guid in payload["tracks"]}
    if is_in_progress():
        _jobs[0].end("stopped", "Another render was started.")
    _jobs[:] = [_Job(step, tracks)]
    return status({})


def _stem(folder: str, name: str, borrowed: Borrowed, track: str) -> str:
    """The file of one stem: its name is new, so that REAPER never asks whether to overwrite."""
    number = int(api.track_value(track, "IP_TRACKNUMBER"))
    borrowed.configure(folder, f"{name}-{number}")
    borrowed.unsolo()
    borrowed.select([track])
    call("Main_OnCommandEx", _RENDER_AND_CLOSE, 0, borrowed.project)
    path = os.path.join(folder, f"{name}-{number}.wav")
    if not os.path.isfile(path):
        raise OSError("REAPER wrote no file")
    return path
