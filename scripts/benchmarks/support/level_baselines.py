"""Balances to compare with: faders at unity, equal loudness, a louder lead, and a regression on the role."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from fitting.levels import least_absolute
from fitting.mixologydb import LeveledMix

_LEAD_DB = 2.0  # Mansbridge, Finn & Reiss 2012: the lead of an equal-loudness mix
_START = 5.0


def unity(mix: LeveledMix) -> np.ndarray:
    return mix.raw_lufs


def equal_loudness(mix: LeveledMix) -> np.ndarray:
    return np.zeros(len(mix.tracks))


def equal_with_lead(mix: LeveledMix) -> np.ndarray:
    return np.array([_LEAD_DB if track.label == "VOCALS:LEAD" else 0.0 for track in mix.tracks])


def role_regression(training: Sequence[LeveledMix]) -> Callable[[LeveledMix], np.ndarray]:
    """L1 regression of the level relative to the mix's mean on label, raw level, log2 of the label's tracks and of all.

    A ridge of 5 on all but the raw level to start, then 20 reweighted rounds with a ridge of 1.
    """
    labels = sorted({label for mix in training for label in mix.labels})
    features = np.vstack([_features(mix, labels) for mix in training])
    target = np.concatenate([mix.level_lufs - mix.level_lufs.mean() for mix in training])
    start = np.full(features.shape[1], _START)
    start[len(labels)] = 0.0
    fitted = least_absolute(features, target, np.ones(features.shape[1]), start)
    return lambda mix: np.asarray(_features(mix, labels) @ fitted)


def _features(mix: LeveledMix, labels: Sequence[str]) -> np.ndarray:
    """(tracks, labels + 3)."""
    counts = Counter(mix.labels)
    own = np.array([[label == each for each in labels] for label in mix.labels], dtype=np.float64)
    alike = np.log2([counts[label] for label in mix.labels])
    size = np.full(len(mix.labels), np.log2(len(mix.labels)))
    return np.column_stack([own, mix.raw_lufs - mix.raw_lufs.mean(), alike, size])
