"""Delays and polarities that two signals may have to each other, and what speaks for each.

Every estimator proposes its highest peaks; each proposal is then judged by several of them, by bands and by every
excerpt on its own. What speaks for it becomes a row of numbers, from which `alignment_model` makes a
probability.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis import alignment_spectra as spectra_of
from dawassist.analysis.alignment_onsets import OnsetSpectra
from dawassist.analysis.alignment_spectra import BANDS_HZ, CrossSpectra

Correlation = npt.NDArray[np.float64]
Votes = npt.NDArray[np.bool_]
SAME_SAMPLES = 2
_OWN_PEAK = 3  # samples; whatever lies further is another answer, a side lobe of the other sign too
_PEAKS = 3
_MARGIN = 2.0  # natural logarithm; a peak that stands out further says no more
_FEWEST_BINS = 12
_FEWEST_ONSETS = 3
_NEARBY_SECONDS = 0.002
_PLAIN_FROM_HZ = (40.0, 200.0, 800.0)
_LEAST_EXPLAINED = 1e-4

FEATURES = (
    "energy PHAT, margin", "coherent PHAT, margin", "band PHAT, above the floor", "energy PHAT, above the floor",
    "coherent PHAT, above the floor", "share of agreeing excerpts", "middle band", "explained",
    "explained above 200 Hz", "explained above 800 Hz", "above 200 Hz, margin", "low band",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """`lags` in samples, `signs` ±1, and what speaks for each, shape (candidates, len(FEATURES)).

    `own_lags` and `own_signs` are each excerpt's highest peak; `votes` counts those that are the candidate, and `hits`,
    of all `onsets`, those that have no higher peak near it.
    """

    lags: npt.NDArray[np.intp]
    signs: npt.NDArray[np.intp]
    features: npt.NDArray[np.float64]
    votes: npt.NDArray[np.intp]
    own_lags: npt.NDArray[np.intp]
    own_signs: npt.NDArray[np.intp]
    hits: npt.NDArray[np.intp]
    onsets: int


def candidates(spectra: CrossSpectra, onsets: OnsetSpectra | None) -> Candidates:
    """Of a pair with at least one excerpt."""
    total = spectra.total
    bands = [_band_curve(spectra, low, high) for low, high in BANDS_HZ]
    by_excerpt = [
        np.array([spectra.correlation(way(spectra, part)) for part in spectra.excerpts])
        for way in (spectra_of.half_phat, spectra_of.smooth_scot)
    ]
    band, energy, coherent = (
        spectra.correlation(way(spectra, total))
        for way in (spectra_of.band_phat, spectra_of.energy_phat, spectra_of.coherent_phat)
    )
    plain = [spectra.correlation(np.where(spectra.frequency_hz >= low, total.cross, 0.0)) for low in _PLAIN_FROM_HZ]
    proposing = [
        band, energy, spectra.correlation(spectra_of.half_phat(spectra, total)),
        spectra.correlation(spectra_of.roth(total)), spectra.correlation(spectra_of.reverse_roth(total)), coherent,
        spectra.correlation(spectra_of.smooth_scot(spectra, total)), plain[0],
        *(curve for curve in bands if curve is not None),
    ]  # fmt: skip
    places, signs = _proposed(proposing, [each for curves in by_excerpt for each in curves])
    levels = np.array([np.sqrt(part.reference.sum() * part.other.sum()) for part in spectra.excerpts])
    whole = np.sqrt(total.reference.sum() * total.other.sum()) * 2.0 / spectra.frame
    features = [
        _margins(energy, places, signs),
        _margins(coherent, places, signs),
        *(_above_floor(curve, places, signs) for curve in (band, energy, coherent)),
        levels / levels.sum() @ _agreed(by_excerpt[1], places, signs),
        _shares(bands[1], places, signs),
        *(_explained(curve, whole, places, signs) for curve in plain),
        _margins(plain[1], places, signs),
        _shares(bands[0], places, signs),
    ]
    own = np.abs(by_excerpt[0]).argmax(axis=1)
    heard = onsets.curves if onsets is not None and len(onsets.curves) >= _FEWEST_ONSETS else None
    return Candidates(
        lags=places - spectra.search,
        signs=signs,
        features=np.array(features, dtype=np.float64).T,
        votes=_agreed(by_excerpt[0], places, signs).sum(axis=0),
        own_lags=own - spectra.search,
        own_signs=np.where(by_excerpt[0][np.arange(len(own)), own] < 0.0, -1, 1).astype(np.intp),
        hits=_hits(heard, places, signs, round(_NEARBY_SECONDS * spectra.rate_hz)),
        onsets=0 if heard is None else len(heard),
    )


def _band_curve(spectra: CrossSpectra, low_hz: float, high_hz: float) -> Correlation | None:
    """The energy PHAT of one band; None where it holds too little to tell."""
    inside = (spectra.frequency_hz >= low_hz) & (spectra.frequency_hz < high_hz)
    inside &= spectra.energetic(spectra.total)
    if inside.sum() < _FEWEST_BINS:
        return None
    return spectra.correlation(np.where(inside, spectra_of.energy_phat(spectra, spectra.total), 0.0))


def _proposed(
    curves: Sequence[Correlation], single: Sequence[Correlation]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Places and signs of the highest peaks, equal ones once."""
    found: list[tuple[int, int]] = []
    for number, curve in enumerate((*curves, *single)):
        rest = np.abs(curve)
        for _ in range(_PEAKS if number < len(curves) else 1):
            place = int(np.argmax(rest))
            sign = -1 if curve[place] < 0.0 else 1
            if all(abs(place - other) > 1 or sign != their for other, their in found):
                found.append((place, sign))
            rest[max(place - 1, 0) : place + 2] = 0.0
    places, signs = zip(*found, strict=True)
    return np.array(places, dtype=np.intp), np.array(signs, dtype=np.intp)


