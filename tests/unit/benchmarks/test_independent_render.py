"""The renderer that predictions are held against: what it reads of a written project, and what it makes of it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.prediction import rows
from benchmarks.support.independent_render import IndependentRender
from benchmarks.support.prediction_measures import band_db, loudness_lufs
from benchmarks.support.prediction_trial import Compared, compare_plan
from benchmarks.support.repair_sessions import make_session
from benchmarks.support.stems import RATE, Song
from benchmarks.support.written_project import equalizer_bands, read_written
from demo_session.plugins import BAND, equalizer
from demo_session.project import ItemSpec, SessionSpec, TrackSpec, project_text

_FRAMES = RATE
_ITEM = ItemSpec(media="tone.wav", position=0.0, length=1.0, fade_in=0.0, fade_out=0.0)


def _written(folder: Path, *tracks: TrackSpec) -> Path:
    tone = 0.1 * np.sin(2.0 * np.pi * 1000.0 * np.arange(_FRAMES) / RATE)
    soundfile.write(folder / "tone.wav", tone, RATE, "FLOAT")
    path = folder / "session.rpp"
    path.write_text(project_text(SessionSpec(name="s", bpm=120.0, rate_hz=RATE, tracks=tracks)), encoding="utf-8")
    return path


def _track(key: str, **fields: object) -> TrackSpec:
    return TrackSpec(key=key, name=key, color=(0, 0, 0), items=(_ITEM,), **fields)  # type: ignore[arg-type]


def _level_db(path: Path) -> np.ndarray:
    mix = IndependentRender(_FRAMES).mix(read_written(path))
    return np.asarray(20.0 * np.log10(np.sqrt(np.mean(mix**2, axis=1)) / (0.1 / np.sqrt(2.0)) + 1e-9))


def test_faders_pans_folders_and_sends_add_up(tmp_path: Path) -> None:
    folder = TrackSpec(key="bus", name="bus", color=(0, 0, 0), fader_db=-6.0, folder=1)
    path = _written(tmp_path, folder, _track("a", fader_db=-3.0, pan=0.5, folder=-1))
    assert _level_db(path) == pytest.approx([-9.0 - 6.02, -9.0], abs=0.01)
    twice = _written(tmp_path, _track("a", sends=(("b", 0.0),)), TrackSpec(key="b", name="b", color=(0, 0, 0)))
    assert _level_db(twice) == pytest.approx([6.02, 6.02], abs=0.01)
    against = _written(tmp_path, _track("a"), _track("b", inverted=True))
    assert _level_db(against).max() < -100.0


def test_an_equalizer_band_does_what_its_state_says(tmp_path: Path) -> None:
    path = _written(tmp_path, _track("a", fx=(equalizer((BAND, 1000.0, 6.0, 1.0)),)))
    (_, state), = read_written(path).tracks[0].fx  # fmt: skip
    assert list(equalizer_bands(state)) == [(BAND, 1000.0, pytest.approx(6.0), 1.0)]
    assert _level_db(path) == pytest.approx([6.0, 6.0], abs=0.05)


def test_the_meters_agree_with_what_a_sine_has(tmp_path: Path) -> None:
    mix = IndependentRender(_FRAMES).mix(read_written(_written(tmp_path, _track("a"))))
    assert loudness_lufs(mix, RATE) == pytest.approx(-20.0, abs=0.05)  # 0 dBFS at 1 kHz on both sides is 0 LUFS
    assert band_db(mix, RATE, 900.0, 1100.0) - band_db(0.5 * mix, RATE, 900.0, 1100.0) == pytest.approx(6.02, abs=0.01)


def test_a_damaged_session_is_predicted_as_it_renders(
    song: Song, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path / "cache"))
    made = make_session(song, tmp_path, 1, 1, is_clean=False, seconds=3.0)
    found = [each for each in compare_plan(made.path, "damaged", tmp_path) if "loudness" in each.metric]
    assert found
    assert [each.predicted for each in found] == pytest.approx([each.measured for each in found], abs=0.3)


def test_what_is_modelled_is_printed_and_not_counted() -> None:
    def compared(kind: str, predicted: float, *, is_modelled: bool) -> Compared:
        return Compared(
            kind=kind, metric="mix loudness", predicted=predicted, measured=1.0, is_modelled=is_modelled, session="s"
        )

    found = list(rows([compared("fader", 1.1, is_modelled=False), compared("send", 3.0, is_modelled=True)]))
    by_case = {row.case: row for row in found}
    assert by_case["all that count"].ours == pytest.approx(0.1)
    assert by_case["all that count"].ok
    assert not by_case["send: mix loudness, modelled"].bar
