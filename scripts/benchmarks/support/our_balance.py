"""What `suggest` makes of a mix of the table: the levels it aims at, and the balance after the moves it proposes."""

from dataclasses import dataclass

import numpy as np
from benchmarks.support.table_session import analysis_of, brief_of, session_of
from fitting.mixologydb import LeveledMix

from dawassist.plan.engineer_priors import EngineerPriors
from dawassist.plan.level_prior import LevelRecord, level_prior
from dawassist.plan.mix_state import MixState
from dawassist.realize.plan import realize
from dawassist.strategies.studio import Studio
from dawassist.strategies.technical import with_technical


@dataclass(frozen=True, slots=True, kw_only=True)
class OurBalance:
    """Per track of the mix, (tracks,): levels in LUFS, whether its level is moved, its pan −1..1 after the moves.

    `controls` counts the faders and pans of the whole plan.
    """

    target_lufs: np.ndarray
    proposed_lufs: np.ndarray
    is_moved: np.ndarray
    pans: np.ndarray
    controls: int


def our_balance(mix: LeveledMix, priors: EngineerPriors) -> OurBalance:
    """From the raw session: faders at 0, pans centered. Everything that is proposed is accepted."""
    session = session_of(mix)
    analysis, brief = analysis_of(mix, session), brief_of(mix, session)
    draft = with_technical(session, analysis, brief, Studio(priors).suggest(session, analysis, brief))
    plan = realize(session, analysis, brief, draft, strategy=Studio.name)
    assert analysis.covariance is not None
    after = MixState(
        session, analysis.covariance, {each.change.target: each.change.desired_raw for each in plan.recommendations}
    )
    pans = {each.track_guid: each.change.after for each in plan.recommendations if each.kind == "pan"}
    moved = {each.track_guid for each in plan.recommendations if each.kind == "fader"} - pans.keys()
    guids = [track.guid for track in session.tracks]
    return OurBalance(
        target_lufs=_target(mix, priors),
        proposed_lufs=np.array([after.track_lufs[guid] for guid in guids]),
        is_moved=np.array([guid in moved for guid in guids]),
        pans=np.array([pans.get(guid, 0.0) for guid in guids]),
        controls=len(plan.recommendations),
    )


def _target(mix: LeveledMix, priors: EngineerPriors) -> np.ndarray:
    pairs = zip(mix.tracks, mix.raw_lufs, strict=True)
    records = [LevelRecord(role=track.role, raw_lufs=float(raw)) for track, raw in pairs]
    return np.array([target.level_lu for target in level_prior(records, priors.levels)])
