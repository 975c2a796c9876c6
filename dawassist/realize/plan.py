"""From a strategy's draft to the plan: concrete controls, predicted effects, one recommendation per control."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import dawassist
from dawassist.analysis.model import Analysis
from dawassist.intents import Intent, LevelIntent, PanIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Change, Evidence, LeftOut, Plan, Prediction, Rationale, Recommendation, content_hash
from dawassist.plan.rationale import shortened
from dawassist.plan.scope import resolve_tracks
from dawassist.realize.fader import offsets_envelope, realize_level, realize_pan, why_not_fader, why_not_pan
from dawassist.session.model import Session, Track
from dawassist.session.targets import Target
from dawassist.units import counted

SMALLEST_LEVEL_MOVE_DB = 0.3
SMALLEST_PAN_MOVE = 0.05
_KEPT_LOUDNESS_LU = 0.05  # a pan that changes a track's loudness by less needs no fader
MOST_CARDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One control of a card, before its effect is known."""

    proposal: Proposal
    track: Track
    change: Change
    reason_class: str
    rationale: Rationale
    requires: tuple[str, ...] = ()


def realize(session: Session, analysis: Analysis, brief: Brief, draft: Draft, *, strategy: str) -> Plan:
    """The plan of a draft under the brief's strength, locks and rejections. At most one recommendation per target."""
    mix = MixState(session, analysis.covariance) if analysis.covariance is not None else None
    locked = resolve_tracks(session, brief.locked_tracks)
    left_out = list(draft.left_out)
    recommendations: list[Recommendation] = []
    taken: set[Target] = set()
    for proposal in draft.proposals:
        steps, reasons = _steps(session, mix, proposal, brief.strength, locked)
        left_out += reasons
        fresh = [step for step in steps if step.change.target not in taken]
        if mix is None or not fresh or any(_identity(step) in brief.rejected for step in fresh):
            continue
        taken.update(step.change.target for step in fresh)
        recommendations += _recommendations(mix, fresh)
    kept, surplus = _first_cards(recommendations)
    if surplus:
        reason = f"{counted(surplus, 'further card')} of less weight; a first pass stops at {MOST_CARDS}."
        left_out.append(LeftOut(track_guid="", track_name="", reason=reason))
    return Plan(
        fingerprint=session.fingerprint,
        strategy=strategy,
        engine=f"dawassist {dawassist.__version__}",
        session_state=draft.session_state,
        session_state_reason=draft.session_state_reason,
        roles=draft.roles,
        recommendations=kept,
        left_out=tuple(left_out),
        summary=_summary(draft, kept, brief),
    )


def _steps(
    session: Session, mix: MixState | None, proposal: Proposal, strength: float, locked: frozenset[str]
) -> tuple[list[_Step], list[LeftOut]]:
    """The controls of a proposal; none, and the reason, when one of its tracks may not be touched."""
    steps: list[_Step] = []
    for intent in proposal.intents:
        track = session.track(intent.track_guid)
        if track is None:
            continue
        reason = _why_not(track, intent, locked)
        if reason:
            left = LeftOut(
                track_guid=track.guid,
                track_name=track.display_name,
                reason=f"{proposal.rationale.headline}, but {reason}",
            )
            return [], [left]
        change = _scaled(track, intent, strength)
        if change is not None:
            steps.append(_step(proposal, track, change))
            steps += _kept_loudness(mix, proposal, steps[-1])
    return steps, []


def _why_not(track: Track, intent: Intent, locked: frozenset[str]) -> str:
    if track.guid in locked:
        return "the brief locks this track."
    return why_not_fader(track) if isinstance(intent, LevelIntent) else why_not_pan(track)


def _scaled(track: Track, intent: Intent, strength: float) -> Change | None:
    """The change at the brief's strength, or None when it is too small to matter."""
    if isinstance(intent, LevelIntent):
        change = realize_level(track, replace(intent, gain_db=strength * intent.gain_db))
        return change if abs(change.after - change.before) >= SMALLEST_LEVEL_MOVE_DB else None
    pan = track.pan + strength * (intent.pan - track.pan)
    change = realize_pan(track, PanIntent(track_guid=track.guid, pan=pan))
    return change if abs(change.after - change.before) >= SMALLEST_PAN_MOVE else None


