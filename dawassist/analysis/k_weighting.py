"""The K-weighting of ITU-R BS.1770-4, Annex 1, at any sample rate."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter, square_sums
from dawassist.analysis.loudness import hop_frames
from dawassist.errors import InputError

MINIMUM_RATE_HZ = 8000
_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_MIDBAND_EXPONENT = 0.4996667741545416
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_HISTORY_HOPS, _STEP_HOPS = 1, 2


def k_weighting_coefficients(sample_rate_hz: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Numerator and denominator (5 values each) of both stages in one filter, by the bilinear transform.

    At 48 kHz they are the tables of BS.1770-4; at other rates the analog prototype behind those tables is transformed
    anew (De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018). Raises
    InputError below `MINIMUM_RATE_HZ`.
    """
    if sample_rate_hz < MINIMUM_RATE_HZ:
        raise InputError(
            f"Loudness cannot be measured at {sample_rate_hz:g} Hz.", why=f"The least is {MINIMUM_RATE_HZ} Hz."
        )
    k = math.tan(math.pi * _SHELF_HZ / sample_rate_hz)
    high = 10.0 ** (_SHELF_DB / 20.0)
    middle = high**_SHELF_MIDBAND_EXPONENT
    scale = 1.0 + k / _SHELF_Q + k * k
    shelf_b = [(high + middle * k / _SHELF_Q + k * k), 2.0 * (k * k - high), (high - middle * k / _SHELF_Q + k * k)]
    shelf_a = [1.0, 2.0 * (k * k - 1.0) / scale, (1.0 - k / _SHELF_Q + k * k) / scale]
    k = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate_hz)
    scale_low = 1.0 + k / _HIGH_PASS_Q + k * k
    low_a = [1.0, 2.0 * (k * k - 1.0) / scale_low, (1.0 - k / _HIGH_PASS_Q + k * k) / scale_low]
    return np.convolve(np.array(shelf_b) / scale, [1.0, -2.0, 1.0]), np.convolve(shelf_a, low_a)


class Frames(NamedTuple):
    """`spectra` (channels, frames, bins): of 300 ms of sound each, not weighted, 200 ms apart; `weighted` (channels,
    samples): the last 200 ms of each, K-weighted, one after the other."""

    spectra: npt.NDArray[np.complex64]
    weighted: npt.NDArray[np.float32]
    is_silent: bool


class KWeighting:
    """The filter by overlap-save: frames of two 100 ms hops with one hop of history.

    The response has decayed by more than 200 dB after a hop, so this equals the recursive filter within the precision
    of float32. Results do not depend on the sizes of the blocks; they come when a frame is full. Silence costs nothing.
    """

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self.hop_frames = hop_frames(sample_rate_hz)
        self.frame_size = (_HISTORY_HOPS + _STEP_HOPS) * self.hop_frames
        self._response = _response(sample_rate_hz, self.frame_size)
        self._cutter = Cutter(channels, _STEP_HOPS * self.hop_frames, _HISTORY_HOPS * self.hop_frames)

    def push(self, block: npt.NDArray[np.floating]) -> Frames:
        """The frames that a block of shape (channels, samples) completes."""
        return self._frames(self._cutter.push(block))

    def finish(self) -> Frames:
        """The last frame, filled up with silence."""
        return self._frames(self._cutter.finish())

    def _frames(self, windows: npt.NDArray[np.float32]) -> Frames:
        from scipy.fft import irfft, rfft  # not before the first sample: slow to import

        channels, count, size = windows.shape
        if not square_sums(windows).any():
            spectra = np.zeros((channels, count, size // 2 + 1), dtype=np.complex64)
            weighted = np.zeros((channels, count * _STEP_HOPS * self.hop_frames), dtype=np.float32)
            return Frames(spectra, weighted, True)
        spectra = rfft(windows)
        weighted = irfft(spectra * self._response, size)[..., _HISTORY_HOPS * self.hop_frames :]
        return Frames(spectra, weighted.reshape(channels, -1), False)


@lru_cache(maxsize=4)
def _response(sample_rate_hz: float, size: int) -> npt.NDArray[np.complex64]:
    numerator, denominator = k_weighting_coefficients(sample_rate_hz)
    turns = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response: npt.NDArray[np.complex64] = (
        np.polyval(numerator[::-1], turns) / np.polyval(denominator[::-1], turns)
    ).astype(np.complex64)
    return response
