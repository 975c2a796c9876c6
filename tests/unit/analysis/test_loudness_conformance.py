"""The test signals of EBU Tech 3341 and 3342, and two independent meters."""

import itertools
import os
import warnings
from pathlib import Path

import numpy as np
import pyebur128
import pyloudnorm
import pytest
import soundfile

from dawassist.analysis.signal_meter import measure

RATES = (44100, 48000, 96000)
STEMS = Path(os.environ.get("DAWASSIST_STEMS", Path(__file__).parents[4] / "shared/data/stems"))


def tone(level_dbfs: float, seconds: float, rate: int = 48000, hz: float = 1000.0) -> np.ndarray:
    """A sine in both channels whose peak has `level_dbfs`."""
    wave = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack((wave, wave)).astype(np.float32)


def steps(*parts: tuple[float, float], rate: int = 48000) -> np.ndarray:
    return np.concatenate([tone(level, seconds, rate) for level, seconds in parts], axis=-1)


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(
    ("parts", "expected_lufs"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_integrated_loudness_of_ebu_3341_cases_1_to_5(
    rate: int, parts: list[tuple[float, float]], expected_lufs: float
) -> None:
    assert measure(steps(*parts, rate=rate), rate).integrated_lufs == pytest.approx(expected_lufs, abs=0.1)


def test_left_alone_is_three_lu_below_both_channels() -> None:
    both = tone(-20, 5)
    left = both * np.array([[1.0], [0.0]], dtype=np.float32)
    assert measure(both, 48000).integrated_lufs - measure(left, 48000).integrated_lufs == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize("rate", [8000, 11127, 22050, *RATES, 192000])
def test_full_scale_sine_of_997_hz_on_one_side_reads_minus_3_01_at_every_rate(rate: int) -> None:
    signal = tone(0.0, 3, rate, hz=997.0)
    signal[1] = 0.0
    assert measure(signal, rate).integrated_lufs == pytest.approx(-3.01, abs=0.1 if rate > 20000 else 0.3)


@pytest.mark.parametrize("offset_seconds", [0.0, 0.15, 0.35, 0.6, 0.85])
def test_short_term_maximum_of_ebu_3341_case_10(offset_seconds: float) -> None:
    signal = steps((-200, offset_seconds), (-23, 3), (-200, 1))
    assert measure(signal, 48000).short_term_max_lufs == pytest.approx(-23.0, abs=0.2 if offset_seconds % 0.1 else 0.1)


def test_short_term_maximum_is_steady_for_ebu_3341_case_9() -> None:
    signal = np.concatenate([steps((-20, 1.34), (-30, 1.66))] * 5, axis=-1)
    assert measure(signal, 48000).short_term_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_momentary_maximum_is_steady_for_ebu_3341_case_12() -> None:
    signal = np.concatenate([steps((-20, 0.18), (-30, 0.22))] * 25, axis=-1)
    assert measure(signal, 48000).momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("hops_before", range(0, 20, 3))
def test_momentary_maximum_of_ebu_3341_case_13(hops_before: int) -> None:
    signal = steps((-200, hops_before * 0.1), (-23, 0.4), (-200, 1))
    assert measure(signal, 48000).momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "expected_lu"),
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
)
def test_loudness_range_of_ebu_3342_cases_1_to_4(levels: tuple[float, ...], expected_lu: float) -> None:
    signal = steps(*((level, 20) for level in levels))
    assert measure(signal, 48000).loudness_range_lu == pytest.approx(expected_lu, abs=1.0)


@pytest.mark.parametrize(
    ("divisor", "phase_degrees", "level_dbtp"),
    [(4, 0, -6.0), (4, 45, -6.0), (6, 60, -6.0), (8, 67.5, -6.0)],
)
@pytest.mark.parametrize("rate", [44100, 48000])
def test_true_peak_of_ebu_3341_cases_15_to_18(rate: int, divisor: int, phase_degrees: float, level_dbtp: float) -> None:
    angle = 2 * np.pi * np.arange(rate) / divisor + np.radians(phase_degrees)
    wave = 10 ** (level_dbtp / 20) * np.sin(angle) * np.hanning(rate) ** 0.01
    assert -0.4 <= measure(np.stack((wave, wave)), rate).true_peak_dbtp - level_dbtp <= 0.2


def test_true_peak_of_ebu_3341_case_19_exceeds_full_scale() -> None:
    wave = 10 ** (3 / 20) * np.sin(np.pi / 2 * np.arange(48000) + np.pi / 4) * np.hanning(48000) ** 0.01
    loudness = measure(np.stack((wave, wave)), 48000)
    assert loudness.sample_peak_dbfs < 0.1
    assert -0.4 <= loudness.true_peak_dbtp - 3.0 <= 0.2


@pytest.mark.parametrize("shift", range(4))
def test_true_peak_of_ebu_3341_cases_20_to_23_does_not_depend_on_the_sampling_phase(shift: int) -> None:
    fine = np.arange(4 * 4800)
    wave = 0.5 * np.sin(2 * np.pi * fine / 24.0)
    wave[9600 : 9600 + 24] *= 2.0
    spectrum = np.fft.rfft(wave)
    spectrum[len(spectrum) // 4 :] = 0.0
    limited = np.fft.irfft(spectrum, len(wave))
    expected_dbtp = 20 * np.log10(np.abs(limited).max())
    taken = limited[shift::4]
    assert -0.4 <= measure(np.stack((taken, taken)), 48000).true_peak_dbtp - expected_dbtp <= 0.2


@pytest.mark.parametrize(("rate", "seed"), list(itertools.product(RATES, (1, 2))))
def test_noise_agrees_with_two_independent_meters(rate: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    envelope = np.repeat(10 ** (generator.uniform(-50, 0, 24) / 20), rate // 2)
    signal = (0.2 * generator.standard_normal((2, len(envelope))) * envelope).astype(np.float32)
    ours = measure(signal, rate)
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    assert ours.integrated_lufs == pytest.approx(meter.integrated_loudness(signal.T.astype(np.float64)), abs=0.01)
    reference_lufs, reference_dbtp = ebur128(signal, rate)
    assert ours.integrated_lufs == pytest.approx(reference_lufs, abs=0.01)
    assert ours.true_peak_dbtp == pytest.approx(reference_dbtp, abs=0.3)


@pytest.mark.skipif(not STEMS.is_dir(), reason="the stem collection is not here")
def test_real_stems_agree_with_libebur128() -> None:
    for path in sorted(STEMS.glob("*/*.flac"))[::12]:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True, frames=20 * 48000)
        signal = np.ascontiguousarray(np.broadcast_to(samples.T, (2, len(samples))))
        ours = measure(signal, rate)
        reference_lufs, reference_dbtp = ebur128(signal, rate)
        if reference_lufs > -70:
            assert ours.integrated_lufs == pytest.approx(reference_lufs, abs=0.01), path.name
            assert ours.true_peak_dbtp == pytest.approx(reference_dbtp, abs=0.3), path.name


def ebur128(signal: np.ndarray, rate: int) -> tuple[float, float]:
    modes = pyebur128.MeasurementMode
    state = pyebur128.R128State(2, rate, modes.MODE_I | modes.MODE_TRUE_PEAK)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        state.add_frames(np.ascontiguousarray(signal.T, dtype=np.float64).ravel(), signal.shape[-1])
    peak = max(pyebur128.get_true_peak(state, channel) for channel in (0, 1))
    return pyebur128.get_loudness_global(state), 20 * np.log10(max(peak, 1e-9))