def _heights(curve: Correlation, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]) -> Correlation:
    """Of the peak within one sample of each place, in its polarity; 0 where there is none."""
    near = np.clip(places[:, None] + np.arange(-1, 2), 0, len(curve) - 1)
    return np.asarray(np.maximum((signs[:, None] * curve[near]).max(axis=1), 0.0))


def _margins(curve: Correlation, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]) -> Correlation:
    """Logarithm of the peak over the highest elsewhere, or nearby of the other sign."""
    size = np.abs(curve)
    elsewhere = np.empty(len(places))
    for number, (place, sign) in enumerate(zip(places.tolist(), signs.tolist(), strict=True)):
        own = slice(max(place - _OWN_PEAK, 0), place + _OWN_PEAK + 1)
        rest = (size[: own.start], size[own.stop :], -sign * curve[own])
        elsewhere[number] = max(float(part.max(initial=0.0)) for part in rest)
    heights = _heights(curve, places, signs)
    return np.clip(np.log(np.maximum(heights, 1e-30) / np.maximum(elsewhere, 1e-30)), -_MARGIN, _MARGIN)


def _shares(curve: Correlation | None, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]) -> Correlation:
    """Of the highest peak; 0 where there is no curve."""
    if curve is None:
        return np.zeros(len(places))
    return _heights(curve, places, signs) / (float(np.abs(curve).max()) + 1e-30)


def _explained(
    curve: Correlation, whole: float, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]
) -> Correlation:
    """Logarithm of the share of both signals, of all frequencies, that the peak stands for."""
    return np.log10(np.clip(_heights(curve, places, signs) / max(whole, 1e-30), _LEAST_EXPLAINED, 1.0))


def _above_floor(curve: Correlation, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]) -> Correlation:
    floor = float(np.sqrt(np.mean(np.square(curve)))) + 1e-30
    return np.asarray(np.log(np.maximum(_heights(curve, places, signs) / floor, 0.1)))


def _agreed(curves: Correlation, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp]) -> Votes:
    """Whose highest peak is each candidate, shape (curves, candidates)."""
    tops = np.abs(curves).argmax(axis=1)
    top_signs = np.sign(curves[np.arange(len(curves)), tops])
    return np.asarray((np.abs(tops[:, None] - places) <= SAME_SAMPLES) & (top_signs[:, None] == signs))


def _hits(
    curves: Correlation | None, places: npt.NDArray[np.intp], signs: npt.NDArray[np.intp], reach: int
) -> npt.NDArray[np.intp]:
    """How many curves have no higher peak than each candidate's within `reach` of it, of either sign."""
    agreed = np.zeros(len(places), dtype=np.intp)
    if curves is None:
        return agreed
    for number, (place, sign) in enumerate(zip(places.tolist(), signs.tolist(), strict=True)):
        first = max(place - reach, 0)
        near = sign * curves[:, first : place + reach + 1]
        tops = near.argmax(axis=1) + first
        agreed[number] = np.sum((np.abs(tops - place) <= SAME_SAMPLES) & (near.max(axis=1) >= -near.min(axis=1)))
    return agreed
