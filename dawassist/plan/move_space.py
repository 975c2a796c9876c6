"""Which moves of faders and pans are allowed: tracks that move together share one move, within bounds and orders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dawassist.analysis.model import RoleGuess
from dawassist.plan.constraints import Constraint, minimal_conflict, refusal
from dawassist.plan.controls import HIGHEST_FADER_DB, why_not_fader, why_not_pan
from dawassist.plan.demands import Ceiling, Demands, Difference, demands_of, joined
from dawassist.plan.difference_bounds import DifferenceBounds, Places, Values
from dawassist.plan.mix_state import MixState
from dawassist.plan.names import name_parts
from dawassist.session.model import Track
from dawassist.session.targets import Target, TrackTarget
from dawassist.units import db_to_gain

FADER_STEPS_DB = (0.1, 0.01)
PAN_STEPS = (0.01,)
LARGEST_CUT_DB = 60.0
_HEARD_LU = 0.005  # a ceiling that is passed by less is met


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """One parameter of tracks in the order of their GUIDs: (n,) which move each takes part in, and to which side.

    `bounds` are of the moves (h,).
    """

    track_guids: tuple[str, ...]
    move: Places
    sign: Values
    bounds: DifferenceBounds

    def per_track(self, moves: Values) -> Values:
        """Moves (h,) as they reach every track, (n,)."""
        return np.asarray(self.sign * moves[self.move])

    def controls(self) -> Values:
        """How many controls each move moves, (h,)."""
        return np.bincount(self.move, minlength=len(self.bounds.lowest)).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoveSpace:
    """Faders (moves in dB) and pans (moves as a distance), with ceilings of loudness and a number of moves."""

    faders: Axis
    pans: Axis
    differences: tuple[Difference, ...]
    ceilings: tuple[Ceiling, ...]
    most_moves: int | None

    def with_levels(self, track_lufs: Mapping[str, float]) -> "MoveSpace":
        """The same with the orders counted from other levels: pans change them."""
        place = dict(zip(self.faders.track_guids, self.faders.move.tolist(), strict=True))
        rows = [
            (place[d.above_guid], place[d.below_guid], d.least_db - track_lufs[d.above_guid] + track_lufs[d.below_guid])
            for d in self.differences
        ]
        bounds = replace(
            self.faders.bounds,
            above=np.array([row[0] for row in rows], dtype=np.intp),
            below=np.array([row[1] for row in rows], dtype=np.intp),
            least=np.array([row[2] for row in rows], dtype=np.float64),
        )
        return replace(self, faders=replace(self.faders, bounds=bounds))

    def overrides(self, mix: MixState, fader_moves: Values, pan_moves: Values) -> dict[Target, float]:
        """Raw values of every control that moves."""
        return {
            **_overrides(mix, self.faders, fader_moves, "fader"),
            **_overrides(mix, self.pans, pan_moves, "pan"),
        }

    def is_under_ceilings(self, mix: MixState) -> bool:
        """Whether a changed balance keeps every ceiling."""
        return all(
            (mix.part_lufs(each.track_guids) if each.track_guids else mix.mix_lufs) <= each.highest_lufs + _HEARD_LU
            for each in self.ceilings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Movable:
    """What may move at all: `fixed` tracks do not; each group of `objects` moves as one."""

    fixed_faders: frozenset[str]
    fixed_pans: frozenset[str]
    objects: tuple[tuple[str, ...], ...] = ()
    left: frozenset[str] = frozenset()  # tracks that are a left side by name: centered, they move out to the left


def movable(mix: MixState, fixed: Collection[str], objects: Iterable[Sequence[str]]) -> Movable:
    """`fixed` tracks (locked, out of scope) stay, as do controls that may not be written."""
    tracks = mix.session.tracks
    stays = frozenset(fixed)
    return Movable(
        fixed_faders=stays | {t.guid for t in tracks if why_not_fader(t)},
        fixed_pans=stays | {t.guid for t in tracks if why_not_pan(t)},
        objects=tuple(tuple(each) for each in objects),
        left=frozenset(t.guid for t in tracks if name_parts(t.name).side == "L"),
    )


def move_space(mix: MixState, demands: Demands, free: Movable) -> MoveSpace | None:
    """The allowed moves; None when nothing meets all demands. Orders are counted from levels after the pans that are
    demanded, and after the folders' faders that are."""
    tied = [(kind, frozenset(each)) for kind in ("fader", "pan") for each in free.objects]
    for objects in (tied, []):  # what belongs together moves together, unless the engineer's word is against it
        space = MoveSpace(
            faders=_axis(mix, demands, "fader", free, objects),
            pans=_axis(mix, demands, "pan", free, objects),
            differences=demands.differences,
            ceilings=demands.ceilings,
            most_moves=demands.most_moves,
        )
        if space.faders.bounds.tightest is None or space.pans.bounds.tightest is None:
            continue
        if space.differences:
            moved = demanded(mix, space)
            space = space.with_levels((mix.changed(moved) if moved else mix).track_lufs)
        if is_feasible(mix, space):
            return space
    return None


