"""Automation between its points."""

import numpy as np
import pytest

from dawassist.audio.envelopes import envelope_gains, envelope_values
from dawassist.session.model import Envelope, EnvelopePoint
from dawassist.units import db_to_gain, envelope_raw_to_gain, gain_to_envelope_raw


def envelope(*points: tuple[float, float, int], fader_scaling: bool = False) -> Envelope:
    made = tuple(EnvelopePoint(time_seconds=time, value=value, shape=shape) for time, value, shape in points)
    return Envelope(
        kind="volume", guid="", active=True, points=made, point_count=len(made), fader_scaling=fader_scaling
    )


def test_the_outer_points_hold_before_and_after() -> None:
    found = envelope_values(envelope((1.0, 0.2, 0), (2.0, 0.6, 0)), np.array([0.0, 1.0, 1.5, 2.0, 9.0]))
    np.testing.assert_allclose(found, [0.2, 0.2, 0.4, 0.6, 0.6])


def test_a_square_point_holds_until_the_next() -> None:
    found = envelope_values(
        envelope((0.0, 0.0, 1), (1.0, 1.0, 1), (2.0, 0.5, 0)), np.array([0.0, 0.999, 1.0, 1.9, 2.0])
    )
    np.testing.assert_allclose(found, [0.0, 0.0, 1.0, 1.0, 0.5])


@pytest.mark.parametrize("shape", range(6))
def test_every_shape_begins_and_ends_at_its_points_and_never_turns_back(shape: int) -> None:
    found = envelope_values(envelope((0.0, -1.0, shape), (1.0, 1.0, 0)), np.linspace(0.0, 1.0, 101))
    assert (found[0], found[-1]) == (-1.0, 1.0)
    assert np.all(np.diff(found) >= 0.0)


def test_two_points_at_one_time_jump() -> None:
    found = envelope_values(envelope((0.0, 0.0, 0), (1.0, 0.0, 0), (1.0, 1.0, 0)), np.array([0.999, 1.0, 2.0]))
    np.testing.assert_allclose(found, [0.0, 1.0, 1.0])


def test_volume_moves_in_amplitude() -> None:
    found = envelope_gains(envelope((0.0, 0.0, 0), (1.0, -150.0, 0)), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(found, [1.0, 0.5, 0.0])


def test_fader_scaled_volume_moves_on_the_faders_curve() -> None:
    found = envelope_gains(envelope((0.0, 0.0, 0), (1.0, -20.0, 0), fader_scaling=True), np.array([0.0, 0.5, 1.0]))
    middle = (gain_to_envelope_raw(1.0) + gain_to_envelope_raw(db_to_gain(-20.0))) / 2
    np.testing.assert_allclose(found, [1.0, envelope_raw_to_gain(middle), db_to_gain(-20.0)], atol=1e-9)
