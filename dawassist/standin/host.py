"""The host: the open project, its pointers, ext states, deferred code and the tick that runs it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dawassist.standin.pointers import Pointers
from dawassist.standin.project import Project

START_SERVER_ACTION = "_RS7374616e64696e5f73746172745f736572766572"


@dataclass(slots=True)
class Ticks:
    """Time of the calling thread's CPU and on the wall, per tick, in milliseconds."""

    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)


class Host:
    """Everything runs on the main thread; other threads hand work over with `ask`."""

    def __init__(self, project: Project, resource_folder: Path) -> None:
        self.project = project
        self.other_tab: Project | None = None
        self.pointers = Pointers()
        self.resource_folder = resource_folder
        self.ext_state: dict[tuple[str, str], str] = {}
        self.deferred: list[str] = []
        self.at_exit: list[str] = []
        self.actions: dict[str, Callable[[], None]] = {}
        self.namespace: dict[str, Any] = {}
        self.ticks = Ticks()
        self.frozen_until = 0.0  # a modal dialog is open: no ticks
        self.is_rendering = False
        self.loudness_error_lu = 0.0  # of the dry-run loudness
        self.keeps_statistics = True  # a preference
        self.stop = threading.Event()
        self._asked: list[tuple[Callable[[], Any], threading.Event, list[Any]]] = []
        self._lock = threading.Lock()

    def deferred_append(self, code: str) -> None:
        """`RPR_defer`: run that code at the next tick."""
        self.deferred.append(code)

    def ask(self, work: Callable[[], Any], timeout_seconds: float = 10.0) -> Any:
        """Run `work` on the main thread at the next tick and wait for its result."""
        done = threading.Event()
        result: list[Any] = []
        with self._lock:
            self._asked.append((work, done, result))
        done.wait(timeout_seconds)
        return result[0] if result else None

    def run(self, hz: float) -> None:
        """Tick until told to stop. Late ticks are not caught up."""
        period = 1.0 / hz
        following = time.monotonic()
        while not self.stop.is_set():
            self._serve_asked()
            if time.monotonic() >= self.frozen_until:
                self._tick()
            following += period
            wait = following - time.monotonic()
            if wait > 0:
                self.stop.wait(wait)
            else:
                following = time.monotonic()
        for code in self.at_exit:
            exec(code, self.namespace)  # noqa: S102 - what a ReaScript asked to run at exit

    def _tick(self) -> None:
        codes, self.deferred = self.deferred, []
        cpu, wall = time.thread_time(), time.perf_counter()
        for code in codes:
            exec(code, self.namespace)  # noqa: S102 - what a ReaScript deferred
        self.ticks.cpu_ms.append((time.thread_time() - cpu) * 1000.0)
        self.ticks.wall_ms.append((time.perf_counter() - wall) * 1000.0)

    def _serve_asked(self) -> None:
        with self._lock:
            asked, self._asked = self._asked, []
        for work, done, result in asked:
            try:
                result.append(work())
            finally:
                done.set()
