"""The trees that judge a proposal, and the calibration of the best one on songs that they have not heard."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.candidates import FEATURES
from dawassist.analysis.alignment.model import read
from scripts.alignment_fitting.boosting import Numbers, Tree, boosted
from scripts.alignment_fitting.trials import Trial

_FOLDS = 6
_STEPS = 50
_DIGITS = 5


def fitted(trials: Sequence[Trial], slope: float, bias: float) -> str:
    """The model as text, with its calibration."""
    start, trees = _boosted(trials)
    return "\n".join(_lines(trials, start, slope, bias, trees)) + "\n"


def held_out(trials: Sequence[Trial]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(logit of the best candidate, whether it is right) of each trial, by trees that have not heard its song."""
    folds = _folds(trials)
    logits, right = np.zeros(len(trials)), np.zeros(len(trials), dtype=bool)
    for fold in range(_FOLDS):
        start, trees = _boosted([trial for trial, own in zip(trials, folds, strict=True) if own != fold])
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


def _boosted(trials: Sequence[Trial]) -> tuple[float, list[Tree]]:
    features = np.concatenate([trial.features for trial in trials])
    return boosted(features, np.concatenate([trial.is_right for trial in trials]), seed=0)


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
            "# A tree is a list of nodes: feature, threshold, node where the feature is at most that, else, value.",
        ]
    lines += [f"start = {start:.6f}", f"slope = {slope:.5f}", f"bias = {bias:.5f}", "features = ["]
    lines += [*(f'  "{name}",' for name in FEATURES), "]", "trees = ["]
    for tree in trees:
        nodes = (f"[{n.feature}, {n.threshold:.5f}, {n.left}, {n.right}, {n.value:.5f}]" for n in tree)
        lines.append(f"  [{', '.join(nodes)}],")
    return [*lines, "]"]
