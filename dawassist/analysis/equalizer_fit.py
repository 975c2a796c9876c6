"""The few equalizer bands, and the one gain, that make a measured curve: greedy choice, then all of them refined.

Gain and equalizer are told apart by what engineers do: few bands, no larger than they have to be, shelves and
high-passes without a resonance; and by the phase, which is that of minimum-phase filters. Where a track has energy only
inside one band, the curve alone cannot tell them apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.console.biquads import FilterKind, biquad

Curve = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]
_FIT_RATE_HZ = 192_000  # analog shapes for candidates; bilinear warping is left to the rate of the session
_MOST_BANDS = 4
_GOOD_ENOUGH_DB = 0.03
_SMALLEST_SHARE = 0.15  # of the error that a further band must take away
_PARAMETERS = 3  # of a band: so many independent values it fits whether it is there or not
_Q_REACH: dict[FilterKind, tuple[float, float]] = {
    "low_shelf": (0.5, 1.0), "high_shelf": (0.5, 1.0), "peak": (0.5, 4.0), "high_pass": (0.5, 1.0),
}  # fmt: skip
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
_PASS_LEAN_DB = 3.0  # what a high-pass counts as
_BEAM = 2
_CORNERS_PER_OCTAVE = 5
_BEYOND = 4.0
_REFINED = 3  # of the longer candidates, the most promising
_STEP = 1e-4  # of log Hz, dB and log Q
_MOST_FACTOR = _LARGEST_DB / _TRIAL_DB
_LONGEST_SECONDS = 0.001  # of a delay that is left between a track and the bounce
_DB_PER_NEPER = 20.0 / math.log(10.0)


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
    error_db: float  # weighted RMS of what remains, that of the phase included at 8.7 dB to the radian
    delay_seconds: float = 0.0


def response(bands: Sequence[FittedBand], frequency_hz: Curve, sample_rate_hz: int) -> Complex:
    """What bands in series do, complex, at every frequency."""
    return np.asarray(np.prod(_responses(bands, frequency_hz, sample_rate_hz), axis=0))


def response_db(bands: Sequence[FittedBand], frequency_hz: Curve, sample_rate_hz: int) -> Curve:
    """What bands in series do, in dB at every frequency."""
    return np.asarray(20.0 * np.log10(np.abs(response(bands, frequency_hz, sample_rate_hz)) + 1e-9))


def sections(bands: Sequence[FittedBand], sample_rate_hz: int) -> npt.NDArray[np.float64]:
    """The filters of `bands`, shape (bands, 6)."""
    made = [biquad(each.kind, each.cutoff_frequency_hz, each.q, each.gain_db, sample_rate_hz) for each in bands]
    return np.array(made).reshape(-1, 6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What a curve is fitted to: at `frequency_hz` (bands,), in dB; and, where it is known, the phase.

    `weights`, such as 1 / variance in dB², say how well each value is known. `phase_neper` is the phase in radians; its
    weights are per dB² of 8.7 dB to the radian. A filter's phase tells of what lies outside of the bands too.
    """

    frequency_hz: Curve
    curve_db: Curve
    weights: Curve
    phase_neper: Curve | None = None
    phase_weights: Curve | None = None

    @property
    def root(self) -> Curve:
        """Square roots of the weights, of curve and phase, those of the curve adding up to 1."""
        every = self.weights if self.phase_weights is None else np.concatenate((self.weights, self.phase_weights))
        return np.asarray(np.sqrt(every / max(float(self.weights.sum()), 1e-30)))


def fit_equalizer(measured: Measured, sample_rate_hz: int, *, most_bands: int = _MOST_BANDS) -> FittedCurve:
    """The bands and the gain; at most `most_bands`."""
    weights = measured.root**2
    share = _SMALLEST_SHARE + _PARAMETERS * float((weights**2).sum()) / float(weights.sum()) ** 2 / 2.0
    found = FittedCurve(gain_db=_weighted_median(measured.curve_db, measured.weights), bands=(), error_db=0.0)
    best = _scored(found, measured, sample_rate_hz)
    beam = [best]
    while len(beam[0].bands) < most_bands and best.error_db > _GOOD_ENOUGH_DB:
        longer = sorted((option for each in beam for option in _extended(each, measured)), key=_cost)
        refined = [_refined(each, measured, sample_rate_hz) for each in longer[:_REFINED]]
        if not refined:
            break
        beam = sorted(refined, key=_cost)[:_BEAM]
        if _cost(beam[0]) < (1.0 - share) ** (len(beam[0].bands) - len(best.bands)) * _cost(best):
            best = beam[0]
    return best


def _cost(found: FittedCurve) -> float:
    return found.error_db + _LEAN * sum(_size_db(band) for band in found.bands)


