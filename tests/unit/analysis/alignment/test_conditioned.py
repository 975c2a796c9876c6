"""What other tracks explain of two microphones is taken away; what they share besides stays where it is."""

import numpy as np
import pytest

from dawassist.analysis.alignment.conditioned import conditioned
from dawassist.analysis.alignment.estimator import align, with_bleed_taken_away
from tests.unit.analysis.alignment.test_estimator import RATE, WINDOW, WINDOWS, Mono, hits, later, noise

CUTS = range(0, WINDOW * WINDOWS, WINDOW)


def cut(*signals: Mono) -> list[tuple[Mono, ...]]:
    return [tuple(signal[at : at + WINDOW] for signal in signals) for at in CUTS]


def pairs(one: Mono, other: Mono) -> list[tuple[Mono, Mono]]:
    return [(first, second) for first, second in cut(one, other)]


def power_db(signals: list[Mono]) -> float:
    return float(10.0 * np.log10(np.mean(np.square(np.concatenate(signals)))))


def test_what_others_play_is_gone_and_the_rest_stays() -> None:
    source, first, second = noise(1), noise(2), noise(3)
    excerpts = pairs(source + 0.6 * first, source - 0.5 * later(second, 90))
    left, used = conditioned(excerpts, cut(first, second), RATE)
    assert used == [0, 1]
    for side in (0, 1):
        rest = [each[side] - now[0] for each, now in zip(left, cut(source), strict=True)]
        assert power_db(rest) < -12.0  # of −4 and −6 dB


def test_without_others_that_play_signals_stay_as_they_are() -> None:
    excerpts = pairs(noise(1), noise(2))
    left, _ = conditioned(excerpts, cut(np.zeros_like(noise(1))), RATE)
    np.testing.assert_allclose(left[2][1], excerpts[2][1], atol=1e-4)


def test_few_frames_are_not_fitted_by_many_tracks() -> None:
    one = pairs(noise(1), noise(2))[:1]
    others = [[noise(seed)[:WINDOW] for seed in range(10, 30)]]
    left, used = conditioned(one, others, RATE)
    assert len(used) < 3
    assert power_db([left[0][0]]) > -2.0


def test_a_third_microphone_of_the_source_is_not_taken_away() -> None:
    source, other = hits(1), hits(7)
    excerpts = pairs(source + 0.2 * other, later(source, 40))
    left, used = conditioned(excerpts, cut(later(source, 12) + 0.1 * noise(3), other), RATE)
    assert used == [1]
    assert power_db([each[1] for each in left]) == pytest.approx(power_db([each[1] for each in excerpts]), abs=1.0)


def dull(signal: Mono) -> Mono:
    from scipy.signal import butter, sosfilt

    return np.asarray(sosfilt(butter(4, 300, fs=RATE, output="sos"), signal), dtype=np.float32)


def test_a_low_source_in_bleed_is_told_once_the_bleed_is_gone() -> None:
    source, other = dull(hits(1)), hits(7)
    one, far = source + 0.1 * other, -later(source, 40) + 0.1 * later(other, 333)
    excerpts = pairs(one.astype(np.float32), far.astype(np.float32))
    raw = align(excerpts, RATE)
    assert raw is not None
    assert not raw.is_certain
    told, used = with_bleed_taken_away(raw, excerpts, cut(other), RATE)
    assert used == [0]
    assert told.is_certain
    assert told.inverted
    assert told.delay_samples == pytest.approx(40.0, abs=2.0)
    assert told.recorded is raw.spectra
    assert told.residual_db == pytest.approx(raw.residual_db, abs=1.0)


def test_what_is_possible_as_recorded_is_not_turned_into_another_answer() -> None:
    source, other = hits(1), hits(7)
    wrong = align(pairs(source, later(source, 100)), RATE)
    assert wrong is not None
    excerpts = pairs(source + other, later(source, 40) + later(other, 3))
    assert with_bleed_taken_away(wrong, excerpts, cut(other), RATE) == (wrong, [])
