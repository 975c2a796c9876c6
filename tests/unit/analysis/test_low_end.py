"""The low end of a sum is predicted from excerpts as a render would have it."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from dawassist.analysis import low_end_excerpts
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.low_end import LowEnd
from dawassist.analysis.low_end_excerpts import hear_low_end
from dawassist.analysis.low_end_whole import hear_whole_low_end
from dawassist.errors import Cancelled
from dawassist.session.model import Session
from tests.sessions import make_guid, make_item, make_session, make_track

RATE = 16000
SECONDS = 40
TOP, BOTTOM = make_guid(1), make_guid(2)
UNITY = np.eye(2)
Mono = npt.NDArray[np.float64]


def source(seed: int) -> Mono:
    """Noise up to 400 Hz."""
    noise = np.random.default_rng(seed).standard_normal(RATE * SECONDS)
    return np.asarray(sosfilt(butter(4, 400, fs=RATE, output="sos"), noise))


def session_of(folder: Path, *signals: Mono) -> Session:
    tracks = []
    for number, signal in enumerate(signals, start=1):
        soundfile.write(folder / f"{number}.wav", signal, RATE, subtype="FLOAT")
        item = make_item(f"{number}.wav", length_seconds=SECONDS)
        tracks.append(make_track(number=number, items=[item]))
    return make_session(tracks, folder=folder, sample_rate_hz=RATE)


def heard(session: Session) -> LowEnd:
    found = hear_low_end(session, {track.guid: [(0.0, float(SECONDS))] for track in session.tracks})
    assert found is not None
    return found


def level_db(signal: Mono, low_hz: float, high_hz: float) -> float:
    """Mean square of a band of both (equal) channels, by a Fourier transform of the whole."""
    spectrum = np.abs(np.fft.rfft(signal)) ** 2
    frequency_hz = np.fft.rfftfreq(len(signal), 1 / RATE)
    inside = (frequency_hz >= low_hz) & (frequency_hz < high_hz)
    return float(10 * np.log10(2 * 2 * spectrum[inside].sum() / len(signal) ** 2))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("frames", [0, 17, 60])
def test_the_energy_of_a_delayed_and_turned_sum_is_that_of_the_render(tmp_path: Path, sign: float, frames: int) -> None:
    shared = source(1)
    top, bottom = shared + 0.3 * source(2), 0.7 * shared + 0.3 * source(3)
    low_end = heard(session_of(tmp_path, top, bottom))
    predicted = low_end.energy({TOP: UNITY, BOTTOM: sign * UNITY}, {TOP: frames / RATE}, 60.0, 250.0)
    rendered = np.roll(top, frames) + sign * bottom
    assert 10 * np.log10(predicted) == pytest.approx(level_db(rendered, 60.0, 250.0), abs=0.5)
    before = low_end.energy({TOP: UNITY, BOTTOM: UNITY}, {}, 60.0, 250.0)
    rise = level_db(rendered, 60.0, 250.0) - level_db(top + bottom, 60.0, 250.0)
    assert 10 * np.log10(predicted / before) == pytest.approx(rise, abs=0.3)


def test_the_tracks_own_delay_is_heard(tmp_path: Path) -> None:
    from dataclasses import replace

    session = session_of(tmp_path, source(1), source(1))
    late = replace(session, tracks=(replace(session.tracks[0], delay_seconds=0.004), session.tracks[1]))
    both = {TOP: UNITY, BOTTOM: UNITY}
    apart = heard(late).energy(both, {}, 100.0, 150.0)
    together = heard(late).energy(both, {BOTTOM: 0.004}, 100.0, 150.0)
    assert together == pytest.approx(heard(session).energy(both, {}, 100.0, 150.0), rel=0.02)
    assert apart < 0.1 * together


def test_excerpts_come_from_where_the_tracks_play(tmp_path: Path) -> None:
    signal = source(1)
    signal[: RATE * 30] = 0.0
    session = session_of(tmp_path, signal)
    found = hear_low_end(session, {TOP: [(30.0, 40.0)]})
    assert found is not None
    level = 10 * np.log10(found.energy({TOP: UNITY}, {}, 60.0, 250.0))
    assert level == pytest.approx(level_db(signal[RATE * 30 :], 60.0, 250.0), abs=0.5)


def test_nothing_is_heard_of_silence_and_of_files_that_are_missing(tmp_path: Path) -> None:
    session = session_of(tmp_path, np.zeros(RATE * SECONDS))
    assert hear_low_end(session, {TOP: [(0.0, 40.0)]}) is None
    assert hear_low_end(session, {TOP: []}) is None
    (tmp_path / "1.wav").unlink()
    assert hear_low_end(session, {TOP: [(0.0, 40.0)]}) is None


def test_a_cancel_ends_it(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        hear_low_end(session_of(tmp_path, source(1)), {TOP: [(0.0, 40.0)]}, is_cancelled=lambda: True)


def test_a_cancel_is_looked_for_before_every_track_and_excerpt(tmp_path: Path) -> None:
    """One of them takes some 20 ms."""
    looks: list[bool] = []

    def look() -> bool:
        looks.append(True)
        return False

    session = session_of(tmp_path, source(1), source(2))
    hear_low_end(session, {track.guid: [(0.0, 40.0)] for track in session.tracks}, is_cancelled=look)
    excerpts, parts_of_spectra = 30, 20
    assert len(looks) >= excerpts * len(session.tracks) + parts_of_spectra


def test_what_is_known_of_an_unchanged_track_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, cache = session_of(tmp_path, source(1), source(2)), AnalysisCache(tmp_path / "cache")
    playing = {track.guid: [(0.0, float(SECONDS))] for track in session.tracks}
    hear_low_end(session, playing, cache=cache)
    session = session_of(tmp_path, source(1), source(3))
    os.utime(tmp_path / "1.wav", (1e9, 1e9))
    before = hear_low_end(session, playing, cache=cache)
    read: list[str] = []
    excerpts = low_end_excerpts._excerpts
    monkeypatch.setattr(
        low_end_excerpts, "_excerpts", lambda s, track, starts: read.append(track.guid) or excerpts(s, track, starts)
    )
    assert_same(hear_low_end(session, playing, cache=cache), before)
    assert read == []
    soundfile.write(tmp_path / "2.wav", source(4), RATE, subtype="FLOAT")
    os.utime(tmp_path / "2.wav", (1e9, 1e9))
    changed = hear_low_end(session, playing, cache=cache)
    assert read == [BOTTOM]
    assert_same(changed, heard(session))


def assert_same(one: LowEnd | None, other: LowEnd | None) -> None:
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.spectra, other.spectra)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("frames", [0, 60, 320])
def test_all_of_a_low_end_gives_the_energy_of_the_whole_render(tmp_path: Path, sign: float, frames: int) -> None:
    """Sparse hits, of which excerpts would hear some."""
    hits = np.repeat(np.random.default_rng(4).random(SECONDS * 4) < 0.1, RATE // 4)
    top, bottom = hits * (source(1) + 0.3 * source(2)), hits * (0.7 * source(1) + 0.3 * source(3))
    session = session_of(tmp_path, top, bottom)
    found = hear_whole_low_end(session, {TOP: [(0.0, 17.0), (19.0, SECONDS)], BOTTOM: [(16.0, 30.0)]})
    assert found is not None
    assert found.whole_seconds == pytest.approx(SECONDS)
    predicted = found.energy({TOP: UNITY, BOTTOM: sign * UNITY}, {TOP: frames / RATE}, 60.0, 250.0)
    rendered = np.roll(top, frames) + sign * bottom
    assert 10 * np.log10(predicted) == pytest.approx(level_db(rendered, 60.0, 250.0), abs=0.05)


def test_all_of_a_low_end_is_not_claimed_where_a_track_cannot_be_heard(tmp_path: Path) -> None:
    session = session_of(tmp_path, np.zeros(RATE * SECONDS))
    assert hear_whole_low_end(session, {}) is None
    assert hear_whole_low_end(session, {TOP: [(0.0, 4.0)]}) is None
    assert hear_whole_low_end(session, {TOP: [(0.0, 4.0)], BOTTOM: [(0.0, 4.0)]}) is None
    with pytest.raises(Cancelled):
        hear_whole_low_end(session, {TOP: [(0.0, 4.0)]}, is_cancelled=lambda: True)
