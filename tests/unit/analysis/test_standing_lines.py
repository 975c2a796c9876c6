"""How lines stand out of the phase of what lies around them, and what they measure."""

import numpy as np
import numpy.typing as npt
import pytest

from dawassist.analysis.low_band import POINTS_PER_SECOND
from dawassist.analysis.standing_lines import line_level_dbfs, standing_in_gaps, standing_out_db

Signal = npt.NDArray[np.float64]
TIMES = np.arange(16 * POINTS_PER_SECOND) / POINTS_PER_SECOND
LINES_HZ = np.array([[50.0, 100.0]])


def hits(per_second: float, decay_seconds: float = 0.03) -> Signal:
    """Noise that decays, never the same."""
    chance = np.random.default_rng(3)
    return np.asarray(0.5 * chance.standard_normal(len(TIMES)) * np.exp(-(TIMES % (1.0 / per_second)) / decay_seconds))


def heights(signal: Signal, far_hz: float = 14.0) -> Signal:
    return np.asarray(standing_out_db((signal.astype(np.float32),), LINES_HZ, 16.0, far_hz)[0])


def sine(hertz: float, level_dbfs: float) -> Signal:
    return np.asarray(np.sqrt(2.0) * 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * TIMES + 1.0))


def test_a_line_that_rules_the_gaps_between_hits_stands_out() -> None:
    found = heights(hits(2.1) + sine(50.0, -60.0))
    assert found[0] > 6.0
    assert found[1] < 3.0


def test_hits_alone_have_no_lines() -> None:
    assert heights(hits(2.1)).max() < 3.0


def test_lines_that_are_bare_for_moments_only_stand_out_in_the_gaps_with_their_level() -> None:
    """Longer hits leave a few milliseconds between them: the phase says nothing there any more."""
    signal = hits(2.1, decay_seconds=0.04) + sine(50.0, -70.0) + sine(100.0, -76.0)
    assert heights(signal).max() < 3.0
    found = standing_in_gaps((signal.astype(np.float32),), LINES_HZ)
    assert found.heights_db.min() > 10.0
    assert found.levels_dbfs == pytest.approx([-70.0, -76.0], abs=2.0)


def test_gaps_in_which_nothing_stands_have_no_lines() -> None:
    for decay_seconds in (0.03, 0.06):
        alone = hits(2.1, decay_seconds).astype(np.float32)
        assert standing_in_gaps((alone,), LINES_HZ).heights_db.max() < 3.0


def test_the_step_that_fits_best_is_told() -> None:
    signal = hits(2.1) + sine(50.05, -60.0) + sine(100.1, -60.0)
    lines_hz = np.array([[hertz, 2.0 * hertz] for hertz in (49.95, 50.0, 50.05, 50.1)])
    assert standing_in_gaps((signal.astype(np.float32),), lines_hz).step == 2


def test_a_loop_of_sixteenths_has_neighbors_as_high() -> None:
    step = POINTS_PER_SECOND * 12 // 100  # 125 BPM: 50 Hz is six times its rate
    click = np.resize(np.exp(-np.arange(step) / 20.0), len(TIMES)).astype(float)
    assert heights(click).max() < 3.0
    assert heights(click, far_hz=3.5).max() > 6.0


@pytest.mark.parametrize("level_dbfs", [-40.0, -60.0])
def test_the_level_of_a_line_is_told_between_hits(level_dbfs: float) -> None:
    told = line_level_dbfs(((hits(2.1) + sine(50.0, level_dbfs)).astype(np.float32),), 50.0)
    assert told == pytest.approx(level_dbfs, abs=1.0)
