"""How sides relate, dead channels and sides, sides out of polarity; and what only looks like it."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dawassist.analysis.channel_findings import dead_channel, side_findings
from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.stereo import Stereo
from dawassist.analysis.track_meter import TrackMeter
from dawassist.session.findings import Finding
from dawassist.session.model import Item
from tests.sessions import make_item, make_track

RATE = 8000
SECONDS = 8
Signal = npt.NDArray[np.float64]


def noise(seed: int, rms: float = 0.1) -> Signal:
    """With swells, as played."""
    chance = np.random.default_rng(seed)
    swell = np.repeat(10 ** (chance.uniform(-20, 0, 4 * SECONDS) / 20), RATE // 4)
    return np.asarray(rms * swell * chance.standard_normal(SECONDS * RATE))


def heard(left: Signal, right: Signal) -> TrackAnalysis:
    both = np.stack((left, right)).astype(np.float32)
    meter = TrackMeter(RATE, hears_voice=False)
    for first in range(0, both.shape[1], RATE):
        meter.push(np.ascontiguousarray(both[:, first : first + RATE]), is_last=first + RATE >= both.shape[1])
    return meter.analysis("{T}", "after_chain", 0.0, ())


def stereo_of(left: Signal, right: Signal) -> Stereo:
    stereo = heard(left, right).stereo
    assert stereo is not None
    return stereo


def kinds(left: Signal, right: Signal, item: Item | None = None) -> list[str]:
    track = make_track(number=1, name="Pad", items=[item or make_item("a.wav", length_seconds=SECONDS)])
    return [finding.kind for finding in side_findings(track, stereo_of(left, right))]


def test_equal_sides_correlate_fully_and_lose_nothing_in_mono() -> None:
    stereo = stereo_of(noise(1), noise(1))
    assert stereo.correlation == pytest.approx(1.0, abs=1e-4)
    assert (stereo.balance_db, stereo.mono_loss_lu) == pytest.approx((0.0, 0.0), abs=1e-3)
    assert stereo.side_to_mid_db == -60.0


def test_unrelated_sides_lose_3_lu_in_mono() -> None:
    stereo = stereo_of(noise(1), noise(2))
    assert stereo.correlation == pytest.approx(0.0, abs=0.05)
    assert stereo.mono_loss_lu == pytest.approx(3.01, abs=0.25)
    assert stereo.side_to_mid_db == pytest.approx(0.0, abs=0.5)


def test_a_louder_right_side_is_a_positive_balance() -> None:
    assert stereo_of(noise(1), 2.0 * noise(1)).balance_db == pytest.approx(6.02, abs=0.01)


def test_dc_does_not_hide_how_the_sides_relate() -> None:
    assert stereo_of(noise(1) + 0.3, noise(2) + 0.3).correlation == pytest.approx(0.0, abs=0.05)


def test_silence_has_no_sides() -> None:
    assert heard(np.zeros(RATE * 2), np.zeros(RATE * 2)).stereo is None


def test_sides_out_of_polarity_are_found() -> None:
    assert kinds(noise(1), -noise(1) + 0.1 * noise(2)) == ["stereo_polarity"]


@pytest.mark.parametrize("depth", [0.5, 1.0, 2.0, 3.5])
def test_mid_and_side_synths_are_wide_on_purpose(depth: float) -> None:
    assert kinds(noise(1) + depth * noise(2), noise(1) - depth * noise(2)) == []


def test_a_moment_of_opposite_sides_is_no_fault() -> None:
    right = noise(1)
    right[: 3 * RATE] *= -1.0
    assert kinds(noise(1), right) == []


@pytest.mark.parametrize("floor", [0.0, 1e-5])
def test_a_dead_side_is_found(floor: float) -> None:
    assert kinds(noise(1), floor * noise(2) / 0.1) == ["dead_side"]
    assert kinds(floor * noise(2) / 0.1, noise(1)) == ["dead_side"]


def test_a_quiet_side_that_plays_is_not_dead() -> None:
    assert kinds(noise(1), 0.02 * noise(2)) == []


def test_an_item_panned_to_one_side_is_no_dead_side() -> None:
    item = make_item("a.wav", length_seconds=SECONDS)
    panned = replace(item, takes=(replace(item.takes[0], pan=-1.0),))
    assert kinds(noise(1), np.zeros(SECONDS * RATE), panned) == []


def dead(signal: Signal, *, start: float = 0.0, end: float = float(SECONDS), **fields: Any) -> Finding | None:
    item = replace(make_item("a.wav", length_seconds=SECONDS), **fields)
    track = make_track(number=1, name="Room Spare", items=[item])
    return dead_channel(track, heard(signal, signal), start, end)


def test_digital_silence_is_dead() -> None:
    found = dead(np.zeros(SECONDS * RATE))
    assert found is not None
    assert found.sentence == "Room Spare is dead: 8 s of digital silence."


@pytest.mark.parametrize("rms_dbfs", [-95.0, -80.0, -62.0])
def test_the_noise_of_an_open_input_is_dead(rms_dbfs: float) -> None:
    chance = np.random.default_rng(3)
    found = dead(10 ** (rms_dbfs / 20) * chance.standard_normal(SECONDS * RATE))
    assert found is not None
    assert "dBFS in 8 s" in found.sentence


def test_a_track_that_plays_once_is_not_dead() -> None:
    signal = np.zeros(SECONDS * RATE)
    signal[3 * RATE : 3 * RATE + RATE // 4] = noise(1)[: RATE // 4]
    assert dead(signal) is None


def test_a_soft_recording_is_not_dead() -> None:
    assert dead(noise(1, rms=10 ** (-62.0 / 20))) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"muted": True},
        {"level_db": -120.0},
        {"lane_plays": False},
        {"length_seconds": 20.0},
        {"position_seconds": -4.0},
    ],
    ids=["muted", "turned down", "lane", "goes on", "began earlier"],
)
def test_silence_that_is_meant_or_not_heard_whole_is_not_dead(fields: dict[str, Any]) -> None:
    assert dead(np.zeros(SECONDS * RATE), **fields) is None
