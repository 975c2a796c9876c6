"""Proposals become controls: ties, refusals, one move per control, every track as loud under its pan law."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.intents import Intent, LevelIntent, PanIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Rationale
from dawassist.realize.steps import Step, steps_of
from dawassist.session.findings import Evidence
from dawassist.session.model import Envelope, EnvelopePoint, Session, Track
from dawassist.session.targets import TrackTarget
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track


def track(number: int = 1, **fields: Any) -> Track:
    return make_track(number=number, name=f"Audio {number}", items=[make_item("a.wav")], **fields)


def proposal(*intents: Intent, reason_class: str = "test", card: str = "") -> Proposal:
    rationale = Rationale(
        headline="4.0 dB under", evidence=(Evidence(text="4.0 dB.", value=4.0, unit="dB"),), sources=()
    )
    return Proposal(
        intents=intents, reason_class=reason_class, basis="corrective", confidence=0.9, rationale=rationale, card=card
    )


def level(number: int, gain_db: float) -> LevelIntent:
    return LevelIntent(track_guid=make_guid(number), gain_db=gain_db)


def pan(number: int, place: float = 0.0) -> PanIntent:
    return PanIntent(track_guid=make_guid(number), pan=place)


def mix_of(session: Session, *, mono: bool = True) -> MixState:
    sources = [each for each in session.tracks if each.items]
    covariance = make_analysis(session, [Sound(mono=mono)] * len(sources)).covariance
    assert covariance is not None
    return MixState(session, covariance)


def realized(session: Session, *proposals: Proposal, brief: Brief | None = None, mono: bool = True) -> list[Step]:
    return steps_of(mix_of(session, mono=mono), proposals, brief or Brief())[0]


def refusals(session: Session, *proposals: Proposal, brief: Brief | None = None) -> list[str]:
    steps, left_out = steps_of(mix_of(session), proposals, brief or Brief())
    assert not steps
    return [left.reason for left in left_out]


def automated(kind: Any = "volume") -> tuple[Envelope, ...]:
    points = (EnvelopePoint(time_seconds=0.0, value=0.0),)
    return (Envelope(kind=kind, guid="", active=True, points=points, point_count=1),)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"locked": True}, "locked"),
        ({"vca_follower": True}, "VCA leader"),
        ({"fader_db": -150.0}, "-inf"),
        ({"envelopes": automated(), "automation_mode": "read"}, "Read mode"),
        ({"envelopes": automated(), "automation_mode": "touch"}, "Touch mode"),
        ({"envelopes": automated(), "automation_mode": "latch_preview"}, "Latch Preview mode"),
    ],
)
def test_faders_that_may_not_be_moved_are_left_out_with_the_reason(fields: dict[str, Any], word: str) -> None:
    (reason,) = refusals(make_session([track(**fields), track(2)]), proposal(level(1, 4.0), level(2, 4.0)))
    assert reason.startswith("4.0 dB under, but")
    assert word in reason


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"pan_mode": "dual"}, "dual pan mode"),
        ({"locked": True}, "locked"),
        ({"envelopes": automated("pan")}, "automated"),
    ],
)
def test_pans_that_may_not_be_moved_are_left_out_with_the_reason(fields: dict[str, Any], word: str) -> None:
    (reason,) = refusals(make_session([track(pan=1.0, **fields)]), proposal(pan(1)))
    assert word in reason


def test_a_folder_that_holds_a_locked_track_is_not_moved() -> None:
    session = make_session([make_track(number=1, folder_depth=1), track(2), track(3, folder_depth=-1)])
    assert (
        "in this folder" in refusals(session, proposal(level(1, 3.0)), brief=Brief(locked_tracks=frozenset({"3"})))[0]
    )


@pytest.mark.parametrize("mono", [True, False])
@pytest.mark.parametrize(("law_db", "compensated"), [(0.0, False), (-3.0, False), (-4.5, True), (-6.0, False)])
@pytest.mark.parametrize("place", [-1.0, 0.6])
def test_a_track_that_moves_to_the_center_stays_as_loud(
    place: float, law_db: float, compensated: bool, mono: bool
) -> None:
    session = make_session([track(pan=place), track(2)], pan_law_db=law_db, pan_law_compensated=compensated)
    mix = mix_of(session, mono=mono)
    steps = realized(session, proposal(pan(1)), mono=mono)
    after = mix.changed({step.change.target: step.change.desired_raw for step in steps})
    assert after.track_lufs[make_guid(1)] == pytest.approx(mix.track_lufs[make_guid(1)], abs=0.2)
    assert len({step.card for step in steps}) == 1


def test_at_0_db_law_the_way_to_the_center_costs_three_db_of_fader() -> None:
    moved, fader = realized(make_session([track(pan=1.0)]), proposal(pan(1)))
    assert (moved.kind, fader.kind, fader.requires) == ("pan", "fader", (moved.identity,))
    assert fader.change.after == pytest.approx(-3.01, abs=0.01)
    assert "+3.0 LU" in fader.rationale.headline


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_level_and_a_pan_of_one_track_share_one_fader_move_and_one_card(order: tuple[int, int]) -> None:
    both = proposal(level(1, 6.0), level(2, 6.0), reason_class="quiet"), proposal(pan(1), reason_class="aside")
    steps = realized(make_session([track(pan=1.0), track(2)]), *(both[place] for place in order))
    faders = {step.track.number: step.change.after for step in steps if step.kind == "fader"}
    assert faders == {1: pytest.approx(6.0 - 3.01, abs=0.01), 2: 6.0}
    assert len({step.card for step in steps}) == 1
    assert len({step.change.target for step in steps}) == len(steps) == 3
    assert any("keep the track as loud" in line.text for step in steps for line in step.rationale.evidence)


def test_where_the_fader_may_not_move_the_pan_says_what_it_costs() -> None:
    session = make_session([track(pan=1.0, vca_follower=True)])
    (moved,) = realized(session, proposal(pan(1)))
    assert moved.kind == "pan"
    assert "+3.0 LU louder: it follows a VCA leader" in moved.rationale.evidence[-1].text


def test_one_control_is_moved_once_and_the_second_card_says_why_not() -> None:
    session = make_session([track(), track(2)])
    first, second = proposal(level(1, 3.0)), proposal(level(1, -2.0), level(2, -2.0), reason_class="other")
    steps, left_out = steps_of(mix_of(session), (first, second), Brief())
    assert [step.change.after for step in steps] == [3.0]
    assert "another card" in left_out[0].reason


def test_tracks_in_groups_and_under_trim_envelopes_say_so() -> None:
    session = make_session([track(groups=4, envelopes=automated())])
    (step,) = realized(session, proposal(level(1, 3.0)))
    texts = " ".join(line.text for line in step.rationale.evidence)
    assert "offsets the envelope" in texts
    assert "track group" in texts


def test_a_fader_over_the_top_is_not_lowered_by_a_raise() -> None:
    assert realized(make_session([track(fader_db=14.0)]), proposal(level(1, 3.0))) == []
    (step,) = realized(make_session([track(fader_db=10.0)]), proposal(level(1, 6.0)))
    assert step.change.after == 12.0


def test_moves_that_nobody_hears_are_dropped() -> None:
    session = make_session([track(pan=0.04)])
    assert realized(session, proposal(level(1, 0.2)), proposal(pan(1))) == []


@settings(max_examples=30)
@given(gain_db=st.floats(-12, 12), strengths=st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_moves_grow_with_the_strength(gain_db: float, strengths: list[float]) -> None:
    session = make_session([track(fader_db=-6.0)])
    moves = []
    for strength in sorted(strengths):
        steps = realized(session, proposal(level(1, gain_db)), brief=Brief(strength=strength))
        moves.append(abs(steps[0].change.after + 6.0) if steps else 0.0)
    assert moves == sorted(moves)


def test_a_rejected_control_takes_its_proposal_with_it() -> None:
    session = make_session([track(), track(2)])
    first = realized(session, proposal(level(1, 3.0), level(2, 3.0)))
    assert (
        realized(session, proposal(level(1, 3.0), level(2, 3.0)), brief=Brief(rejected=frozenset({first[1].identity})))
        == []
    )


def test_the_target_is_the_tracks_own_fader() -> None:
    (step,) = realized(make_session([track()]), proposal(level(1, 3.0)))
    assert step.change.target == TrackTarget(track_guid=make_guid(1), field="fader_gain")
    assert step.change.desired_raw == pytest.approx(10 ** (3 / 20))
