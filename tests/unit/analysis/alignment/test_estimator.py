"""Delay and polarity between two signals: exact where it can be told, and no claim where it cannot."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from dawassist.analysis.alignment.estimator import Alignment, align
from dawassist.analysis.alignment.likeness import unlike_db

RATE = 16000
WINDOW = 3 * RATE
WINDOWS = 5
Mono = npt.NDArray[np.float32]


def noise(seed: int) -> Mono:
    return np.random.default_rng(seed).standard_normal(WINDOW * WINDOWS).astype(np.float32)


def hits(seed: int) -> Mono:
    """A drum of a new sound at every stroke."""
    strokes = noise(seed)
    place = np.arange(len(strokes)) % (RATE // 3)
    return np.asarray(strokes * np.exp(-place / (0.03 * RATE)), dtype=np.float32)


def later(signal: Mono, samples: float) -> Mono:
    """Delayed by any fraction of a sample, around the corner."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(len(signal)) * samples)
    return np.fft.irfft(np.fft.rfft(signal) * turn, len(signal)).astype(np.float32)


def aligned(one: Mono, other: Mono) -> Alignment:
    cuts = range(0, len(one), WINDOW)
    found = align([(one[cut : cut + WINDOW], other[cut : cut + WINDOW]) for cut in cuts], RATE)
    assert found is not None
    return found


@pytest.mark.parametrize("samples", [0.0, 0.31, 7.5, -41.75, 300.2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_fractions_of_a_sample_and_the_polarity_are_found(samples: float, sign: float) -> None:
    source = hits(1)
    found = aligned(source, sign * later(source, samples) + 0.01 * noise(2))
    assert found.is_certain
    assert found.delay_samples == pytest.approx(samples, abs=0.1)
    assert found.inverted == (sign < 0.0)


def test_another_microphone_in_a_room_with_bleed_is_found() -> None:
    source, other = hits(1), hits(7)
    room = noise(3)[: RATE // 5] * np.exp(-np.arange(RATE // 5) / 500.0) * 0.03
    room[0] = 1.0
    wet = np.convolve(source, room)[: len(source)]
    bandpass = butter(1, (60, 5000), "bandpass", fs=RATE, output="sos")
    far = -sosfilt(bandpass, later(wet.astype(np.float32), 120)) + 0.3 * later(other, 33)
    found = aligned(source + 0.1 * other, far.astype(np.float32))
    assert found.is_certain
    assert found.inverted
    assert found.delay_samples == pytest.approx(120, abs=2)


def test_unrelated_signals_are_no_pair() -> None:
    for seed in range(5):
        found = aligned(hits(10 + seed), hits(20 + seed))
        assert found.confidence < 0.5


def test_a_low_sine_has_no_delay_that_could_be_told() -> None:
    times = np.arange(WINDOW * WINDOWS) / RATE
    low = np.sin(2 * np.pi * 70 * times).astype(np.float32)
    assert not aligned(low, later(low, 40) + 0.001 * noise(4)).is_certain


@pytest.mark.parametrize(("samples", "sign"), [(12, 1.0), (0, -1.0), (30, -1.0)])
def test_the_low_end_gains_what_is_predicted(samples: int, sign: float) -> None:
    low = sosfilt(butter(2, 400, fs=RATE, output="sos"), noise(1))
    source = (low + 0.3 * noise(5)).astype(np.float32)
    other = (sign * later(source, samples) + 0.2 * noise(6)).astype(np.float32)
    found = aligned(source, other)
    corrected = source + sign * later(other, -found.delay_samples)
    rise = 10 * np.log10(energy_below_500_hz(corrected) / energy_below_500_hz(source + other))
    assert found.low_end_gain_db == pytest.approx(rise, abs=0.3)


def energy_below_500_hz(signal: Mono) -> float:
    frequency_hz = np.fft.rfftfreq(len(signal), 1 / RATE)
    return float((np.abs(np.fft.rfft(signal)) ** 2)[(frequency_hz >= 20) & (frequency_hz < 500)].sum())


def test_a_copy_at_another_level_leaves_next_to_nothing() -> None:
    source = hits(1)
    found = aligned(source, 0.5 * later(source, 1))
    assert found.residual_db < -40.0
    assert found.gain_db == pytest.approx(-6.02, abs=0.05)
    assert found.delay_samples == pytest.approx(1.0, abs=0.05)


def test_what_the_other_adds_remains() -> None:
    source, added = noise(1), noise(2)
    found = aligned(source, later(source, 20) + added)
    assert found.residual_db == pytest.approx(-3.0, abs=0.3)


def test_silence_is_no_pair() -> None:
    silence = np.zeros(WINDOW, dtype=np.float32)
    assert align([(silence, noise(1)[:WINDOW])], RATE) is None
    assert align([], RATE) is None


def test_a_room_and_another_microphone_leave_one_source_and_another_source_does_not() -> None:
    source, other = hits(1), hits(7)
    room = noise(3)[: RATE // 5] * np.exp(-np.arange(RATE // 5) / 500.0) * 0.3
    room[0] = 1.0
    wet = sosfilt(butter(1, (60, 5000), "bandpass", fs=RATE, output="sos"), np.convolve(source, room)[: len(source)])
    near = aligned(source, wet.astype(np.float32))
    assert near.residual_db > -3.0  # no copy of it, scaled and moved
    assert unlike_db(near.spectra) < -14.0
    bleed = aligned(source + 0.3 * later(other, 50), other + 0.3 * later(source, 60))
    assert unlike_db(bleed.spectra) > -6.0
