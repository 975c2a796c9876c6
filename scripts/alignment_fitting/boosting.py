"""Gradient-boosted trees for yes or no (Friedman 2001), with histograms of features; made for tables of some megabytes.

scikit-learn has the same and more; its trees are not needed where a handful of lines keeps the fit free of it.
"""

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
    """`sums` of rows, slopes and bends in each bin, shape (chosen features, 3, bins)."""

    rows: npt.NDArray[np.intp]
    sums: Numbers
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
    rows = np.arange(len(slope))
    leaves = [_leaf(chosen, rows, _sums(bins, chosen, slope, bend, rows), 0)]
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
        parts = [best.rows[goes_left], best.rows[~goes_left]]
        fewer = int(len(parts[1]) < len(parts[0]))
        own = _sums(bins, chosen, slope, bend, parts[fewer])
        sums = [own, best.sums - own] if fewer == 0 else [best.sums - own, own]
        leaves += [_leaf(chosen, *each) for each in zip(parts, sums, sides, strict=True)]
    for leaf in leaves:
        value = round(_RATE * float(slope[leaf.rows].sum() / (bend[leaf.rows].sum() + _RIDGE)), _DIGITS)
        step[leaf.rows] = value
        nodes[leaf.place] = Node(feature=0, threshold=0.0, left=leaf.place, right=leaf.place, value=value)
    return tuple(node for node in nodes if node is not None), step


def _leaf(chosen: npt.NDArray[np.intp], rows: npt.NDArray[np.intp], sums: Numbers, place: int) -> _Leaf:
    """With the best split of its rows: none where a side would be small."""
    left = np.cumsum(sums, axis=2)[:, :, :-1]
    whole = sums[0].sum(axis=1)[:, None]
    worth, both = _worth(left), float(_worth(whole)[0])
    gains = worth + _worth(whole - left) - both
    gains[np.minimum(left[:, 0], whole[0] - left[:, 0]) < _FEWEST_ROWS - 0.5] = 0.0
    feature, last_bin = divmod(int(gains.argmax()), gains.shape[1])
    gain = max(float(gains[feature, last_bin]), 0.0)
    return _Leaf(rows=rows, sums=sums, place=place, gain=gain, feature=int(chosen[feature]), last_bin=last_bin)


def _worth(sums: Numbers) -> Numbers:
    *_, slopes, bends = np.moveaxis(sums, -2, 0)
    return np.asarray(slopes**2 / (bends + _RIDGE))


def _sums(
    bins: Bins, chosen: npt.NDArray[np.intp], slope: Numbers, bend: Numbers, rows: npt.NDArray[np.intp]
) -> Numbers:
    own_slope, own_bend = slope[rows], bend[rows]
    found = np.empty((len(chosen), 3, _BINS))
    for place, feature in enumerate(chosen.tolist()):
        own = bins[feature, rows]
        found[place] = (
            np.bincount(own, None, _BINS),
            np.bincount(own, own_slope, _BINS),
            np.bincount(own, own_bend, _BINS),
        )
    return found
