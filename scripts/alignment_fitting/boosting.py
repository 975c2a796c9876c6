"""Gradient-boosted trees for yes or no (Friedman 2001), with histograms of features; made for tables of some megabytes.

scikit-learn has the same and more; its trees are not needed where a handful of lines keeps the fit free of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Bins = npt.NDArray[np.uint8]
_BINS = 48
_TREES, _RATE = 120, 0.09
_LEAVES = 8
_FEWEST_ROWS = 15
_RIDGE = 1.0
_SHARE_OF_FEATURES = 0.3
_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Goes `left` where the feature is at most `threshold`; a leaf goes to itself and is worth `value`."""

    feature: int
    threshold: float
    left: int
    right: int
    value: float


Tree = tuple[Node, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class _Leaf:
    rows: npt.NDArray[np.intp]
    place: int
    gain: float
    feature: int
    last_bin: int


def boosted(features: Numbers, is_right: npt.NDArray[np.bool_], seed: int) -> tuple[float, list[Tree]]:
    """(the logit to begin with, the trees whose values are added to it)."""
    generator = np.random.default_rng(seed)
    edges = [_edges(column) for column in features.T]
    bins = np.array([np.searchsorted(e, column) for e, column in zip(edges, features.T, strict=True)], dtype=np.uint8)
    share = float(is_right.mean())
    start = float(np.log(share / (1.0 - share)))
    logit = np.full(len(is_right), start)
    trees = []
    for _ in range(_TREES):
        chance = 1.0 / (1.0 + np.exp(-logit))
        slope, bend = is_right - chance, chance * (1.0 - chance)
        chosen = np.sort(generator.permutation(len(bins))[: round(_SHARE_OF_FEATURES * len(bins))])
        tree, step = _tree(bins, edges, chosen, slope, bend)
        logit += step
        trees.append(tree)
    return start, trees


def _edges(column: Numbers) -> Numbers:
    """Rounded, so that a model that is written as text splits where this one does."""
    return np.unique(np.round(np.quantile(column, np.linspace(0.0, 1.0, _BINS + 1)[1:-1]), _DIGITS))


def _tree(
    bins: Bins, edges: list[Numbers], chosen: npt.NDArray[np.intp], slope: Numbers, bend: Numbers
) -> tuple[Tree, Numbers]:
    """Grown leaf by leaf where the loss falls most; and what it adds to each row."""
    step = np.zeros(len(slope))
    nodes: list[Node | None] = [None]
    leaves = [_leaf(bins, chosen, slope, bend, np.arange(len(slope)), 0)]
    while len(leaves) < _LEAVES:
        best = max(leaves, key=lambda leaf: leaf.gain)
        if best.gain <= 0.0:
            break
        leaves.remove(best)
        goes_left = bins[best.feature, best.rows] <= best.last_bin
        sides = (len(nodes), len(nodes) + 1)
        nodes[best.place] = Node(
            feature=best.feature, threshold=float(edges[best.feature][best.last_bin]), left=sides[0], right=sides[1],
            value=0.0,
        )  # fmt: skip
        nodes += [None, None]
        for place, rows in zip(sides, (best.rows[goes_left], best.rows[~goes_left]), strict=True):
            leaves.append(_leaf(bins, chosen, slope, bend, rows, place))
    for leaf in leaves:
        value = round(_RATE * float(slope[leaf.rows].sum() / (bend[leaf.rows].sum() + _RIDGE)), _DIGITS)
        step[leaf.rows] = value
        nodes[leaf.place] = Node(feature=0, threshold=0.0, left=leaf.place, right=leaf.place, value=value)
    return tuple(node for node in nodes if node is not None), step


def _leaf(
    bins: Bins, chosen: npt.NDArray[np.intp], slope: Numbers, bend: Numbers, rows: npt.NDArray[np.intp], place: int
) -> _Leaf:
    """With the best split of its rows."""
    found = _Leaf(rows=rows, place=place, gain=0.0, feature=0, last_bin=0)
    own_slope, own_bend = slope[rows], bend[rows]
    whole = own_slope.sum() ** 2 / (own_bend.sum() + _RIDGE)
    for feature, gains in _gains(bins, chosen, own_slope, own_bend, rows):
        last_bin = int(gains.argmax())
        gain = float(gains[last_bin] - whole)
        if gain > found.gain:
            found.gain, found.feature, found.last_bin = gain, feature, last_bin
    return found


def _gains(
    bins: Bins, chosen: npt.NDArray[np.intp], slope: Numbers, bend: Numbers, rows: npt.NDArray[np.intp]
) -> Iterator[tuple[int, Numbers]]:
    """Of each feature, what a split after each bin is worth; nothing where a side is small."""
    for feature in chosen.tolist():
        own = bins[feature, rows]
        counts = np.cumsum(np.bincount(own, minlength=_BINS))[:-1]
        slopes = np.cumsum(np.bincount(own, slope, _BINS))
        bends = np.cumsum(np.bincount(own, bend, _BINS))
        left = slopes[:-1] ** 2 / (bends[:-1] + _RIDGE)
        right = (slopes[-1] - slopes[:-1]) ** 2 / (bends[-1] - bends[:-1] + _RIDGE)
        enough = np.minimum(counts, len(rows) - counts) >= _FEWEST_ROWS
        yield feature, np.where(enough, left + right, 0.0)
