"""Delays and polarities that two signals may have to each other, and what speaks for each.

Every estimator proposes its highest peaks; each proposal is then judged by all of them, by bands and by every excerpt
on its own, as they are and with the coloration of the second microphone taken away ("straight"). What speaks for it
becomes a row of numbers, from which `model` makes a probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment import spectra as spectra_of
from dawassist.analysis.alignment.coloration import straightened
from dawassist.analysis.alignment.evidence import MEASURES, SAME_SAMPLES, Curve, Places, agreed, heights, shares
from dawassist.analysis.alignment.octaves import FEWEST_BINS, OCTAVES_HZ, likelihood, octaves, weighted
from dawassist.analysis.alignment.onsets import OnsetSpectra
from dawassist.analysis.alignment.spectra import BANDS_HZ, CrossSpectra

_PEAKS = 3
_ALONE = ("half PHAT", "SCOT", "straight half PHAT")  # propose the highest peak of every excerpt
_FEWEST_ONSETS = 3
_NEARBY_SECONDS = 0.002
_LEAST_EXPLAINED = 1e-4
_UNKNOWN = 0.5  # share of the hits where nothing begins
_TINY = 1e-30

OF_CURVES = (  # curve, measure
    ("straight reverse Roth", "share"), ("straight reverse Roth", "margin"),
    ("straight reverse Roth", "above the floor"), ("straight Roth", "share"), ("straight Roth", "above the floor"),
    ("straight half PHAT", "share"), ("straight half PHAT", "margin"), ("straight half PHAT", "above the floor"),
    ("straight half PHAT", "distance"), ("straight half PHAT", "polarity"), ("straight energy PHAT", "share"),
    ("straight energy PHAT", "margin"), ("straight energy PHAT", "above the floor"),
    ("straight energy PHAT", "displacement"), ("straight coherent PHAT", "share"),
    ("straight coherent PHAT", "margin"), ("straight coherent PHAT", "above the floor"), ("straight plain", "share"),
    ("straight plain", "margin"), ("straight plain", "polarity"), ("straight plain above 800 Hz", "share"),
    ("straight plain above 200 Hz", "margin"), ("straight plain above 200 Hz", "share"),
    ("straight band PHAT", "share"), ("straight band PHAT", "polarity"), ("straight band PHAT", "distance"),
    ("straight band PHAT", "displacement"), ("straight band PHAT", "above the floor"), ("coherent PHAT", "margin"),
    ("energy PHAT", "share"), ("energy PHAT", "margin"), ("band PHAT", "share"), ("band PHAT", "margin"),
    ("band PHAT", "above the floor"), ("half PHAT", "margin"), ("half PHAT", "distance"), ("half PHAT", "share"),
    ("reverse Roth", "above the floor"), ("plain", "share"), ("plain", "margin"), ("SCOT", "margin"),
    ("straight loud octaves", "share"), ("straight loud octaves", "margin"), ("straight loud octaves", "height"),
    ("straight louder octaves", "share"), ("straight louder octaves", "margin"),
    ("straight louder octaves", "height"), ("straight likelihood", "share"), ("straight likelihood", "lead"),
    ("straight likelihood", "lead nearby"), ("straight likelihood", "height"), ("loud octaves", "height"),
    ("loud octaves", "share"), ("louder octaves", "height"), ("likelihood", "share"), ("likelihood", "lead"),
    ("likelihood", "lead nearby"), ("likelihood", "displacement"),
)  # fmt: skip
FEATURES = (
    *(f"{curve}: {measure}" for curve, measure in OF_CURVES),
    "straight plain: explained", "above 200 Hz: explained", "excerpts, straight coherent PHAT",
    "excerpts, straight half PHAT", "excerpts, SCOT", "excerpts, mean share", "middle band", "octaves",
    "octaves, share", "estimators", "hits", "hits, highest peaks", "center of the reference", "coherence",
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
    straight = straightened(spectra)
    curves = _curves(spectra) | {f"straight {name}": curve for name, curve in _curves(straight).items()}
    own = {
        "half PHAT": _by_excerpt(spectra, spectra_of.half_phat),
        "SCOT": _by_excerpt(spectra, spectra_of.smooth_scot),
        "straight half PHAT": _by_excerpt(straight, spectra_of.half_phat),
        "straight coherent PHAT": _by_excerpt(straight, spectra_of.coherent_phat),
    }
    bands = [_band_curve(spectra, *edges) for edges in BANDS_HZ]
    estimators = [curve for name, curve in curves.items() if "above" not in name and name != "straight SCOT"]
    proposing = [*estimators, *(curve for curve in bands if curve is not None)]
    places, signs = _proposed(proposing, [each for name in _ALONE for each in own[name]])
    heard = onsets.curves if onsets is not None and len(onsets.curves) >= _FEWEST_ONSETS else None
    hits = _hits(heard, places, signs, round(_NEARBY_SECONDS * spectra.rate_hz))
    features = [
        *(MEASURES[measure](curves[curve], places, signs) for curve, measure in OF_CURVES),
        *_explained(spectra, curves, places, signs),
        *_of_excerpts(spectra, own, places, signs),
        np.zeros(len(places)) if bands[1] is None else shares(bands[1], places, signs),
        *_of_octaves(straight, places, signs),
        agreed(np.array(estimators), places, signs).mean(axis=0),
        *_of_hits(heard, hits, places, signs),
        *(np.full(len(places), each) for each in _of_the_pair(spectra)),
    ]
    tops = np.abs(own["half PHAT"]).argmax(axis=1)
    return Candidates(
        lags=places - spectra.search,
        signs=signs,
        features=np.array(features, dtype=np.float64).T,
        votes=agreed(own["half PHAT"], places, signs).sum(axis=0),
        own_lags=tops - spectra.search,
        own_signs=np.where(own["half PHAT"][np.arange(len(tops)), tops] < 0.0, -1, 1).astype(np.intp),
        hits=hits,
        onsets=0 if heard is None else len(heard),
    )


def _curves(spectra: CrossSpectra) -> dict[str, Curve]:
    total = spectra.total
    weightings = {
        "band PHAT": spectra_of.band_phat(spectra, total),
        "energy PHAT": spectra_of.energy_phat(spectra, total),
        "half PHAT": spectra_of.half_phat(spectra, total),
        "Roth": spectra_of.roth(total),
        "reverse Roth": spectra_of.reverse_roth(total),
        "coherent PHAT": spectra_of.coherent_phat(spectra, total),
        "SCOT": spectra_of.smooth_scot(spectra, total),
        "plain": spectra_of.plain(spectra, total),
        "plain above 200 Hz": np.where(spectra.frequency_hz >= 200.0, total.cross, 0.0),
        "plain above 800 Hz": np.where(spectra.frequency_hz >= 800.0, total.cross, 0.0),
    }
    heard, lags = octaves(spectra), 2 * spectra.search + 1
    return {name: spectra.correlation(each) for name, each in weightings.items()} | {
        "loud octaves": weighted(heard, 0.5, lags),
        "louder octaves": weighted(heard, 1.0, lags),
        "likelihood": likelihood(heard, lags),
    }


def _by_excerpt(spectra: CrossSpectra, way: spectra_of.Weighting) -> Curve:
    """Shape (excerpts, lags)."""
    return np.array([spectra.correlation(way(spectra, part)) for part in spectra.excerpts])


def _band_curve(spectra: CrossSpectra, low_hz: float, high_hz: float) -> Curve | None:
    """The energy PHAT of one band; None where it holds too little to tell."""
    inside = (spectra.frequency_hz >= low_hz) & (spectra.frequency_hz < high_hz)
    inside &= spectra.energetic(spectra.total)
    if inside.sum() < FEWEST_BINS:
        return None
    return spectra.correlation(np.where(inside, spectra_of.energy_phat(spectra, spectra.total), 0.0))


def _proposed(curves: Sequence[Curve], single: Sequence[Curve]) -> tuple[Places, Places]:
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


def _explained(spectra: CrossSpectra, curves: Mapping[str, Curve], places: Places, signs: Places) -> list[Curve]:
    """Logarithm of the share of both signals, of all frequencies, that the peak stands for."""
    total = spectra.total
    whole = float(np.sqrt(total.reference.sum() * total.other.sum())) * 2.0 / spectra.frame + _TINY
    found = (heights(curves[name], places, signs) / whole for name in ("straight plain", "plain above 200 Hz"))
    return [np.log10(np.clip(each, _LEAST_EXPLAINED, 1.0)) for each in found]


def _of_excerpts(spectra: CrossSpectra, own: Mapping[str, Curve], places: Places, signs: Places) -> list[Curve]:
    """Whose highest peak it is, the louder ones counting more; and how high it is in them."""
    levels = np.array([np.sqrt(part.reference.sum() * part.other.sum()) for part in spectra.excerpts])
    names = ("straight coherent PHAT", "straight half PHAT", "SCOT")
    votes = [levels / levels.sum() @ agreed(own[name], places, signs) for name in names]
    return [*votes, np.mean([shares(curve, places, signs) for curve in own["straight coherent PHAT"]], axis=0)]


def _of_hits(curves: Curve | None, hits: Places, places: Places, signs: Places) -> list[Curve]:
    """In what share of the hits nothing near it is higher, and nothing at all."""
    if curves is None:
        return [np.full(len(places), _UNKNOWN)] * 2
    return [hits / len(curves), agreed(curves, places, signs).mean(axis=0)]


def _of_octaves(straight: CrossSpectra, places: Places, signs: Places) -> list[Curve]:
    """In how many of the octaves that are heard it is the highest peak, and how high it is in them."""
    octaves = [curve for edges in OCTAVES_HZ if (curve := _band_curve(straight, *edges)) is not None]
    if not octaves:
        return [np.zeros(len(places))] * 2
    each = np.array([shares(curve, places, signs) for curve in octaves])
    return [agreed(np.array(octaves), places, signs).mean(axis=0), each.mean(axis=0)]


def _of_the_pair(spectra: CrossSpectra) -> tuple[float, float]:
    """Logarithm of the center of the reference in hertz, and the coherence of what both hold."""
    total = spectra.total
    center_hz = float((total.reference * spectra.frequency_hz).sum() / (total.reference.sum() + _TINY))
    level = np.sqrt(total.reference * total.other)
    return float(np.log(center_hz + 1.0)), float((spectra_of.coherence(total) * level).sum() / (level.sum() + _TINY))


def _hits(curves: Curve | None, places: Places, signs: Places, reach: int) -> npt.NDArray[np.intp]:
    """How many curves have no higher peak than each candidate's within `reach` of it, of either sign."""
    found = np.zeros(len(places), dtype=np.intp)
    if curves is None:
        return found
    for number, (place, sign) in enumerate(zip(places.tolist(), signs.tolist(), strict=True)):
        first = max(place - reach, 0)
        near = sign * curves[:, first : place + reach + 1]
        tops = near.argmax(axis=1) + first
        found[number] = np.sum((np.abs(tops - place) <= SAME_SAMPLES) & (near.max(axis=1) >= -near.min(axis=1)))
    return found
