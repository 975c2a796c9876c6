"""What predictions are measured with: each meter on signals of which the answer is known."""

import numpy as np
import numpy.typing as npt
import pytest
from benchmarks.support import prediction_measures as measures
from benchmarks.support.independent_compressor import compressed

from dawassist.console.compressor import Compressor, CompressorSettings
from dawassist.console.dynamics import DetectorSettings

RATE = 24000
Signal = npt.NDArray[np.float64]


def _noise(seconds: float, seed: int = 1) -> Signal:
    return np.tile(0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE)), (2, 1))


def _tone(hertz: float, seconds: float = 4.0) -> Signal:
    return np.tile(np.sin(2.0 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), (2, 1))


def _db(gain: float) -> float:
    return float(10.0 ** (gain / 20.0))


def test_the_independent_compressor_and_the_consoles_are_the_same_law() -> None:
    steps = np.repeat([_db(level) for level in (-6.0, -24.0, -3.0, -18.0, 0.0, -30.0)], RATE // 2)
    signal = _noise(3.0) * steps
    settings = CompressorSettings(
        threshold_db=-30.0, ratio=3.0, attack_ms=8.0, release_ms=120.0, knee_db=6.0, wet_db=2.0,
        detector=DetectorSettings(rms_size_ms=5.0),
    )  # fmt: skip
    ours = Compressor(settings, RATE).push(signal)
    theirs = compressed(
        signal, RATE, threshold_db=-30.0, ratio=3.0, attack_ms=8.0, release_ms=120.0, knee_db=6.0, rms_ms=5.0,
        wet_gain=_db(2.0), dry_gain=0.0,
    )  # fmt: skip
    parts = [np.split(each, 30, axis=1) for each in (ours, theirs)]
    apart = [10.0 * np.log10(np.mean(a**2) / np.mean(b**2)) for a, b in zip(*parts, strict=True)]
    assert np.abs(apart).max() < 0.1


def test_reduction_and_spread_are_those_of_a_gain_that_is_known() -> None:
    steps = np.repeat([1.0, 0.25], 2 * RATE)
    signal = _noise(4.0) * steps
    lowered = signal * np.where(steps == 1.0, 0.5, 1.0)
    assert measures.mean_reduction_db(signal, 2.0 * lowered, RATE, 6.02) == pytest.approx(3.01, abs=0.05)
    assert measures.spread_change_db(signal, lowered, RATE) == pytest.approx(-6.02, abs=0.1)


def test_a_part_is_measured_against_the_rest_in_its_passage() -> None:
    part, rest = _tone(1000.0), 0.5 * _tone(1000.0)
    ridden = part.copy()
    ridden[:, RATE : 3 * RATE] *= _db(-3.0)
    assert measures.against_rest_db(part, rest, RATE, 1.0, 2.4) == pytest.approx(6.02, abs=0.01)
    assert measures.against_rest_db(ridden, rest, RATE, 1.0, 2.4) == pytest.approx(3.02, abs=0.01)


def test_a_ring_stands_over_the_spectrum_around_it_by_what_it_adds() -> None:
    noise = _noise(8.0)
    ringing = noise + 0.1 * _tone(700.0, 8.0)
    quieter = noise + 0.05 * _tone(700.0, 8.0)
    before, after = (measures.over_own_spectrum_db(each, RATE, 700.0) for each in (ringing, quieter))
    assert abs(measures.over_own_spectrum_db(noise, RATE, 700.0)) < 1.5
    assert before > 10.0
    assert before - after == pytest.approx(6.0, abs=0.5)


def test_lines_and_offsets_are_told_from_what_lies_beside_them() -> None:
    noise = _noise(8.0)
    hum = 0.02 * _tone(50.0, 8.0)
    louder, quieter = (measures.lines_db(noise + gain * hum, RATE, [50.0]) for gain in (1.0, 0.5))
    assert louder - quieter == pytest.approx(6.02, abs=0.2)
    assert measures.offset_dbfs(noise - noise.mean() + np.array([[0.1], [0.01]])) == pytest.approx(-20.0, abs=0.01)
