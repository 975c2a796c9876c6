"""The fader, pan and broad equalizer behind what a track measurably went through."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.equalizer_fit import FittedBand, FittedCurve, Measured, fit_equalizer
from dawassist.analysis.transfers import Complex

Reals = npt.NDArray[np.float64]
PANS: Reals = np.linspace(-1.0, 1.0, 801)
_DB_PER_NEPER = 20.0 / np.log(10.0)
_MODEL_SPREAD_DB = 0.05  # no band is known better: filters are not constant over a sixth octave
_WIDEST_SPREAD_DB = 2.0  # a band that is known less well says nothing
_PHASE_SPREAD_DB = 0.25  # 1.7°, for what delays parts of a sound a little
_FOREIGN_PHASE_DB = 1.0  # more than that is left only where filters are not of minimum phase, or the track is moved
_HARD_DB = 34.0  # a side that lies further down is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """`gain_db` without the pan law's part; `sides` are the gains of left and right that fader and pan make."""

    gain_db: float
    pan: float
    bands: tuple[FittedBand, ...]
    error_db: float
    sides: tuple[float, float]


def fit_strip(
    gains: Complex, certainty: Reals, center_hz: Reals, pan_gains: Reals, sample_rate_hz: int, *, most_bands: int
) -> Strip | None:
    """From `gains` and `certainty`, (bands, 2 sides) as in `Transfers`; None where they say nothing.

    `pan_gains` (801, 2): what the pan law makes of both sides at `PANS`.
    """
    law_db = 20.0 * np.log10(pan_gains + 1e-9)
    lean = _lean(gains, certainty)
    if lean is None:
        return None
    lean_db = 20.0 * float(np.log10(lean + 1e-9))
    nearest = int(np.argmin(np.abs(law_db[:, 1] - law_db[:, 0] - lean_db)))
    place = nearest if abs(lean_db) < _HARD_DB else (0 if lean_db < 0.0 else len(PANS) - 1)
    precision = _precision(certainty)
    precision = np.where(law_db[place] > -_HARD_DB, precision, 0.0)
    whole = precision.sum(axis=1)
    known = whole > _WIDEST_SPREAD_DB**-2
    if not known.any():
        return None
    through = (gains / np.maximum(pan_gains[place], 1e-9) * precision).sum(axis=1)[known] / whole[known]
    fitted = _fitted(through, whole[known], center_hz[known], sample_rate_hz, most_bands)
    left, right = (10.0 ** (fitted.gain_db / 20.0) * pan_gains[place]).tolist()
    return Strip(
        gain_db=fitted.gain_db, pan=float(PANS[place]), bands=fitted.bands, error_db=fitted.error_db,
        sides=(left, right),
    )  # fmt: skip


def _fitted(through: Complex, precision: Reals, hz: Reals, sample_rate_hz: int, most_bands: int) -> FittedCurve:
    """By curve and phase; by the curve alone where the phase is not that of such filters."""
    curve_db = 20.0 * np.log10(np.abs(through) + 1e-9)
    weights, phase_weights = (1.0 / (1.0 / precision + each**2) for each in (_MODEL_SPREAD_DB, _PHASE_SPREAD_DB))
    upright = through * np.sign((through.real * weights).sum() or 1.0)
    measured = Measured(
        frequency_hz=hz, curve_db=curve_db, weights=weights, phase_neper=np.angle(upright), phase_weights=phase_weights
    )
    found = fit_equalizer(measured, sample_rate_hz, most_bands=most_bands)
    if found.error_db <= _FOREIGN_PHASE_DB:
        return found
    return fit_equalizer(replace(measured, phase_neper=None, phase_weights=None), sample_rate_hz, most_bands=most_bands)


def _precision(certainty: Reals) -> Reals:
    """1 / variance in dB², from |gain|² over its variance (of a complex number: half of it in its length)."""
    return np.asarray(2.0 * certainty / _DB_PER_NEPER**2)


def _lean(gains: Complex, certainty: Reals) -> float | None:
    """Right over left, as one ratio for all bands in which both sides of the track sound; None where there is none."""
    both = (certainty > 0.0).all(axis=1)
    stronger = certainty[both].max(axis=1, initial=0.0)
    if not (stronger > 0.0).any():
        return None
    weights = 1.0 / (1.0 / np.maximum(_precision(stronger), 1e-12) + _MODEL_SPREAD_DB**2)
    left, right = gains[both].T
    loud_left, loud_right = (float((weights * np.abs(side)).sum()) for side in (left, right))
    over, under = (right, left) if loud_left >= loud_right else (left, right)
    ratio = float(abs((weights * over / np.where(np.abs(under) > 0.0, under, 1.0)).sum()) / weights.sum())
    return ratio if loud_left >= loud_right else 1.0 / max(ratio, 1e-9)
