"""The last look: whatever proposed a move, no plan breaks a constraint of the brief."""

from collections.abc import Iterable, Sequence

from dawassist.analysis.model import RoleGuess
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Constraint, FewMoves, Lock
from dawassist.plan.demands import demands_of
from dawassist.plan.keeping import unmet
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Change, LeftOut, TrackRole
from dawassist.realize.steps import Step
from dawassist.session.targets import SendTarget, Target, TrackTarget


def keeping_demands(
    mix: MixState, cards: Sequence[list[Step]], brief: Brief, roles: Sequence[TrackRole]
) -> tuple[list[list[Step]], list[LeftOut]]:
    """The cards that together miss no constraint that they would not miss without them, in their order.

    Moves that were solved under the constraints come first; another card stays only where it breaks nothing.
    """
    if not brief.constraints or not cards:
        return list(cards), []
    guesses = {each.track_guid: RoleGuess(role=each.role, confidence=each.confidence, evidence=()) for each in roles}
    locked = {guid for guid, what in demands_of(brief.constraints, mix, guesses).locked if what == "all"}
    kept: list[list[Step]] = []
    left_out: list[LeftOut] = []
    missed = set(unmet(brief.constraints, mix, mix, guesses))
    few = min((each for each in brief.constraints if isinstance(each, FewMoves)), key=lambda e: e.most, default=None)
    for card in sorted(cards, key=lambda card: not card[0].proposal.is_final):
        if locked & {step.track.guid for step in card}:
            left_out.append(_left_out(card, {each for each in brief.constraints if isinstance(each, Lock)}))
            continue
        if few is not None and _has_tools(card) and sum(map(len, (*kept, card))) > few.most:
            left_out.append(_left_out(card, {few}))
            continue
        missed_now = set(
            unmet(
                brief.constraints,
                mix,
                mix.changed(balance_of(step.change for each in (*kept, card) for step in each)),
                guesses,
            )
        )
        if missed_now <= missed:
            kept.append(card)
            missed = missed_now
        else:
            left_out.append(_left_out(card, missed_now - missed))
    return [card for card in cards if card in kept], left_out


def balance_of(changes: Iterable[Change]) -> dict[Target, float]:
    """What the balance of the session can follow: faders, pans, switches, and sends that are there."""
    return {
        change.target: change.desired_raw
        for change in changes
        if isinstance(change.target, TrackTarget | SendTarget) and not change.setup
    }


def _has_tools(card: Sequence[Step]) -> bool:
    """Whether it moves controls that the balance does not follow."""
    return len(balance_of(step.change for step in card)) < len(card)


def _left_out(card: Sequence[Step], broken: set[Constraint]) -> LeftOut:
    first = card[0]
    named = min(broken, key=lambda each: (isinstance(each, FewMoves), str(each)))
    reason = f"{first.rationale.headline}, but the brief demands “{named}”."
    return LeftOut(track_guid=first.track.guid, track_name=first.track.display_name, reason=reason)
