"""Where engineers keep a track in the mix, from its role and its raw level; fitted by `scripts/fit_priors`.

Least absolute deviations over mixes by engineers, in LU relative to the mean of all tracks of a mix:
`level = role + between_roles · (raw of the role's tracks − raw of all) + within_role · (raw − raw of the role's tracks)
+ per_doubling · log2(tracks of the role)`, where `raw` of several tracks is the mean of their integrated LUFS.
Engineers keep four fifths of a difference between two tracks of one role and half of that between two roles.

That is so for recordings whose levels mean something. Where they lie wider about what their roles tell than is usual,
the excess is taken for accident (gain as it came), and they count by the share that is not.
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
_USUAL_TRACKS = 6.0  # pseudo-counts of a usual spread: few tracks tell little of how they were recorded
_FAR_OUT = 3.0  # times the usual spread: a track further out counts as one that far, whatever its gain


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

    `move_precision` is that of all moves, see `RoleLevel`; `usual_raw_spread_lu` the standard deviation of raw levels
    about their roles' own terms in a usual song.
    """

    between_roles: float
    within_role: float
    per_doubling: float
    raw_slope: float
    unknown_spread_lu: float
    usual_raw_spread_lu: float
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


def level_prior(
    tracks: Sequence[LevelRecord], model: LevelModel | None = None, *, trust: float | None = None
) -> tuple[LevelTarget, ...]:
    """The expected level of each track of a mix, in the order of `tracks`; `model` defaults to the shipped one.

    Give every track that sounds: the means and the counts of roles are part of the model. `trust` 0..1 in the recorded
    levels is read from them unless it is given.
    """
    model = model or level_model()
    trust = recordings_trust(tracks, model) if trust is None else trust
    members = _members(tracks)
    mean_lufs = _mean_lufs(tracks)
    return tuple(_target(track, members[_role(track)], mean_lufs, trust, model) for track in tracks)


def recordings_trust(tracks: Sequence[LevelRecord], model: LevelModel) -> float:
    """How far recorded levels tell the wanted ones, 0..1: the usual variance about the roles' terms over theirs."""
    spreads = raw_surprises(tracks, model)
    most_lu = _FAR_OUT * model.usual_raw_spread_lu
    usual = model.usual_raw_spread_lu**2
    total = sum(min(abs(each), most_lu) ** 2 for each in spreads)
    return min(usual * (_USUAL_TRACKS + len(spreads) - 1) / (_USUAL_TRACKS * usual + total), 1.0) if spreads else 1.0


def raw_surprises(tracks: Sequence[LevelRecord], model: LevelModel) -> list[float]:
    """How far each track was recorded over what its role tells, LU, less the mean of all."""
    members = _members(tracks)
    mean_lufs = _mean_lufs(tracks)
    over = [track.raw_lufs - mean_lufs - _own_lu(track, len(members[_role(track)]), model) for track in tracks]
    return [each - fmean(over) for each in over]


def _role(track: LevelRecord) -> str:
    return _SAME_ROLE.get(track.role, track.role)


def _members(tracks: Sequence[LevelRecord]) -> Mapping[str, Sequence[float]]:
    """The raw levels by role, LUFS."""
    members: dict[str, list[float]] = defaultdict(list)
    for track in tracks:
        members[_role(track)].append(track.raw_lufs)
    return members


def _mean_lufs(tracks: Sequence[LevelRecord]) -> float:
    return fmean(track.raw_lufs for track in tracks) if tracks else 0.0


def _own_lu(track: LevelRecord, count: int, model: LevelModel) -> float:
    """What the role alone tells, LU; 0 for a role without a prior."""
    role = model.roles.get(_role(track))
    return role.level_lu + model.per_doubling * log2(count) if role else 0.0


def _target(
    track: LevelRecord, role_lufs: Sequence[float], mean_lufs: float, trust: float, model: LevelModel
) -> LevelTarget:
    role = model.roles.get(_role(track))
    if role is None:
        told_lu = model.raw_slope * (track.raw_lufs - mean_lufs)
        return LevelTarget(level_lu=trust * told_lu, spread_lu=model.unknown_spread_lu)
    role_mean_lufs = fmean(role_lufs)
    told_lu = model.between_roles * (role_mean_lufs - mean_lufs) + model.within_role * (track.raw_lufs - role_mean_lufs)
    level_lu = _own_lu(track, len(role_lufs), model) + trust * told_lu
    return LevelTarget(level_lu=level_lu, spread_lu=role.spread_lu)
