"""The end of the mix: its peaks against full scale, its loudness against the brief's target, and where it was measured.

Peaks matter only here, where the float path ends. Of a mix in progress whose master has no plug-ins and whose fader
nobody has moved, the fader gets what is missing; everything else is advice. A raw mix is balanced first. In
post-production the target counts while dialogue is heard: loudness of the whole mix in those blocks alone.
"""

import math
from collections.abc import Iterator

import numpy as np

from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.model import Loudness
from dawassist.console.unheard import unheard_before_master
from dawassist.intents import LevelIntent
from dawassist.plan.controls import why_not_fader
from dawassist.plan.draft import Proposal, SessionState
from dawassist.plan.material import speakers
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import LeftOut, Prediction, Rationale
from dawassist.session.findings import Evidence
from dawassist.session.model import Track
from dawassist.units import db_text, signed_db_text

CEILING_DBTP = -1.0  # EBU R 128
LEAST_GAP_LU = 0.5
_UNTOUCHED_DB = 0.005
_CONFIDENCE = 0.9
_SPEAKS_DB = 15.0  # a block counts as dialogue when it lies at most this far under the loudest tenth


def master_moves(situation: Situation, state: SessionState) -> tuple[Proposal, ...]:
    """At most one move of the master's fader."""
    loudness, master = situation.analysis.mix_loudness, situation.mix.session.master
    if state != "in_progress" or loudness is None or why_not_master(situation):
        return ()
    gain_db, target_lufs = _wanted_db(situation, loudness)
    if target_lufs is None and gain_db < 0.0:
        return (_proposal(master, gain_db, _overs(situation, loudness, gain_db), "master_peaks", loudness),)
    if target_lufs is not None and abs(gain_db) >= LEAST_GAP_LU:
        rationale = _to_target(situation, loudness, gain_db, target_lufs)
        return (_proposal(master, gain_db, rationale, "master_target", loudness),)
    return ()


def master_advice(situation: Situation, state: SessionState) -> tuple[LeftOut, ...]:
    """What the fader alone does not do, or is not to do: one sentence."""
    loudness, master = situation.analysis.mix_loudness, situation.mix.session.master
    if loudness is None:
        return ()
    target_lufs, (mix_lufs, _) = situation.brief.target_loudness_lufs, _gated(situation)
    moved_db = sum(i.gain_db for p in master_moves(situation, state) for i in p.intents if isinstance(i, LevelIntent))
    reason = ""
    if target_lufs is not None and abs(target_lufs - mix_lufs - moved_db) >= LEAST_GAP_LU:
        reason = _target_advice(situation, loudness, target_lufs, is_moved=bool(moved_db))
    elif target_lufs is None and state == "in_progress" and loudness.true_peak_dbtp > 0.0 and not moved_db:
        reason = _peaks_advice(situation, loudness)
    if not reason:
        return ()
    return (LeftOut(track_guid=master.guid, track_name=master.display_name, reason=reason, by_hand=True),)


def why_not_master(situation: Situation) -> str:
    """Why the master's fader stays; "" when it may move."""
    session, graph = situation.mix.session, situation.mix.graph
    if is_treated(session.master):
        return "its plug-ins come after the measurement."
    if situation.material.kind == "post":
        return "in post-production levels are set at the dialogue."
    if abs(session.master.fader_db) > _UNTOUCHED_DB:
        return f"it stands at {db_text(session.master.fader_db)} by hand."
    if session.master.guid in situation.fixed or situation.brief.scope.kind != "project":
        return "the brief leaves it alone."
    unheard = [t for t in situation.analysis.tracks if t.measured_at != "after_chain" and t.track_guid in graph.audible]
    if unheard:
        return "what the plug-ins of some tracks add is not heard here."
    on_busses = unheard_before_master(session, graph)
    if on_busses:
        return f"what {on_busses[0].fx_name} on {on_busses[0].track_name} makes of the peaks is not heard here."
    return why_not_fader(session.master)


def is_treated(master: Track) -> bool:
    return master.fx_enabled and any(fx.enabled and not fx.offline for fx in master.fx)


def _wanted_db(situation: Situation, loudness: Loudness) -> tuple[float, float | None]:
    """The move, and the target that asks for it. Without a target only overs move it."""
    room_db = CEILING_DBTP - loudness.true_peak_dbtp
    target_lufs = situation.brief.target_loudness_lufs
    if target_lufs is None or (loudness.true_peak_dbtp > 0.0 and target_lufs - situation.mix.mix_lufs > room_db):
        return (_down(room_db) if loudness.true_peak_dbtp > 0.0 else 0.0), None
    return _down(min(target_lufs - situation.mix.mix_lufs, room_db)), target_lufs


def _down(gain_db: float) -> float:
    """To 0.1 dB, never above it."""
    return math.floor(10.0 * gain_db) / 10.0


def _proposal(master: Track, gain_db: float, rationale: Rationale, reason_class: str, loudness: Loudness) -> Proposal:
    peak_dbtp = loudness.true_peak_dbtp
    return Proposal(
        intents=(LevelIntent(track_guid=master.guid, gain_db=gain_db),),
        reason_class=reason_class,
        basis="technical" if reason_class == "master_peaks" else "corrective",
        confidence=_CONFIDENCE,
        rationale=rationale,
        predicted=(
            Prediction(
                metric="true peak", before=round(peak_dbtp, 1), after=round(peak_dbtp + gain_db, 1), unit="dBTP"
            ),
        ),
    )  # fmt: skip