def _size_db(band: FittedBand) -> float:
    return _PASS_LEAN_DB if band.kind == "high_pass" else abs(band.gain_db)


def _responses(bands: Sequence[FittedBand], frequency_hz: Curve, sample_rate_hz: int) -> Complex:
    """Of each band alone, (bands, frequencies)."""
    made = sections(bands, sample_rate_hz)
    delay = np.exp(-2j * np.pi * frequency_hz / sample_rate_hz)
    powers = np.stack((np.ones_like(delay), delay, delay**2))
    return np.asarray((made[:, :3] @ powers) / (made[:, 3:] @ powers))


def _missing(found: FittedCurve, measured: Measured, sample_rate_hz: int) -> Curve:
    """What is left of the curve in dB, and of the phase in as much."""
    hz = measured.frequency_hz
    through = response(found.bands, hz, sample_rate_hz)
    rest = measured.curve_db - found.gain_db - 20.0 * np.log10(np.abs(through) + 1e-9)
    if measured.phase_neper is None:
        return np.asarray(rest)
    turn = measured.phase_neper - np.angle(through) + 2.0 * np.pi * hz * found.delay_seconds
    return np.concatenate((rest, _DB_PER_NEPER * np.angle(np.exp(1j * turn))))


def _stacked(responses: Complex, measured: Measured) -> Curve:
    """Of (bands, frequencies): what each adds in dB, and to the phase in as much."""
    curves = 20.0 * np.log10(np.abs(responses) + 1e-9)
    if measured.phase_neper is None:
        return np.asarray(curves)
    return np.concatenate((curves, _DB_PER_NEPER * np.angle(responses)), axis=1)


def _common(measured: Measured) -> Curve:
    """What gain (1 dB) and, where there is a phase, delay (1 ms) add: (1 or 2, values)."""
    count = len(measured.frequency_hz)
    if measured.phase_neper is None:
        return np.ones((1, count))
    turn = -2.0 * np.pi * measured.frequency_hz * 1e-3 * _DB_PER_NEPER
    return np.stack((np.repeat((1.0, 0.0), count), np.concatenate((np.zeros(count), turn))))


def _extended(found: FittedCurve, measured: Measured) -> list[FittedCurve]:
    """With one more band: of each kind that which takes most of the error away, gain and delay free to move with it."""
    shapes, bands = _candidates(tuple(measured.frequency_hz.tolist()), measured.phase_neper is not None)
    if not bands:
        return []
    root, common = measured.root, _common(measured) * measured.root
    axes = np.linalg.qr(common.T)[0]
    error, bent = root * _missing(found, measured, _FIT_RATE_HZ), root * shapes
    error, free = error - axes @ (axes.T @ error), bent - (bent @ axes) @ axes.T
    factor = np.clip(free @ error / ((free**2).sum(axis=1) + 1e-9), -_MOST_FACTOR, _MOST_FACTOR)
    passing = np.array([band.kind == "high_pass" for band in bands])
    factor[passing] = 1.0  # it has no gain
    left = ((error - factor[:, None] * free) ** 2).sum(axis=1)
    extended = []
    for kind in _TRIAL_QS:
        own = [place for place, band in enumerate(bands) if band.kind == kind]
        if not own:
            continue
        place = min(own, key=left.__getitem__)
        gain_db = 0.0 if passing[place] else float(factor[place]) * _TRIAL_DB
        rest = root * _missing(found, measured, _FIT_RATE_HZ) - factor[place] * bent[place]
        moved = np.linalg.lstsq(common.T, rest, rcond=None)[0]
        more = (*found.bands, replace(bands[place], gain_db=gain_db))
        delay = found.delay_seconds + (1e-3 * float(moved[1]) if len(moved) > 1 else 0.0)
        delay = min(max(delay, -_LONGEST_SECONDS), _LONGEST_SECONDS)
        extended.append(FittedCurve(gain_db=found.gain_db + float(moved[0]), bands=more, delay_seconds=delay,
                                    error_db=float(np.sqrt(max(left[place], 0.0)))))  # fmt: skip
    return extended


