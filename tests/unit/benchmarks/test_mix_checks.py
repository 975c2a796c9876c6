"""The measures of a mixing engineer on sounds whose answers are known, and the rows they make."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.mix_checks import rows
from benchmarks.support import mix_measures as measures
from benchmarks.support.busses import busses_of
from benchmarks.support.confounders import Strip
from benchmarks.support.independent_render import IndependentRender
from benchmarks.support.mix_trial import Check, run_checks
from benchmarks.support.neutrality import stated_lu
from benchmarks.support.repair_sessions import write_session
from benchmarks.support.stems import RATE, Song
from benchmarks.support.written_project import read_written

from dawassist.session.findings import Evidence

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


def test_what_a_folder_gets_is_measured_before_its_compressor(tmp_path: Path) -> None:
    strips = [Strip(name=name, samples=_noise(seed)[:1].astype(np.float32), fader_db=6.0)
              for seed, name in enumerate(("KICK", "HATS", "KEYS"))]  # fmt: skip
    path = write_session(tmp_path, "song", strips, folders=busses_of([strip.name for strip in strips]))
    written = read_written(path)
    assert [track.name for track in written.tracks] == ["KEYS", "Drum Bus", "KICK", "HATS"]
    render = IndependentRender(_FRAMES)
    bus, *inside = (track.guid for track in written.tracks[1:])
    gets = render.into(written, bus)
    assert gets == pytest.approx(1.9953 * (render.into(written, inside[0]) + render.into(written, inside[1])),
                                 abs=1e-4)  # fmt: skip
    behind = render.mix(written, inside)
    assert np.sqrt(np.mean(behind**2)) < 0.9 * written.master_gain * np.sqrt(np.mean(gets**2))


def test_a_change_that_is_stated_is_read_from_the_words() -> None:
    line = Evidence(text="The mix into the master changes by -2.8 LU; take it back there if it matters.", value=-2.8,
                    unit="LU")  # fmt: skip
    other = Evidence(text="Its send follows the fader.", value=0.0, unit="")
    found = stated_lu(SimpleNamespace(recommendations=[  # type: ignore[arg-type]
        SimpleNamespace(card=card, rationale=SimpleNamespace(evidence=[evidence]))
        for card, evidence in (("one", line), ("two", other))
    ]))  # fmt: skip
    assert found == {"one": -2.8}
