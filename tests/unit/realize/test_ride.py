"""Rides add to what the volume envelope does, within their passage only."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.intents import EnvelopeIntent
from dawassist.plan.controls import why_not_ride
from dawassist.realize.ride import realize_ride
from dawassist.session.edits import SetEnvelopePoints, SwitchEnvelope
from dawassist.session.model import Envelope, EnvelopePoint, Track
from tests.sessions import make_guid, make_track

INTENT = EnvelopeIntent(track_guid=make_guid(1), start_seconds=4.0, end_seconds=6.0, gain_db=3.0, ramp_seconds=0.5)


FLAT = Envelope(
    kind="volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
)


def track(*points: tuple[float, float], **fields: Any) -> Track:
    found = tuple(EnvelopePoint(time_seconds=t, value=v) for t, v in points)
    envelope = Envelope(kind="volume", guid="", active=True, points=found, point_count=len(found))
    return make_track(name="Vox", envelopes=(envelope,), **fields)


def ride(change: Any) -> SetEnvelopePoints:
    (edit,) = change.setup
    assert isinstance(edit, SetEnvelopePoints)
    return edit


def test_a_flat_envelope_is_lifted_between_its_corners() -> None:
    change = realize_ride(track((0.0, -6.0)), INTENT)
    assert (change.parameter, change.before, change.after, change.unit) == ("Ride 0:04–0:06", 0.0, 3.0, "dB")
    found = [(p.time_seconds, round(p.value, 6)) for p in ride(change).desired_points]
    assert found == [(3.5, -6.0), (4.0, -3.0), (6.0, -3.0), (6.5, -6.0)]
    assert ride(change).expected_points == ()


def test_points_inside_keep_their_shape_and_move_with_the_ride() -> None:
    change = realize_ride(track((0.0, 0.0), (5.0, -2.0), (9.0, 0.0)), INTENT)
    points = {p.time_seconds: p.value for p in ride(change).desired_points}
    assert points[5.0] == pytest.approx(1.0)
    assert [p.time_seconds for p in ride(change).expected_points] == [5.0]


def test_half_a_ride_is_half_of_it_everywhere() -> None:
    half = realize_ride(track((0.0, -6.0)), INTENT).scaled(0.5)
    assert half.after == 1.5
    assert [round(p.value, 6) for p in ride(half).desired_points] == [-6.0, -4.5, -4.5, -6.0]
    assert realize_ride(track((0.0, -6.0)), INTENT).scaled(0.0).setup == ()


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (make_track(), "no volume envelope"),
        (track((0.0, 0.0), automation_mode="touch"), "Touch mode"),
        (track((0.0, 0.0), locked=True), "locked"),
        (make_track(envelopes=(Envelope(kind="volume", guid="", active=True, points=(), point_count=9,
                                        automation_item_count=1),)), "automation items"),
    ],
)  # fmt: skip
def test_envelopes_that_may_not_be_ridden_are_named(found: Track, word: str) -> None:
    assert word in why_not_ride(found)


def test_without_an_envelope_one_is_made_flat_and_ridden() -> None:
    change = realize_ride(make_track(name="Vox", fader_db=-7.0), INTENT)
    switch, points = change.setup
    assert isinstance(switch, SwitchEnvelope)
    assert isinstance(points, SetEnvelopePoints)
    assert (switch.on, switch.target.envelope, switch.label) == (True, "volume", "Vox · new volume envelope")
    assert switch.target == points.target
    assert [(p.time_seconds, p.value) for p in points.desired_points] == [
        (3.5, 0.0),
        (4.0, 3.0),
        (6.0, 3.0),
        (6.5, 0.0),
    ]
    assert points.expected_points == ()
    first, half = change.scaled(0.5).setup
    assert first == switch
    assert isinstance(half, SetEnvelopePoints)
    assert [p.value for p in half.desired_points] == [0.0, 1.5, 1.5, 0.0]


def test_a_ride_from_the_start_expects_the_point_that_a_new_envelope_has_there() -> None:
    change = realize_ride(
        make_track(), EnvelopeIntent(track_guid=make_guid(1), start_seconds=0.0, end_seconds=2.0, gain_db=2.0)
    )
    _, points = change.setup
    assert isinstance(points, SetEnvelopePoints)
    assert points.expected_points == (EnvelopePoint(time_seconds=0.0, value=0.0),)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (make_track(), ""),
        (track((0.0, 0.0)), ""),
        (make_track(automation_mode="read"), "Read mode"),
        (make_track(locked=True), "locked"),
        (make_track(envelopes=(replace(FLAT, active=False),)), ""),
        (make_track(envelopes=(replace(FLAT, active=False, points=(EnvelopePoint(time_seconds=0.0, value=-3.0),)),)),
         "switched off"),
    ],
)  # fmt: skip
def test_where_an_envelope_may_be_made(found: Track, word: str) -> None:
    reason = why_not_ride(found, creates=True)
    assert word in reason
    assert bool(reason) == bool(word)
