"""Where engineers keep a track in the mix, from its role and its raw level; fitted by `scripts/fit_priors`.

Least absolute deviations over mixes by engineers, in LU relative to the mean of all tracks of a mix:
`level = role + between_roles · (raw of the role's tracks − raw of all) + within_role · (raw − raw of the role's tracks)
+ per_doubling · log2(tracks of the role)`, where `raw` of several tracks is the mean of their integrated LUFS.
Engineers keep four fifths of a difference between two tracks of one role and half of that between two roles.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from statistics import fmean

_SAME_ROLE = {"room": "overhead"}  # the table labels microphones of the drum room OVERHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRecord:
    """One track: its role and its integrated loudness at the fader input, LUFS."""

    role: str
    raw_lufs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTarget:
    """The expected level after the fader, LU relative to the mean of the mix's tracks; and how far engineers differ.

    `spread_lu` is the standard deviation between engineers who mixed the same track; for a role without a prior, that
    of all tracks about what their raw level alone tells.
    """

    level_lu: float
    spread_lu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLevel:
    """`level_lu` is the role's own term; `spread_lu` the median over `files` of the deviation between engineers.

    `move_precision` is the share of moves of 2 LU and more to the expected level that bring a track nearer to the
    engineer who mixed it, in songs that the fit has not seen; with the other roles' moves for a start.
    """

    level_lu: float
    spread_lu: float
    move_precision: float
    tracks: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelModel:
    """The coefficients of the module's equation; `raw_slope` and `unknown_spread_lu` serve roles that have none.

    `move_precision` is that of all moves, see `RoleLevel`.
    """

    between_roles: float
    within_role: float
    per_doubling: float
    raw_slope: float
    unknown_spread_lu: float
    move_precision: float
    roles: Mapping[str, RoleLevel]

    def precision_of(self, role: str) -> float:
        """How often a move to the expected level of such a track is right: the confidence of a level move, 0..1."""
        found = self.roles.get(_SAME_ROLE.get(role, role))
        return found.move_precision if found else self.move_precision


@cache
def level_model() -> LevelModel:
    """The shipped coefficients."""
    data = tomllib.loads((files("dawassist.plan") / "level_prior.toml").read_text(encoding="utf-8"))
    roles = {role: RoleLevel(**values) for role, values in data["roles"].items()}
    return LevelModel(**data["model"], roles=roles)


def level_prior(tracks: Sequence[LevelRecord], model: LevelModel | None = None) -> tuple[LevelTarget, ...]:
    """The expected level of each track of a mix, in the order of `tracks`; `model` defaults to the shipped one.

    Give every track that sounds: the means and the counts of roles are part of the model.
    """
    model = model or level_model()
    roles = [_SAME_ROLE.get(track.role, track.role) for track in tracks]
    members: dict[str, list[float]] = defaultdict(list)
    for role, track in zip(roles, tracks, strict=True):
        members[role].append(track.raw_lufs)
    mean_lufs = fmean(track.raw_lufs for track in tracks) if tracks else 0.0
    return tuple(
        _target(track.raw_lufs, members[role], mean_lufs, model.roles.get(role), model)
        for role, track in zip(roles, tracks, strict=True)
    )


def _target(
    raw_lufs: float, role_lufs: Sequence[float], mean_lufs: float, role: RoleLevel | None, model: LevelModel
) -> LevelTarget:
    if role is None:
        return LevelTarget(level_lu=model.raw_slope * (raw_lufs - mean_lufs), spread_lu=model.unknown_spread_lu)
    role_mean_lufs = fmean(role_lufs)
    level_lu = (
        role.level_lu
        + model.between_roles * (role_mean_lufs - mean_lufs)
        + model.within_role * (raw_lufs - role_mean_lufs)
        + model.per_doubling * log2(len(role_lufs))
    )
    return LevelTarget(level_lu=level_lu, spread_lu=role.spread_lu)
