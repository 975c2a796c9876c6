"""What `suggest` makes of a mix of the table: the levels it aims at, and the balance after the moves it proposes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks.support.table_session import analysis_of, brief_of, session_of
from fitting.mixologydb import LeveledMix

from dawassist.plan.engineer_priors import EngineerPriors
from dawassist.plan.mix_state import MixState
from dawassist.realize.demands import balance_of
from dawassist.realize.plan import realize
from dawassist.session.targets import Target, TrackTarget
from dawassist.strategies.studio import Studio, solved_balance
from dawassist.strategies.technical import with_technical
from dawassist.units import db_to_gain

MOST_ALONE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OurBalance:
    """Per track of the mix, (tracks,): levels in LUFS, whether its level is moved, its pan −1..1 after the moves.

    `largest_lufs` are the levels, `is_largest` the tracks, when only the `MOST_ALONE` largest moves are taken.
    `controls` counts the faders and pans of the whole plan, `cards` what is shown first of it.
    """

    target_lufs: np.ndarray
    proposed_lufs: np.ndarray
    largest_lufs: np.ndarray
    is_moved: np.ndarray
    is_largest: np.ndarray
    pans: np.ndarray
    controls: int
    cards: int


def our_balance(mix: LeveledMix, priors: EngineerPriors) -> OurBalance:
    """From the raw session: faders at 0, pans centered. Everything that is proposed is accepted."""
    session = session_of(mix)
    analysis, brief = analysis_of(mix, session), brief_of(mix, session)
    draft = with_technical(session, analysis, brief, Studio(priors).suggest(session, analysis, brief))
    plan = realize(session, analysis, brief, draft, strategy=Studio.name)
    assert analysis.mix_covariance is not None
    now = MixState(session, analysis.mix_covariance)
    after = now.changed(balance_of(each.change for each in plan.recommendations))
    aimed = solved_balance(session, analysis, brief, priors).target.faders
    at_target = now.changed({_fader(guid): db_to_gain(move_db) for guid, move_db in aimed.items()})
    pans = {each.track_guid: each.change.after for each in plan.recommendations if each.kind == "pan"}
    faders = {each.track_guid: each.change for each in plan.recommendations if each.kind == "fader"}
    moved = {guid: abs(change.after - change.before) for guid, change in faders.items() if guid not in pans}
    largest = sorted(moved, key=lambda guid: (-moved[guid], guid))[:MOST_ALONE]
    alone = now.changed(balance_of(faders[guid] for guid in largest))
    guids = [track.guid for track in session.tracks]
    return OurBalance(
        target_lufs=_levels(at_target, guids),
        proposed_lufs=_levels(after, guids),
        largest_lufs=_levels(alone, guids),
        is_moved=np.array([guid in moved for guid in guids]),
        is_largest=np.array([guid in largest for guid in guids]),
        pans=np.array([pans.get(guid, 0.0) for guid in guids]),
        controls=len(plan.recommendations),
        cards=len({each.card for each in plan.recommendations if not each.is_folded}),
    )


def _fader(guid: str) -> Target:
    return TrackTarget(track_guid=guid, field="fader_gain")


def _levels(mix: MixState, guids: Sequence[str]) -> np.ndarray:
    return np.array([mix.track_lufs[guid] for guid in guids])
