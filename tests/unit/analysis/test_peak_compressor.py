"""What pedalboard's compressor did to a mix, taken back from its output alone."""

import math

import numpy as np
import pytest

from dawassist.analysis.compressor_refinement import Unexplained, found_peak_compressor
from dawassist.analysis.peak_compressor import PeakCompressor
from tests.unit.analysis.test_master_compressor import RATE, compressed, tracks

SECONDS_OF_MS = 1.0 / (2000.0 * math.pi)  # JUCE, which pedalboard is made of, counts its times in radians
THRESHOLD_DB, RATIO, ATTACK_MS, RELEASE_MS = -24.0, 4.0, 10.0, 150.0
AS_SET = PeakCompressor(
    threshold_db=THRESHOLD_DB, ratio=RATIO, attack_seconds=ATTACK_MS * SECONDS_OF_MS,
    release_seconds=RELEASE_MS * SECONDS_OF_MS, is_linked=False,
)  # fmt: skip


def bass_and_more() -> np.ndarray:
    from scipy.signal import lfilter

    lowered = lfilter([0.2], [1.0, -0.9], tracks()[:, :, : 2 * RATE])
    return np.asarray(lowered * np.array([[1.0], [0.5]]), dtype=np.float32)


def squeezed(mix: np.ndarray) -> np.ndarray:
    from pedalboard import Compressor

    return Compressor(THRESHOLD_DB, RATIO, attack_ms=ATTACK_MS, release_ms=RELEASE_MS)(mix, RATE)


def test_the_mix_before_it_comes_back_from_the_bounce_alone() -> None:
    mix = bass_and_more().sum(axis=0)
    bounce = squeezed(mix)
    assert np.sum((bounce - mix) ** 2) > 0.05 * np.sum(mix**2)
    settled = slice(RATE // 2, None)
    again = bounce / AS_SET.gain(bounce, RATE)
    assert np.sum((again - mix)[:, settled] ** 2) < 1e-4 * np.sum(mix[:, settled] ** 2)


def test_its_numbers_are_found() -> None:
    sources = bass_and_more()
    bounce = squeezed(sources.sum(axis=0))
    start = PeakCompressor(
        threshold_db=-28.0, ratio=3.0, attack_seconds=0.004, release_seconds=0.05, is_linked=True
    )  # fmt: skip
    unexplained = Unexplained([(sources[:, :, RATE // 2 :], bounce)], RATE)
    found = found_peak_compressor(unexplained, start, RATE)
    assert not found.is_linked
    assert found.ratio == pytest.approx(RATIO, rel=0.05)
    assert found.attack_seconds == pytest.approx(AS_SET.attack_seconds, rel=0.1)
    assert found.release_seconds == pytest.approx(AS_SET.release_seconds, rel=0.1)
    assert found.threshold_db == pytest.approx(THRESHOLD_DB, abs=0.3)
    flat = unexplained.share([np.ones_like(bounce)])
    assert unexplained.share([found.gain(bounce, RATE)]) < 0.01 * flat


def test_what_stays_under_the_threshold_passes() -> None:
    quiet = np.full((2, RATE // 10), 0.001, dtype=np.float32)
    assert np.all(AS_SET.gain(quiet, RATE) == 1.0)


def test_linked_sides_have_one_gain() -> None:
    from dataclasses import replace

    loud = bass_and_more().sum(axis=0) * np.array([[3.0], [0.1]], dtype=np.float32)
    left, right = replace(AS_SET, is_linked=True).gain(loud, RATE)
    assert np.array_equal(left, right)
    left, right = AS_SET.gain(loud, RATE)
    assert left.min() < 0.9
    assert right.min() == 1.0


def test_numbers_that_fit_nothing_do_not_run_away() -> None:
    from dataclasses import replace

    loud = compressed(tracks().sum(axis=0))
    assert np.isfinite(loud / replace(AS_SET, threshold_db=-80.0, ratio=30.0).gain(loud, RATE)).all()
