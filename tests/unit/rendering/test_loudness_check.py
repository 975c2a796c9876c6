"""Which tracks are compared with the host's loudness, and what follows from a difference."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.analysis.model import Analysis
from dawassist.analysis.session import analyze_session
from dawassist.daw import HostLoudness, IsCancelled, Progress, never_cancelled, no_progress
from dawassist.plan.wording import sentence_faults
from dawassist.rendering.loudness_check import (
    Measured,
    checked,
    differing,
    measure_loudness,
    not_checked,
    tracks_to_check,
)
from dawassist.session.model import MASTER_GUID, Fx, Session
from dawassist.units import SILENCE_DB
from tests.analyses import Sound, make_analysis
from tests.golden.media import write_media
from tests.golden.projects import envelope, item, project, track, write
from tests.memory_daw import MemoryDaw
from tests.sessions import make_guid, make_item, make_session, make_track

EQ = Fx(guid=make_guid(900), ident="reaeq.vst.so", name="VST: ReaEQ (Cockos)", kind="VST", enabled=True, offline=False,
        parameters=())  # fmt: skip


def band(**levels: float) -> tuple[Session, Analysis]:
    """Tracks by name with their levels; those whose name ends in _eq have a plug-in."""
    tracks = [
        make_track(guid=make_guid(n), name=name, items=[make_item("a.wav")], fx=(EQ,) * name.endswith("_eq"))
        for n, name in enumerate(levels, 1)
    ]
    session = make_session(tracks=tracks)
    return session, make_analysis(session, [Sound(lufs=level) for level in levels.values()])


def names(session: Session, guids: tuple[str, ...]) -> list[str]:
    return [next(t.name for t in session.tracks if t.guid == guid) for guid in guids]


def test_one_that_was_rendered_one_with_plugins_and_one_without_loudest_first() -> None:
    session, analysis = band(Kick=-10.0, Bass=-12.0, Snare_eq=-30.0, Gtr_eq=-20.0, Keys=-25.0, Pad=-15.0)
    rendered = {make_guid(5), make_guid(6)}
    assert names(session, tracks_to_check(session, analysis, rendered)) == ["Pad", "Gtr_eq", "Kick"]
    assert names(session, tracks_to_check(session, analysis, ())) == ["Gtr_eq", "Kick", "Snare_eq"]


def test_what_is_silent_muted_fed_or_heard_before_plugins_is_not_compared() -> None:
    session, analysis = band(Group=-10.0, Member=-12.0, Muted=-11.0, Late=-9.0, Silent=SILENCE_DB, Kick=-20.0)
    depths, mutes = (1, -1, 0, 0, 0, 0), (False, False, True, False, False, False)
    tracks = [replace(t, folder_depth=d, muted=m) for t, d, m in zip(session.tracks, depths, mutes, strict=True)]
    measured = [
        replace(each, measured_at="before_plugins") if each.track_guid == make_guid(4) else each
        for each in analysis.tracks
    ]
    found = tracks_to_check(replace(session, tracks=tuple(tracks)), replace(analysis, tracks=tuple(measured)), ())
    assert names(session, found) == ["Member", "Kick"]
    assert tracks_to_check(session, replace(analysis, covariance=None), ()) == ()


def test_ours_is_taken_after_fader_and_pan_with_envelopes_followed(tmp_path: Path) -> None:
    from dawassist.projectfile import ProjectFile

    write_media(tmp_path)
    text = project(
        track("Half", items=[item("tone.wav")], volpan="0.5 0 -1 -1 1"),
        track("Left", items=[item("tone.wav")], volpan="1 -1 -1 -1 1"),
        track("Ride", items=[item("tone.wav")], lines=envelope("VOLENV2", (0.0, 0.25), (1.0, 0.25))),
    )
    session = ProjectFile(write(tmp_path, text)).snapshot()
    analysis = analyze_session(session, 0.0, 1.0)
    loudness = analysis.tracks[0].loudness
    assert loudness is not None
    bare = loudness.integrated_lufs
    measured = HostLoudness(integrated_lufs={t.guid: bare for t in session.tracks}, failures={})
    found = checked(session, analysis, measured).loudness_checks
    expected = [-6.02, -3.01, -12.04]
    assert [check.difference_lu for check in found] == pytest.approx(expected, abs=0.02)


def test_a_difference_of_more_than_half_a_unit_marks_the_track_with_both_numbers() -> None:
    session, analysis = band(Kick=-10.0, Snare=-12.0, Bass=-14.0)
    host = {make_guid(1): -10.45, make_guid(2): -13.2, make_guid(3): SILENCE_DB}
    found = checked(session, analysis, HostLoudness(integrated_lufs=host, failures={}))
    assert [t.measured_at for t in found.tracks] == ["after_chain", "before_plugins", "before_plugins"]
    assert found.tracks[0].findings == ()
    snare, bass = (t.findings[0] for t in found.tracks[1:])
    assert (snare.kind, snare.track_guid) == ("loudness_differs", make_guid(2))
    assert "-13.2 LUFS there after its fader, -12.0 LUFS here" in snare.sentence
    assert "silence there" in bass.sentence
    assert [e.text for e in snare.evidence] == ["REAPER: -13.2 LUFS", "heard here: -12.0 LUFS", "apart by 1.2 LU"]
    assert sentence_faults(snare.sentence, bass.sentence) == []


def test_the_masters_difference_names_what_the_sum_lacks() -> None:
    session, analysis = band(Group=-10.0, Member=-12.0, Keys=-13.0, Late=-14.0)
    depths = (1, -1, 0, 0)
    tracks = [replace(t, folder_depth=d) for t, d in zip(session.tracks, depths, strict=True)]
    session = replace(
        session, tracks=(replace(tracks[0], fx=(EQ,)), *tracks[1:]), master=replace(session.master, fx=(EQ, EQ))
    )
    places = dict(zip((make_guid(3), make_guid(4)), ("not_heard", "before_plugins"), strict=True))
    measured = [replace(t, measured_at=places.get(t.track_guid, t.measured_at)) for t in analysis.tracks]  # type: ignore[arg-type]
    analysis = replace(analysis, tracks=tuple(measured))
    host = HostLoudness(integrated_lufs={MASTER_GUID: -14.0}, failures={})
    (finding,) = checked(session, analysis, host).findings
    assert finding.kind == "loudness_differs"
    assert "-14.0 LUFS in REAPER after its chain, -20.0 LUFS here" in finding.sentence
    assert (
        "2 plug-ins on Master; 1 plug-in on Group; 1 track that cannot be heard; plug-ins of 1 track"
        in finding.sentence
    )


def test_a_master_that_differs_for_no_known_reason_says_so_and_one_that_agrees_nothing() -> None:
    session, analysis = band(Kick=-20.0)
    (finding,) = checked(session, analysis, HostLoudness(integrated_lufs={MASTER_GUID: -14.0}, failures={})).findings
    assert "Why is not known" in finding.sentence
    agreed = checked(session, analysis, HostLoudness(integrated_lufs={MASTER_GUID: -20.4}, failures={}))
    assert (agreed.findings, len(agreed.loudness_checks)) == ((), 1)


def test_what_was_not_measured_is_told_and_what_is_not_known_is_not_compared() -> None:
    session, analysis = band(Kick=-20.0)
    host = HostLoudness(integrated_lufs={"{gone}": -3.0}, failures={make_guid(1): "REAPER gave no statistics"})
    found = checked(session, replace(analysis, mix_loudness=None), host)
    assert found.loudness_checks == ()
    assert [f.sentence for f in found.findings] == [
        "REAPER did not measure Kick: REAPER gave no statistics. Its loudness is not compared."
    ]
    lost = HostLoudness(integrated_lufs={MASTER_GUID: -3.0}, failures={"{gone}": "the track is gone"})
    assert (
        "a track: the track is gone"
        in checked(session, replace(analysis, mix_loudness=None), lost).findings[0].sentence
    )
    assert "not compared" in not_checked(analysis, "REAPER is recording.").findings[0].sentence


class MeasuringDaw(MemoryDaw):
    """Answers with what the test put there, and remembers what it was asked."""

    answer: HostLoudness
    asked: tuple[tuple[str, ...], tuple[float, float] | None]

    def measure_loudness(
        self, track_guids: Sequence[str], *, seconds: tuple[float, float] | None = None,
        progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled,
    ) -> HostLoudness:  # fmt: skip
        self.asked = tuple(track_guids), seconds
        return self.answer


def test_the_host_is_asked_for_the_range_that_was_heard() -> None:
    session, analysis = band(Kick=-20.0)
    daw = MeasuringDaw(session)
    daw.answer = HostLoudness(integrated_lufs={make_guid(1): -20.0}, failures={})
    session = replace(session, length_seconds=analysis.end_seconds)
    found = measure_loudness(daw, session, analysis, (), no_progress, never_cancelled)
    assert (found.loudness, found.span) == (daw.answer, (0.0, analysis.end_seconds))
    assert daw.asked == ((make_guid(1), MASTER_GUID), None)
    measure_loudness(daw, session, replace(analysis, start_seconds=1.0), (), no_progress, never_cancelled)
    assert daw.asked[1] == (1.0, analysis.end_seconds)


def test_numbers_hold_for_tracks_that_are_as_they_were_and_the_masters_for_all_of_them() -> None:
    session, analysis = band(Kick=-20.0, Bass=-22.0)
    numbers = {make_guid(1): -20.0, make_guid(2): -25.0, MASTER_GUID: -18.0}
    loudness = HostLoudness(integrated_lufs=numbers, failures={"{gone}": "the track is gone"})
    measured = Measured(session=session, span=(0.0, 6.0), loudness=loudness)
    assert measured.still(session, (0.0, 6.0)) == loudness
    assert differing(session, analysis, loudness) == {make_guid(2)}
    read_again = replace(session, tracks=tuple(replace(t, selected=True) for t in session.tracks))
    assert measured.still(read_again, (0.0, 6.0)).integrated_lufs == numbers
    assert measured.still(read_again, (0.0, 6.0)).failures == {}
    moved = replace(session, tracks=(replace(session.tracks[0], fader_db=-3.0), session.tracks[1]))
    assert measured.still(moved, (0.0, 6.0)).integrated_lufs == {make_guid(2): -25.0}
    assert measured.still(session, (0.0, 5.0)).integrated_lufs == {}
