"""The measures of a mixing engineer on sounds whose answers are known, and the rows they make."""

import numpy as np
import pytest
from benchmarks.mix_checks import rows
from benchmarks.support import mix_measures as measures
from benchmarks.support.mix_trial import Check, run_checks
from benchmarks.support.stems import RATE, Song

_FRAMES = 4 * RATE


def _noise(seed: int) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal((2, _FRAMES))


def _tone(hertz: float) -> np.ndarray:
    return np.repeat(0.1 * np.sin(2.0 * np.pi * hertz * np.arange(_FRAMES) / RATE)[None], 2, axis=0)


def test_a_lead_is_measured_only_where_it_sings() -> None:
    lead = _noise(1)
    lead[:, _FRAMES // 2 :] = 0.0
    margins = measures.lead_margins(lead, 2.0 * _noise(2), RATE, 1000.0, 4000.0)
    assert len(margins) == pytest.approx(5, abs=1)
    assert np.median(margins) == pytest.approx(-6.02, abs=0.5)
    assert measures.order_db(lead, 0.5 * _noise(3), RATE) == pytest.approx(6.02, abs=0.2)
    assert measures.order_db(lead, np.zeros((2, _FRAMES)), RATE) is None


def test_kick_and_bass_that_cancel_lose_their_sum() -> None:
    assert measures.low_end_db(_tone(60.0), _tone(60.0), RATE) == pytest.approx((3.01, 0.0), abs=0.05)
    assert measures.low_end_db(_tone(60.0), -0.9 * _tone(60.0), RATE) == pytest.approx((-22.6, 0.92), abs=0.5)
    assert measures.low_end_db(_tone(60.0), np.zeros((2, _FRAMES)), RATE) is None


def test_sides_are_compared_in_level_mono_and_low_end() -> None:
    one_sided = _tone(1000.0) * [[1.0], [0.0]]
    assert measures.mono_loss_lu(_tone(1000.0), RATE) == pytest.approx(0.0, abs=1e-6)
    assert measures.mono_loss_lu(one_sided, RATE) == pytest.approx(3.01, abs=0.01)
    assert measures.lean_db(_tone(1000.0) * [[2.0], [1.0]]) == pytest.approx(6.02, abs=0.01)
    assert measures.side_over_mid_db(_tone(60.0) * [[1.0], [0.5]], RATE) == pytest.approx(-9.54, abs=0.05)


def test_tone_and_range_do_not_mind_the_level() -> None:
    mix = _noise(4)
    assert np.abs(measures.octave_changes_db(mix, 0.5 * mix, RATE)).max() < 1e-6
    assert measures.octave_changes_db(mix, mix + 3.0 * _tone(1000.0), RATE)[4] > 3.0
    assert measures.loudness_range_lu(mix, RATE) == pytest.approx(measures.loudness_range_lu(0.5 * mix, RATE))


def test_a_range_in_the_low_end_counts_as_it_is_heard() -> None:
    at = np.arange(12 * RATE) / RATE
    swell = np.linspace(0.1, 1.0, len(at))
    high, low = (np.repeat(np.sin(2.0 * np.pi * hertz * at)[None], 2, axis=0) for hertz in (2000.0, 25.0))
    assert measures.loudness_range_lu(high * swell, RATE) > 5.0
    assert measures.loudness_range_lu(0.3 * high + low * swell, RATE) < 1.5


def test_rows_show_the_worst_and_count_the_misses() -> None:
    checks = [Check(name="lean", unit="dB", before=1.0, after=after, limit=1.4) for after in (0.2, 2.0, 1.0)]
    (scored,) = rows("raw", checks, is_scored=True)
    (calibration,) = rows("raw", checks, is_scored=False)
    assert (scored.ours, scored.metric, scored.ok) == (2.0, "worst; 1 of 3 miss it", False)
    assert (calibration.bar, calibration.ok) == ("", True)


def test_finished_stems_are_checked_and_left_alone(
    song: Song, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path))
    found = {check.name: check for check in run_checks(song, 1, 0, "finished", 3.5)}
    assert found["silence: largest level move"].after == 0.0
    assert found["neutrality: a change that no card states"].after < 0.01
    assert found["over-moves: FX inserted on a track"].after == 0.0
    assert found["headroom: peak alarms on float tracks"].after == 0.0
    assert "vocal band: median †" in found
