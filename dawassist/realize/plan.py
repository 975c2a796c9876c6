"""From a strategy's draft to the plan: concrete controls, predicted effects, one recommendation per control."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import dawassist
from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft
from dawassist.plan.mix_state import MixState, standing_mix
from dawassist.plan.model import Plan, Prediction, Recommendation, content_hash
from dawassist.realize.bycatch import with_bycatch
from dawassist.realize.demands import balance_of, keeping_demands
from dawassist.realize.driven import with_changes_of_drive
from dawassist.realize.steps import Step, steps_of
from dawassist.session.model import Session
from dawassist.session.targets import Target
from dawassist.units import counted

MOST_CARDS = 12  # shown first; the others are folded
KEPT_MIX_LU = 0.3  # a larger change of what the master chain gets is said


def realize(session: Session, analysis: Analysis, brief: Brief, draft: Draft, *, strategy: str) -> Plan:
    """The plan of a draft under the brief's strength, locks and rejections. At most one recommendation per target."""
    left_out = list(draft.left_out)
    recommendations: tuple[Recommendation, ...] = ()
    together = ""
    if analysis.mix_covariance is not None:
        mix = standing_mix(session, analysis.mix_covariance)
        steps, refused = steps_of(mix, draft.proposals, brief)
        cards, against = keeping_demands(mix, _cards(steps), brief, draft.roles)
        cards = [with_changes_of_drive(mix, analysis, with_bycatch(mix, analysis, card)) for card in cards]
        recommendations = tuple(
            replace(r, is_folded=place >= MOST_CARDS)
            for place, card in enumerate(cards)
            for r in _recommendations(mix, card)
        )
        left_out += [*refused, *against]
        together = _together(mix, recommendations)
    return Plan(
        fingerprint=session.fingerprint,
        strategy=strategy,
        engine=f"dawassist {dawassist.__version__}",
        session_state=draft.session_state,
        session_state_reason=draft.session_state_reason,
        roles=draft.roles,
        recommendations=recommendations,
        left_out=tuple(left_out),
        summary=_summary(draft, recommendations, brief) + together,
        findings=draft.findings,
        material=draft.material.kind,
        material_reason=draft.material.reason,
    )


def _cards(steps: Sequence[Step]) -> list[list[Step]]:
    cards: dict[str, list[Step]] = {}
    for step in steps:
        cards.setdefault(step.card, []).append(step)
    return list(cards.values())


def _recommendations(mix: MixState, card: Sequence[Step]) -> Iterator[Recommendation]:
    """Every control of a card with what it does, together with what it requires."""
    by_id = {step.identity: step for step in card}
    name = content_hash("card", card[0].card)
    for step in _with_change_of_mix(mix, card):
        together = [step, *(by_id[identity] for identity in step.requires if identity in by_id)]
        is_told = all(each.kind != "delay" for each in together)  # of delays the balance knows nothing
        after = mix.changed(balance_of(each.change for each in together))
        yield Recommendation.create(
            track_guid=step.track.guid,
            track_number=step.track.number,
            track_name=step.track.display_name,
            kind=step.kind,
            reason_class=step.reason_class,
            change=step.change,
            basis=step.proposal.basis,
            confidence=round(step.proposal.confidence, 3),
            rationale=step.rationale,
            predicted=(*step.proposal.predicted, *(_predictions(mix, after, step) if is_told else ()), *step.bycatch),
            card=name,
            requires=step.requires,
        )


def _with_change_of_mix(mix: MixState, card: Sequence[Step]) -> Sequence[Step]:
    """A card that changes what the master chain gets says so on its first move."""
    after = mix.changed(_into_the_master(mix, balance_of(step.change for step in card)))
    change_lu = after.mix_lufs - mix.mix_lufs
    if abs(change_lu) <= KEPT_MIX_LU:
        return card
    plug_ins = ", before its plug-ins" if mix.session.master.fx else ""
    text = f"The mix into the master changes by {change_lu:+.1f} LU{plug_ins}; take it back there if it matters."
    return [card[0].with_evidence(text, change_lu, "LU"), *card[1:]]


def _predictions(before: MixState, after: MixState, step: Step) -> Iterator[Prediction]:
    """A switch leaves its track as loud, or mutes it.

    What plug-ins and new sends do is not in the balance: who proposes them predicts it.
    """
    if not balance_of([step.change]):
        return
    if step.change.unit != "switch":
        guids = [step.track.guid, *before.graph.descendants(step.track.guid)]
        was, becomes = before.part_lufs(guids), after.part_lufs(guids)
        yield Prediction(metric="track loudness", before=round(was, 3), after=round(becomes, 3), unit="LUFS")
    yield Prediction(
        metric="mix loudness", before=round(before.mix_lufs, 3), after=round(after.mix_lufs, 3), unit="LUFS"
    )


def _together(mix: MixState, recommendations: Sequence[Recommendation]) -> str:
    changes = _into_the_master(mix, balance_of(r.change for r in recommendations))
    change_lu = mix.changed(changes).mix_lufs - mix.mix_lufs if changes else 0.0
    return f" All together change the mix by {change_lu:+.1f} LU." if abs(change_lu) > KEPT_MIX_LU else ""


def _into_the_master(mix: MixState, changes: Mapping[Target, float]) -> dict[Target, float]:
    """Without what the master's own fader does."""
    return {target: raw for target, raw in changes.items() if target.track_guid != mix.session.master.guid}


def _summary(draft: Draft, recommendations: Sequence[Recommendation], brief: Brief) -> str:
    if draft.empty_reason:
        return draft.empty_reason
    if not recommendations:
        why = "The strength is 0." if brief.strength == 0.0 else f"Checked {draft.checked}."
        return f"Nothing to do. {why}"
    cards = len({recommendation.card for recommendation in recommendations})
    first = recommendations[0].rationale.headline
    moves = counted(len(recommendations), "move")
    on_cards = f" on {counted(cards, 'card')}" if cards != len(recommendations) else ""
    return f"{moves}{on_cards}. First: {first}."
