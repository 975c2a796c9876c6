"""The few equalizer bands, and the one gain, that make a measured curve: greedy choice, then all of them refined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.console.biquads import FilterKind, biquad

Curve = npt.NDArray[np.float64]
_FIT_RATE_HZ = 192_000  # analog shapes for candidates; bilinear warping is left to the rate of the session
_MOST_BANDS = 4
_GOOD_ENOUGH_DB = 0.12
_SMALLEST_SHARE = 0.15  # of the error that a further band must take away
_SHARPEST_Q, _BROADEST_Q = 4.0, 0.5
_REACH_HZ: dict[FilterKind, tuple[float, float]] = {
    "low_shelf": (20.0, 600.0),
    "high_shelf": (1500.0, 20000.0),
    "peak": (20.0, 20000.0),
    "high_pass": (20.0, 500.0),
}  # a low shelf above the middle would be a high shelf and a gain
_LARGEST_DB = 18.0
_TRIAL_DB = 6.0
_TRIAL_QS: dict[FilterKind, tuple[float, ...]] = {
    "peak": (0.6, 1.0, 2.0), "low_shelf": (0.7,), "high_shelf": (0.7,), "high_pass": (0.7,),
}  # fmt: skip
_LEAN = 0.005  # of a decibel of error that each decibel of a band must save: the flat part belongs to the gain
_BEAM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBand:
    """`gain_db` is 0 for a high-pass; `q` is that of the cookbook's section."""

    kind: FilterKind
    cutoff_frequency_hz: float
    gain_db: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedCurve:
    gain_db: float
    bands: tuple[FittedBand, ...]
    error_db: float  # weighted RMS of what remains


def response_db(bands: Sequence[FittedBand], frequency_hz: Curve, sample_rate_hz: int) -> Curve:
    """What bands in series do, in dB at every frequency."""
    total = np.zeros_like(frequency_hz)
    delay = np.exp(-2j * np.pi * frequency_hz / sample_rate_hz)
    for band in bands:
        b0, b1, b2, _, a1, a2 = biquad(band.kind, band.cutoff_frequency_hz, band.q, band.gain_db, sample_rate_hz)
        top = b0 + b1 * delay + b2 * delay**2
        total = total + 20.0 * np.log10(np.abs(top / (1.0 + a1 * delay + a2 * delay**2)) + 1e-9)
    return np.asarray(total)


def fit_equalizer(curve_db: Curve, weights: Curve, frequency_hz: Curve, sample_rate_hz: int) -> FittedCurve:
    """Fit `curve_db`, shape (bands,), where `weights` say how well each is known; at most four bands."""
    weights = weights / max(float(weights.sum()), 1e-30)
    found = FittedCurve(gain_db=_weighted_median(curve_db, weights), bands=(), error_db=0.0)
    best = _scored(found, curve_db, weights, frequency_hz, sample_rate_hz)
    beam = [best]
    while len(beam[0].bands) < _MOST_BANDS and best.error_db > _GOOD_ENOUGH_DB:
        longer = [
            _refined(candidate, curve_db, weights, frequency_hz, sample_rate_hz)
            for each in beam
            for candidate in _extended(each, curve_db, weights, frequency_hz)
        ]
        beam = sorted(longer, key=_cost)[:_BEAM]
        if _cost(beam[0]) < (1.0 - _SMALLEST_SHARE) * _cost(best):
            best = beam[0]
    return best


def _cost(found: FittedCurve) -> float:
    return found.error_db + _LEAN * sum(abs(band.gain_db) for band in found.bands)


def _extended(found: FittedCurve, curve_db: Curve, weights: Curve, frequency_hz: Curve) -> list[FittedCurve]:
    """With one more band: of each kind that which takes most of the error away, the gain being free to move with it."""
    rest = curve_db - found.gain_db - response_db(found.bands, frequency_hz, _FIT_RATE_HZ)
    shapes, bands = _candidates(tuple(frequency_hz.tolist()))
    mean = shapes @ weights
    centered, error = shapes - mean[:, None], rest - float(rest @ weights)
    factor = (centered * error) @ weights / ((centered**2) @ weights + 1e-9)
    factor = np.clip(factor, -_LARGEST_DB / _TRIAL_DB, _LARGEST_DB / _TRIAL_DB)
    passing = np.array([band.kind == "high_pass" for band in bands])
    factor[passing] = 1.0  # it has no gain
    left = ((error - factor[:, None] * centered) ** 2) @ weights
    extended = []
    for kind in _TRIAL_QS:
        own = [place for place, band in enumerate(bands) if band.kind == kind]
        place = min(own, key=left.__getitem__)
        gain_db = 0.0 if passing[place] else float(factor[place]) * _TRIAL_DB
        shift = float(rest @ weights - factor[place] * mean[place])
        more = (*found.bands, replace(bands[place], gain_db=gain_db))
        extended.append(FittedCurve(gain_db=found.gain_db + shift, bands=more, error_db=found.error_db))
    return extended


