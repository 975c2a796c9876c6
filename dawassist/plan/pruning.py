"""A short list: a move stays only where leaving it out costs more than its threshold, and no taste inside the spread.

Engineers who mixed the same recording differ by a standard deviation of three to five dB per track (`level_prior`). A
move inside that spread is no news. A control that is set by hand has twice the threshold.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.plan.move_space import MoveSpace, needed_moves
from dawassist.plan.solver import MixProblem, Places, Solution, Values, solve

Flags = npt.NDArray[np.bool_]
MOST_MOVES = 12
SMALLEST_MOVE_DB = 0.5
SMALLEST_PAN = 0.1
_ROUNDS = 4
_EASIER = 0.9  # what is in the list leaves it only when it falls under this share of its threshold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pruned:
    """`target` is the solution before, `proposed` after; `faders`, `pans` the moves that stayed."""

    target: Solution
    proposed: Solution
    faders: Places
    pans: Places


def pruned(
    problem: MixProblem,
    thresholds_db: Values,
    *,
    always: Collection[int] = (),
    most: int = MOST_MOVES,
    start: Solution | None = None,
    space: MoveSpace | None = None,
) -> Pruned:
    """Leave out what does not earn its place, solve again with the rest, until the list stands.

    `thresholds_db` (h,) per fader move, inf for one that is not to be proposed. Moves that the constraints need stay,
    and so do those of `always` that move at all. `space` narrows what is proposed, not the target.
    """
    target = solve(problem, start)
    needed = set(needed_moves(problem.space.faders).tolist())
    pans = np.flatnonzero((np.abs(target.pans) >= SMALLEST_PAN) | _is_demanded(problem))
    limits = np.where(np.isin(np.arange(len(thresholds_db)), list(always)), SMALLEST_MOVE_DB, thresholds_db)
    faders = _largest(target, np.abs(target.faders) >= limits, needed, most)
    narrowed = problem if space is None else replace(problem, space=space)
    proposed = target
    for _ in range(_ROUNDS):
        proposed = solve(narrowed.only(faders, pans), target)
        still = np.isin(np.arange(len(limits)), faders) & (np.abs(proposed.faders) >= _EASIER * limits)
        left = _largest(proposed, still, needed, most)
        if np.array_equal(left, faders):
            break
        faders = left
    return Pruned(target=target, proposed=proposed, faders=faders, pans=pans)


def _largest(solution: Solution, chosen: Flags, needed: Collection[int], most: int) -> Places:
    """The moves that cost most to leave out, and those that are needed."""
    ranked = sorted(np.flatnonzero(chosen).tolist(), key=lambda place: (-solution.cost[place], place))
    kept = [*sorted(needed), *(place for place in ranked if place not in needed)][: max(most, len(needed))]
    return np.array(sorted(kept), dtype=np.intp)


def _is_demanded(problem: MixProblem) -> Flags:
    """Pans that cannot stay."""
    bounds = problem.space.pans.bounds
    return np.asarray((bounds.lowest > 0.0) | (bounds.highest < 0.0), dtype=np.bool_)
