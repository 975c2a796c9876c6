"""Filter sections and the equalizer against other people's filters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from dawassist.console.biquads import BUTTERWORTH_Q, Filter, FilterKind, biquad, q_of_octaves
from dawassist.console.equalizer import Equalizer, EqualizerBand, EqualizerSettings

RATE = 48000
FREQUENCIES = st.floats(20.0, 20000.0)
GAINS = st.floats(-24.0, 12.0)


def impulse(frames: int = 1 << 16) -> np.ndarray:
    found = np.zeros((2, frames))
    found[:, 0] = 1.0
    return found


def response_db(section: np.ndarray, hertz: float) -> float:
    _, found = signal.sosfreqz(section[None], worN=[hertz], fs=RATE)
    return float(20.0 * np.log10(max(abs(found[0]), 1e-9)))


def one_band(kind: FilterKind, hertz: float, gain_db: float = 0.0, octaves: float = 1.0) -> EqualizerSettings:
    band = EqualizerBand(kind=kind, cutoff_frequency_hz=hertz, gain_db=gain_db, bandwidth_octaves=octaves)
    return EqualizerSettings(bands=(band,))


@pytest.mark.parametrize(
    ("kind", "name"), [("peak", "PeakFilter"), ("low_shelf", "LowShelfFilter"), ("high_shelf", "HighShelfFilter")]
)
@pytest.mark.parametrize(("hertz", "gain_db", "q"), [(80.0, 6.0, 0.7), (1000.0, -9.0, 2.0), (8000.0, 4.0, 0.5)])
def test_bells_and_shelves_are_those_of_pedalboard(
    kind: FilterKind, name: str, hertz: float, gain_db: float, q: float
) -> None:
    pedalboard = pytest.importorskip("pedalboard")
    noise = np.random.default_rng(1).standard_normal((2, 20000)).astype(np.float32)
    theirs = getattr(pedalboard, name)(hertz, gain_db, q)(noise, RATE)
    ours = Filter(biquad(kind, hertz, q, gain_db, RATE)[None]).push(noise.astype(np.float64))
    np.testing.assert_allclose(ours, theirs, atol=1e-3)  # theirs has coefficients of 24 bits


@pytest.mark.parametrize(("kind", "name"), [("high_pass", "highpass"), ("low_pass", "lowpass")])
@pytest.mark.parametrize("hertz", [40.0, 440.0, 12000.0])
def test_second_order_edges_are_scipys_butterworths(kind: FilterKind, name: str, hertz: float) -> None:
    theirs = signal.butter(2, hertz, name, fs=RATE, output="sos")
    np.testing.assert_allclose(biquad(kind, hertz, BUTTERWORTH_Q, 0.0, RATE), theirs[0], rtol=1e-9, atol=1e-12)


@given(hertz=st.floats(30.0, 16000.0), gain_db=GAINS, octaves=st.floats(0.1, 4.0))
def test_a_band_has_its_gain_at_its_center_and_none_at_both_ends(hertz: float, gain_db: float, octaves: float) -> None:
    section = biquad("peak", hertz, q_of_octaves(octaves), gain_db, RATE)
    assert response_db(section, hertz) == pytest.approx(gain_db, abs=1e-6)
    assert response_db(section, 1e-6) == pytest.approx(0.0, abs=1e-6)
    assert response_db(section, RATE / 2) == pytest.approx(0.0, abs=1e-6)


@given(hertz=st.floats(30.0, 16000.0), gain_db=GAINS, octaves=st.floats(0.3, 4.0))
def test_a_shelf_has_its_gain_at_its_side_and_half_of_it_at_its_frequency(
    hertz: float, gain_db: float, octaves: float
) -> None:
    for kind, full, none in (("low_shelf", 1e-6, RATE / 2), ("high_shelf", RATE / 2, 1e-6)):
        section = biquad(kind, hertz, q_of_octaves(octaves), gain_db, RATE)  # type: ignore[arg-type]
        assert response_db(section, full) == pytest.approx(gain_db, abs=1e-6)
        assert response_db(section, none) == pytest.approx(0.0, abs=1e-6)
        assert response_db(section, hertz) == pytest.approx(gain_db / 2.0, abs=1e-6)


@pytest.mark.parametrize("octaves", [0.5, 1.0, 2.0])
def test_the_bandwidth_lies_between_the_points_of_half_the_gain(octaves: float) -> None:
    """As the analog prototype has it: far below the Nyquist frequency."""
    section = biquad("peak", 300.0, q_of_octaves(octaves), 8.0, RATE)
    for edge in (-0.5, 0.5):
        assert response_db(section, 300.0 * 2.0 ** (edge * octaves)) == pytest.approx(4.0, abs=0.02)


def test_the_default_bandwidth_of_a_high_pass_is_almost_a_butterworths() -> None:
    assert q_of_octaves(1.9) == pytest.approx(BUTTERWORTH_Q, abs=0.01)
    assert q_of_octaves(1.0) == pytest.approx(np.sqrt(2.0), abs=1e-3)


def test_bands_in_series_and_the_output_gain_multiply() -> None:
    settings = EqualizerSettings(
        bands=(*one_band("peak", 1000.0, 6.0).bands, *one_band("high_pass", 100.0, octaves=1.9).bands),
        output_gain_db=-3.0,
    )
    spectrum = np.abs(np.fft.rfft(Equalizer(settings, RATE).push(impulse())[0]))
    hertz = np.fft.rfftfreq(1 << 16, 1 / RATE)
    at = int(np.argmin(np.abs(hertz - 1000.0)))
    expected = (
        response_db(biquad("peak", 1000.0, q_of_octaves(1.0), 6.0, RATE), hertz[at])
        + response_db(biquad("high_pass", 100.0, q_of_octaves(1.9), 0.0, RATE), hertz[at])
        - 3.0
    )
    assert 20.0 * np.log10(spectrum[at]) == pytest.approx(expected, abs=0.001)


def test_flat_bands_pass_every_bit() -> None:
    noise = np.random.default_rng(2).standard_normal((2, 500))
    assert np.array_equal(Equalizer(one_band("peak", 500.0, 0.0), RATE).push(noise), noise)


@pytest.mark.parametrize("hertz", [0.0, 20.0, 24000.0, 1e6])
@pytest.mark.parametrize("kind", ["low_shelf", "high_shelf", "high_pass", "low_pass", "peak"])
@pytest.mark.parametrize("octaves", [0.0, 0.01, 4.0])
def test_controls_at_their_ends_stay_stable(kind: FilterKind, hertz: float, octaves: float) -> None:
    rung = Equalizer(one_band(kind, hertz, 12.0, octaves), 44100).push(impulse(20000))
    assert np.isfinite(rung).all()
    assert np.abs(rung).max() < 100.0


def test_a_long_silence_leaves_no_denormal_numbers() -> None:
    equalizer = Equalizer(one_band("low_shelf", 50.0, 6.0), RATE)
    equalizer.push(impulse(4800))
    for _ in range(40):
        last = equalizer.push(np.zeros((2, RATE // 4)))
    assert not last.any()
