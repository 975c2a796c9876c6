"""Levels, pans and their texts as REAPER prints them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist import units


@pytest.mark.parametrize(
    ("level_db", "text"),
    [(-6.02, "-6.02 dB"), (0.0, "0.00 dB"), (-0.0, "0.00 dB"), (-150.0, "-inf dB"), (3.5, "3.50 dB")],
)
def test_levels_read_as_in_reaper(level_db: float, text: str) -> None:
    assert units.db_text(level_db) == text


@pytest.mark.parametrize(("pan", "text"), [(0.0, "center"), (-0.25, "25%L"), (0.4, "40%R"), (0.0005, "center")])
def test_pans_read_as_in_reaper(pan: float, text: str) -> None:
    assert units.pan_text(pan) == text


def test_screen_readers_hear_words() -> None:
    assert [units.spoken_pan(pan) for pan in (-0.25, 0.0, 1.0)] == ["25% left", "center", "100% right"]


@given(st.floats(-149.0, 24.0))
def test_gain_and_level_are_inverse(level_db: float) -> None:
    assert units.gain_to_db(units.db_to_gain(level_db)) == pytest.approx(level_db, abs=1e-9)


def test_silence_is_a_finite_level_and_back() -> None:
    assert units.gain_to_db(0.0) == units.SILENCE_DB
    assert units.db_to_gain(units.SILENCE_DB) == 0.0


@pytest.mark.parametrize(
    ("level_db", "raw"),
    [(0.0, 716.21785031), (3.0, 782.75892368), (-3.0, 652.838836), (-12.0, 483.949607), (-30.0, 250.09009),
     (-60.0, 79.482343), (12.0, 1000.0)],
)  # fmt: skip
def test_the_fader_law_of_envelopes_gives_the_published_values(level_db: float, raw: float) -> None:
    assert units.gain_to_envelope_raw(units.db_to_gain(level_db)) == pytest.approx(raw, rel=2e-5)
    assert units.gain_to_db(units.envelope_raw_to_gain(raw)) == pytest.approx(level_db, abs=2e-3)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(-3.0, "dB", "-3.00 dB"), (0.5, "pan", "50%R"), (1.0, "switch", "on"), (12.5, "ms", "12.50 ms"),
     (0.0, "Hz", "off"), (80.0, "Hz", "80 Hz"), (2540.0, "Hz", "2.54 kHz"), (12000.0, "Hz", "12 kHz"),
     (3.0, ":1", "3.0:1"), (1.41, "Q", "Q 1.41")],
)  # fmt: skip
def test_every_unit_has_its_text(value: float, unit: str, text: str) -> None:
    assert units.value_text(value, unit) == text
