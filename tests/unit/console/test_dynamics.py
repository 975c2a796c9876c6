"""The compressor and the gate: static curves, times, look-ahead; against formulas and a sample-by-sample rendering."""

import math

import numpy as np
import pytest

from dawassist.console.compressor import Compressor, CompressorSettings, gain_reduction_db
from dawassist.console.dynamics import DelayLine, DetectorSettings
from dawassist.console.gate import Gate, GateSettings

RATE = 48000


def tone(level_db: float, seconds: float = 1.0, hertz: float = 1000.0) -> np.ndarray:
    """A sine whose mean square is `level_db`, on both sides."""
    wave = (
        math.sqrt(2.0) * 10.0 ** (level_db / 20.0) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    )
    return np.stack((wave, wave))


def level_db(block: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(block**2) + 1e-20))


def settings(**fields: object) -> CompressorSettings:
    values = {"threshold_db": -20.0, "ratio": 4.0, "attack_ms": 3.0, "release_ms": 100.0,
              "detector": DetectorSettings(rms_size_ms=5.0), **fields}  # fmt: skip
    return CompressorSettings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "knee", "expected"),
    [
        (-30.0, 0.0, 0.0), (-20.0, 0.0, 0.0), (-12.0, 0.0, 6.0), (0.0, 0.0, 15.0),
        (-20.0, 8.0, 0.75), (-24.0, 8.0, 0.0), (-16.0, 8.0, 3.0), (-10.0, 8.0, 7.5),
    ],
)  # fmt: skip
def test_the_static_curve(level: float, knee: float, expected: float) -> None:
    found = gain_reduction_db(np.array([level]), -20.0, 4.0, knee)
    assert found[0] == pytest.approx(expected)


def test_the_knee_joins_both_lines_without_a_step() -> None:
    levels = np.linspace(-40.0, 0.0, 4001)
    found = gain_reduction_db(levels, -20.0, 10.0, 12.0)
    assert np.abs(np.diff(found)).max() < 0.0095
    assert (np.diff(found) >= -1e-12).all()


