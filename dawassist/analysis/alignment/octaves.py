"""What each octave says of the delay by itself, and all of them together.

Within an octave strong bins count more (half PHAT); between octaves the loud ones count more, as bleed takes the quiet
ones over, or as many as have bins that agree. Of N phases whose mean resultant is R, the logarithm of how much likelier
they are with one delay than with any is about −N/2 · ln(1 − R²).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.evidence import Curve
from dawassist.analysis.alignment.spectra import CrossSpectra

OCTAVES_HZ = tuple((80.0 * 2.0**octave, 160.0 * 2.0**octave) for octave in range(7))
FEWEST_BINS = 12
_CLOSEST = 0.9999  # of R²
_TINY = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Octave:
    """`agreement` of its phases at every lag, −1 … 1; `bins` as many as count alike; `energy` that both hold."""

    agreement: Curve
    bins: float
    energy: float


def octaves(spectra: CrossSpectra) -> tuple[Octave, ...]:
    """Those in which both signals have energy."""
    total = spectra.total
    size = np.abs(total.cross)
    heard = spectra.energetic(total)
    found = []
    for low_hz, high_hz in OCTAVES_HZ:
        inside = heard & (spectra.frequency_hz >= low_hz) & (spectra.frequency_hz < high_hz)
        weights = np.where(inside, np.sqrt(size), 0.0)
        if inside.sum() >= FEWEST_BINS and weights.any():
            found.append(_octave(spectra, weights, size))
    return tuple(found)


def _octave(spectra: CrossSpectra, weights: npt.NDArray[np.float64], size: npt.NDArray[np.float64]) -> Octave:
    whole = float(weights.sum())
    phases = spectra.total.cross / (size + _TINY) * (weights / whole)
    return Octave(
        agreement=spectra.correlation(phases) * spectra.frame / 2.0,
        bins=whole**2 / float(np.square(weights).sum()),
        energy=float(np.square(weights).sum()),
    )


def weighted(heard: Sequence[Octave], power: float, lags: int) -> Curve:
    """Mean agreement, each octave by its energy to `power`."""
    if not heard:
        return np.zeros(lags)
    return np.average([octave.agreement for octave in heard], axis=0, weights=[each.energy**power for each in heard])


def likelihood(heard: Sequence[Octave], lags: int) -> Curve:
    """Logarithm of the likelihood of each lag; negative for the other polarity."""
    found = np.zeros(lags)
    for octave in heard:
        agreement = octave.agreement
        found -= octave.bins / 2.0 * np.sign(agreement) * np.log1p(-np.minimum(np.square(agreement), _CLOSEST))
    return found