def demanded(mix: MixState, space: MoveSpace) -> dict[Target, float]:
    """Raw values of the pans and folders that cannot stay."""
    still = np.zeros(len(space.pans.bounds.lowest))
    busses = np.array([mix.graph.kind[guid] != "source" for guid in space.faders.track_guids], dtype=np.bool_)
    moves = np.zeros(len(space.faders.bounds.lowest))
    held = space.faders.move[busses]
    moves[held] = space.faders.bounds.lowest[held]
    return space.overrides(mix, moves, space.pans.bounds.nearest(still, PAN_STEPS))


def checked_space(
    mix: MixState, roles: Mapping[str, RoleGuess], constraints: Sequence[Constraint], free: Movable
) -> MoveSpace:
    """The moves that all constraints allow. Raises InputError that names a smallest set that contradicts itself."""
    alone = {id(each): demands_of([each], mix, roles) for each in constraints}

    def space_of(chosen: Sequence[Constraint]) -> MoveSpace | None:
        return move_space(mix, joined(alone[id(each)] for each in chosen), free)

    space = space_of(constraints)
    if space is None:
        raise refusal(minimal_conflict(constraints, lambda chosen: space_of(chosen) is not None))
    return space


def is_feasible(mix: MixState, space: MoveSpace) -> bool:
    """Whether any moves meet all demands: the lowest faders are the quietest, and few moves may be enough."""
    faders, pans = space.faders.bounds.tightest, space.pans.bounds.tightest
    if faders is None or pans is None:
        return False
    if space.ceilings:
        still = space.pans.bounds.nearest(np.zeros(len(pans[0])), PAN_STEPS)
        if not space.is_under_ceilings(mix.changed(space.overrides(mix, faders[0], still))):
            return False
    return space.most_moves is None or fewest_controls(space) <= space.most_moves


def fewest_controls(space: MoveSpace) -> int:
    """The least number of controls that must move."""
    return sum(int(axis.controls()[needed_moves(axis)].sum()) for axis in (space.faders, space.pans))


def needed_moves(axis: Axis) -> Places:
    """A smallest set of moves with which the bounds can be met (mixed-integer, HiGHS); empty when none is needed."""
    bounds = axis.bounds
    if bounds.violation(np.zeros(len(bounds.lowest))) <= 1e-9 or bounds.tightest is None:
        return np.zeros(0, dtype=np.intp)
    from scipy.optimize import Bounds, LinearConstraint, milp

    low, high = bounds.tightest
    count, rows = len(low), np.arange(len(bounds.above))
    differences = np.zeros((len(rows), 2 * count))
    np.add.at(differences, (rows, bounds.above), 1.0)
    np.add.at(differences, (rows, bounds.below), -1.0)
    eye = np.eye(count)
    found = milp(
        np.concatenate((np.zeros(count), axis.controls())),
        integrality=np.repeat([0, 1], count),
        bounds=Bounds(np.concatenate((low, np.zeros(count))), np.concatenate((high, np.ones(count)))),
        constraints=[
            LinearConstraint(differences, bounds.least - 1e-7, np.inf),
            LinearConstraint(np.hstack((eye, -np.diag(np.maximum(high, 0.0)))), -np.inf, 1e-9),
            LinearConstraint(np.hstack((eye, -np.diag(np.minimum(low, 0.0)))), -1e-9, np.inf),
        ],
    )
    chosen = np.arange(count) if found.x is None else np.flatnonzero(found.x[count:] > 0.5)
    return np.asarray(chosen, dtype=np.intp)


