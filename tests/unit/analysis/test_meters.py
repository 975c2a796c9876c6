"""What holds for every signal: block sizes, gains, channel order, and signals that are hardly there."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from dawassist.analysis.activity import activity
from dawassist.analysis.k_weighting import KWeighting, k_weighting_coefficients
from dawassist.analysis.loudness import lufs_to_power, power_to_lufs
from dawassist.analysis.model import Loudness
from dawassist.analysis.signal_meter import SignalMeter, measure
from dawassist.analysis.true_peak import TruePeak
from dawassist.errors import InputError
from dawassist.units import SILENCE_DB

RATE = 8000
blocks = st.lists(st.integers(1, 9000), min_size=1, max_size=12)


def noise(seed: int, seconds: float = 4.0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    frames = round(seconds * RATE)
    swell = 10 ** (generator.uniform(-40, 0, frames // 1000 + 1) / 20)
    return (0.1 * generator.standard_normal((2, frames)) * np.repeat(swell, 1000)[:frames]).astype(np.float32)


def in_blocks(signal: np.ndarray, sizes: list[int]) -> SignalMeter:
    meter = SignalMeter(RATE)
    first = turn = 0
    while first < signal.shape[-1]:
        meter.push(signal[:, first : first + sizes[turn % len(sizes)]])
        first += sizes[turn % len(sizes)]
        turn += 1
    meter.finish()
    return meter


def close(loudness: Loudness, other: Loudness, shift_db: float = 0.0) -> None:
    for field in dataclasses.fields(Loudness):
        moves = 0.0 if field.name in ("crest_factor_db", "loudness_range_lu") else shift_db
        assert getattr(loudness, field.name) == pytest.approx(getattr(other, field.name) + moves, abs=2e-3), field.name


@settings(max_examples=25)
@given(sizes=blocks, seed=st.integers(0, 99))
def test_block_sizes_do_not_matter(sizes: list[int], seed: int) -> None:
    signal = noise(seed)
    meter = in_blocks(signal, sizes)
    close(meter.loudness(), measure(signal, RATE))
    assert meter.activity(0.0) == in_blocks(signal, [10**6]).activity(0.0)


@settings(max_examples=20)
@given(gain_db=st.floats(-12, 24), seed=st.integers(0, 99))
def test_a_gain_moves_every_level_by_itself(gain_db: float, seed: int) -> None:
    signal = noise(seed)
    close(measure(signal * np.float32(10 ** (gain_db / 20)), RATE), measure(signal, RATE), gain_db)


@given(seed=st.integers(0, 99))
@settings(max_examples=10)
def test_swapped_channels_measure_the_same(seed: int) -> None:
    signal = noise(seed)
    close(measure(signal[::-1], RATE), measure(signal, RATE))


@pytest.mark.parametrize("frames", [0, 1, 5, RATE])
def test_silence_and_nothing_are_silent_numbers(frames: int) -> None:
    loudness = measure(np.zeros((2, frames), dtype=np.float32), RATE)
    assert loudness.integrated_lufs == loudness.true_peak_dbtp == loudness.rms_dbfs == SILENCE_DB
    assert loudness.crest_factor_db == loudness.loudness_range_lu == 0.0


def test_one_sample_has_a_peak_and_no_loudness() -> None:
    loudness = measure(np.full((2, 1), 0.5, dtype=np.float32), RATE)
    assert loudness.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert loudness.true_peak_dbtp >= loudness.sample_peak_dbfs
    assert loudness.integrated_lufs == SILENCE_DB


def test_denormal_and_huge_signals_stay_finite() -> None:
    for level in (1e-310, 1e-30, 1e4):
        loudness = measure(noise(1).astype(np.float64) * level, RATE)
        assert all(np.isfinite(getattr(loudness, field.name)) for field in dataclasses.fields(loudness))


def test_dc_offset_and_rumble_are_not_loud() -> None:
    seconds = np.arange(10 * 48000) / 48000
    rumble = 0.25 * np.sin(2 * np.pi * 5.0 * seconds) + 0.5
    assert measure(np.stack((rumble, rumble)), 48000).short_term_max_lufs > -60  # the step of the offset at the start
    meter = SignalMeter(48000)
    meter.push(np.stack((rumble, rumble)))
    weighted = meter.push(np.stack((rumble, rumble)))
    assert (
        power_to_lufs((weighted**2).sum(axis=-1).mean(axis=-1).sum()) < -42
    )  # 5 Hz: 35 dB down; an FFT without windows reads −30


def test_k_weighting_at_48_khz_is_the_table_of_the_standard() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]
    b, a = k_weighting_coefficients(48000)
    np.testing.assert_allclose(b, np.convolve(shelf[0], high_pass[0]), atol=1e-8)
    np.testing.assert_allclose(a, np.convolve(shelf[1], high_pass[1]), atol=1e-8)


def test_rates_below_8_khz_are_refused_with_a_sentence() -> None:
    with pytest.raises(InputError, match="4000 Hz"):
        KWeighting(4000, 2)


def test_an_unfinished_hop_is_left_out() -> None:
    meter = SignalMeter(RATE)
    meter.push(noise(1)[:, :1599])
    meter.finish()
    assert len(meter.hop_powers()) == 1


@pytest.mark.parametrize("rate", [8000, 11127, 44100, 48000, 96000])
def test_weighted_hops_are_the_spectra_of_the_recursive_filter(rate: int) -> None:
    generator = np.random.default_rng(rate)
    hop = round(rate / 10)
    signal = generator.standard_normal((2, 8 * hop)) + 2.0 + np.sin(2 * np.pi * 5.0 * np.arange(8 * hop) / rate)
    signal[1, 3 * hop : 6 * hop] = 0.0
    recursive = lfilter(*k_weighting_coefficients(rate), signal).reshape(2, 8, hop)
    hops = KWeighting(rate, 2).push(signal)
    np.testing.assert_allclose(np.square(hops).sum(axis=-1), np.square(recursive).mean(axis=-1), rtol=1e-4, atol=1e-10)
    np.testing.assert_allclose((hops[0] * hops[1]).sum(axis=-1), (recursive[0] * recursive[1]).mean(axis=-1), atol=1e-5)


def test_loudness_and_power_are_inverse() -> None:
    assert float(power_to_lufs(lufs_to_power(-23.0))) == pytest.approx(-23.0)


@given(seed=st.integers(0, 10**6), size=st.integers(1, 4000))
@settings(max_examples=50)
def test_skipping_quiet_segments_never_changes_the_true_peak(seed: int, size: int) -> None:
    generator = np.random.default_rng(seed)
    signal = (generator.standard_normal((2, size)) ** 3).astype(np.float32)
    skipping, plain = TruePeak(2), TruePeak(2)
    skipping.push(signal)
    for first in range(0, size, 7):  # blocks of less than a segment leave nothing to skip
        plain.push(signal[:, first : first + 7])
    assert skipping.finish() == pytest.approx(plain.finish(), abs=1e-4)


def test_mono_is_told_from_nearly_mono() -> None:
    signal = np.repeat(noise(3)[:1], 2, axis=0)
    assert in_blocks(signal, [1000]).levels.is_mono
    signal[1, 5000] += 0.01
    assert not in_blocks(signal, [1000]).levels.is_mono


def test_activity_finds_the_phrases_and_bridges_short_pauses() -> None:
    loud, quiet = lufs_to_power(-30.0), lufs_to_power(-80.0)
    hops = np.array([quiet] * 10 + [loud] * 20 + [quiet] * 3 + [loud] * 10 + [quiet] * 10 + [loud] * 5)
    found = activity(hops, 100.0)
    np.testing.assert_allclose(found.segments, [(101.0, 104.3), (105.3, 105.8)])
    assert found.share == pytest.approx(38 / 58)


def test_a_decaying_tail_belongs_to_its_note_and_bleed_alone_is_not_activity() -> None:
    levels = [-90.0] * 5 + [-20.0, -30.0, -38.0, -44.0, -60.0, -60.0, -60.0, -60.0, -60.0, -46.0, -60.0]
    found = activity(np.array([lufs_to_power(level) for level in levels]), 0.0)
    np.testing.assert_allclose(found.segments, [(0.5, 0.9)])


def test_a_sound_shorter_than_one_block_is_active() -> None:
    assert activity(np.array([0.0, lufs_to_power(-20.0), 0.0]), 0.0).segments == ((0.1, 0.2),)


def test_silence_is_never_active() -> None:
    assert activity(np.zeros(50), 0.0).share == 0.0
