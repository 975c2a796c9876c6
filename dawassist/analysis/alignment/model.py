"""The probability that a proposed delay and polarity are right; the numbers are in `model.toml`.

Gradient-boosted trees (Friedman 2001) over what speaks for a proposal: what a clear peak is worth depends on how much
of the signals it stands for, on bleed and on how low the source is. The logits of several fits are averaged (Breiman
1996). Then a logistic calibration of the highest (Platt 1999), fitted on songs that the trees had not heard.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.candidates import FEATURES

MODEL = "model.toml"
_DEEPEST = 7  # no tree of eight leaves is deeper
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """Nodes of all trees one after the other; a leaf is its own `left` and `right`, other nodes are worth nothing."""

    start: float
    slope: float
    bias: float
    roots: Places
    feature: Places
    threshold: Numbers
    left: Places
    right: Places
    value: Numbers

    def logits(self, features: Numbers) -> Numbers:
        """Of each candidate, shape (candidates,), not yet calibrated."""
        rows = np.arange(len(features))[:, None]
        places = np.broadcast_to(self.roots, (len(features), len(self.roots)))
        for _ in range(_DEEPEST):
            goes_left = features[rows, self.feature[places]] <= self.threshold[places]
            places = np.where(goes_left, self.left[places], self.right[places])
        return np.asarray(self.start + self.value[places].sum(axis=1))

    def calibrated(self, logit: float) -> float:
        return float(1.0 / (1.0 + np.exp(-(self.bias + self.slope * logit))))


def best_of(features: Numbers) -> tuple[int, float]:
    """The place of the most probable candidate, and the calibrated probability that it is right."""
    logits = shipped().logits(features)
    place = int(logits.argmax())
    return place, shipped().calibrated(float(logits[place]))


def read(text: str) -> Model:
    """Raises ValueError where the model was fitted on other features."""
    data = tomllib.loads(text)
    if tuple(data["features"]) != FEATURES:
        raise ValueError(f"{MODEL} was fitted on other features than are measured; run scripts/fit_alignment again.")
    counts = [len(tree) for tree in data["trees"]]
    roots = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.intp)
    nodes = np.array([_node(each, place) for tree in data["trees"] for place, each in enumerate(tree)])
    own = np.repeat(roots, counts)
    return Model(
        start=data["start"], slope=data["slope"], bias=data["bias"], roots=roots,
        feature=nodes[:, 0].astype(np.intp), threshold=nodes[:, 1], left=nodes[:, 2].astype(np.intp) + own,
        right=nodes[:, 3].astype(np.intp) + own, value=nodes[:, 4],
    )  # fmt: skip


def _node(written: list[float] | float, place: int) -> tuple[float, ...]:
    """Feature, threshold, left, right and value; a leaf is written as its value alone."""
    return (*written, 0.0) if isinstance(written, list) else (0.0, 0.0, place, place, written)


@cache
def shipped() -> Model:
    return read((files("dawassist.analysis.alignment") / MODEL).read_text(encoding="utf-8"))
