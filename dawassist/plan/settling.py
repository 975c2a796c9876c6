"""From wanted moves to moves that a console can make: at the brief's strength, in whole steps, every constraint met."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dawassist.errors import BugError, InputError
from dawassist.plan.difference_bounds import Values
from dawassist.plan.mix_state import MixState
from dawassist.plan.move_space import FADER_STEPS_DB, LARGEST_CUT_DB, PAN_STEPS, Axis, MoveSpace, needed_moves

_CLOSE_DB = 0.05


def settled(
    mix: MixState, space: MoveSpace, faders: Values, pans: Values, *, strength: float = 1.0
) -> tuple[Values, Values]:
    """Fader and pan moves near those that are wanted, which meet all that `space` demands; all 0 at strength 0.

    A fader also keeps its track as loud while its pan moves. At strengths under 1 the demands hold whole. Raises
    InputError when few moves cannot bring the loudness down enough.
    """
    if strength == 0.0:
        return np.zeros(len(faders)), np.zeros(len(pans))
    if space.most_moves is not None:
        space = few_moves(space, (faders, pans), space.most_moves)
    still = space.pans.bounds.nearest(np.zeros(len(pans)), PAN_STEPS)
    turned = space.pans.bounds.nearest(strength * pans, PAN_STEPS)
    for panned in (turned, still):
        after = _at_pans(mix, space, panned)
        moved = space if np.array_equal(panned, still) else space.with_levels(after)
        if moved.faders.bounds.tightest is not None:
            wanted = strength * faders + _keeping_loudness(mix, space, after, panned)
            return _under_ceilings(mix, moved, moved.faders.bounds.nearest(wanted, FADER_STEPS_DB), panned)
    raise BugError("Moves that were feasible with their pans as demanded are not.")


def _at_pans(mix: MixState, space: MoveSpace, pans: Values) -> Mapping[str, float]:
    moved = space.overrides(mix, np.zeros(len(space.faders.bounds.lowest)), pans)
    return (mix.changed(moved) if moved else mix).track_lufs


def keeping_loudness(mix: MixState, space: MoveSpace, pans: Values) -> Values:
    """The fader moves that take back what pans do to their tracks, (h,)."""
    if not np.any(pans):
        return np.zeros(len(space.faders.bounds.lowest))
    return _keeping_loudness(mix, space, _at_pans(mix, space, pans), pans)


def _keeping_loudness(mix: MixState, space: MoveSpace, after: Mapping[str, float], pans: Values) -> Values:
    """The fader moves that take back what pans do to their tracks, (h,): the mean over the tracks of a move."""
    axis = space.faders
    turned = dict(zip(space.pans.track_guids, space.pans.per_track(pans).tolist(), strict=True))
    now = mix.track_lufs
    changes = (after[g] - now[g] if turned[g] != 0.0 and g in after else 0.0 for g in axis.track_guids)
    change = np.fromiter(changes, dtype=np.float64)
    return -np.bincount(axis.move, weights=change, minlength=len(axis.bounds.lowest)) / axis.controls()


def few_moves(space: MoveSpace, wanted: tuple[Values, Values], most: int) -> MoveSpace:
    """The space in which only so many controls move: those that must, then the largest of the moves that are wanted.

    A pan over its whole way counts as much as 6 dB.
    """
    axes = (space.faders, space.pans)
    kept = [set(needed_moves(axis).tolist()) for axis in axes]
    left = most - sum(int(axis.controls()[place]) for axis, places in zip(axes, kept, strict=True) for place in places)
    sizes = np.abs(wanted[0]), 6.0 * np.abs(wanted[1])
    ranked = sorted(
        (
            (-size, side, place)
            for side, each in enumerate(sizes)
            for place, size in enumerate(each.tolist())
            if size > 0.0
        )
    )
    for _, side, place in ranked:
        cost = int(axes[side].controls()[place])
        if place not in kept[side] and cost <= left:
            kept[side].add(place)
            left -= cost
    faders, pans = (_only(axis, places) for axis, places in zip(axes, kept, strict=True))
    return replace(space, faders=faders, pans=pans)


def _only(axis: Axis, kept: set[int]) -> Axis:
    others = np.array([place for place in range(len(axis.bounds.lowest)) if place not in kept], dtype=np.intp)
    return replace(axis, bounds=axis.bounds.held_at(others, np.zeros(len(others))))


def _under_ceilings(mix: MixState, space: MoveSpace, faders: Values, pans: Values) -> tuple[Values, Values]:
    """Lowers what lies under a ceiling that is passed, no further than needed."""
    for ceiling in space.ceilings:
        one = replace(space, ceilings=(ceiling,))
        if one.is_under_ceilings(mix.changed(space.overrides(mix, faders, pans))):
            continue
        below, above = 0.0, LARGEST_CUT_DB
        lowest = _lowered(one, faders, above, ceiling.track_guids)
        if not one.is_under_ceilings(mix.changed(space.overrides(mix, lowest, pans))):
            raise InputError(
                f"No more than {space.most_moves} moves do not bring the loudness to {ceiling.highest_lufs:.1f} LUFS.",
                next_step="Allow more moves or more loudness in the brief.",
            )
        while above - below > _CLOSE_DB:
            middle = (below + above) / 2.0
            tried = _lowered(one, faders, middle, ceiling.track_guids)
            if one.is_under_ceilings(mix.changed(space.overrides(mix, tried, pans))):
                above = middle
            else:
                below = middle
        faders = _lowered(one, faders, above, ceiling.track_guids)
    return faders, pans


def _lowered(space: MoveSpace, faders: Values, by_db: float, track_guids: Sequence[str]) -> Values:
    """The moves of some tracks (none: all) lowered as far as the bounds let them, others as little as orders ask."""
    bounds = space.faders.bounds
    assert bounds.tightest is not None
    concerned = np.isin(space.faders.track_guids, track_guids) if track_guids else np.ones(len(space.faders.move), bool)
    places = np.unique(space.faders.move[concerned])
    highest = bounds.highest.copy()
    highest[places] = np.minimum(highest[places], np.maximum(bounds.tightest[0][places], faders[places] - by_db))
    return replace(bounds, highest=highest).nearest(faders, FADER_STEPS_DB)
