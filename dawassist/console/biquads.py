"""Second-order filter sections, and filtering with them block after block.

Source: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients". The bandwidth in octaves is
that of the analog prototype: Q = 1 / (2 sinh(ln 2 / 2 · octaves)).
"""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
FilterKind = Literal["low_shelf", "high_shelf", "high_pass", "low_pass", "peak"]
_HIGHEST = 0.49  # of the sample rate
_INAUDIBLE = 1e-25  # smaller states decay into denormal numbers, which are slow
BUTTERWORTH_Q = math.sqrt(0.5)


def q_of_octaves(octaves: float) -> float:
    """Q of a bandwidth in octaves."""
    return 1.0 / (2.0 * math.sinh(math.log(2.0) / 2.0 * max(octaves, 1e-3)))


def octaves_of_q(q: float) -> float:
    """Bandwidth in octaves of a Q: the inverse of `q_of_octaves`."""
    return 2.0 / math.log(2.0) * math.asinh(1.0 / (2.0 * q))


def biquad(
    kind: FilterKind, cutoff_frequency_hz: float, q: float, gain_db: float, sample_rate_hz: float
) -> npt.NDArray[np.float64]:
    """One section b0 b1 b2 1 a1 a2, shape (6,); frequencies above 0.49 of the sample rate are taken as that."""
    frequency_hz = min(max(cutoff_frequency_hz, 1e-3), _HIGHEST * sample_rate_hz)
    w = 2.0 * math.pi * frequency_hz / sample_rate_hz
    cosine, alpha = math.cos(w), math.sin(w) / (2.0 * q)
    amplitude = 10.0 ** (gain_db / 40.0)
    if kind in ("high_pass", "low_pass"):
        sign = 1.0 if kind == "high_pass" else -1.0
        edge = 1.0 + sign * cosine
        return _section((edge / 2.0, -sign * edge, edge / 2.0), (1.0 + alpha, -2.0 * cosine, 1.0 - alpha))
    if kind == "peak":
        return _section(
            (1.0 + alpha * amplitude, -2.0 * cosine, 1.0 - alpha * amplitude),
            (1.0 + alpha / amplitude, -2.0 * cosine, 1.0 - alpha / amplitude),
        )
    return _shelf(1.0 if kind == "low_shelf" else -1.0, cosine, 2.0 * math.sqrt(amplitude) * alpha, amplitude)


class Filter:
    """Filters stereo blocks through `sections`, shape (n, 6), and keeps its state between them."""

    def __init__(self, sections: npt.NDArray[np.float64]) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), 2, 2))

    def push(self, block: Samples) -> Samples:
        """The filtered block, (2, frames)."""
        from scipy.signal import sosfilt

        if not len(self._sections) or not block.shape[-1]:
            return block
        filtered, self._state = sosfilt(self._sections, block, zi=self._state)
        if np.abs(self._state).max() < _INAUDIBLE:
            self._state[:] = 0.0
        return np.asarray(filtered)


def _shelf(side: float, cosine: float, slope: float, amplitude: float) -> npt.NDArray[np.float64]:
    above, below = amplitude + 1.0, amplitude - 1.0
    return _section(
        (
            amplitude * (above - side * below * cosine + slope),
            side * 2.0 * amplitude * (below - side * above * cosine),
            amplitude * (above - side * below * cosine - slope),
        ),
        (
            above + side * below * cosine + slope,
            -side * 2.0 * (below + side * above * cosine),
            above + side * below * cosine - slope,
        ),
    )


def _section(b: tuple[float, float, float], a: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    return np.array([*b, *a]) / a[0]
