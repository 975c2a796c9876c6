"""The compressor of a bounce, made by pedalboard and by scipy, and found again."""

import numpy as np
import pytest

from dawassist.analysis.master_compressor import find_compressor, per_frame, step_levels_db, step_products

RATE = 24000
SECONDS = 5


def tracks() -> np.ndarray:
    """Three with rhythm, (3, 2, frames); each plays in a part of its own too."""
    generator = np.random.default_rng(2)
    made = []
    for number in range(3):
        plays = np.repeat(generator.choice([0.05, 0.4, 1.0], 8 * SECONDS), RATE // 8)
        plays[: number * RATE] = 0.0
        made.append(0.2 * generator.standard_normal((2, len(plays))) * plays)
    return np.asarray(made, dtype=np.float32)


def compressed(mix: np.ndarray) -> np.ndarray:
    """4:1 over −20 dB, 10 ms RMS, 100 ms attack and release."""
    from scipy.signal import lfilter

    slow, slower = (np.exp(-1.0 / (seconds * RATE)) for seconds in (0.01, 0.1))
    level_db = 10.0 * np.log10(lfilter([1.0 - slow], [1.0, -slow], np.mean(mix.astype(float) ** 2, axis=0)) + 1e-12)
    reduced = lfilter([1.0 - slower], [1.0, -slower], 0.75 * np.maximum(level_db + 20.0, 0.0))
    return np.asarray(mix * 10.0 ** (-reduced / 20.0), dtype=np.float32)


def searched(sources: np.ndarray, bounce: np.ndarray):  # type: ignore[no-untyped-def]
    mix = sources.sum(axis=0)
    return find_compressor([step_products(sources, bounce, RATE)], step_levels_db(mix, RATE)[None])


def test_threshold_ratio_and_times_are_found() -> None:
    found, left = searched(tracks(), compressed(tracks().sum(axis=0)))
    assert left < 0.02
    assert found.threshold_db == pytest.approx(-20.0, abs=2.0)
    assert 3.0 < found.ratio < 7.0  # a threshold a little off takes another ratio
    assert (found.smooths, found.is_linked) == ("gain", True)
    assert (found.attack_seconds, found.release_seconds) == pytest.approx((0.1, 0.1), rel=0.3)


def test_sides_that_are_compressed_each_for_itself_are_told() -> None:
    from pedalboard import Compressor

    sources = tracks() * np.array([[1.0], [0.3]], dtype=np.float32)
    mix = sources.sum(axis=0)
    found, left = searched(sources, Compressor(-24.0, 4.0, attack_ms=10.0, release_ms=150.0)(mix, RATE))
    assert not found.is_linked
    assert left < 0.3


def test_without_it_the_bounce_is_the_mix() -> None:
    mix = tracks().sum(axis=0)
    found, _ = searched(tracks(), compressed(mix))
    again = compressed(mix) / per_frame(found.gain(step_levels_db(mix, RATE)), mix.shape[1], RATE)
    assert np.sum((again - mix) ** 2) < 0.003 * np.sum(mix**2)


def test_a_mix_that_is_explained_has_none() -> None:
    assert searched(tracks(), tracks().sum(axis=0)) is None
