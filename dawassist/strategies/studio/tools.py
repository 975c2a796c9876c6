"""Moves of `studio` on equalizers, compressors, sends and items, for sessions that are raw or in progress."""

from collections.abc import Iterable

from dawassist.intents import LevelIntent
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.plan.mix_state import MixState
from dawassist.session.targets import Target, TrackTarget
from dawassist.strategies.studio.build_up import build_ups
from dawassist.strategies.studio.delays import delay_sends
from dawassist.strategies.studio.dynamics import compressions
from dawassist.strategies.studio.high_pass import high_passes
from dawassist.strategies.studio.masking import masking_cuts
from dawassist.strategies.studio.rides import rides
from dawassist.strategies.studio.rings import rings
from dawassist.strategies.studio.space import reverb_sends
from dawassist.strategies.studio.takes import item_work
from dawassist.units import db_to_gain


def tool_moves(
    situation: Situation, levels: Iterable[Proposal], *, is_raw: bool, has_rides: bool = False
) -> tuple[Proposal, ...]:
    """What corrects before what is taste, cuts before anything else. `levels` are the moves of faders beside them."""
    after = _with_levels(situation, levels)
    return (
        *high_passes(situation),
        *rings(situation),
        *masking_cuts(situation, after.session_now),
        *build_ups(situation, after.session_now),
        *compressions(situation),
        *reverb_sends(situation, is_raw=is_raw),
        *delay_sends(situation),
        *(rides(situation, after) if has_rides else ()),
        *item_work(situation),
    )


def _with_levels(situation: Situation, levels: Iterable[Proposal]) -> MixState:
    """What covers what is judged at the levels that the plan proposes."""
    strength = situation.brief.strength
    overrides: dict[Target, float] = {}
    for proposal in levels:
        for intent in proposal.intents:
            track = situation.mix.session.track(intent.track_guid)
            if isinstance(intent, LevelIntent) and track is not None:
                gain_db = intent.gain_db if proposal.is_final else strength * intent.gain_db
                target = TrackTarget(track_guid=track.guid, field="fader_gain")
                overrides[target] = db_to_gain(min(track.fader_db + gain_db, max(HIGHEST_FADER_DB, track.fader_db)))
    return situation.mix.changed(overrides) if overrides else situation.mix
