"""The K-weighting of ITU-R BS.1770-4, Annex 1, at any sample rate."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.hops import Hops, HopTransform
from dawassist.analysis.loudness import hop_frames
from dawassist.errors import InputError

Samples = npt.NDArray[np.float32]
MINIMUM_RATE_HZ = 8000
_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_MIDBAND_EXPONENT = 0.4996667741545416
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_POLES = 4
_TAILS = 24  # shapes that ringing can have, of which four are independent


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
    """The filter on the spectra of 100 ms hops, equal to the recursive filter within the precision of float32.

    A spectrum times the response lets a hop ring into its own beginning. What a hop leaves ringing has no more degrees
    of freedom than the filter has poles: four numbers, which are taken from the hop itself and given to the next. After
    one more hop the ringing has decayed by 200 dB. Results do not depend on the sizes of the blocks; they come when a
    hop is full. Silence costs nothing.
    """

    def __init__(self, sample_rate_hz: float, channels: int) -> None:
        self.hop_frames = hop_frames(sample_rate_hz)
        self._filter = hop_filter(sample_rate_hz, self.hop_frames)
        self._transform = HopTransform(sample_rate_hz, channels)
        self._rings = np.zeros((channels, 1, _POLES), dtype=np.float32)

    def push(self, block: npt.NDArray[np.floating]) -> Samples:
        """The hops that a block of shape (channels, samples) completes, as spectra: (channels, hops, hop_frames).

        Columns are real and imaginary parts of ascending bins, 10 Hz apart; the last, which has no partner, takes the
        place of the imaginary part of 0 Hz. They are scaled so that the sum of their products is the mean product of
        the samples (Parseval).
        """
        return self.weigh(self._transform.push(block))

    def finish(self) -> Samples:
        """The last hop, filled up with silence."""
        return self.weigh(self._transform.finish())

    def weigh(self, hops: Hops) -> Samples:
        """As `push`, of hops that are transformed already; their spectra are written over."""
        samples, spectra, is_silent = hops
        if is_silent and not self._rings.any():
            return np.zeros(samples.shape, dtype=np.float32)
        left = np.stack([channel @ self._filter.leaves_ringing for channel in samples])
        rings = np.concatenate((self._rings, left), axis=1)
        self._rings = rings[:, -1:].copy()
        spectra *= self._filter.response
        parts: Samples = spectra.view(np.float32)
        parts[..., 1] = parts[..., self.hop_frames]
        columns = parts[..., : self.hop_frames]
        for own, missing in zip(columns, rings[:, :-1] - rings[:, 1:], strict=True):  # one by one: they fit the cache
            own += missing @ self._filter.ringing
        return columns


class HopFilter(NamedTuple):
    """`response` (bins) is scaled; samples @ `leaves_ringing` (frames, 4) @ `ringing` (4, columns) is what a hop leaves
    ringing in the next."""

    response: npt.NDArray[np.complex64]
    leaves_ringing: Samples
    ringing: Samples


@lru_cache(maxsize=4)
def hop_filter(sample_rate_hz: float, frames: int) -> HopFilter:
    from scipy.fft import irfft, rfft

    size = 4 * frames
    numerator, denominator = k_weighting_coefficients(sample_rate_hz)
    turns = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.polyval(numerator[::-1], turns) / np.polyval(denominator[::-1], turns)
    scale = np.full(frames // 2 + 1, np.sqrt(2.0) / frames)
    scale[[0] if frames % 2 else [0, -1]] = 1.0 / frames
    impulse = irfft(response, size)
    tails = [impulse[start : start + frames] for start in np.geomspace(1, frames // 2, _TAILS).astype(int)]
    basis = np.linalg.svd(np.array(tails), full_matrices=False)[2][:_POLES]
    by_delay = irfft(np.conj(rfft(basis, size)) * response, size)[:, 1 : frames + 1]
    parts = (rfft(basis) * scale).view(np.float64)
    ringing = parts[:, :frames].copy()
    ringing[:, 1] = parts[:, frames]
    return HopFilter(
        (response[::4] * scale).astype(np.complex64),
        np.ascontiguousarray(by_delay[:, ::-1].T, dtype=np.float32),
        ringing.astype(np.float32),
    )
