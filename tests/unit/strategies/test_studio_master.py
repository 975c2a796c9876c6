"""The master against the brief's target: where it was measured, what it takes, what the peaks allow."""

from dataclasses import replace

from dawassist.plan.brief import Brief
from dawassist.plan.model import LeftOut
from dawassist.plan.wording import sentence_faults
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import MASTER_GUID, make_item, make_session, make_track
from tests.tools import make_fx


def advice(target_lufs: float | None, *, mastered: bool = False, peak_dbtp: float = -8.0) -> list[LeftOut]:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0)
        for n, name in enumerate(("Kick", "Bass", "Keys"), start=1)
    ]
    chain = (make_fx("VST: ReaLimit (Cockos)"),) if mastered else ()
    session = make_session(tracks, master=make_track(guid=MASTER_GUID, number=0, fx=chain))
    analysis = make_analysis(session, [Sound(lufs=-15)] * 3)
    assert analysis.mix_loudness is not None
    analysis = replace(analysis, mix_loudness=replace(analysis.mix_loudness, true_peak_dbtp=peak_dbtp))
    draft = Studio().suggest(session, analysis, Brief(target_loudness_lufs=target_lufs))
    found = [left for left in draft.left_out if left.track_guid == MASTER_GUID]
    assert sentence_faults(*(left.reason for left in found)) == []
    return found


def test_without_a_target_nothing_is_said() -> None:
    assert advice(None) == []


def test_the_gap_is_told_with_what_the_peaks_leave() -> None:
    (near,) = advice(-14.0)
    assert "dB on the master's fader, its peaks then reach" in near.reason
    (far,) = advice(-6.0, peak_dbtp=-3.0)
    assert "after +2.0 dB" in far.reason
    assert "limiter" in far.reason
    assert near.by_hand
    assert far.by_hand


def test_behind_plug_ins_of_the_master_the_target_is_left_to_the_engineer() -> None:
    (found,) = advice(-14.0, mastered=True)
    assert "after them, which is not heard here" in found.reason