def _overs(situation: Situation, loudness: Loudness, gain_db: float) -> Rationale:
    peak_dbtp, mix_lufs = loudness.true_peak_dbtp, situation.mix.mix_lufs
    return Rationale(
        headline=f"The mix peaks {peak_dbtp:.1f} dB over full scale at the master: fader {signed_db_text(gain_db)}",
        evidence=(
            *_measured(loudness),
            Evidence(
                text=f"{gain_db:.1f} dB leave {peak_dbtp + gain_db:.1f} dBTP, and {mix_lufs:.1f} LUFS become "
                f"{mix_lufs + gain_db:.1f}.",
                value=gain_db, unit="dB",
            ),
            Evidence(
                text="With nothing behind the fader, busses that are trimmed by as much give the same sound; what "
                "keeps the loudness instead is a limiter.",
                value=0.0, unit="",
            ),
        ),
        sources=("ITU-R BS.1770-4 true peak", "EBU R 128 ceiling"),
    )  # fmt: skip


def _to_target(situation: Situation, loudness: Loudness, gain_db: float, target_lufs: float) -> Rationale:
    mix_lufs = situation.mix.mix_lufs
    wanted = f"the brief wants {target_lufs:.1f}: master {signed_db_text(gain_db)}"
    return Rationale(
        headline=f"The mix measures {mix_lufs:.1f} LUFS, {wanted}",
        evidence=(
            *_measured(loudness),
            Evidence(
                text=f"{gain_db:+.1f} dB make it {mix_lufs + gain_db:.1f} LUFS with peaks at "
                f"{loudness.true_peak_dbtp + gain_db:.1f} dBTP, at the other faders as they stand.",
                value=gain_db, unit="dB",
            ),
        ),
        sources=("ITU-R BS.1770-4", "EBU R 128 ceiling"),
    )  # fmt: skip


def _measured(loudness: Loudness) -> Iterator[Evidence]:
    yield Evidence(
        text=f"True peak {loudness.true_peak_dbtp:+.1f} dBTP, sample peak {loudness.sample_peak_dbfs:+.1f} dBFS, "
        "measured at the master's output, which has no plug-ins.",
        value=loudness.true_peak_dbtp, unit="dBTP",
    )  # fmt: skip


def _target_advice(situation: Situation, loudness: Loudness, target_lufs: float, *, is_moved: bool) -> str:
    mix_lufs, gate = _gated(situation)
    gap_lu, target = target_lufs - mix_lufs, f"the brief's {target_lufs:.1f} LUFS"
    if is_treated(situation.mix.session.master):
        return (
            f"The mix into the master's plug-ins measures {mix_lufs:.1f} LUFS{gate}; {target} count after them, which "
            "is not heard here. To be measured and set by hand there."
        )
    kept = f" It stays: {why_not_master(situation)}" if not is_moved and why_not_master(situation) else ""
    return (
        f"At the master's output, without plug-ins, the mix measures {mix_lufs:.1f} LUFS{gate}: {target} take "
        f"{gap_lu:+.1f} dB on the master's fader{_up_to_peaks(gap_lu, loudness.true_peak_dbtp)}.{kept}"
    )


def _gated(situation: Situation) -> tuple[float, str]:
    """The loudness that a target counts for, and how it was gated, in words."""
    mix = situation.mix
    if situation.material.kind != "post":
        return mix.mix_lufs, ""
    talking = [track.guid for track in speakers(mix.session, situation.analysis, situation.roles)]
    dialogue = mix.part_powers(talking) if talking else np.zeros(0)
    if dialogue.max(initial=0.0) <= 0.0:
        return mix.mix_lufs, ", with no dialogue to gate it by"
    loud = np.percentile(dialogue[dialogue > 0.0], 90)
    speaks = dialogue > loud * 10.0 ** (-_SPEAKS_DB / 10.0)
    weights = np.broadcast_to(mix.covariance.weights, len(speaks))
    lufs = gated_lufs(mix.powers[speaks], weights[speaks])
    return lufs, f" while dialogue is heard ({float(np.mean(speaks)):.0%} of the time)"


def _peaks_advice(situation: Situation, loudness: Loudness) -> str:
    """Of a master that has plug-ins nothing is known behind them."""
    if is_treated(situation.mix.session.master):
        return ""
    room_db = CEILING_DBTP - loudness.true_peak_dbtp
    return (
        f"The mix peaks at {loudness.true_peak_dbtp:+.1f} dBTP at the master's output: {room_db:.1f} dB on its fader "
        f"or on the busses lead to {CEILING_DBTP:.0f} dBTP. The fader stays: {why_not_master(situation)}"
    )


def _up_to_peaks(gap_lu: float, true_peak_dbtp: float) -> str:
    room_db = CEILING_DBTP - true_peak_dbtp
    if gap_lu <= room_db:
        return f", its peaks then reach {true_peak_dbtp + gap_lu:.1f} dBTP"
    return (
        f"; its peaks of {true_peak_dbtp:.1f} dBTP reach {CEILING_DBTP:.0f} dBTP after {room_db:+.1f} dB, "
        f"and the other {gap_lu - room_db:.1f} dB take a limiter"
    )
