"""Polarity, delay and mute: whole at any strength, never before the items, and nothing that needs them without them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.intents import DelayIntent, Intent, LevelIntent, MuteIntent, PolarityIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import LeftOut, Rationale
from dawassist.realize.steps import Step, steps_of
from dawassist.realize.switches import realize_delay
from dawassist.session.findings import Evidence
from dawassist.session.model import Envelope, EnvelopePoint
from dawassist.session.targets import TrackTarget
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

ONE, TWO = make_guid(1), make_guid(2)


def steps(*intents: Intent, strength: float = 1.0, **fields: Any) -> tuple[list[Step], list[LeftOut]]:
    """Of a session with two tracks, the first with `fields`."""
    items = [make_item("a.wav")]
    session = make_session([make_track(number=1, items=items, **fields), make_track(number=2, items=items)])
    covariance = make_analysis(session, [Sound()] * 2).covariance
    assert covariance is not None
    rationale = Rationale(headline="2.4 ms", evidence=(Evidence(text="2.4 ms.", value=2.4, unit="ms"),), sources=())
    proposal = Proposal(intents=intents, reason_class="test", basis="technical", confidence=0.99, rationale=rationale)
    return steps_of(MixState(session, covariance), [proposal], Brief(strength=strength))


@pytest.mark.parametrize("inverted", [False, True])
def test_polarity_goes_to_the_other_side(inverted: bool) -> None:
    ((step,), _) = steps(PolarityIntent(track_guid=ONE), polarity_inverted=inverted)
    assert (step.kind, step.change.parameter, step.change.unit) == ("polarity", "Polarity", "switch")
    assert (step.change.expected_raw, step.change.desired_raw) == (float(inverted), float(not inverted))


@given(own_ms=st.integers(0, 50), later_ms=st.floats(0.05, 50.0))
def test_a_delay_adds_to_the_offset_that_is_set(own_ms: int, later_ms: float) -> None:
    track = make_track(delay_seconds=own_ms / 1000)
    change = realize_delay(track, DelayIntent(track_guid=ONE, later_seconds=later_ms / 1000))
    assert change.target == TrackTarget(track_guid=ONE, field="play_offset_seconds")
    assert change.expected_raw == track.delay_seconds
    assert change.desired_raw == pytest.approx((own_ms + later_ms) / 1000, abs=1e-7)
    assert change.after == pytest.approx(own_ms + later_ms, abs=1e-4)
    assert change.to_value(3.0).desired_raw == pytest.approx(0.003)


def test_no_track_is_played_before_its_items() -> None:
    found, left_out = steps(DelayIntent(track_guid=ONE, later_seconds=0.002), delay_seconds=-0.005)
    assert not found
    assert "-5.00 ms" in left_out[0].reason


@pytest.mark.parametrize("strength", [0.1, 1.0])
def test_switches_and_delays_are_made_whole_or_not_at_all(strength: float) -> None:
    intents = PolarityIntent(track_guid=ONE), DelayIntent(track_guid=TWO, later_seconds=0.0024)
    assert [step.change.after for step in steps(*intents, strength=strength)[0]] == [1.0, pytest.approx(2.4)]
    assert steps(*intents, strength=0.0)[0] == []
    for step in steps(*intents)[0]:
        assert step.change.is_discrete
        assert step.change.scaled(0.5) == step.change


def test_a_delay_and_a_flip_that_were_judged_together_require_each_other() -> None:
    flip, delay = steps(DelayIntent(track_guid=TWO, later_seconds=0.001), PolarityIntent(track_guid=ONE))[0][::-1]
    assert (flip.requires, delay.requires) == ((delay.identity,), (flip.identity,))
    assert [step.requires for step in steps(PolarityIntent(track_guid=ONE))[0]] == [()]
    assert flip.card == delay.card


def test_the_level_that_replaces_a_muted_copy_requires_the_mute() -> None:
    (mute, fader), _ = steps(MuteIntent(track_guid=ONE), LevelIntent(track_guid=TWO, gain_db=6.0))
    assert (mute.kind, fader.kind) == ("mute", "fader")
    assert fader.requires == (mute.identity,)
    (_, half), _ = steps(MuteIntent(track_guid=ONE), LevelIntent(track_guid=TWO, gain_db=6.0), strength=0.5)
    assert half.change.after == fader.change.after == 6.0


MUTES = Envelope(kind="mute", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1)


@pytest.mark.parametrize(
    ("intent", "fields", "word"),
    [
        (PolarityIntent(track_guid=ONE), {"locked": True}, "locked"),
        (DelayIntent(track_guid=ONE, later_seconds=0.001), {"locked": True}, "locked"),
        (MuteIntent(track_guid=ONE), {"locked": True}, "locked"),
        (MuteIntent(track_guid=ONE), {"muted": True}, "already"),
        (MuteIntent(track_guid=ONE), {"envelopes": (MUTES,)}, "automated"),
    ],
)
def test_controls_that_may_not_be_switched_are_left_out_with_the_reason(
    intent: Intent, fields: dict[str, Any], word: str
) -> None:
    found, left_out = steps(intent, **fields)
    assert not found
    assert word in left_out[0].reason
