"""Media files that stay open from one read to the next: many short stretches of a file open it once."""

from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import Self

from dawassist.audio.media import MediaReader, Samples, open_media

_MOST_FILES = 32  # that nobody reads at the moment


class KeptOpen:
    """Opens files as `open_media` does. Closing what it gave only gives it back; leaving the context closes all.

    One thread at a time may use it and what it gave.
    """

    def __init__(self) -> None:
        self._files: OrderedDict[Path, _Shared] = OrderedDict()

    def open(self, path: Path) -> MediaReader:
        """Raises MediaProblem."""
        shared = self._files.get(path)
        if shared is None:
            self._close_idle()
            shared = self._files[path] = _Shared(open_media(path))
        self._files.move_to_end(path)
        return shared.lent()

    def close(self) -> None:
        for shared in self._files.values():
            shared.media.close()
        self._files.clear()

    def _close_idle(self) -> None:
        """So that there is room for another, those that were opened longest ago first."""
        idle = [path for path, shared in self._files.items() if shared.readers == 0]
        for path in idle[: max(len(idle) + 1 - _MOST_FILES, 0)]:
            self._files.pop(path).media.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Shared:
    """An open file and how many read it."""

    def __init__(self, media: MediaReader) -> None:
        self.media = media
        self.readers = 0

    def lent(self) -> MediaReader:
        self.readers += 1
        media = self.media
        return MediaReader(
            _Lent(self), sample_rate_hz=media.sample_rate_hz, channel_count=media.channel_count,
            frame_count=media.frame_count, header_frame_count=media.header_frame_count,
        )  # fmt: skip


class _Lent:
    def __init__(self, shared: _Shared) -> None:
        self._shared = shared

    def read(self, start_frame: int, count: int) -> Samples:
        return self._shared.media.read(start_frame, count)

    def close(self) -> None:
        self._shared.readers -= 1