@pytest.mark.parametrize("level", [-40.0, -14.0, -6.0])
@pytest.mark.parametrize("ratio", [2.0, 4.0, 100.0])
def test_a_steady_tone_ends_at_the_static_curve(level: float, ratio: float) -> None:
    played = Compressor(settings(ratio=ratio), RATE).push(tone(level))
    expected = level - max(level + 20.0, 0.0) * (1.0 - 1.0 / ratio)
    assert level_db(played[:, RATE // 2 :]) == pytest.approx(expected, abs=0.15)


def reference_gain_db(power: np.ndarray, own: CompressorSettings) -> np.ndarray:
    """Sample by sample, straight from the equations."""
    mean, reduction = 0.0, 0.0
    keep = math.exp(-1.0 / (own.detector.rms_size_ms / 1000.0 * RATE))
    attack = math.exp(-1.0 / (own.attack_ms / 1000.0 * RATE))
    release = math.exp(-1.0 / (own.release_ms / 1000.0 * RATE))
    found = []
    for value in power:
        mean = keep * mean + (1.0 - keep) * value
        over = 10.0 * math.log10(max(mean, 1e-15)) - own.threshold_db
        wanted = (1.0 - 1.0 / own.ratio) * max(over, 0.0)
        smooth = attack if wanted > reduction else release
        reduction = smooth * reduction + (1.0 - smooth) * wanted
        found.append(-reduction)
    return np.array(found)


@pytest.mark.parametrize("attack_ms", [1.0, 3.0, 30.0])
def test_the_gain_in_steps_is_that_of_every_sample_within_a_tenth_of_a_decibel(attack_ms: float) -> None:
    rng = np.random.default_rng(3)
    bursts = np.repeat(10.0 ** (rng.uniform(-40.0, -3.0, 20) / 20.0), 1200)
    played = np.stack((bursts, bursts)) * np.where(rng.standard_normal(24000) > 0.0, 1.0, -1.0)
    own = settings(attack_ms=attack_ms)
    ours = 20.0 * np.log10(np.abs(Compressor(own, RATE).push(played)[0] / played[0]))
    theirs = reference_gain_db((played**2).mean(axis=0), own)
    assert np.abs(ours - theirs).max() < 0.6  # 125 µs later at an edge
    assert np.sqrt(np.mean((ours - theirs) ** 2)) < 0.1


@pytest.mark.parametrize(("field", "time_ms"), [("attack_ms", 20.0), ("release_ms", 50.0)])
def test_63_percent_of_the_way_is_done_in_the_attack_and_release_time(field: str, time_ms: float) -> None:
    levels = (-40.0, -8.0) if field == "attack_ms" else (-8.0, -40.0)
    own = settings(attack_ms=20.0, release_ms=50.0, detector=DetectorSettings())
    constant = np.repeat(10.0 ** (np.array(levels) / 20.0), RATE)
    played = Compressor(own, RATE).push(np.stack((constant, constant)))[0] / constant
    gain_db = 20.0 * np.log10(played)
    after = gain_db[RATE + round(time_ms / 1000.0 * RATE)]
    full = -9.0
    share = after / full if field == "attack_ms" else 1.0 - after / full
    assert share == pytest.approx(1.0 - math.exp(-1.0), abs=0.01)


def test_below_the_threshold_nothing_changes() -> None:
    quiet = tone(-40.0)
    np.testing.assert_allclose(Compressor(settings(), RATE).push(quiet), quiet, rtol=1e-12)


def test_both_sides_get_the_same_gain() -> None:
    block = tone(-6.0)
    block[1] *= 0.1
    played = Compressor(settings(), RATE).push(block)
    np.testing.assert_allclose(played[1], 0.1 * played[0], rtol=1e-12, atol=1e-15)


def test_dry_and_wet_are_added() -> None:
    block = tone(-6.0)
    wet = Compressor(settings(wet_db=6.0), RATE).push(block)
    both = Compressor(settings(wet_db=6.0, dry_db=-6.0), RATE).push(block)
    np.testing.assert_allclose(both, wet + 10 ** (-6 / 20) * block, rtol=1e-9, atol=1e-12)


def test_look_ahead_turns_down_before_the_sound_comes_and_is_late_by_as_much() -> None:
    block = np.concatenate((np.full((2, 4800), 0.001), np.full((2, 4800), 0.5)), axis=1)
    compressor = Compressor(settings(look_ahead_ms=10.0, attack_ms=1.0, detector=DetectorSettings()), RATE)
    played = compressor.push(block)
    late = compressor.latency_samples
    assert late == 480
    first = played[0, 4800 + late]
    assert 20.0 * np.log10(first / 0.5) == pytest.approx(-10.485, abs=0.01)


def test_a_detector_filter_makes_it_deaf_to_what_it_takes_out() -> None:
    low = tone(-6.0, hertz=60.0)
    deaf = settings(detector=DetectorSettings(rms_size_ms=5.0, high_pass_hz=1000.0))
    np.testing.assert_allclose(Compressor(deaf, RATE).push(low)[:, 4800:], low[:, 4800:], rtol=1e-3, atol=1e-6)
    other = settings(detector=DetectorSettings(rms_size_ms=5.0, low_pass_hz=100.0))
    high = tone(-6.0, hertz=8000.0)
    np.testing.assert_allclose(Compressor(other, RATE).push(high), high, rtol=1e-3, atol=1e-6)


def gate(**fields: object) -> GateSettings:
    values = {"threshold_db": -30.0, "attack_ms": 1.0, "release_ms": 20.0, "hold_ms": 0.0, **fields}
    return GateSettings(**values)  # type: ignore[arg-type]


def steps(*levels_db: float) -> np.ndarray:
    """Half a second of each level."""
    return np.repeat(10.0 ** (np.array([levels_db, levels_db]) / 20.0), RATE // 2, axis=1)


def gains_db(own: GateSettings, block: np.ndarray) -> np.ndarray:
    return 20.0 * np.log10(np.maximum(Gate(own, RATE).push(block)[0] / block[0], 1e-9))


def test_the_gate_is_open_above_its_threshold_and_shut_below() -> None:
    found = gains_db(gate(), steps(-50.0, -10.0, -50.0))
    assert found[RATE // 2 - 1] == -180.0
    assert found[RATE - 1] == pytest.approx(0.0, abs=1e-6)
    assert found[-1] < -100.0


def test_between_both_thresholds_it_stays_as_it_is() -> None:
    own = gate(hysteresis_db=-10.0)
    found = gains_db(own, steps(-35.0, -10.0, -35.0, -45.0, -35.0))
    at_ends = [found[(k + 1) * RATE // 2 - 1] for k in range(5)]
    assert [gain > -1.0 for gain in at_ends] == [False, True, True, False, False]


def test_it_holds_before_it_closes() -> None:
    found = gains_db(gate(hold_ms=100.0), steps(-10.0, -50.0))
    assert found[RATE // 2 + int(0.099 * RATE)] == pytest.approx(0.0, abs=1e-6)
    assert found[RATE // 2 + int(0.121 * RATE)] == pytest.approx(20.0 * math.log10(math.exp(-1.0)), abs=0.5)


def test_a_threshold_of_minus_infinity_is_always_open() -> None:
    block = steps(-100.0, -10.0)
    np.testing.assert_allclose(Gate(gate(threshold_db=-150.0), RATE).push(block), block, rtol=1e-9)


def test_a_delay_line_shifts_by_its_length_and_no_length_passes() -> None:
    ramp = np.arange(20.0).reshape(2, 10)
    line = DelayLine(4)
    parts = [line.push(ramp[:, :3]), line.push(ramp[:, 3:])]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1)[:, 4:], ramp[:, :6])
    assert DelayLine(0).push(ramp) is ramp
