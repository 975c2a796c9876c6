"""Moves that no evidence but the brief asks for, and moves that may not be made at all."""

from collections.abc import Iterator, Sequence

from dawassist.intents import Intent, LevelIntent, PanIntent
from dawassist.plan import rationale
from dawassist.plan.constraints import Constraint
from dawassist.plan.controls import why_not_fader, why_not_pan
from dawassist.plan.demands import demands_of
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Recommendation
from dawassist.session.model import Track
from dawassist.session.targets import TrackTarget
from dawassist.strategies.studio.balance import Moves
from dawassist.units import pan_text, signed_db_text


def fader_of(guid: str) -> TrackTarget:
    return TrackTarget(track_guid=guid, field="fader_gain")


def pan_of(guid: str) -> TrackTarget:
    return TrackTarget(track_guid=guid, field="pan")


def is_blocked(situation: Situation, proposal: Proposal) -> bool:
    """Whether a proposal touches what may not be moved, or was rejected: it takes no part in the solve."""
    for intent in proposal.intents:
        track = situation.mix.session.track(intent.track_guid)
        if track is None:
            continue
        is_pan = isinstance(intent, PanIntent)
        target, kind = (pan_of(track.guid), "pan") if is_pan else (fader_of(track.guid), "fader")
        inside = {track.guid, *situation.mix.graph.descendants(track.guid)}
        rejected = Recommendation.identify_control(target, kind, proposal.reason_class) in situation.brief.rejected  # type: ignore[arg-type]
        if rejected or inside & situation.fixed or (why_not_pan(track) if is_pan else why_not_fader(track)):
            return True
    return False


def demanded_moves(situation: Situation, moves: Moves, made: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """One proposal per track that moves for no other reason than a constraint."""
    told = {intent.track_guid for proposal in made for intent in proposal.intents}
    told |= {inside for guid in set(told) for inside in situation.mix.graph.descendants(guid)}
    left = sorted((moves.faders.keys() | moves.pans.keys()) - told)
    return tuple(_proposal(situation, moves, guid) for guid in left)


def _proposal(situation: Situation, moves: Moves, guid: str) -> Proposal:
    track = situation.mix.session.track(guid)
    assert track is not None
    asking = tuple(str(each) for each in situation.brief.constraints if guid in _concerned(situation, each))
    return Proposal(
        intents=tuple(_intents(track, moves)),
        reason_class="demanded",
        basis="corrective",
        confidence=1.0,
        rationale=rationale.demanded(track.display_name, tuple(_words(track, moves)), asking),
        card="demanded",
        is_final=True,
    )


def _intents(track: Track, moves: Moves) -> Iterator[Intent]:
    if track.guid in moves.faders:
        yield LevelIntent(track_guid=track.guid, gain_db=moves.faders[track.guid])
    if track.guid in moves.pans:
        yield PanIntent(track_guid=track.guid, pan=track.pan + moves.pans[track.guid])


def _words(track: Track, moves: Moves) -> Iterator[str]:
    if track.guid in moves.faders:
        yield signed_db_text(moves.faders[track.guid])
    if track.guid in moves.pans:
        yield f"pan from {pan_text(track.pan)} to {pan_text(track.pan + moves.pans[track.guid])}"


def _concerned(situation: Situation, constraint: Constraint) -> set[str]:
    """The tracks that a constraint may move."""
    demands = demands_of([constraint], situation.mix, situation.roles)
    found = {bound.track_guid for bound in demands.bounds} | {guid for _, tied in demands.ties for guid in tied}
    for difference in demands.differences:
        found |= {difference.above_guid, difference.below_guid}
    for ceiling in demands.ceilings:
        found |= set(ceiling.track_guids or situation.mix.covariance.track_guids)
    return found
