"""Spectra of overlapping frames of a signal, which several meters share."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter
from dawassist.analysis.loudness import hop_frames

_HISTORY_HOPS, _STEP_HOPS = 1, 2


class Frames(NamedTuple):
    """`spectra` (channels, frames, bins): of 300 ms of sound each, without a window, 200 ms apart."""

    spectra: npt.NDArray[np.complex64]
    is_silent: bool


class FrameTransform:
    """Frames come when they are full, and do not depend on the sizes of the blocks. Silence costs nothing."""

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        hop = hop_frames(sample_rate_hz)
        self.frame_size = (_HISTORY_HOPS + _STEP_HOPS) * hop
        self._cutter = Cutter(channels, _STEP_HOPS * hop, _HISTORY_HOPS * hop)

    def push(self, block: npt.NDArray[np.floating]) -> Frames:
        """The frames that a block of shape (channels, samples) completes; the first begins with 100 ms of silence."""
        return self._frames(self._cutter.push(block))

    def finish(self) -> Frames:
        """The last frame, filled up with silence."""
        return self._frames(self._cutter.finish())

    @staticmethod
    def _frames(windows: npt.NDArray[np.float32]) -> Frames:
        from scipy.fft import rfft  # not before the first sample: slow to import

        channels, count, size = windows.shape
        if not (windows.max(initial=0.0) or windows.min(initial=0.0)):
            return Frames(np.zeros((channels, count, size // 2 + 1), dtype=np.complex64), True)
        return Frames(rfft(windows), False)
