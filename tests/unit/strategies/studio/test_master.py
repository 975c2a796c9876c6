"""The master: its peaks, the brief's target, where they were measured; its fader moves where nobody has moved it."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief, Scope
from dawassist.plan.model import LeftOut, Plan, Recommendation
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import MASTER_GUID, make_guid, make_item, make_session, make_track
from tests.tools import make_fx

MIX_LUFS = -15.2  # of three uncorrelated tracks at -15 LUFS whose faders stand at -5 dB
LIMITED: dict[str, Any] = {"fx": (make_fx("VST: ReaLimit (Cockos)"),)}


def heard(peak_dbtp: float, tracks_db: float, **master: Any) -> tuple[Session, Analysis]:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=tracks_db)
        for n, name in enumerate(("Kick", "Bass", "Keys"), start=1)
    ]
    session = make_session(tracks, master=make_track(guid=MASTER_GUID, number=0, **master))
    analysis = make_analysis(session, [Sound(lufs=-15)] * 3)
    assert analysis.mix_loudness is not None
    loudness = replace(analysis.mix_loudness, true_peak_dbtp=peak_dbtp, sample_peak_dbfs=peak_dbtp - 0.2)
    return session, replace(analysis, mix_loudness=loudness)


def plan_of(
    target_lufs: float | None = None, *, peak_dbtp: float = -8.0, tracks_db: float = -5.0, brief: Brief | None = None,
    **master: Any,
) -> Plan:  # fmt: skip
    brief = (brief or Brief()).changed(target_loudness_lufs=target_lufs)
    session, analysis = heard(peak_dbtp, tracks_db, **master)
    return realize(session, analysis, brief, Studio().suggest(session, analysis, brief), strategy="studio")


def moves(plan: Plan) -> list[Recommendation]:
    found = [r for r in plan.recommendations if r.track_guid == MASTER_GUID]
    assert [fault for move in found for fault in wording_faults(move)] == []
    return found


def advice(plan: Plan) -> list[LeftOut]:
    found = [left for left in plan.left_out if left.track_guid == MASTER_GUID]
    assert sentence_faults(*(left.reason for left in found)) == []
    return found


def test_without_a_target_and_without_overs_nothing_is_said() -> None:
    plan = plan_of()
    assert (moves(plan), advice(plan)) == ([], [])


def test_overs_at_a_bare_master_lower_its_fader_to_the_ceiling() -> None:
    plan = plan_of(peak_dbtp=2.37)
    (move,) = moves(plan)
    assert (move.kind, move.basis, move.change.before, move.change.after) == ("fader", "technical", 0.0, -3.4)
    assert move.predicted[0].after == pytest.approx(2.37 - 3.4, abs=0.06)
    assert "2.4 dB over full scale" in move.rationale.headline
    assert any("busses" in line.text for line in move.rationale.evidence)
    assert not any("into the master changes" in line.text for line in move.rationale.evidence)
    assert "All together" not in plan.summary
    assert advice(plan) == []


@pytest.mark.parametrize(
    ("master", "word"),
    [
        ({"fader_db": -2.0}, "by hand"),
        ({"automation_mode": "touch", "fader_db": 1.5}, "by hand"),
        ({"locked": True}, "locked"),
    ],
)
def test_a_fader_that_the_engineer_has_set_stays_and_the_overs_are_told(master: dict[str, Any], word: str) -> None:
    plan = plan_of(peak_dbtp=2.0, **master)
    assert moves(plan) == []
    (found,) = advice(plan)
    assert word in found.reason
    assert "-3.0 dB on its fader or on the busses" in found.reason


def test_behind_plug_ins_of_the_master_nothing_is_known_of_peaks() -> None:
    plan = plan_of(peak_dbtp=2.0, **LIMITED)
    assert (moves(plan), advice(plan)) == ([], [])


def test_a_raw_mix_over_full_scale_is_no_alarm() -> None:
    plan = plan_of(peak_dbtp=3.4, tracks_db=0.0)
    assert (moves(plan), advice(plan)) == ([], [])


def test_the_gap_to_a_target_is_the_masters_as_far_as_the_peaks_allow() -> None:
    (near,) = moves(plan_of(-14.0))
    assert (near.basis, near.change.after) == ("corrective", pytest.approx(-14.0 - MIX_LUFS, abs=0.1))
    assert near.predicted[0].unit == "dBTP"
    far = plan_of(-6.0, peak_dbtp=-3.0)
    (move,) = moves(far)
    assert move.change.after == 2.0
    (found,) = advice(far)
    assert "after +2.0 dB" in found.reason
    assert "limiter" in found.reason
    (lower,) = moves(plan_of(-18.0, peak_dbtp=0.5))
    assert lower.change.after == pytest.approx(-18.0 - MIX_LUFS, abs=0.1)


def test_overs_come_before_a_target_that_they_leave_no_room_for() -> None:
    plan = plan_of(-10.0, peak_dbtp=1.0)
    (move,) = moves(plan)
    assert (move.reason_class, move.change.after) == ("master_peaks", -2.0)
    (found,) = advice(plan)
    assert "limiter" in found.reason


def test_after_the_move_nothing_more_is_asked() -> None:
    (first,) = moves(plan_of(peak_dbtp=2.0))
    plan = plan_of(peak_dbtp=2.0 + first.change.after, fader_db=first.change.after)
    assert (moves(plan), advice(plan)) == ([], [])


def test_a_target_that_the_engineer_has_answered_by_hand_is_told_and_not_set() -> None:
    plan = plan_of(-14.0, fader_db=-6.0)
    assert moves(plan) == []
    (found,) = advice(plan)
    assert "by hand" in found.reason
    assert found.by_hand


def test_a_scope_of_some_tracks_leaves_the_master_alone() -> None:
    brief = Brief(scope=Scope(kind="tracks", tracks=("1",)))
    assert moves(plan_of(peak_dbtp=2.0, brief=brief)) == []


def test_behind_plug_ins_of_the_master_the_target_is_left_to_the_engineer() -> None:
    plan = plan_of(-14.0, **LIMITED)
    assert moves(plan) == []
    (found,) = advice(plan)
    assert "after them, which is not heard here" in found.reason


def test_what_is_measured_before_plug_ins_moves_no_master() -> None:
    session, analysis = heard(2.0, -5.0)
    before = tuple(replace(track, measured_at="before_plugins") for track in analysis.tracks)
    draft = Studio().suggest(session, replace(analysis, tracks=before), Brief())
    assert not any(i.track_guid == MASTER_GUID for p in draft.proposals for i in p.intents)
    assert any("not heard here" in left.reason for left in draft.left_out if left.track_guid == MASTER_GUID)


def test_a_limiter_on_the_folder_of_the_mix_keeps_the_master_where_it_is() -> None:
    session, analysis = heard(2.0, -5.0)
    first, *rest, last = session.tracks
    folder = make_track(guid=make_guid(50), number=4, name="Mix Bus", folder_depth=1, **LIMITED)
    grouped = replace(session, tracks=(folder, first, *rest, replace(last, folder_depth=-1)))
    draft = Studio().suggest(grouped, analysis, Brief())
    assert not any(i.track_guid == MASTER_GUID for p in draft.proposals for i in p.intents)
    (left,) = [left for left in draft.left_out if left.track_guid == MASTER_GUID]
    assert "ReaLimit" in left.reason
    assert "Mix Bus" in left.reason
