"""How often a move to the level that is expected brings a track nearer to the engineer who mixed it, songs left out."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dawassist.plan.level_prior import LevelModel, LevelRecord, level_prior
from fitting.mixologydb import LeveledMix

LEAST_MOVE_LU = 2.0  # smaller ones are not proposed
_TOSS_UP = 0.5
_ALIKE = 20.0  # moves of all roles that count with each role's own: a few songs tell little about one role


def with_move_precision(mixes: Sequence[LeveledMix], fit: Callable[[Sequence[LeveledMix]], LevelModel]) -> LevelModel:
    """The model that `fit` makes of `mixes`, with the precision of moves by models that have not seen the song."""
    model = fit(mixes)
    nearer: dict[str, list[bool]] = defaultdict(list)
    songs = sorted({mix.song for mix in mixes})
    for song in songs if len(songs) > 1 else ():
        unseen = fit([mix for mix in mixes if mix.song != song])
        for mix in (mix for mix in mixes if mix.song == song):
            for role, is_nearer in _moves(mix, unseen):
                nearer[role].append(is_nearer)
    every = [is_nearer for found in nearer.values() for is_nearer in found]
    overall = float(np.mean(every)) if every else _TOSS_UP
    roles = {name: replace(role, move_precision=_shrunk(nearer[name], overall)) for name, role in model.roles.items()}
    return replace(model, move_precision=overall, roles=roles)


def _moves(mix: LeveledMix, model: LevelModel) -> list[tuple[str, bool]]:
    """(role, whether it helps) of every move that is large enough; faders relative to the median of the mix."""
    records = [LevelRecord(role=role, raw_lufs=float(raw)) for role, raw in zip(mix.roles, mix.raw_lufs, strict=True)]
    expected = np.array([target.level_lu for target in level_prior(records, model)])
    moves, faders = (_relative(levels - mix.raw_lufs) for levels in (expected, mix.level_lufs))
    helps = np.abs(faders - moves) < np.abs(faders)
    return [(mix.roles[place], bool(helps[place])) for place in np.flatnonzero(np.abs(moves) >= LEAST_MOVE_LU)]


def _relative(values: np.ndarray) -> np.ndarray:
    return np.asarray(values - np.median(values))


def _shrunk(found: Sequence[bool], overall: float) -> float:
    return (sum(found) + _ALIKE * overall) / (len(found) + _ALIKE)
