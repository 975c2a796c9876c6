"""How far a balance lies from an engineer's: per track and per group of roles, in dB.

The error of a mix is the mean of |d − median of d| over its tracks, d the engineer's level less the predicted one: a
common gain costs nothing. For groups, d is of the power sums of their tracks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from fitting.levels import FEWEST_ENGINEERS
from fitting.mixologydb import LeveledMix, MixedTrack

_DRAWS = 2000
_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """Errors of one predictor, (mixes,) each; the song of each mix."""

    songs: tuple[str, ...]
    track_db: np.ndarray
    group_db: np.ndarray


def distance(mixes: Sequence[LeveledMix], predicted: Iterable[np.ndarray]) -> Distance:
    """`predicted` holds the levels of each mix's tracks."""
    pairs = zip(mixes, predicted, strict=True)
    errors = np.array([mix_error_db(mix.tracks, mix.level_lufs, levels) for mix, levels in pairs])
    return Distance(songs=tuple(mix.song for mix in mixes), track_db=errors[:, 0], group_db=errors[:, 1])


def consensus_distance(mixes: Sequence[LeveledMix]) -> Distance | None:
    """The ceiling: every track at the median of the other engineers of the song, levels relative to their mix's median.

    Of files that enough engineers mixed; mixes without such a file do not count. None when there is no such mix.
    """
    levels: dict[tuple[str, str], dict[int, float]] = {}
    for place, mix in enumerate(mixes):
        for track, level in zip(mix.tracks, mix.level_lufs - np.median(mix.level_lufs), strict=True):
            levels.setdefault((mix.song, track.file), {})[place] = float(level)
    songs, errors = [], []
    for place, mix in enumerate(mixes):
        by_engineer = [levels[mix.song, track.file] for track in mix.tracks]
        chosen = [index for index, found in enumerate(by_engineer) if len(found) >= FEWEST_ENGINEERS]
        if not chosen:
            continue
        others = [[level for other, level in by_engineer[index].items() if other != place] for index in chosen]
        predicted = np.array([np.median(each) for each in others])
        songs.append(mix.song)
        errors.append(mix_error_db([mix.tracks[index] for index in chosen], mix.level_lufs[chosen], predicted))
    if not songs:
        return None
    return Distance(songs=tuple(songs), track_db=np.array(errors)[:, 0], group_db=np.array(errors)[:, 1])


def mix_error_db(tracks: Sequence[MixedTrack], level_lufs: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Per track, per group; `level_lufs` and `predicted` (tracks,)."""
    groups = np.array([group_of(track.label) for track in tracks])
    sums = np.array([(_sum_db(level_lufs[groups == g]), _sum_db(predicted[groups == g])) for g in sorted(set(groups))])
    return _spread_db(level_lufs - predicted), _spread_db(sums[:, 0] - sums[:, 1])


def group_of(label: str) -> str:
    """Lead and backing vocals, percussion, otherwise the type of the table."""
    kind, _, subtype = label.partition(":")
    if kind == "VOCALS" and subtype in ("LEAD", "BACKGROUND"):
        return label
    return "PERCUSSION" if subtype in ("TAMBOURINE", "MISC") else kind


def interval_by_song(songs: Sequence[str], values: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of `values` (mixes,), whole songs drawn with replacement."""
    names = sorted(set(songs))
    sums = np.array([values[np.array(songs) == name].sum() for name in names])
    counts = np.array([songs.count(name) for name in names], dtype=np.float64)
    drawn = np.random.default_rng(_SEED).integers(len(names), size=(_DRAWS, len(names)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


def _spread_db(differences: np.ndarray) -> float:
    return float(np.mean(np.abs(differences - np.median(differences))))


def _sum_db(levels: np.ndarray) -> float:
    return float(10.0 * np.log10(np.sum(10.0 ** (levels / 10.0))))
