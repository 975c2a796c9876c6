"""What one engineer likes more of, or less, than others do: a level offset per role, learned from verdicts.

The offset is the mean of what the engineer asked for beyond the proposals, drawn toward 0 by pseudo-counts: the
posterior mean of a normal offset under a normal prior whose variance is 1 / `PSEUDO_COUNTS` of a single verdict's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

PSEUDO_COUNTS = 1.5  # one engineer's offset for a role differs by about as much as single verdicts on it
LARGEST_OFFSET_DB = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaste:
    """`sum_db` of what was asked for beyond the proposals, over `verdicts` of them."""

    sum_db: float
    verdicts: float

    @property
    def offset_db(self) -> float:
        offset_db = self.sum_db / (PSEUDO_COUNTS + self.verdicts)
        return max(min(offset_db, LARGEST_OFFSET_DB), -LARGEST_OFFSET_DB)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelVerdict:
    """The engineer put a track of `role` `beyond_db` above what was proposed to them. `weight` 0..1 of a verdict."""

    role: str
    beyond_db: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """Offsets by role. A value: `learned` returns a new one."""

    by_role: Mapping[str, RoleTaste] = field(default_factory=lambda: MappingProxyType({}))

    def offset_db(self, role: str) -> float:
        """How much louder than others this engineer keeps tracks of that role; 0 where nothing is known."""
        found = self.by_role.get(role)
        return found.offset_db if found else 0.0

    def learned(self, verdicts: Iterable[LevelVerdict]) -> Self:
        """With more verdicts. A proposal held the present offset already, so what was asked for is beyond it."""
        after = dict(self.by_role)
        for verdict in verdicts:
            before = after.get(verdict.role, RoleTaste(sum_db=0.0, verdicts=0.0))
            asked_db = self.offset_db(verdict.role) + verdict.beyond_db
            after[verdict.role] = RoleTaste(
                sum_db=before.sum_db + verdict.weight * asked_db, verdicts=before.verdicts + verdict.weight
            )
        return type(self)(by_role=MappingProxyType(after))
