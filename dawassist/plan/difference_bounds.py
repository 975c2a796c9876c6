"""Moves under bounds and differences: lowest ≤ x ≤ highest and x[a] − x[b] ≥ least.

Such sets are closed under element-wise maxima and minima, so that the tightest bounds are themselves solutions, and
rounding all moves alike keeps every whole-step difference: what is feasible is met exactly, not to a tolerance.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
_SLACK = 1e-9  # of a bound, for sums of floats


@dataclass(frozen=True, kw_only=True, eq=False)
class DifferenceBounds:
    """`lowest`, `highest` (h,) per move; `above`, `below`, `least` (k,): x[above] − x[below] ≥ least."""

    lowest: Values
    highest: Values
    above: Places
    below: Places
    least: Values

    @cached_property
    def tightest(self) -> tuple[Values, Values] | None:
        """The lowest and the highest solution; None when there is none (longest paths, Bellman & Ford)."""
        low, high = self.lowest.copy(), self.highest.copy()
        for _ in range(len(low) + 1):
            before = low.copy(), high.copy()
            np.maximum.at(low, self.above, low[self.below] + self.least)
            np.minimum.at(high, self.below, high[self.above] - self.least)
            if np.any(low > high + _SLACK):
                return None
            moved = max(np.max(low - before[0], initial=0.0), np.max(before[1] - high, initial=0.0))
            if moved <= _SLACK:
                return low, np.maximum(high, low)
        return None

    def in_steps(self, step: float) -> "DifferenceBounds":
        """The same in whole steps, each bound to the side that keeps it."""
        return DifferenceBounds(
            lowest=np.ceil(self.lowest / step - _SLACK) * step,
            highest=np.floor(self.highest / step + _SLACK) * step,
            above=self.above,
            below=self.below,
            least=np.ceil(self.least / step - _SLACK) * step,
        )

    def nearest(self, wanted: Values, steps: tuple[float, ...]) -> Values:
        """A solution near `wanted`, in the first of `steps` that has one, else unrounded. There must be a solution."""
        for step in steps:
            rounded = self.in_steps(step)
            if rounded.tightest is not None:
                return np.round(rounded._met(np.floor(wanted / step + 0.5) * step) / step) * step
        return self._met(wanted)

    def held_at(self, places: Places, values: Values) -> "DifferenceBounds":
        """With some moves held at a value."""
        low, high = self.lowest.copy(), self.highest.copy()
        low[places], high[places] = values, values
        return DifferenceBounds(lowest=low, highest=high, above=self.above, below=self.below, least=self.least)

    def violation(self, moves: Values) -> float:
        """The largest amount by which a bound or a difference is missed; 0 when all hold."""
        missed = [self.lowest - moves, moves - self.highest, self.least - (moves[self.above] - moves[self.below])]
        return float(max(np.max(each, initial=0.0) for each in missed))

    def _met(self, wanted: Values) -> Values:
        assert self.tightest is not None
        low, high = self.tightest
        found = np.clip(wanted, low, high)
        for _ in range(len(found)):
            before = found.copy()
            np.maximum.at(found, self.above, found[self.below] + self.least)
            if np.max(found - before, initial=0.0) <= _SLACK:
                break
        return np.minimum(found, high)