def _refined(
    found: FittedCurve, curve_db: Curve, weights: Curve, frequency_hz: Curve, sample_rate_hz: int
) -> FittedCurve:
    """Every number of every band at once."""
    from scipy.optimize import least_squares

    kinds = [band.kind for band in found.bands]
    root = np.sqrt(weights)
    start, least, most = [found.gain_db], [-120.0], [60.0]
    for band in found.bands:
        low, high = _reach(band.kind, frequency_hz)
        start += [np.log(band.cutoff_frequency_hz), band.gain_db, np.log(band.q)]
        least += [np.log(low), -_LARGEST_DB, np.log(_BROADEST_Q)]
        most += [np.log(high), _LARGEST_DB, np.log(_SHARPEST_Q)]

    def bands_of(values: Curve) -> tuple[FittedBand, ...]:
        return tuple(
            FittedBand(kind=kind, cutoff_frequency_hz=float(np.exp(values[1 + 3 * place])),
                       gain_db=0.0 if kind == "high_pass" else float(values[2 + 3 * place]),
                       q=float(np.exp(values[3 + 3 * place])))
            for place, kind in enumerate(kinds)
        )  # fmt: skip

    def misses(values: Curve) -> Curve:
        rest = curve_db - values[0] - response_db(bands_of(values), frequency_hz, sample_rate_hz)
        return np.concatenate((root * rest, _LEAN * values[2::3]))

    inside = np.clip(start, np.asarray(least) + 1e-6, np.asarray(most) - 1e-6)
    solved = least_squares(misses, inside, bounds=(least, most), x_scale=[1.0, *(0.2, 1.0, 0.3) * len(kinds)],
                           max_nfev=60)  # fmt: skip
    refined = FittedCurve(gain_db=float(solved.x[0]), bands=bands_of(solved.x), error_db=0.0)
    return _scored(refined, curve_db, weights, frequency_hz, sample_rate_hz)


def _scored(
    found: FittedCurve, curve_db: Curve, weights: Curve, frequency_hz: Curve, sample_rate_hz: int
) -> FittedCurve:
    rest = curve_db - found.gain_db - response_db(found.bands, frequency_hz, sample_rate_hz)
    return FittedCurve(gain_db=found.gain_db, bands=found.bands, error_db=float(np.sqrt(rest**2 @ weights)))


@lru_cache(maxsize=4)
def _candidates(frequency_hz: tuple[float, ...]) -> tuple[Curve, tuple[FittedBand, ...]]:
    """Shapes at `_TRIAL_DB` and the bands that make them."""
    at_hz = np.asarray(frequency_hz)
    bands = [
        FittedBand(kind=kind, cutoff_frequency_hz=hz, gain_db=0.0 if kind == "high_pass" else _TRIAL_DB, q=q)
        for kind, qs in _TRIAL_QS.items()
        for hz in at_hz[1:-1].tolist()
        for q in qs
        if _reach(kind, at_hz)[0] <= hz <= _reach(kind, at_hz)[1]
    ]
    shapes = np.array([response_db([band], at_hz, _FIT_RATE_HZ) for band in bands])
    return shapes, tuple(bands)


def _reach(kind: FilterKind, frequency_hz: Curve) -> tuple[float, float]:
    low, high = _REACH_HZ[kind]
    return max(low, float(frequency_hz[0])), min(high, float(frequency_hz[-1]))


def _weighted_median(values: Curve, weights: Curve) -> float:
    order = np.argsort(values)
    place = int(np.searchsorted(np.cumsum(weights[order]), 0.5 * weights.sum()))
    return float(values[order][min(place, len(values) - 1)])