def _axis(
    mix: MixState,
    demands: Demands,
    parameter: str,
    free: Movable,
    objects: Sequence[tuple[str, frozenset[str]]],
) -> Axis:
    tracks = sorted(mix.session.tracks, key=lambda track: track.guid)
    place = {track.guid: place for place, track in enumerate(tracks)}
    groups = [guids for kind, guids in (*objects, *demands.ties) if kind == parameter]
    move = _moves([[place[guid] for guid in sorted(guids) if guid in place] for guids in groups], len(tracks))
    fixed = free.fixed_faders if parameter == "fader" else free.fixed_pans
    sign = np.array([-1.0 if parameter == "pan" and _is_left(track, free) else 1.0 for track in tracks])
    low, high = _own_bounds(tracks, demands, parameter, fixed, place)
    for each, track in enumerate(tracks):
        if mix.graph.kind[track.guid] != "source" and low[each] <= high[each]:  # a folder moves only where it must
            low[each] = high[each] = min(max(0.0, low[each]), high[each])
    lowest, highest = np.full(int(move.max(initial=-1)) + 1, -np.inf), np.full(int(move.max(initial=-1)) + 1, np.inf)
    np.maximum.at(lowest, move, np.where(sign > 0.0, low, -high))
    np.minimum.at(highest, move, np.where(sign > 0.0, high, -low))
    none = np.zeros(0, dtype=np.intp)
    return Axis(
        track_guids=tuple(track.guid for track in tracks),
        move=move,
        sign=sign,
        bounds=DifferenceBounds(lowest=lowest, highest=highest, above=none, below=none, least=np.zeros(0)),
    )


def _is_left(track: Track, free: Movable) -> bool:
    return track.pan < 0.0 or (track.pan == 0.0 and track.guid in free.left)


def _moves(groups: Sequence[Sequence[int]], count: int) -> Places:
    """Which move each track takes part in: tied tracks share one; numbered by their first track."""
    first = list(range(count))
    for group in groups:
        joined = {first[place] for place in group}
        first = [min(joined) if each in joined else each for each in first]
    return np.unique(np.array(first, dtype=np.intp), return_inverse=True)[1].astype(np.intp)


def _own_bounds(
    tracks: Sequence[Track], demands: Demands, parameter: str, fixed: frozenset[str], place: Mapping[str, int]
) -> tuple[Values, Values]:
    """The lowest and highest move of each track's own control, (n,)."""
    is_fader = parameter == "fader"
    now = np.array([track.fader_db if is_fader else track.pan for track in tracks])
    low = np.full(len(tracks), -LARGEST_CUT_DB) if is_fader else -1.0 - now
    high = np.maximum(HIGHEST_FADER_DB - now, 0.0) if is_fader else 1.0 - now
    for each, track in enumerate(tracks):
        if track.guid in fixed or demands.is_locked(track.guid, parameter):
            low[each] = high[each] = 0.0
    for bound in demands.bounds:
        if bound.parameter == parameter and bound.track_guid in place:
            each = place[bound.track_guid]
            low[each] = max(low[each], bound.lowest - now[each])
            high[each] = min(high[each], bound.highest - now[each])
    return low, high


def _overrides(mix: MixState, axis: Axis, moves: Values, parameter: str) -> dict[Target, float]:
    found: dict[Target, float] = {}
    for guid, way in zip(axis.track_guids, axis.per_track(moves).tolist(), strict=True):
        track = mix.session.track(guid)
        if track is None or way == 0.0:
            continue
        if parameter == "fader":
            found[TrackTarget(track_guid=guid, field="fader_gain")] = db_to_gain(track.fader_db + way)
        else:
            found[TrackTarget(track_guid=guid, field="pan")] = track.pan + way
    return found
