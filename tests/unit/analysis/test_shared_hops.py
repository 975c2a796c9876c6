"""One transform for all meters: the slow signal of the low end, and bands of hops that no window was put on."""

import numpy as np
import pytest

from dawassist.analysis.frames import FrameTransform
from dawassist.analysis.hops import HopTransform
from dawassist.analysis.low_signal import LowSignal
from dawassist.analysis.spectrum import BandPower, SpectrumMeter

RATE = 48000


def low_of(signal: np.ndarray, rate: int, cuts: tuple[int, ...] = ()) -> np.ndarray:
    transform, low = HopTransform(rate, len(signal)), LowSignal(rate, len(signal))
    blocks = np.split(signal, cuts, axis=1)
    return np.concatenate(
        [*(low.push(transform.push(block)) for block in blocks), low.push(transform.finish())], axis=1
    )


def bands_of(signal: np.ndarray, cuts: tuple[int, ...] = ()) -> BandPower:
    transform, frames, meter = HopTransform(RATE, 2), FrameTransform(RATE, 2), SpectrumMeter(RATE)
    for block in np.split(signal, cuts, axis=1):
        hops = transform.push(block)
        meter.push(frames.push(hops), hops)
    last = transform.finish()
    meter.push(frames.push(last), last)
    meter.finish(frames.finish())
    return meter.band_power()


def tone(hertz: float, seconds: float, rate: int = RATE) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def hit(at_seconds: float, seconds: float = 2.0) -> np.ndarray:
    """A burst of noise that dies away within some 30 ms."""
    signal = np.zeros((2, round(RATE * seconds)), np.float32)
    length, start = RATE // 5, round(RATE * at_seconds)
    burst = np.random.default_rng(1).standard_normal(length) * np.exp(-np.arange(length) / (0.015 * RATE))
    signal[:, start : start + length] = 0.1 * burst
    return signal


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 96000])
def test_the_low_signal_holds_a_tone_below_1_khz_as_it_is(rate: int) -> None:
    for hertz in (3.0, 50.0, 997.0):
        low = low_of(tone(hertz, 3.0, rate), rate)[0, 2000:10000]
        times = np.arange(2000, 10000) / 4000.0
        turns = np.exp(-2j * np.pi * hertz * times) * np.hanning(len(times))
        amplitude = 2.0 * abs((low * turns).sum()) / np.hanning(len(times)).sum()
        assert amplitude == pytest.approx(0.5, rel=1e-3)
        in_phase = np.stack([np.cos(2 * np.pi * hertz * times), np.sin(2 * np.pi * hertz * times)], axis=1)
        left = low - in_phase @ np.linalg.lstsq(in_phase, low, rcond=None)[0]
        assert np.abs(left).max() < 0.5 * 10 ** (-80 / 20)  # nothing of the cuts between hops is left


def test_what_lies_above_3_khz_leaves_nothing_in_the_low_signal() -> None:
    for hertz in (3010.0, 7777.0, 20001.0):
        assert np.abs(low_of(tone(hertz, 2.0), RATE)[0, 400:7600]).max() < 0.5 * 10 ** (-85 / 20)


def test_neither_depends_on_the_sizes_of_blocks() -> None:
    signal = np.random.default_rng(2).normal(0, 0.1, (2, RATE)).astype(np.float32)
    cuts = (1, 4800, 5000, 19999)
    np.testing.assert_allclose(low_of(signal, RATE, cuts), low_of(signal, RATE), atol=1e-6)
    whole, cut = bands_of(signal), bands_of(signal, cuts)
    np.testing.assert_allclose(cut.erb, whole.erb, rtol=1e-4)


@pytest.mark.parametrize("at_seconds", [0.5, 0.55, 0.575, 0.6])
def test_a_hit_counts_alike_wherever_it_falls(at_seconds: float) -> None:
    reference = bands_of(hit(1.05)).third_octave.sum(axis=0)
    found = bands_of(hit(at_seconds)).third_octave.sum(axis=0)
    high = np.array(bands_of(hit(0.5)).center_hz) > 1300.0
    assert np.abs(10 * np.log10(found[high] / reference[high])).max() < 1.5


def test_a_low_tone_leaves_nothing_high_up() -> None:
    bands = bands_of(tone(61.7, 3.0))
    power = bands.third_octave[1:-1].mean(axis=0)
    high = np.array(bands.center_hz) > 2400.0
    assert (10 * np.log10(power[high] / power.max())).max() < -70.0


def test_tones_around_the_split_have_their_power() -> None:
    for hertz in (890.0, 970.0, 1013.0, 1100.0, 6305.0):
        power = bands_of(tone(hertz, 3.0)).third_octave[1:-1].mean(axis=0).sum()
        assert 10 * np.log10(power / 0.25) == pytest.approx(0.0, abs=0.4)


def test_after_silence_comes_what_comes_and_silence_has_no_power() -> None:
    silent = np.zeros((2, RATE), np.float32)
    bands = bands_of(np.concatenate([silent, tone(440.0, 1.0), silent], axis=1), (RATE, 2 * RATE))
    assert not bands.erb[:4].any()
    assert not bands.erb[-4:].any()
    assert bands.erb[6:9].sum(axis=1) == pytest.approx(0.25, rel=0.02)
