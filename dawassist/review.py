"""The engineer's verdicts on a plan. Every method returns a new value, so undo is a list of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, Self

from dawassist.plan.brief import Brief
from dawassist.plan.model import Change, Plan, Recommendation

Verdict = Literal["pending", "accepted", "rejected"]
_EMPTY: Mapping[str, "Decision"] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`value` is an edited proposed value in the change's unit; it wins over `amount`."""

    verdict: Verdict = "pending"
    amount: float = 1.0
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Verdict and amount per recommendation id, the tracks the engineer locked, and roles that they told, by GUID."""

    by_id: Mapping[str, Decision] = field(default_factory=lambda: _EMPTY)
    locked_tracks: frozenset[str] = frozenset()
    told_roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unyielding_tracks: frozenset[str] = frozenset()  # what they cover is lifted; no cut there

    def of(self, identity: str) -> Decision:
        return self.by_id.get(identity, Decision())

    def accept(self, identities: Iterable[str]) -> Self:
        return self._verdict(identities, "accepted")

    def reject(self, identities: Iterable[str]) -> Self:
        return self._verdict(identities, "rejected")

    def reset(self, identities: Iterable[str]) -> Self:
        return self._verdict(identities, "pending")

    def with_amount(self, identities: Iterable[str], amount: float) -> Self:
        """Set the amount (clipped to 0..1) and drop an edited value."""
        clipped = min(max(amount, 0.0), 1.0)
        return self._update({i: replace(self.of(i), amount=clipped, value=None) for i in identities})

    def with_value(self, identity: str, value: float) -> Self:
        """Edit the proposed value; editing accepts."""
        return self._update({identity: replace(self.of(identity), value=value, verdict="accepted")})

    def lock(self, track_guid: str) -> Self:
        return replace(self, locked_tracks=self.locked_tracks | {track_guid})

    def unlock(self, track_guid: str) -> Self:
        return replace(self, locked_tracks=self.locked_tracks - {track_guid})

    def with_role(self, track_guid: str, role: str) -> Self:
        """What a track is; "" leaves it to its name and sound again."""
        others = {guid: told for guid, told in self.told_roles.items() if guid != track_guid}
        return replace(self, told_roles=MappingProxyType(others | ({track_guid: role} if role else {})))

    def toggle_yielding(self, track_guid: str) -> Self:
        """Whether a track yields where it covers another."""
        return replace(self, unyielding_tracks=self.unyielding_tracks ^ {track_guid})

    @property
    def rejected(self) -> frozenset[str]:
        return frozenset(i for i, decision in self.by_id.items() if decision.verdict == "rejected")

    def in_brief(self, brief: Brief) -> Brief:
        """The brief that leaves alone what is locked, does not ask again for what was rejected, and knows the roles and
        who does not yield."""
        return brief.changed(
            locked_tracks=brief.locked_tracks | self.locked_tracks,
            unyielding_tracks=brief.unyielding_tracks | self.unyielding_tracks,
            rejected=brief.rejected | self.rejected,
            pinned_roles=(*brief.pinned_roles, *self.told_roles.items()),
        )

    def asks_the_same(self, other: "Decisions") -> bool:
        """Whether the same plan is asked for: verdicts on its moves aside."""
        return (self.locked_tracks, self.told_roles, self.unyielding_tracks) == (
            other.locked_tracks, other.told_roles, other.unyielding_tracks
        )  # fmt: skip

    def change(self, recommendation: Recommendation) -> Change:
        """The recommendation's change as the engineer wants it."""
        decision = self.of(recommendation.id)
        if decision.value is not None:
            return recommendation.change.to_value(decision.value)
        return recommendation.change.scaled(decision.amount)

    def blocked(self, plan: Plan, recommendation: Recommendation) -> str:
        """Why an accepted recommendation cannot go into the next Apply; "" when it can."""
        if recommendation.track_guid in self.locked_tracks:
            return f"{recommendation.track_name} is locked."
        for needed in recommendation.requires:
            if self.of(needed).verdict != "accepted":
                other = plan.recommendation(needed)
                label = f"{other.kind} on {other.track_name}" if other else "a change that is not in this plan"
                return f"It needs another change: {label}."
        return ""

    def accepted(self, plan: Plan) -> tuple[Recommendation, ...]:
        """Accepted, not blocked, and really changing something."""
        return tuple(
            r
            for r in plan.recommendations
            if self.of(r.id).verdict == "accepted" and not self.blocked(plan, r) and self.change(r).moves
        )

    def _verdict(self, identities: Iterable[str], verdict: Verdict) -> Self:
        return self._update({i: replace(self.of(i), verdict=verdict) for i in identities})

    def _update(self, changed: Mapping[str, Decision]) -> Self:
        return replace(self, by_id=MappingProxyType({**self.by_id, **changed}))
