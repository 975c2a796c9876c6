"""No fault card for what engineers do on purpose: each guard of requirement 7, and requirements 2 and 14."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.analysis.model import Analysis
from dawassist.analysis.pairs import Stretch
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.session.findings import Evidence, Finding, FindingClass
from dawassist.session.model import Envelope, EnvelopePoint, Fx, FxParameter, Send, Session
from dawassist.strategies.technical import technical_pass
from tests.sessions import make_guid, make_item, make_session, make_track
from tests.unit.strategies.technical_sessions import analyzed, mic, pair, planned, session_of, technical_moves

EQ = Fx(guid=make_guid(901), ident="reaeq", name="VST: ReaEQ (Cockos)", kind="VST", enabled=True, offline=False,
        parameters=(FxParameter(ident="0", name="Gain", normalized=0.5),))  # fmt: skip
OPAQUE = replace(EQ, ident="tube.vst3", parameters=None)
SEND = Send(destination_guid=make_guid(3), level_db=-6.0, pan=0.0, muted=False, polarity_inverted=False, mono=False,
            tap="post_fader", source_channel=0, destination_channel=0)  # fmt: skip
RIDE = Envelope(kind="volume", guid="", active=True, point_count=1,
                points=(EnvelopePoint(time_seconds=0.0, value=-3.0),))  # fmt: skip


def doubled(copy: dict[str, Any] | None = None, **fields: Any) -> Plan:
    """Gtr 1 and a copy of it, and another track; `fields` of the pair."""
    mics = (mic("Gtr 1", x=(1.0, 0.0)), mic("Gtr 2", copy, x=(1.0, 0.0)), mic("Keys", y=(1.0, 0.0)))
    session = session_of(*mics)
    found = pair(1, 2, "duplicate", **{"residual_db": -62.0, **fields})
    return planned(session, analyzed(session, [found]))


def test_a_copy_without_a_purpose_is_muted_and_its_part_stays_as_loud() -> None:
    plan = doubled({"fader_db": -6.0})
    assert technical_moves(plan) == {"Gtr 2": ("mute", 1.0), "Gtr 1": ("fader", 3.5)}
    mute, fader = [r for r in plan.recommendations if r.basis == "technical"]
    assert fader.requires == (mute.id,)
    assert mute.rationale.headline == "Gtr 2 is a copy of Gtr 1: -62 dB remain between them"
    assert all(wording_faults(r) == [] for r in (mute, fader))


def test_a_copy_one_sample_late_says_where_it_cancels() -> None:
    plan = doubled(late_ms=1000.0 / 48000.0)
    (line,) = [e.text for e in plan.recommendations[0].rationale.evidence if "apart" in e.text]
    assert line == "They are 21 µs apart, so that they first cancel at 24000 Hz."


@pytest.mark.parametrize(
    ("copy", "fields"),
    [
        ({"fx": [EQ]}, {}),
        ({"pan": 0.5}, {}),
        ({"width": 0.0}, {}),
        ({"polarity_inverted": True}, {}),
        ({}, {"inverted": True}),
        ({"sends": [SEND]}, {}),
        ({"main_send": False}, {}),
        ({"envelopes": [RIDE]}, {}),
        ({"muted": True}, {}),
        ({}, {"confidence": 0.9}),
    ],
    ids=[
        "plug-ins",
        "pan",
        "width",
        "polarity",
        "recorded polarity",
        "send",
        "no main send",
        "ride",
        "muted",
        "unsure",
    ],
)
def test_a_duplicate_that_serves_a_purpose_is_no_fault(copy: dict[str, Any], fields: dict[str, Any]) -> None:
    plan = doubled(copy, **fields)
    assert technical_moves(plan) == {}
    assert not [f for f in plan.findings if f.kind == "duplicate"]


def test_copies_in_different_folders_feed_different_buses() -> None:
    tracks = [
        make_track(number=1, name="Gtr 1", items=[make_item("a.wav")]),
        make_track(number=2, name="Crush", folder_depth=1),
        make_track(number=3, name="Gtr 2", items=[make_item("a.wav")], folder_depth=-1),
    ]
    session = make_session(tracks)
    found = technical_pass(session, analyzed(session, [pair(1, 3, "duplicate", residual_db=-62.0)]), Brief())
    assert found.proposals == ()


@pytest.mark.parametrize(("fx", "is_copy"), [(EQ, True), (OPAQUE, False), (replace(OPAQUE, enabled=False), True)])
def test_equal_chains_are_compared_as_far_as_they_can_be_read(fx: Fx, is_copy: bool) -> None:
    twin = replace(fx, guid=make_guid(902))
    mics = (mic("Gtr 1", {"fx": [fx]}, x=(1.0, 0.0)), mic("Gtr 2", {"fx": [twin]}, x=(1.0, 0.0)))
    session = session_of(*mics)
    plan = planned(session, analyzed(session, [pair(1, 2, "duplicate", residual_db=-70.0)]))
    assert bool(technical_moves(plan)) == is_copy


def test_the_low_end_of_parallel_copies_is_not_turned_or_delayed() -> None:
    """A crushed copy in time and polarity is a pair that fits."""
    mics = (mic("Drums", d=(1.0, 0.0)), mic("Drums Crush", d=(1.0, 0.0)))
    session = session_of(*mics)
    assert technical_moves(planned(session, analyzed(session, [pair(1, 2, "aligned")], *mics))) == {}


def test_hard_panned_doubles_are_no_pair_and_get_nothing() -> None:
    mics = (mic("Gtr L", {"pan": -1.0}, a=(1.0, 0.0)), mic("Gtr R", {"pan": 1.0}, b=(1.0, 0.0)))
    session = session_of(*mics)
    assert technical_moves(planned(session, analyzed(session, [], *mics))) == {}


STRETCHES = tuple(
    Stretch(start_seconds=at, end_seconds=at + 20.0, delay_seconds=ms / 1000.0, inverted=False, confidence=0.99)
    for at, ms in ((0.0, 3.1), (64.0, 5.25))
)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stretches": STRETCHES}, "+3.10 ms from 0:00, +5.25 ms from 1:04; no track delay fits"),
        ({"drift_ppm": 12.5}, "drifts against Lav by +12.5 ppm (+0.75 ms a minute): no track delay fits"),
    ],
)
def test_a_delay_that_varies_is_shown_and_not_compensated(fields: dict[str, Any], words: str) -> None:
    mics = (mic("Lav", v=(1.0, 0.0)), mic("Boom", v=(1.0, 4.0)))
    session = session_of(*mics)
    plan = planned(session, analyzed(session, [pair(1, 2, "varies", late_ms=4.0, **fields)], *mics))
    assert technical_moves(plan) == {}
    (finding,) = plan.findings
    assert finding.kind == "delay_varies"
    assert words in finding.sentence
    assert sentence_faults(finding.sentence) == []


def with_finding(session: Session, kind: FindingClass, guid: str, *evidence: Evidence) -> Analysis:
    analysis = analyzed(session, [])
    finding = Finding(kind=kind, track_guid=guid, sentence="3 of them at 1.5 s.", evidence=evidence)
    tracks = tuple(replace(t, findings=(finding,)) if t.track_guid == guid else t for t in analysis.tracks)
    if all(t.track_guid != guid for t in analysis.tracks):
        return replace(analysis, findings=(finding,))
    return replace(analysis, tracks=tracks)


def reported(session: Session, kind: FindingClass, number: int = 1, *evidence: Evidence) -> bool:
    guid = session.tracks[number - 1].guid if number else session.master.guid
    found = technical_pass(session, with_finding(session, kind, guid, *evidence), Brief())
    return bool(found.findings)


@pytest.mark.parametrize(
    "name", ["Gtr Amp", "Rhythm Gtr", "Synth Lead", "808", "Kick Sample", "Snare Trigger", "Bass Amp"]
)
def test_flat_tops_of_driven_sounds_are_their_sound_and_that_is_said(name: str) -> None:
    session = session_of(mic(name, x=(1.0, 0.0)))
    found = technical_pass(session, with_finding(session, "clipping", make_guid(1)), Brief())
    assert found.findings == ()
    assert "Flat tops belong to the sound" in found.left_out[0].reason


def test_flat_tops_of_a_voice_are_reported() -> None:
    assert reported(session_of(mic("Lead Vox", x=(1.0, 0.0))), "clipping")


def test_peaks_over_full_scale_matter_at_the_end_only() -> None:
    session = session_of(mic("Kick", x=(1.0, 0.0)))
    assert not reported(session, "true_peak")
    assert reported(session, "true_peak", 0)


@pytest.mark.parametrize(("correlation", "is_fault"), [(-0.5, False), (-0.89, False), (-0.97, True)])
def test_sides_against_each_other_are_a_fault_below_minus_point_nine(correlation: float, is_fault: bool) -> None:
    evidence = Evidence(text=f"The sides correlate by {correlation}.", value=correlation, unit="correlation")
    assert reported(session_of(mic("Pad", x=(1.0, 0.0))), "stereo_polarity", 1, evidence) == is_fault


@pytest.mark.parametrize(
    "fields", [{"muted": True}, {"main_send": False, "sends": [replace(SEND, destination_guid=make_guid(2))]}]
)
def test_tracks_that_nobody_hears_get_no_fault(fields: dict[str, Any]) -> None:
    session = session_of(mic("Kick", fields, x=(1.0, 0.0)), mic("Bass", {"muted": True}, y=(1.0, 0.0)))
    assert not reported(session, "dead_channel")


@pytest.mark.parametrize("name", ["Click", "REF master"])
def test_clicks_and_references_get_no_fault(name: str) -> None:
    assert not reported(session_of(mic(name, x=(1.0, 0.0))), "dc")


def test_buses_get_no_fault_whatever_they_are_called() -> None:
    bus = make_track(number=2, name="Vox Plate")
    source = make_track(
        number=1, name="Vox", items=[make_item("a.wav")], sends=(replace(SEND, destination_guid=bus.guid),)
    )
    assert not reported(make_session([source, bus]), "dead_channel", 2)
    assert reported(make_session([source, bus]), "dead_channel", 1)


@pytest.mark.parametrize(("name", "is_fault"), [("Gtr L", False), ("Gtr R", False), ("Gtr", True)])
def test_a_track_that_is_one_side_of_a_pair_may_lack_the_other(name: str, is_fault: bool) -> None:
    assert reported(session_of(mic(name, x=(1.0, 0.0))), "dead_side") == is_fault


def test_media_trouble_is_always_reported() -> None:
    assert reported(session_of(mic("Kick", {"muted": True}, x=(1.0, 0.0))), "media_missing")
