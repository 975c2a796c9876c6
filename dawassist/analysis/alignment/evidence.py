"""What a correlation says of proposed delays and polarities: how high, how sharp and how alone their peaks are.

`places` are indices of the curve, `signs` ±1; every measure has shape (candidates,).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Measure = Callable[[Curve, Places, Places], Curve]
SAME_SAMPLES = 2
_OWN_PEAK = 3  # samples; whatever lies further is another answer, a side lobe of the other sign too
_MARGIN = 2.0  # natural logarithm; a peak that stands out further says no more
_NEAR_SAMPLES = 12
_POLARITY_SAMPLES = 48  # low sources have a peak of the other sign half a period away
_NEARBY_SAMPLES = 96
_FLATTEST = 1e-3
_TINY = 1e-30


def heights(curve: Curve, places: Places, signs: Places) -> Curve:
    """Of the peak within one sample of each place, in its polarity; 0 where there is none."""
    near = np.clip(places[:, None] + np.arange(-1, 2), 0, len(curve) - 1)
    return np.asarray(np.maximum((signs[:, None] * curve[near]).max(axis=1), 0.0))


def shares(curve: Curve, places: Places, signs: Places) -> Curve:
    """Of the highest peak."""
    return heights(curve, places, signs) / (float(np.abs(curve).max()) + _TINY)


def margins(curve: Curve, places: Places, signs: Places) -> Curve:
    """Logarithm of the peak over the highest elsewhere, or nearby of the other sign."""
    size = np.abs(curve)
    elsewhere = np.empty(len(places))
    for number, (place, sign) in enumerate(zip(places.tolist(), signs.tolist(), strict=True)):
        own = slice(max(place - _OWN_PEAK, 0), place + _OWN_PEAK + 1)
        rest = (size[: own.start], size[own.stop :], -sign * curve[own])
        elsewhere[number] = max(float(part.max(initial=0.0)) for part in rest)
    return _over(heights(curve, places, signs), elsewhere)


def above_floor(curve: Curve, places: Places, signs: Places) -> Curve:
    """Logarithm of the peak over the root mean square of the curve."""
    floor = float(np.sqrt(np.mean(np.square(curve)))) + _TINY
    return np.asarray(np.log(np.maximum(heights(curve, places, signs) / floor, 0.1)))


def polarity(curve: Curve, places: Places, signs: Places) -> Curve:
    """Logarithm of the peak over the highest of the other sign within a millisecond."""
    opposite = -(signs[:, None] * _around(curve, places, _POLARITY_SAMPLES)).min(axis=1)
    return _over(heights(curve, places, signs), opposite)


def distance(curve: Curve, places: Places, signs: Places) -> Curve:
    """Samples to the highest value of the same sign within `_NEAR_SAMPLES`."""
    near = signs[:, None] * _around(curve, places, _NEAR_SAMPLES)
    return np.asarray(np.abs(near.argmax(axis=1) - _NEAR_SAMPLES), dtype=np.float64)


def displacement(curve: Curve, places: Places, signs: Places) -> Curve:
    """Logarithm of how many samples the peak moves by what else is in the curve: rms of its slope over its bend."""
    slope = float(np.sqrt(np.mean(np.square(np.gradient(curve))))) + _TINY
    near = signs[:, None] * _around(curve, places, 2 * SAME_SAMPLES)
    rows, tops = np.arange(len(places)), near[:, 2:-2].argmax(axis=1) + 2
    bend = (2.0 * near[rows, tops] - near[rows, tops - 2] - near[rows, tops + 2]) / 4.0
    return np.asarray(np.log(slope / np.maximum(bend, slope * _FLATTEST)))


def lead(curve: Curve, places: Places, signs: Places) -> Curve:
    """Of a logarithm of likelihood: what the peak has more than the highest elsewhere, itself as a logarithm."""
    return _lead(curve, places, signs, len(curve))


def lead_nearby(curve: Curve, places: Places, signs: Places) -> Curve:
    """The same within 2 ms, where a low source has its other answers."""
    return _lead(curve, places, signs, _NEARBY_SAMPLES)


def _lead(curve: Curve, places: Places, signs: Places, reach: int) -> Curve:
    size = np.abs(curve)
    elsewhere = np.empty(len(places))
    for number, (place, sign) in enumerate(zip(places.tolist(), signs.tolist(), strict=True)):
        own = slice(max(place - _OWN_PEAK, 0), place + _OWN_PEAK + 1)
        rest = (size[max(own.start - reach, 0) : own.start], size[own.stop : own.stop + reach], -sign * curve[own])
        elsewhere[number] = max(float(part.max(initial=0.0)) for part in rest)
    more = heights(curve, places, signs) - elsewhere
    return np.asarray(np.sign(more) * np.log1p(np.abs(more)))


def agreed(curves: Curve, places: Places, signs: Places) -> npt.NDArray[np.bool_]:
    """Whose highest peak is each candidate, shape (curves, candidates)."""
    tops = np.abs(curves).argmax(axis=1)
    top_signs = np.sign(curves[np.arange(len(curves)), tops])
    return np.asarray((np.abs(tops[:, None] - places) <= SAME_SAMPLES) & (top_signs[:, None] == signs))


def _over(peak: Curve, rest: Curve) -> Curve:
    ratio = np.maximum(peak, _TINY) / np.maximum(rest, _TINY)
    return np.asarray(np.clip(np.log(ratio), -_MARGIN, _MARGIN))


def _around(curve: Curve, places: Places, reach: int) -> Curve:
    """Shape (candidates, 2·reach + 1), 0 beyond the curve."""
    padded = np.pad(curve, reach)
    return np.asarray(padded[places[:, None] + np.arange(2 * reach + 1)])


MEASURES: Mapping[str, Measure] = MappingProxyType({
    "share": shares, "margin": margins, "above the floor": above_floor, "polarity": polarity,
    "distance": distance, "displacement": displacement, "height": heights, "lead": lead, "lead nearby": lead_nearby,
})  # fmt: skip
