"""A take's source as one endless stream of frames: sections, loops and reversed playing resolved."""

import numpy as np

from dawassist.audio.media import MediaReader, Samples
from dawassist.session.model import Source


class SourceStream:
    """Frames of a source from a position on, one after the other, at the rate of the file.

    A section starts at its own offset and ends at its length; a reversed one plays from its end. A looped stream wraps
    at the end, another is silent there.
    """

    def __init__(self, media: MediaReader, source: Source, *, looped: bool, start_seconds: float) -> None:
        self._media = media
        rate = media.sample_rate_hz
        self._first = round(source.section_start_seconds * rate)
        rest = media.frame_count - self._first
        wanted = round(source.section_length_seconds * rate) or rest
        self._length = max(wanted if not looped else min(wanted, rest), 0)
        self._looped = looped and self._length > 0
        self._reversed = source.reversed
        self._position = round(start_seconds * rate)

    @property
    def channel_count(self) -> int:
        return self._media.channel_count

    def skip(self, frames: int) -> None:
        """Move by `frames`, backward when negative."""
        self._position += frames

    def read(self, count: int) -> Samples:
        """The next `count` frames, shape (channels, count)."""
        parts = []
        while count > 0:
            position = self._position % self._length if self._looped else self._position
            piece = min(count, self._length - position) if self._looped else count
            parts.append(self._piece(position, piece))
            self._position += piece
            count -= piece
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _piece(self, position: int, count: int) -> Samples:
        if self._reversed:
            backward = self._within(self._length - position - count, count)
            return np.ascontiguousarray(backward[:, ::-1])
        return self._within(position, count)

    def _within(self, position: int, count: int) -> Samples:
        """Frames of the section; silence before its start and after its end."""
        first, last = max(position, 0), min(position + count, self._length)
        if first == position and last == position + count:
            return self._media.read(self._first + first, count)
        silence = np.zeros((self.channel_count, count), dtype=np.float32)
        if last > first:
            silence[:, first - position : last - position] = self._media.read(self._first + first, last - first)
        return silence
