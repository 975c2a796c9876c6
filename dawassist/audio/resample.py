"""Sample-rate conversion and varispeed as a stream, aligned to the sample."""

from collections.abc import Callable

import numpy as np

from dawassist.audio.media import Samples

_PREROLL_FRAMES = (2048, 4096)  # the range to choose from
_FEED_FRAMES = 16384


class ResampledStream:
    """Output frames, one block after the other, from a reader of input frames.

    `read_input(count)` gives the next input frames and `skip_input(frames)` moves (backward when negative). The first
    output frame lies on the first input frame: the converter is fed from a little before it.
    """

    def __init__(
        self,
        read_input: Callable[[int], Samples],
        skip_input: Callable[[int], None],
        *,
        channel_count: int,
        input_rate_hz: float,
        output_rate_hz: float,
    ) -> None:
        import soxr

        self._read_input = read_input
        self._stream = soxr.ResampleStream(input_rate_hz, output_rate_hz, channel_count, dtype="float32", quality="HQ")
        preroll, self._drop = _preroll(output_rate_hz / input_rate_hz)
        skip_input(-preroll)
        self._ready: Samples = np.zeros((channel_count, 0), dtype=np.float32)

    def read(self, count: int) -> Samples:
        """The next `count` output frames, shape (channels, count)."""
        parts, have = [self._ready], self._ready.shape[1]
        while have < count:
            fed = self._stream.resample_chunk(np.ascontiguousarray(self._read_input(_FEED_FRAMES).T))
            made: Samples = fed.T[:, self._drop :]
            self._drop -= min(self._drop, fed.shape[0])
            parts.append(made)
            have += made.shape[1]
        joined = np.concatenate(parts, axis=1)
        self._ready = joined[:, count:]
        return joined[:, :count]


def _preroll(ratio: float) -> tuple[int, int]:
    """Input frames to feed before the first, and the output frames that they make: nearly a whole number."""
    candidates = np.arange(*_PREROLL_FRAMES)
    made = candidates * ratio
    best = int(np.argmin(np.abs(made - np.round(made))))
    return int(candidates[best]), round(float(made[best]))
