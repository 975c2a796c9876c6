"""Fitting `dawassist.plan.level_prior`: least absolute deviations over mixes, spread between engineers of one track."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from dawassist.plan.level_prior import LevelModel, LevelRecord, RoleLevel, raw_surprises
from fitting.kits import ROLE, kit_level, with_kits
from fitting.mixologydb import LeveledMix
from fitting.move_precision import with_move_precision

FEWEST_TRACKS = 20  # below it a role has no prior of its own
FEWEST_ENGINEERS = 4  # of one file, for a spread between them or a consensus
_SMALLEST_RESIDUAL_LU = 0.5
_ROUNDS = 20


def fit_levels(mixes: Sequence[LeveledMix]) -> LevelModel:
    """The model of `mixes`, with how often its moves help in songs that it has not seen."""
    return with_move_precision(mixes, fit_coefficients)


def fit_coefficients(mixes: Sequence[LeveledMix]) -> LevelModel:
    """Without the precision of moves; raw levels and levels relative to the mean of each mix's tracks."""
    counts: dict[str, int] = defaultdict(int)
    for role in (role for mix in mixes for role in mix.roles if role != "unknown"):
        counts[role] += 1
    roles = sorted(role for role, count in counts.items() if count >= FEWEST_TRACKS)
    features = np.vstack([_features(mix, roles) for mix in mixes])
    target = np.concatenate([mix.level_lufs - mix.level_lufs.mean() for mix in mixes])
    raw = np.concatenate([mix.raw_lufs - mix.raw_lufs.mean() for mix in mixes])
    fitted = least_absolute(features, target, np.ones(features.shape[1]))
    raw_slope = float(least_absolute(raw[:, None], target, np.zeros(1))[0])
    spreads = between_engineers(mixes)
    usual_lu = float(np.median([spread for found in spreads.values() for spread in found]))
    levels = {
        role: RoleLevel(
            level_lu=float(fitted[place]),
            spread_lu=float(np.median(spreads[role])) if role in spreads else usual_lu,
            move_precision=np.nan,
            tracks=counts[role],
            files=len(spreads.get(role, ())),
        )
        for place, role in enumerate(roles)
    }
    between, within, doubling = map(float, fitted[len(roles) :])
    model = LevelModel(
        between_roles=between,
        within_role=within,
        per_doubling=doubling,
        raw_slope=raw_slope,
        unknown_spread_lu=float(np.std(target - raw_slope * raw)),
        usual_raw_spread_lu=np.nan,
        move_precision=np.nan,
        roles=levels,
    )
    model = replace(model, usual_raw_spread_lu=usual_raw_spread_lu(mixes, model))
    kits = with_kits(mixes)
    if len(kits) < FEWEST_TRACKS:
        return model
    spread_lu = float(np.median(between_engineers(kits).get(ROLE, [usual_lu])))
    return replace(model, roles={**model.roles, ROLE: kit_level(kits, model, spread_lu)})


def usual_raw_spread_lu(mixes: Sequence[LeveledMix], model: LevelModel) -> float:
    """The standard deviation of recorded levels about their roles' own terms that half of the songs keep; of a song the
    median over its mixes, which differ in the tracks that were used."""
    by_song: dict[str, list[float]] = defaultdict(list)
    for mix in mixes:
        pairs = zip(mix.roles, mix.raw_lufs, strict=True)
        surprises = raw_surprises([LevelRecord(role=role, raw_lufs=float(raw)) for role, raw in pairs], model)
        by_song[mix.song].append(float(np.sqrt(np.sum(np.square(surprises)) / max(len(surprises) - 1, 1))))
    usual_lu = float(np.median([np.median(found) for found in by_song.values()]))
    return max(usual_lu, _SMALLEST_RESIDUAL_LU)


def least_absolute(
    features: np.ndarray, target: np.ndarray, ridge: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """Coefficients (n,) of the smallest sum of |residuals| plus `ridge` (n,) · coefficients²: reweighted least squares.

    `start` (n,) is the ridge of the first, unweighted round. Residuals under 0.5 LU count quadratically.
    """
    weights = np.ones(len(target))
    penalty = ridge if start is None else start
    for _ in range(_ROUNDS + 1):
        weighted = features.T * weights
        found = np.linalg.solve(weighted @ features + np.diag(penalty), weighted @ target)
        weights = 1.0 / np.maximum(np.abs(target - features @ found), _SMALLEST_RESIDUAL_LU)
        penalty = ridge
    return np.asarray(found)


def between_engineers(mixes: Sequence[LeveledMix]) -> dict[str, list[float]]:
    """By role, for every file that enough engineers mixed, the deviation of its level relative to the mix's mean."""
    levels: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for mix in mixes:
        for track, level in zip(mix.tracks, mix.level_lufs - mix.level_lufs.mean(), strict=True):
            levels[mix.song, track.file, track.role].append(float(level))
    found: dict[str, list[float]] = defaultdict(list)
    for (_, _, role), values in levels.items():
        if len(values) >= FEWEST_ENGINEERS:
            found[role].append(float(np.std(values, ddof=1)))
    return found


def level_lines(model: LevelModel) -> Iterator[str]:
    """The TOML of a model, without its heading."""
    yield "[model]"
    yield f"between_roles = {model.between_roles:.3f}\nwithin_role = {model.within_role:.3f}"
    yield f"per_doubling = {model.per_doubling:.3f}\nraw_slope = {model.raw_slope:.3f}"
    yield f"unknown_spread_lu = {model.unknown_spread_lu:.2f}\nusual_raw_spread_lu = {model.usual_raw_spread_lu:.2f}"
    yield f"move_precision = {model.move_precision:.2f}"
    for name, role in model.roles.items():
        yield f"\n[roles.{name}]\nlevel_lu = {role.level_lu:.2f}\nspread_lu = {role.spread_lu:.2f}"
        yield f"move_precision = {role.move_precision:.2f}"
        yield f"tracks = {role.tracks}\nfiles = {role.files}"


def _features(mix: LeveledMix, roles: Sequence[str]) -> np.ndarray:
    """(tracks, roles + 3): indicator of the role, its raw level, the track's within its role, log2 of its tracks."""
    own = np.array(mix.roles)
    relative = mix.raw_lufs - mix.raw_lufs.mean()
    same = own[:, None] == own
    counts = same.sum(axis=1)
    role_mean = same @ relative / counts
    return np.column_stack([*(own == role for role in roles), role_mean, relative - role_mean, np.log2(counts)]).astype(
        np.float64
    )