def _refined(found: FittedCurve, measured: Measured, sample_rate_hz: int) -> FittedCurve:
    """Every number of every band at once."""
    from scipy.optimize import least_squares

    kinds = [band.kind for band in found.bands]
    root, common = measured.root, _common(measured)
    start = [found.gain_db, 1e3 * found.delay_seconds]
    least, most = [-120.0, -1e3 * _LONGEST_SECONDS], [60.0, 1e3 * _LONGEST_SECONDS]
    for band in found.bands:
        low, high = _reach(band.kind, measured.frequency_hz, measured.phase_neper is not None)
        broad, sharp = _Q_REACH[band.kind]
        start += [np.log(band.cutoff_frequency_hz), band.gain_db, np.log(band.q)]
        least += [np.log(low), -_LARGEST_DB, np.log(broad)]
        most += [np.log(high), _LARGEST_DB, np.log(sharp)]

    def made(values: Curve) -> FittedCurve:
        return FittedCurve(gain_db=float(values[0]), bands=_bands(kinds, values[2:]), error_db=0.0,
                           delay_seconds=1e-3 * float(values[1]))  # fmt: skip

    def misses(values: Curve) -> Curve:
        return np.concatenate((root * _missing(made(values), measured, sample_rate_hz), _LEAN * values[3::3]))

    def slopes(values: Curve) -> Curve:
        """Each band bends the curve on its own."""
        count = len(root)
        jacobian = np.zeros((count + len(kinds), len(values)))
        jacobian[:count, : len(common)] = -(root * common).T
        alone = _responses(_bands(kinds, values[2:]), measured.frequency_hz, sample_rate_hz)
        for offset in range(3):
            moved = values[2:].copy()
            moved[offset::3] += _STEP
            shifted = _responses(_bands(kinds, moved), measured.frequency_hz, sample_rate_hz)
            jacobian[:count, 2 + offset :: 3] = -(root * _stacked(shifted / alone, measured)).T / _STEP
        jacobian[count + np.arange(len(kinds)), 3 + 3 * np.arange(len(kinds))] = _LEAN
        return jacobian

    inside = np.clip(start, np.asarray(least) + 1e-6, np.asarray(most) - 1e-6)
    solved = least_squares(
        misses, inside, jac=slopes, bounds=(least, most), x_scale=[1.0, 0.01, *(0.2, 1.0, 0.3) * len(kinds)],
        max_nfev=30, ftol=1e-4, xtol=1e-4, gtol=1e-6,
    )  # fmt: skip
    return _scored(made(solved.x), measured, sample_rate_hz)


def _bands(kinds: Sequence[FilterKind], values: Curve) -> tuple[FittedBand, ...]:
    return tuple(
        FittedBand(kind=kind, cutoff_frequency_hz=float(np.exp(values[3 * place])),
                   gain_db=0.0 if kind == "high_pass" else float(values[1 + 3 * place]),
                   q=float(np.exp(values[2 + 3 * place])))
        for place, kind in enumerate(kinds)
    )  # fmt: skip


def _scored(found: FittedCurve, measured: Measured, sample_rate_hz: int) -> FittedCurve:
    rest = measured.root * _missing(found, measured, sample_rate_hz)
    return replace(found, error_db=float(np.sqrt(rest @ rest)))


@lru_cache(maxsize=32)
def _candidates(frequency_hz: tuple[float, ...], with_phase: bool) -> tuple[Curve, tuple[FittedBand, ...]]:
    """Shapes at `_TRIAL_DB` (stacked as in `_missing`) and the bands that make them."""
    at_hz = np.asarray(frequency_hz)
    bands = [
        FittedBand(kind=kind, cutoff_frequency_hz=hz, gain_db=0.0 if kind == "high_pass" else _TRIAL_DB, q=q)
        for kind, qs in _TRIAL_QS.items()
        for hz in _corners(*_reach(kind, at_hz, with_phase))
        for q in qs
    ]
    if not bands:
        return np.zeros((0, len(at_hz))), ()
    made = _responses(bands, at_hz, _FIT_RATE_HZ)
    curves = 20.0 * np.log10(np.abs(made) + 1e-9)
    return np.concatenate((curves, _DB_PER_NEPER * np.angle(made)), axis=1) if with_phase else curves, tuple(bands)


def _reach(kind: FilterKind, frequency_hz: Curve, with_phase: bool) -> tuple[float, float]:
    """Of a band's frequency: where the curve is known, and as far beyond as a phase tells."""
    low, high = _REACH_HZ[kind]
    beyond = _BEYOND if with_phase else 1.0
    return max(low, float(frequency_hz[0]) / beyond), min(high, float(frequency_hz[-1]) * beyond)


def _corners(low_hz: float, high_hz: float) -> list[float]:
    if high_hz <= low_hz:
        return []
    count = max(round(_CORNERS_PER_OCTAVE * math.log2(high_hz / low_hz)), 1)
    return [float(each) for each in np.geomspace(low_hz, high_hz, count + 2)[1:-1]]


def _weighted_median(values: Curve, weights: Curve) -> float:
    order = np.argsort(values)
    place = int(np.searchsorted(np.cumsum(weights[order]), 0.5 * weights.sum()))
    return float(values[order][min(place, len(values) - 1)])
