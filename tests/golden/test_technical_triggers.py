"""Samples that a drum triggers, some of them late: each hit has a distance of its own."""

from pathlib import Path

import numpy as np
import pytest

from tests.golden.band import BEAT_SECONDS, placed, write_band
from tests.golden.projects import RATE, project
from tests.golden.technical import Told, part, rest


def sample_at(late_ms: np.ndarray) -> np.ndarray:
    """One shot at every hit of the kick, that much after it."""
    at = np.arange(round(0.3 * RATE)) / RATE
    shot = 0.5 * np.sin(2 * np.pi * (70 * at + 4.0 * (1 - np.exp(-40 * at)))) * np.exp(-14 * at)
    return placed([shot] * len(late_ms), np.arange(len(late_ms)) * BEAT_SECONDS + late_ms / 1000.0, RATE)


def test_a_trigger_whose_distance_changes_from_hit_to_hit_is_told_with_its_spread(tmp_path: Path) -> None:
    late_ms = np.random.default_rng(2).uniform(0.5, 9.0, 24)
    write_band(tmp_path, trigger=sample_at(late_ms))
    told = Told(tmp_path, project(part("Kick In", "kick"), part("Kick Trig", "trigger"), *rest()))
    assert told.faults == {("delay_varies", frozenset({1, 2}))}
    assert told.technical_moves == set()
    (finding,) = told.findings
    assert "Kick Trig plays 23 of 23 hits of Kick In" in finding.sentence  # nothing is before the first
    assert "no track delay fits" in finding.sentence
    low, high = np.percentile(late_ms, (10, 90))
    assert finding.evidence[0].value == pytest.approx(high - low, abs=0.5)


def test_a_trigger_that_keeps_its_distance_and_a_bass_that_plays_with_the_kick_are_told_nothing(tmp_path: Path) -> None:
    late_ms = np.random.default_rng(3).uniform(0.5, 9.0, 24)
    write_band(tmp_path, trigger=sample_at(np.full(24, 1.3)), bass_with_kick=sample_at(late_ms))
    steady = Told(tmp_path, project(part("Kick In", "kick"), part("Kick Trig", "trigger"), *rest()))
    assert steady.faults == set()
    played = Told(tmp_path, project(part("Kick In", "kick"), part("Bass", "bass_with_kick"), *rest()[1:]))
    assert played.faults == set()
