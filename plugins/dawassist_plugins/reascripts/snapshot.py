"""Reading the whole session in slices of at most 5 ms a tick, so that REAPER never stutters.

A snapshot that was overtaken by a change is read again, up to three times. Names and idents of a plug-in's parameters
are read once per plug-in and kept; a plug-in whose parameter names depend on its settings is always read.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

from dawassist_plugins.reascripts import api, session_reader

SLICE_SECONDS = 0.005
MAX_ATTEMPTS = 3
CHUNK_CHARACTERS = 128 << 10  # encoding one more than that would be felt in a tick


class Snapshot:
    """One reading in progress, or its result as JSON text in chunks."""

    def __init__(self) -> None:
        self.attempts = 0
        self.text: str | None = None
        self.error = ""
        self.done = 0
        self.total = 1
        self._steps: Iterator[tuple[int, int]] = iter(())
        self._head: dict[str, Any] = {}
        self._tracks: list[str] = []
        self._count = -1
        self._begin()

    def work(self, seconds: float) -> None:
        """Go on until `seconds` are over, one step at least."""
        end = time.perf_counter() + seconds
        while self.text is None and not self.error:
            try:
                self.done, self.total = next(self._steps)
            except StopIteration:
                self._finish()
            except Exception as error:  # noqa: BLE001 - becomes the answer to the poll
                self.error = f"{type(error).__name__}: {error}"
            if time.perf_counter() >= end:
                return

    def _begin(self) -> None:
        self.attempts += 1
        pointer, path = api.project()
        self._count = int(api.call("GetProjectStateChangeCount", pointer))
        self._head = {"project_path": path, "change_count": self._count, "attempts": self.attempts}
        self._tracks = []
        self._steps = session_reader.read(self._head, lambda track: self._tracks.append(json.dumps(track)))

    def _finish(self) -> None:
        pointer, _ = api.project()
        if int(api.call("GetProjectStateChangeCount", pointer)) != self._count and self.attempts < MAX_ATTEMPTS:
            self._begin()
            return
        self.text = f'{json.dumps(self._head)[:-1]}, "tracks": [{", ".join(self._tracks)}]}}'


_current: dict[str, Snapshot] = {}


def start(_payload: dict[str, Any]) -> dict[str, Any]:
    """Begin a snapshot; an unfinished earlier one is dropped."""
    _current.clear()
    identity = f"{time.monotonic_ns():x}"
    _current[identity] = Snapshot()
    _current[identity].work(SLICE_SECONDS)
    return {"id": identity}


def poll(payload: dict[str, Any]) -> dict[str, Any]:
    """How far it is; when done, one chunk of the text."""
    found = _current.get(str(payload["id"]))
    if found is None:
        return {"error": "This snapshot is gone: another one was started."}
    if found.error:
        return {"error": found.error}
    if found.text is None:
        return {"done": found.done, "total": found.total}
    first = int(payload.get("chunk", 0)) * CHUNK_CHARACTERS
    chunks = -(-len(found.text) // CHUNK_CHARACTERS)
    return {"text": found.text[first : first + CHUNK_CHARACTERS], "chunks": chunks}


def go_on() -> None:
    for each in _current.values():
        each.work(SLICE_SECONDS)


def is_in_progress() -> bool:
    return any(each.text is None and not each.error for each in _current.values())
