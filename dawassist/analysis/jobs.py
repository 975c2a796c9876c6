"""Jobs of an analysis, side by side on a few threads, that can be cancelled."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from dawassist.errors import Cancelled

IsCancelled = Callable[[], bool]
Result = TypeVar("Result")
_CANCEL_CHECK_SECONDS = 0.1


def run_all(pool: ThreadPoolExecutor, jobs: Sequence[Callable[[], Result]], is_cancelled: IsCancelled) -> list[Result]:
    """The results of all jobs, in their order; looks for a cancel at least every 100 ms. Raises Cancelled."""
    futures = [pool.submit(job) for job in jobs]
    running = set(futures)
    while running:
        if is_cancelled():
            for future in running:
                future.cancel()
            wait(running)  # what runs already ends soon, and its files are still open
            raise Cancelled
        _, running = wait(running, timeout=_CANCEL_CHECK_SECONDS)
    return [future.result() for future in futures]
