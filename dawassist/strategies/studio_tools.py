"""Moves of `studio` on equalizers, compressors and sends, for sessions that are raw or in progress."""

from collections.abc import Iterable

from dawassist.intents import LevelIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.realize.fader import realize_level
from dawassist.session.model import Session
from dawassist.strategies.studio_high_pass import high_passes
from dawassist.strategies.studio_masking import masking_cuts
from dawassist.strategies.studio_space import reverb_sends


def tool_moves(situation: Situation, levels: Iterable[Proposal], *, is_raw: bool) -> tuple[Proposal, ...]:
    """What corrects before what is taste, cuts before anything else. `levels` are the moves of faders beside them."""
    after = _with_levels(situation, levels)
    return (*high_passes(situation), *masking_cuts(situation, after), *reverb_sends(situation, is_raw=is_raw))


def _with_levels(situation: Situation, levels: Iterable[Proposal]) -> Session:
    """What covers what is judged at the levels that the plan proposes."""
    strength = situation.brief.strength
    overrides = {}
    for proposal in levels:
        for intent in proposal.intents:
            track = situation.mix.session.track(intent.track_guid)
            if isinstance(intent, LevelIntent) and track is not None:
                gain_db = intent.gain_db if proposal.is_final else strength * intent.gain_db
                change = realize_level(track, LevelIntent(track_guid=track.guid, gain_db=gain_db))
                overrides[change.target] = change.desired_raw
    return situation.mix.changed(overrides).session_now
