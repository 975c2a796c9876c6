"""Compressors whose gain moves within a wave, made by pedalboard and by scipy, and taken out of a bounce again."""

import numpy as np

from dawassist.analysis.compressor_refinement import FineCompressor, refined, undone
from tests.unit.analysis.test_master_compressor import RATE, compressed, tracks

START = FineCompressor(
    threshold_db=-20.0, ratio=3.0, attack_seconds=0.004, release_seconds=0.05, detector_seconds=0.010, smooths="gain",
    is_linked=False,
)  # fmt: skip


def lowered(sources: np.ndarray) -> np.ndarray:
    from scipy.signal import lfilter

    return np.asarray(lfilter([0.2], [1.0, -0.9], sources), dtype=np.float32)


def searched(sources: np.ndarray, bounce: np.ndarray, start: FineCompressor) -> tuple[FineCompressor, float]:
    return refined([(sources.sum(axis=0), sources, bounce)], start, RATE, is_first=True)


def share(bounce: np.ndarray, mix: np.ndarray, found: FineCompressor) -> float:
    """What differs, but for a gain: a mix that is over a threshold all the time does not tell it from one."""
    still = undone(bounce, found.gain(mix, RATE))
    return 1.0 - float(np.sum(still * mix) ** 2 / (np.sum(mix**2) * np.sum(still**2)))


def test_a_compressor_that_follows_every_wave_is_found_and_taken_out() -> None:
    from pedalboard import Compressor

    sources = lowered(tracks()[:, :, : 2 * RATE]) * np.array([[1.0], [0.5]], dtype=np.float32)
    mix = sources.sum(axis=0)
    bounce = Compressor(-24.0, 4.0, attack_ms=10.0, release_ms=150.0)(mix, RATE)
    found, left = searched(sources, bounce, START)
    assert (found.smooths, found.is_linked) == ("level", False)
    assert left < 0.05
    assert found.attack_seconds < 0.003
    assert share(bounce, mix, found) < 1e-3


def test_a_slow_one_is_taken_out_too() -> None:
    mix = tracks().sum(axis=0)
    bounce = compressed(mix)
    found, left = searched(tracks(), bounce, FineCompressor(
        threshold_db=-22.0, ratio=3.0, attack_seconds=0.06, release_seconds=0.15, detector_seconds=0.010,
        smooths="gain", is_linked=True,
    ))  # fmt: skip
    assert left < 0.02
    assert share(bounce, mix, found) < 1e-3


def test_it_starts_at_rest_and_quiet_sound_passes() -> None:
    quiet = np.full((2, RATE // 10), 0.001, dtype=np.float32)
    assert np.all(START.gain(quiet, RATE) == 1.0)


def test_linked_sides_have_one_gain() -> None:
    from dataclasses import replace

    loud = tracks().sum(axis=0) * np.array([[3.0], [0.1]], dtype=np.float32)
    left, right = replace(START, is_linked=True).gain(loud, RATE)
    assert np.array_equal(left, right)
    left, right = START.gain(loud, RATE)
    assert left.min() < 0.9
    assert right.min() == 1.0
