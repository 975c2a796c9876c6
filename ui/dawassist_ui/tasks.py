"""Work off the GUI thread: one lane for everything that touches the session, one for analysis.

A task reports progress and its outcome through queued signals, so that every slot runs on the GUI thread. A cancelled
task reports Cancelled as soon as it looks; its result is dropped.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from dawassist.errors import BugError, DawAssistError

Work = Callable[["Task"], Any]


class Task(QObject):
    """One piece of work. `work` gets the task, for `report`, `tell` and `is_cancelled`."""

    progressed = pyqtSignal(str, int, int)
    found = pyqtSignal(object)
    finished = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, name: str, work: Work) -> None:
        super().__init__()
        self.name = name
        self._work = work
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def report(self, what: str, done: int, total: int) -> None:
        self.progressed.emit(what, done, total)

    def tell(self, part: object) -> None:
        """A part of the result that is known already; nothing any more once it is cancelled."""
        if not self.is_cancelled():
            self.found.emit(part)

    def run(self) -> None:
        try:
            result = self._work(self)
        except DawAssistError as error:
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - a defect in a task becomes a banner, never a lost thread
            self.failed.emit(BugError(f"A defect of ours: {type(error).__name__}: {error}."))
        else:
            self.finished.emit(result)


class Lanes(QObject):
    """`session` runs one task after the other; `analysis` beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._session = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session")
        self._analysis = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._tasks: set[Task] = set()

    def on_session(self, task: Task) -> Task:
        return self._start(self._session, task)

    def on_analysis(self, task: Task) -> Task:
        return self._start(self._analysis, task)

    def close(self) -> None:
        """Cancel what runs and wait for it; nothing is reported afterwards."""
        for task in self._tasks:
            task.blockSignals(True)
            task.cancel()
        self._session.shutdown(wait=True, cancel_futures=True)
        self._analysis.shutdown(wait=True, cancel_futures=True)

    def _start(self, pool: ThreadPoolExecutor, task: Task) -> Task:
        self._tasks.add(task)
        task.finished.connect(lambda _result: self._tasks.discard(task))
        task.failed.connect(lambda _error: self._tasks.discard(task))
        pool.submit(task.run)
        return task
