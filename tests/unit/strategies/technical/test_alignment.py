"""Polarity and delay of microphones of one source: what is turned, what waits, and what is left as it is."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief, Scope
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.session.model import Session
from dawassist.strategies.technical import tracks_to_correct
from tests.sessions import make_guid
from tests.unit.strategies.technical_sessions import (
    Mic,
    analyzed,
    low_end_of,
    mic,
    pair,
    planned,
    session_of,
    technical_moves,
)

SNARE = (mic("Snare Top", snare=(1.0, 0.0)), mic("Snare Bottom", snare=(-0.7, 0.0)))
BASS = (mic("Bass DI", bass=(1.0, 0.0)), mic("Bass Amp", bass=(0.9, 2.4)))


def plan_of(mics: tuple[Mic, ...], *pairs: Any, brief: Brief | None = None) -> Plan:
    session = session_of(*mics)
    return planned(session, analyzed(session, pairs, *mics), brief)


def test_a_snare_bottom_that_cancels_the_top_is_turned_over_with_what_comes_back() -> None:
    plan = plan_of(SNARE, pair(1, 2, inverted=True, late_ms=0.05))
    (move,) = [r for r in plan.recommendations if r.basis == "technical"]
    assert (move.track_name, move.kind, move.change.after, move.change.unit) == (
        "Snare Bottom",
        "polarity",
        1.0,
        "switch",
    )
    assert move.rationale.headline.startswith("Snare Bottom cancels Snare Top: +15.")
    assert move.predicted[0].metric == "energy while playing at 60–250 Hz of Snare Top + Snare Bottom"
    assert move.predicted[0].after - move.predicted[0].before == pytest.approx(15.07, abs=0.1)  # 1.7 against 0.3


@pytest.mark.parametrize(("late_ms", "is_told"), [(0.0, True), (1.1, False)])
def test_a_flip_tells_the_loudness_of_the_mix_only_where_no_delay_goes_with_it(late_ms: float, is_told: bool) -> None:
    mics = (SNARE[0], mic("Snare Bottom", snare=(-0.7, late_ms)))
    plan = plan_of(mics, pair(1, 2, inverted=True, late_ms=late_ms))
    (flip,) = [r for r in plan.recommendations if r.kind == "polarity"]
    assert any(each.metric == "mix loudness" for each in flip.predicted) == is_told


def test_what_is_heard_of_all_that_plays_is_believed_before_excerpts_and_said() -> None:
    session = session_of(*SNARE)
    sampled = analyzed(session, [pair(1, 2, inverted=True)], *SNARE)
    assert tracks_to_correct(session, sampled, Brief()) == ((make_guid(1), make_guid(2)),)
    quieter = (SNARE[0], mic("Snare Bottom", snare=(-0.35, 0.0)))
    whole = replace(low_end_of(session, *quieter), whole_seconds=123.0)
    plan = planned(session, replace(sampled, whole_low_ends=(whole,)))
    (move,) = [r for r in plan.recommendations if r.basis == "technical"]
    assert move.predicted[0].after - move.predicted[0].before == pytest.approx(6.35, abs=0.01)  # 1.35 against 0.65
    assert "heard in all of the 123 s in which they play" in move.rationale.evidence[0].text


def test_before_plug_ins_that_are_not_heard_nothing_is_turned_and_the_recording_is_told() -> None:
    session = session_of(*SNARE)
    analysis = analyzed(session, [pair(1, 2, inverted=True, late_ms=1.1)], *SNARE)
    top, bottom = analysis.tracks
    unheard = replace(analysis, tracks=(top, replace(bottom, measured_at="before_plugins")))
    assert technical_moves(planned(session, analysis))
    plan = planned(session, unheard)
    assert technical_moves(plan) == {}
    (left,) = [left for left in plan.left_out if left.track_name == "Snare Bottom"]
    assert "inverted against Snare Top and 1.1 ms (38 cm) behind it" in left.reason
    assert sentence_faults(left.reason) == []


def test_only_what_may_come_up_is_heard_whole() -> None:
    session = session_of(*SNARE)
    fitting = analyzed(session, [pair(1, 2, "aligned")], *SNARE)
    assert tracks_to_correct(session, fitting, Brief()) == ()
    assert tracks_to_correct(session, replace(fitting, pairs=()), Brief()) == ()


def test_a_late_amp_makes_the_di_wait_and_says_milliseconds_samples_and_distance() -> None:
    plan = plan_of(BASS, pair(1, 2, late_ms=2.4))
    (move,) = [r for r in plan.recommendations if r.basis == "technical"]
    assert (move.track_name, move.kind, round(move.change.after, 3)) == ("Bass DI", "delay", 2.4)
    assert move.change.desired_raw == pytest.approx(0.0024)
    assert move.rationale.headline == "Bass Amp is 2.4 ms (82 cm) behind Bass DI"
    texts = " ".join(line.text for line in move.rationale.evidence)
    assert "2.40 ms (115.2 samples, 82 cm) later" in texts
    assert "The dip at 200 Hz fills by" in texts


def test_an_inverted_and_late_microphone_is_one_card_whose_moves_require_each_other() -> None:
    mics = (mic("Snare Top", snare=(1.0, 0.0)), mic("Snare Bottom", snare=(-0.8, 1.1)))
    plan = plan_of(mics, pair(1, 2, inverted=True, late_ms=1.1))
    assert technical_moves(plan) == {"Snare Bottom": ("polarity", 1.0), "Snare Top": ("delay", 1.1)}
    flip, delay = [r for r in plan.recommendations if r.basis == "technical"]
    assert flip.card == delay.card
    assert (flip.requires, delay.requires) == ((delay.id,), (flip.id,))
    assert flip.rationale.headline == "Snare Bottom is inverted against Snare Top and 1.1 ms (38 cm) behind it"


def test_natural_distances_of_two_microphones_are_left_alone() -> None:
    """Kick out stands half a meter behind kick in: 60–250 Hz would gain 0.8 dB, as in the demo."""
    mics = (mic("Kick In", kick=(1.0, 0.0)), mic("Kick Out", kick=(1.0, 1.6)))
    session = session_of(*mics)
    plan = planned(session, analyzed(session, [pair(1, 2, late_ms=1.6)], *mics, slope=3.0))
    assert technical_moves(plan) == {}
    (told,) = [left.reason for left in plan.left_out if left.track_name == "Kick Out"]
    assert told.startswith("It is 1.60 ms (76.8 samples, 55 cm) behind Kick In. Playing in time changes their sum by ")
    assert "+1.11 dB at 60–250 Hz, less than a delay is proposed for" in told
    assert sentence_faults(told) == []


def test_a_distance_that_stays_beside_a_flip_is_told() -> None:
    mics = (SNARE[0], mic("Snare Bottom", snare=(-0.7, 0.15)))
    session = session_of(*mics)
    plan = planned(session, analyzed(session, [pair(1, 2, inverted=True, late_ms=0.15)], *mics, slope=3.0))
    assert technical_moves(plan) == {"Snare Bottom": ("polarity", 1.0)}
    (told,) = [left.reason for left in plan.left_out if "nothing is moved" in left.reason]
    assert told.startswith("It is 0.15 ms (7.2 samples, 5 cm) behind Snare Top. With the polarity turned, playing in")
    assert sentence_faults(told) == []


@pytest.mark.parametrize("late_ms", [0.0, 0.05, 2.4])
def test_nothing_is_said_of_what_is_in_time_or_put_in_time(late_ms: float) -> None:
    mics = (BASS[0], mic("Bass Amp", bass=(0.9, late_ms)))
    plan = plan_of(mics, pair(1, 2, late_ms=late_ms))
    assert not any("nothing is moved" in left.reason for left in plan.left_out)


def test_all_of_three_microphones_wait_for_the_latest() -> None:
    mics = (mic("Bass DI", bass=(1.0, 0.0)), mic("Bass Amp", bass=(1.0, 3.0)), mic("Bass Sub", bass=(1.0, 1.0)))
    plan = plan_of(mics, pair(1, 2, late_ms=3.0), pair(3, 2, late_ms=2.0))
    assert technical_moves(plan) == {"Bass DI": ("delay", 3.0), "Bass Sub": ("delay", 2.0)}


def test_microphones_that_contradict_each_other_are_not_corrected() -> None:
    mics = (mic("Bass DI", bass=(1.0, 0.0)), mic("Bass Amp", bass=(1.0, 3.0)), mic("Bass Sub", bass=(1.0, 1.0)))
    plan = plan_of(mics, pair(1, 2, late_ms=3.0), pair(3, 2, late_ms=2.0), pair(1, 3, late_ms=1.5))
    assert technical_moves(plan) == {}
    assert any("contradict each other" in left.reason for left in plan.left_out)


def test_a_pair_that_cannot_be_told_is_named_and_left_alone() -> None:
    plan = plan_of(BASS, pair(1, 2, "unsure", late_ms=2.4))
    assert technical_moves(plan) == {}
    assert any("how late or which way round cannot be told" in left.reason for left in plan.left_out)


@pytest.mark.parametrize("confidence", [0.5, 0.94])
def test_nothing_is_done_below_the_acting_confidence(confidence: float) -> None:
    assert technical_moves(plan_of(BASS, pair(1, 2, late_ms=2.4, confidence=confidence))) == {}


def test_bleed_between_drums_is_a_distance_and_stays() -> None:
    mics = (mic("Snare", snare=(1.0, 0.0)), mic("Hat", snare=(0.4, 1.5), hat=(1.0, 0.0)))
    assert technical_moves(plan_of(mics, pair(1, 2, late_ms=1.5, residual_db=-0.5))) == {}


def test_a_room_between_two_microphones_does_not_hide_that_they_hear_one_source() -> None:
    """Nothing is left of them after a copy in another room, though much is after a plain copy."""
    mics = (mic("Audio 1", stab=(1.0, 0.0)), mic("Audio 2", stab=(-0.9, 0.4)))
    found = pair(1, 2, inverted=True, late_ms=0.4, residual_db=-0.9, unlike_db=-18.0)
    assert technical_moves(plan_of(mics, found))["Audio 2"] == ("polarity", 1.0)
    assert technical_moves(plan_of(mics, replace(found, unlike_db=-9.0))) == {}


@pytest.mark.parametrize("far", ["Room", "Overheads", "Room L"])
def test_rooms_and_overheads_are_never_moved_nor_waited_for(far: str) -> None:
    mics = (mic("Snare", snare=(1.0, 0.0)), mic(far, snare=(-0.9, 12.0)))
    assert technical_moves(plan_of(mics, pair(1, 2, late_ms=12.0, inverted=True))) == {}


def test_a_spaced_stereo_pair_keeps_its_times_but_not_a_wrong_polarity() -> None:
    spaced = (mic("Gtr L", gtr=(1.0, 0.0)), mic("Gtr R", gtr=(-0.9, 0.8)))
    plan = plan_of(spaced, pair(1, 2, late_ms=0.8, inverted=True))
    assert {kind for kind, _ in technical_moves(plan).values()} == {"polarity"}
    right_way = (mic("Gtr L", gtr=(1.0, 0.0)), mic("Gtr R", gtr=(0.9, 0.8)))
    assert technical_moves(plan_of(right_way, pair(1, 2, late_ms=0.8))) == {}


def test_names_that_say_nothing_give_the_same_moves() -> None:
    def renamed(mics: tuple[Mic, ...]) -> tuple[Mic, ...]:
        return tuple(replace(m, fields={"name": f"Audio {n}"}) for n, m in enumerate(mics, 1))

    for mics, found in ((BASS, pair(1, 2, late_ms=2.4)), (SNARE, pair(1, 2, inverted=True))):
        named, unnamed = technical_moves(plan_of(mics, found)), technical_moves(plan_of(renamed(mics), found))
        assert list(named.values()) == list(unnamed.values())


@pytest.mark.parametrize(
    ("fields", "recorded", "moves"),
    [
        ({"polarity_inverted": True}, -0.7, {}),  # the engineer has turned it already
        ({"polarity_inverted": True}, 0.7, {"Snare Bottom": ("polarity", 0.0)}),
    ],
)
def test_the_polarity_switch_that_is_set_counts(fields: dict[str, Any], recorded: float, moves: dict[str, Any]) -> None:
    mics = (mic("Snare Top", snare=(1.0, 0.0)), mic("Snare Bottom", fields, snare=(recorded, 0.0)))
    assert technical_moves(plan_of(mics, pair(1, 2, inverted=recorded < 0.0))) == moves


@pytest.mark.parametrize(
    ("di_ms", "amp_ms", "moves"),
    [
        (2.4, 0.0, {}),  # aligned by the engineer
        (7.4, 0.0, {"Bass DI": ("delay", 2.4)}),  # too much: the own offset shrinks
        (0.0, 5.0, {"Bass Amp": ("delay", 0.0), "Bass DI": ("delay", 2.4)}),
        (1.0, 0.0, {}),  # what is left is less than twice the threshold
    ],
)
def test_offsets_that_are_set_count_and_may_shrink_but_never_below_zero(
    di_ms: float, amp_ms: float, moves: dict[str, Any]
) -> None:
    mics = (
        mic("Bass DI", {"delay_seconds": di_ms / 1000.0}, bass=(1.0, 0.0)),
        mic("Bass Amp", {"delay_seconds": amp_ms / 1000.0}, bass=(0.9, 2.4)),
    )
    heard_ms = 2.4 + amp_ms - di_ms
    found = technical_moves(plan_of(mics, pair(1, 2, late_ms=heard_ms)))
    if (di_ms, amp_ms) == (0.0, 5.0):  # one of two least ways; none is before the recording
        assert all(kind == "delay" and after >= 0.0 for kind, after in found.values())
        assert found
    else:
        assert found == moves


@given(
    lates=st.lists(st.floats(0.0, 20.0), min_size=2, max_size=4),
    owns=st.lists(st.floats(0.0, 20.0), min_size=4, max_size=4),
)
def test_everything_is_heard_together_and_nothing_before_its_recording(lates: list[float], owns: list[float]) -> None:
    names = ("Bass DI", "Bass Amp", "Bass Sub", "Bass Mic")
    mics = tuple(
        mic(name, {"delay_seconds": own / 1000.0}, bass=(1.0, late))
        for name, late, own in zip(names, lates, owns, strict=False)
    )
    heard_ms = [late + own for late, own in zip(lates, owns, strict=False)]
    pairs = [pair(1, n, late_ms=at - heard_ms[0]) for n, at in enumerate(heard_ms[1:], start=2)]
    plan = plan_of(mics, *pairs)
    moves = {r.track_name: r.change for r in plan.recommendations if r.kind == "delay"}
    if moves:
        changed = [
            at + (moves[n].after - moves[n].before if n in moves else 0.0)
            for n, at in zip(names, heard_ms, strict=False)
        ]
        assert max(changed) - min(changed) < 0.11
        assert all(change.desired_raw >= 0.0 for change in moves.values())


def test_without_a_heard_low_end_the_pair_itself_is_believed() -> None:
    session = session_of(*SNARE)
    found = pair(1, 2, inverted=True, low_end_gain_db=4.0)
    (move,) = [r for r in planned(session, analyzed(session, [found])).recommendations if r.basis == "technical"]
    assert (move.track_name, move.kind) == ("Snare Bottom", "polarity")
    assert [(p.before, p.after) for p in move.predicted[:1]] == [(0.0, 4.0)]
    weak = replace(found, low_end_gain_db=1.4)
    assert technical_moves(planned(session, analyzed(session, [weak]))) == {}


def with_state(session: Session, state: str) -> tuple[Session, Analysis]:
    tracks = session.tracks
    if state == "in_progress":
        tracks = tuple(replace(t, fader_db=-6.0) for t in tracks)
    changed = replace(session, tracks=tracks)
    analysis = analyzed(changed, [pair(1, 2, late_ms=2.4)], *BASS)
    if state == "printed_stems":
        analysis = replace(analysis, tracks=tuple(replace(t, is_mono=False) for t in analysis.tracks))
    return changed, analysis


@pytest.mark.parametrize("state", ["raw", "in_progress", "printed_stems"])
def test_the_technical_pass_runs_in_every_state_and_comes_first(state: str) -> None:
    plan = planned(*with_state(session_of(*BASS), state))
    assert plan.session_state == state
    assert plan.recommendations[0].reason_class == "delay"


def test_muted_tracks_are_not_judged() -> None:
    mics = (BASS[0], replace(BASS[1], fields={"name": "Bass Amp", "muted": True}))
    assert technical_moves(plan_of(mics, pair(1, 2, late_ms=2.4))) == {}


def test_a_scope_keeps_proposals_to_its_tracks_and_says_so() -> None:
    plan = plan_of(BASS, pair(1, 2, late_ms=2.4), brief=Brief(scope=Scope.parse("tracks=Bass Amp")))
    assert technical_moves(plan) == {}
    assert any("2.4 ms (82 cm) behind" in left.reason for left in plan.left_out)


def test_a_fault_that_a_card_takes_care_of_is_not_listed_twice() -> None:
    plan = plan_of(BASS, pair(1, 2, late_ms=2.4))
    assert [(f.kind, f.track_guid, f.other_guid) for f in plan.findings] == [("delay", make_guid(2), make_guid(1))]
    assert plan.unmoved_findings() == ()
    locked = plan_of(BASS, pair(1, 2, late_ms=2.4), brief=Brief(locked_tracks=frozenset({"Bass DI"})))
    assert [f.kind for f in locked.unmoved_findings()] == ["delay"]


@pytest.mark.parametrize(
    "names", [("Snare Top", "Snare Bottom"), ("A" * 60, "Ünïcode 🎸 " * 8), ("Bass", "Bass"), ("", "")]
)
def test_every_card_and_sentence_is_sound(names: tuple[str, str]) -> None:
    for gains, late_ms in (((1.0, -0.8), 0.0), ((1.0, -0.8), 1.7), ((1.0, 0.9), 2.9)):
        mics = tuple(mic(name, snare=(g, at)) for name, g, at in zip(names, gains, (0.0, late_ms), strict=True))
        plan = plan_of(mics, pair(1, 2, inverted=gains[1] < 0, late_ms=late_ms))
        moves = [r for r in plan.recommendations if r.basis == "technical"]
        assert moves
        for move in moves:
            assert wording_faults(move) == []
        for finding in plan.findings:
            assert sentence_faults(finding.sentence, *(line.text for line in finding.evidence), names=names) == []