def _step(proposal: Proposal, track: Track, change: Change) -> _Step:
    rationale = proposal.rationale
    if change.parameter == "Fader" and offsets_envelope(track):
        note = Evidence(
            text="Its volume is automated in Trim/Read: the fader offsets the envelope.", value=0.0, unit=""
        )
        rationale = replace(rationale, evidence=(*rationale.evidence, note))
    return _Step(proposal=proposal, track=track, change=change, reason_class=proposal.reason_class, rationale=rationale)


def _kept_loudness(mix: MixState | None, proposal: Proposal, pan: _Step) -> list[_Step]:
    """The fader move that keeps a track as loud as before its pan moved, under the track's own pan law."""
    if mix is None or pan.change.parameter != "Pan" or why_not_fader(pan.track):
        return []
    guid = pan.track.guid
    if guid not in mix.track_lufs:
        return []
    moved = mix.changed({pan.change.target: pan.change.desired_raw})
    change_lu = moved.track_lufs[guid] - mix.track_lufs[guid]
    if abs(change_lu) < _KEPT_LOUDNESS_LU:
        return []
    fader = realize_level(pan.track, LevelIntent(track_guid=guid, gain_db=-change_lu))
    rationale = Rationale(
        headline=f"{shortened(pan.track.display_name)} stays as loud: the pan alone changes it by {change_lu:+.1f} LU",
        evidence=(Evidence(text=f"The pan law changes its level by {change_lu:+.2f} LU.", value=change_lu, unit="LU"),),
        sources=("the track's own pan law and mode",),
    )
    needed = _identity(pan)
    return [
        _Step(
            proposal=proposal,
            track=pan.track,
            change=fader,
            reason_class=f"{proposal.reason_class}_loudness",
            rationale=rationale,
            requires=(needed,),
        )
    ]


def _recommendations(mix: MixState, steps: list[_Step]) -> Iterator[Recommendation]:
    """One card: every control with what it does, together with what it requires."""
    card = content_hash("card", sorted(_identity(step) for step in steps))
    by_id = {_identity(step): step for step in steps}
    for step in steps:
        with_required = {by_id[i].change.target: by_id[i].change.desired_raw for i in step.requires if i in by_id}
        after = mix.changed({**with_required, step.change.target: step.change.desired_raw})
        yield Recommendation.create(
            track_guid=step.track.guid,
            track_number=step.track.number,
            track_name=step.track.display_name,
            kind="fader" if step.change.parameter == "Fader" else "pan",
            reason_class=step.reason_class,
            change=step.change,
            basis=step.proposal.basis,
            confidence=round(step.proposal.confidence, 3),
            rationale=step.rationale,
            predicted=tuple(_predictions(mix, after, step.track)),
            card=card,
            requires=step.requires,
        )


def _predictions(before: MixState, after: MixState, track: Track) -> Iterator[Prediction]:
    guids = [track.guid, *before.graph.descendants(track.guid)]
    was, becomes = before.part_lufs(guids), after.part_lufs(guids)
    yield Prediction(metric="track loudness", before=round(was, 3), after=round(becomes, 3), unit="LUFS")
    yield Prediction(
        metric="mix loudness", before=round(before.mix_lufs, 3), after=round(after.mix_lufs, 3), unit="LUFS"
    )


def _identity(step: _Step) -> str:
    return Recommendation.identify(
        step.change.target, "fader" if step.change.parameter == "Fader" else "pan", step.reason_class
    )


def _first_cards(recommendations: Iterable[Recommendation]) -> tuple[tuple[Recommendation, ...], int]:
    """The first cards of the plan, and how many more there were."""
    cards: dict[str, list[Recommendation]] = {}
    for recommendation in recommendations:
        cards.setdefault(recommendation.card, []).append(recommendation)
    groups = list(cards.values())
    return tuple(r for group in groups[:MOST_CARDS] for r in group), max(len(groups) - MOST_CARDS, 0)


def _summary(draft: Draft, recommendations: tuple[Recommendation, ...], brief: Brief) -> str:
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
