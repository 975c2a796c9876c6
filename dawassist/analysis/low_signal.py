"""The low end of a signal as a slow one: what lies below 1 kHz, from the spectra of its hops.

The lowest bins of a hop are passed by a linear-phase filter (Kaiser window) and transformed back, with fewer points.
A spectrum times the filter lets a hop's end ring into its own beginning; what rings there, but belongs to the hop
before, is put right by the last 6 ms of both.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.hops import Hops
from dawassist.analysis.loudness import hop_frames

Samples = npt.NDArray[np.float32]
POINTS_PER_HOP = 400  # 4 kHz
_STOP_BIN = POINTS_PER_HOP // 2
_PASS_BIN = 101  # 1010 Hz
_STOP_DB = 90.0


class LowSignal:
    """A signal of 4000 points a second for one of any rate; it is late by some 3 ms."""

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self._filter = _low_pass(hop_frames(sample_rate_hz))
        self._tails = np.zeros((channels, 1, len(self._filter.ringing)), dtype=np.float32)

    def push(self, hops: Hops) -> Samples:
        """The next points, shape (channels, points)."""
        from scipy.fft import irfft

        response, ringing = self._filter
        channels, count, _ = hops.samples.shape
        if hops.is_silent and not self._tails.any():
            return np.zeros((channels, count * POINTS_PER_HOP), dtype=np.float32)
        low: Samples = irfft(hops.spectra[..., : len(response)] * response, POINTS_PER_HOP)
        tails = np.concatenate((self._tails, hops.samples[..., -len(ringing) :]), axis=1)
        missing = (tails[:, :-1] - tails[:, 1:]).reshape(channels * count, len(ringing))
        low[..., : ringing.shape[1]] += (missing @ ringing).reshape(channels, count, ringing.shape[1])
        self._tails = tails[:, -1:].copy()
        return low.reshape(channels, -1)


class _LowPass(NamedTuple):
    """`response` (bins); the last samples of a hop @ `ringing` are what they leave at the beginning of the next."""

    response: npt.NDArray[np.complex64]
    ringing: Samples


@lru_cache(maxsize=4)
def _low_pass(frames: int) -> _LowPass:
    from scipy.fft import irfft

    impulse = _impulse(frames)
    taps, bins = len(impulse), np.arange(_STOP_BIN + 1)
    response = np.exp(-2j * np.pi * np.outer(bins, np.arange(taps)) / frames) @ impulse
    response *= POINTS_PER_HOP / frames
    response[-1] = 0.0
    places = np.arange(frames - taps, frames)
    rings = irfft(np.exp(-2j * np.pi * np.outer(places, bins) / frames) * response, POINTS_PER_HOP)
    reach = -(-taps * POINTS_PER_HOP // frames)
    return _LowPass(response.astype(np.complex64), np.ascontiguousarray(rings[:, :reach], dtype=np.float32))


def _impulse(frames: int) -> npt.NDArray[np.float64]:
    """A windowed sinc; length and shape of the window by Kaiser's formulas (Oppenheim and Schafer, section 7.6)."""
    width = 2.0 * np.pi * (_STOP_BIN - _PASS_BIN) / frames
    taps = int(np.ceil((_STOP_DB - 8.0) / (2.285 * width))) + 1
    cutoff = (_PASS_BIN + _STOP_BIN) / frames  # of half the rate
    sinc = np.sinc(cutoff * (np.arange(taps) - (taps - 1) / 2.0))
    impulse = sinc * np.kaiser(taps, 0.1102 * (_STOP_DB - 8.7))
    return np.asarray(impulse / impulse.sum())
