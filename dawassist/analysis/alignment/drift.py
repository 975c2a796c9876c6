"""Two recorders of one source: their delay grows along a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dawassist.analysis.alignment.estimator import Alignment

_FEWEST = 5
_LEAST_SHARE = 0.6
_ON_LINE_SAMPLES = 4.0  # a drift of 30 ppm moves by that much within an excerpt
_LEAST_MOVE_SAMPLES = 12.0
_MORE_THAN_LEVEL = 3  # excerpts that the line must hold more than any level one
_CONFIDENCE = 0.99  # five of eight chance peaks in ±42 ms lie on one line within 4 samples once in 10⁷
_MOST_PPM = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    ppm: float
    agreeing: int
    excerpts: int
    confidence: float


def drift_of(found: Alignment, starts: Sequence[float]) -> Drift | None:
    """The line through most excerpts' own peaks; None where there is none, or it is level."""
    seconds = np.array([starts[part.number] for part in found.spectra.excerpts])
    lags, signs = found.candidates.own_lags.astype(np.float64), found.candidates.own_signs
    best, level = np.zeros(len(lags), dtype=bool), 0
    for one in range(len(lags)):
        alike = signs == signs[one]
        level = max(level, int((alike & (np.abs(lags - lags[one]) <= _ON_LINE_SAMPLES)).sum()))
        for other in range(one + 1, len(lags)):
            slope = float((lags[other] - lags[one]) / (seconds[other] - seconds[one]))
            if abs(slope) > _MOST_PPM * 1e-6 * found.spectra.rate_hz:
                continue
            off = np.abs(lags - lags[one] - slope * (seconds - seconds[one]))
            held = alike & (off <= _ON_LINE_SAMPLES)
            if held.sum() > best.sum():
                best = held
    count = int(best.sum())
    if count < max(_FEWEST, _LEAST_SHARE * len(lags), level + _MORE_THAN_LEVEL):
        return None
    slope = float(np.polyfit(seconds[best], lags[best], 1)[0])
    if abs(slope) * float(np.ptp(seconds)) < _LEAST_MOVE_SAMPLES:
        return None
    ppm = slope / found.spectra.rate_hz * 1e6
    return Drift(ppm=ppm, agreeing=count, excerpts=len(lags), confidence=_CONFIDENCE)
