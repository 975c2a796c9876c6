"""Hops of 100 ms and their spectra, which every meter of a signal shares: each sample is transformed once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter, square_sums
from dawassist.analysis.loudness import hop_frames

Samples = npt.NDArray[np.float32]


class Hops(NamedTuple):
    """Consecutive `samples`, (channels, hops, frames), and their `spectra`, (channels, hops, bins), 10 Hz apart."""

    samples: Samples
    spectra: npt.NDArray[np.complex64]
    is_silent: bool


class HopTransform:
    """Hops come when they are full, and do not depend on the sizes of the blocks. Silence costs nothing."""

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self._cutter = Cutter(channels, hop_frames(sample_rate_hz))

    def push(self, block: npt.NDArray[np.floating]) -> Hops:
        """The hops that a block of shape (channels, samples) completes."""
        return self._hops(self._cutter.push(block))

    def finish(self) -> Hops:
        """The last hop, filled up with silence."""
        return self._hops(self._cutter.finish())

    @staticmethod
    def _hops(samples: Samples) -> Hops:
        from scipy.fft import rfft  # not before the first sample: slow to import

        if not square_sums(samples).any():
            channels, hops, frames = samples.shape
            return Hops(samples, np.zeros((channels, hops, frames // 2 + 1), dtype=np.complex64), True)
        return Hops(samples, rfft(samples), False)
