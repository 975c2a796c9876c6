"""The trees that judge a proposal, and the calibration of the best one on songs that they have not heard.

The logits of several fits, each of which saw other features at each tree, are averaged (Breiman 1996): of songs that
were left out, the average has less loss than a single fit.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.candidates import FEATURES
from dawassist.analysis.alignment.model import read
from scripts.alignment_fitting.boosting import Node, Numbers, Tree, boosted
from scripts.alignment_fitting.trials import Trial

_FOLDS = 6
_FITS = 5
_STEPS = 50
_DIGITS = 5


def fitted(trials: Sequence[Trial], slope: float, bias: float, pool: Executor) -> str:
    """The model as text, with its calibration."""
    start, trees = next(_averages([trials], pool))
    return "\n".join(_lines(trials, start, slope, bias, trees)) + "\n"


def held_out(trials: Sequence[Trial], pool: Executor) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(logit of the best candidate, whether it is right) of each trial, by trees that have not heard its song."""
    folds = _folds(trials)
    logits, right = np.zeros(len(trials)), np.zeros(len(trials), dtype=bool)
    rest = [[trial for trial, own in zip(trials, folds, strict=True) if own != fold] for fold in range(_FOLDS)]
    for fold, (start, trees) in enumerate(_averages(rest, pool)):
        model = read("\n".join(_lines((), start, 1.0, 0.0, trees)))
        for place in np.flatnonzero(folds == fold):
            each = model.logits(trials[place].features)
            best = int(each.argmax())
            logits[place], right[place] = each[best], trials[place].is_right[best]
    return logits, right


def calibration(logits: Numbers, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, bias) of a logistic regression, by Newton's method, towards Platt's targets."""
    targets = np.where(right, (right.sum() + 1.0) / (right.sum() + 2.0), 1.0 / ((~right).sum() + 2.0))
    rows = np.column_stack([logits, np.ones(len(logits))])
    weights = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-rows @ weights))
        bend = (rows * (chance * (1.0 - chance))[:, None]).T @ rows
        weights = weights + np.linalg.solve(bend, rows.T @ (targets - chance))
    return round(float(weights[0]), _DIGITS), round(float(weights[1]), _DIGITS)


def probabilities(logits: Numbers, slope: float, bias: float) -> Numbers:
    return np.asarray(1.0 / (1.0 + np.exp(-(bias + slope * logits))))


def _averages(groups: Sequence[Sequence[Trial]], pool: Executor) -> Iterator[tuple[float, list[Tree]]]:
    """Of each group of trials the average of its fits, as one: their trees with values that many times smaller."""
    tables = [
        (np.concatenate([trial.features for trial in group]), np.concatenate([trial.is_right for trial in group]))
        for group in groups
    ]
    jobs = [[pool.submit(boosted, *table, seed=seed) for seed in range(_FITS)] for table in tables]
    for group in jobs:
        fits = [job.result() for job in group]
        yield fits[0][0], [tuple(map(_shared, tree)) for _, trees in fits for tree in trees]


def _shared(node: Node) -> Node:
    return replace(node, value=node.value / _FITS)


def _folds(trials: Sequence[Trial]) -> npt.NDArray[np.intp]:
    songs = sorted({trial.song for trial in trials})
    order = np.random.default_rng(0).permutation(len(songs))
    of_song = {songs[song]: place % _FOLDS for place, song in enumerate(order)}
    return np.array([of_song[trial.song] for trial in trials])


def _lines(trials: Sequence[Trial], start: float, slope: float, bias: float, trees: Sequence[Tree]) -> list[str]:
    """A model as TOML, without its heading where no trials are given."""
    lines = []
    if trials:
        songs = len({trial.song for trial in trials})
        lines += [
            "# Fitted by scripts/fit_alignment. Do not edit by hand.",
            f"# {len(trials)} pairs of {songs} songs: the stems sodium and rubidium (ichbinsoftware, EVR; CC0-1.0),",
            "# MIDI songs played by FluidSynth, hydrogen-drumkits, the demo session, noise. No scored song is in it.",
            f"# The average of {_FITS} fits. A tree is a list of nodes, its root first: either [feature, threshold,",
            "# node where the feature is at most that, node where it is not], or what is added where it ends.",
        ]
    lines += [f"start = {start:.6f}", f"slope = {slope:.5f}", f"bias = {bias:.5f}", "features = ["]
    lines += [*(f'  "{name}",' for name in FEATURES), "]", "trees = ["]
    for tree in trees:
        lines.append(f"  [{', '.join(_text(node, place) for place, node in enumerate(tree))}],")
    return [*lines, "]"]


def _text(node: Node, place: int) -> str:
    if node.left == place:
        return f"{node.value:.5f}"
    return f"[{node.feature}, {node.threshold}, {node.left}, {node.right}]"
