"""The K-weighting of ITU-R BS.1770-4, Annex 1, at any sample rate."""

import math

import numpy as np
import numpy.typing as npt

from dawassist.errors import InputError

MINIMUM_RATE_HZ = 8000
_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_MIDBAND_EXPONENT = 0.4996667741545416
_INAUDIBLE = 1e-12  # −240 dB
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773


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


class KWeighting:
    """The filter with its state, for consecutive blocks of `channels` channels. Silence costs nothing."""

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self._b, self._a = k_weighting_coefficients(sample_rate_hz)
        self._state = np.zeros((channels, len(self._a) - 1))
        self._is_at_rest = True

    def filter(self, block: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """The weighted block, same shape (channels, frames)."""
        if block.shape[-1] == 0:
            return np.zeros(block.shape)
        if self._is_at_rest and not block.any():
            return np.zeros(block.shape)
        from scipy.signal import lfilter  # half a second to import: not before the first sample

        weighted, self._state = lfilter(self._b, self._a, block.astype(np.float64), axis=-1, zi=self._state)
        self._is_at_rest = bool(np.abs(self._state).max() < _INAUDIBLE)
        if self._is_at_rest:
            self._state[:] = 0.0
        return np.asarray(weighted)
