"""A tempo counts only where notes and hits begin on its grid."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.model import Analysis
from dawassist.analysis.tempo_fit import tempo_fit
from dawassist.session.model import Session, TempoPoint
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

Values = npt.NDArray[np.float64]
_SECONDS = 60.0


def curve(hits: Values) -> LevelCurve:
    """Hits that die away within 100 ms over a quiet floor."""
    level_dbfs = np.full(round(_SECONDS / STEP_SECONDS), -90.0, np.float32)
    for start in np.round(np.asarray(hits) / STEP_SECONDS).astype(int):
        tail = np.linspace(-12.0, -60.0, 20)[: max(len(level_dbfs) - start, 0)]
        level_dbfs[start : start + 20] = np.maximum(level_dbfs[start : start + 20], tail)
    return LevelCurve(level_dbfs=level_dbfs.astype(np.float16))


def heard(*hits: Values, tempo: tuple[TempoPoint, ...]) -> tuple[Session, Analysis]:
    tracks = [make_track(number=n, items=[make_item("a.wav")]) for n in range(1, len(hits) + 1)]
    session = replace(make_session(tracks), tempo=tempo)
    analysis = replace(make_analysis(session, [Sound()] * len(hits)), end_seconds=_SECONDS)
    measured = tuple(replace(t, levels=curve(each)) for t, each in zip(analysis.tracks, hits, strict=True))
    return session, replace(analysis, tracks=measured)


def at(bpm: float, time_seconds: float = 0.0) -> TempoPoint:
    return TempoPoint(time_seconds=time_seconds, bpm=bpm, numerator=4, denominator=4)


def grid(bpm: float, parts: int, *, share: float = 0.6, jitter_ms: float = 8.0, seed: int = 1) -> Values:
    """Some places of a grid that starts half a second late, played by a person."""
    rng = np.random.default_rng(seed)
    places = np.arange(0.5, _SECONDS - 1.0, 60.0 / bpm / parts)
    kept = places[rng.random(len(places)) < share]
    return np.asarray(kept + rng.normal(0.0, jitter_ms / 1000.0, len(kept)))


@pytest.mark.parametrize("bpm", [72.0, 96.0, 120.0, 141.5])
def test_a_song_on_the_grid_fits_its_own_tempo(bpm: float) -> None:
    fit = tempo_fit(*heard(grid(bpm, 2), grid(bpm, 4, seed=2), tempo=(at(bpm),)))
    assert fit is not None
    assert (fit.bpm, fit.beat_ms) == (bpm, pytest.approx(60000.0 / bpm))
    assert fit.agreement > 0.4


@pytest.mark.parametrize("bpm", [72.0, 90.0, 97.3, 119.0, 132.0])
def test_the_tempo_of_a_new_project_fits_no_other_song(bpm: float) -> None:
    assert tempo_fit(*heard(grid(bpm, 2), grid(bpm, 4, seed=2), tempo=(at(120.0),))) is None


def test_free_time_fits_nothing() -> None:
    hits = np.sort(np.random.default_rng(3).uniform(0.5, _SECONDS - 1.0, 150))
    assert tempo_fit(*heard(hits, tempo=(at(120.0),))) is None


def test_a_tempo_that_changes_is_no_single_note_value() -> None:
    hits = (grid(120.0, 2), grid(120.0, 4, seed=2))
    assert tempo_fit(*heard(*hits, tempo=(at(120.0), at(126.0, 20.0)))) is None
    assert tempo_fit(*heard(*hits, tempo=(at(120.0), at(126.0, 80.0)))) is not None


def test_a_few_notes_prove_no_tempo() -> None:
    assert tempo_fit(*heard(np.arange(1.0, 10.0, 0.5), tempo=(at(120.0),))) is None
    session, analysis = heard(grid(120.0, 2), tempo=(at(120.0),))
    silent = replace(analysis, tracks=tuple(replace(track, levels=None) for track in analysis.tracks))
    assert tempo_fit(session, silent) is None
