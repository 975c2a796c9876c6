"""Spectra of overlapping frames of a signal's low end, which several meters share."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter
from dawassist.analysis.hops import Hops
from dawassist.analysis.low_signal import POINTS_PER_HOP, LowSignal

HOPS_PER_STEP = 2
HOPS_PER_FRAME = 3
FRAME_POINTS = HOPS_PER_FRAME * POINTS_PER_HOP


class Frames(NamedTuple):
    """`spectra` (channels, frames, bins up to 2 kHz, right up to 1 kHz): of 300 ms each, no window, 200 ms apart."""

    spectra: npt.NDArray[np.complex64]
    is_silent: bool


class FrameTransform:
    """Frames come when they are full, and do not depend on the sizes of the blocks. Silence costs nothing."""

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self._low = LowSignal(sample_rate_hz, channels)
        self._cutter = Cutter(
            channels, HOPS_PER_STEP * POINTS_PER_HOP, (HOPS_PER_FRAME - HOPS_PER_STEP) * POINTS_PER_HOP
        )

    def push(self, hops: Hops) -> Frames:
        """The frames that these hops complete; the first begins with 100 ms of silence."""
        return self._frames(self._cutter.push(self._low.push(hops)))

    def finish(self) -> Frames:
        """The last frame, filled up with silence."""
        return self._frames(self._cutter.finish())

    @staticmethod
    def _frames(windows: npt.NDArray[np.float32]) -> Frames:
        from scipy.fft import rfft

        channels, count, points = windows.shape
        if not (windows.max(initial=0.0) or windows.min(initial=0.0)):
            return Frames(np.zeros((channels, count, points // 2 + 1), dtype=np.complex64), True)
        return Frames(rfft(windows), False)
