"""The console behind a bounce: hidden with scipy and numpy, found again from the files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt, sosfiltfilt

from dawassist.analysis.equalizer_fit import response_db
from dawassist.analysis.rough_mix import recover_rough_mix
from dawassist.errors import InputError
from dawassist.session.model import Session, Track
from tests.sessions import make_guid, make_item, make_session, make_track

RATE = 24000
SECONDS = 9.0
GAINS_DB = (-3.0, -9.5, 2.0)
PANS = (0.0, -0.4, 1.0)


def part(seed: int) -> np.ndarray:
    """Noise with rhythm, (2, frames)."""
    generator = np.random.default_rng(seed)
    plays = np.repeat(generator.choice([0.05, 0.4, 1.0], int(6 * SECONDS)), RATE // 6)
    return np.asarray(0.1 * generator.standard_normal((2, len(plays))) * plays)


def write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples.T, RATE, subtype="FLOAT")
    return path


def track(number: int, **fields: object) -> Track:
    item = make_item(f"{number}.wav", length_seconds=SECONDS)
    return make_track(**{"number": number, "items": [item], **fields})


@pytest.fixture
def session(tmp_path: Path) -> Session:
    for number in (1, 2, 3):
        write(tmp_path / f"{number}.wav", part(number))
    return make_session([track(n) for n in (1, 2, 3)], folder=tmp_path, sample_rate_hz=RATE)


def hidden(filtered: int = 0) -> np.ndarray:
    """The bounce; the track `filtered` has a high-pass."""
    mix = np.zeros_like(part(1))
    for number, gain_db, pan in zip((1, 2, 3), GAINS_DB, PANS, strict=True):
        sides = np.array([[min(1.0 - pan, 1.0)], [min(1.0 + pan, 1.0)]])
        sound = part(number)
        if number == filtered:
            sound = sosfilt(butter(2, 120.0, "highpass", fs=RATE, output="sos"), sound)
        mix += 10.0 ** (gain_db / 20.0) * sides * sound
    return mix


def recovered(session: Session, bounce: Path):  # type: ignore[no-untyped-def]
    return recover_rough_mix(session, bounce, [(0.0, SECONDS)], [t.guid for t in session.tracks])


def test_faders_and_pans_are_found_again(session: Session, tmp_path: Path) -> None:
    found = recovered(session, write(tmp_path / "rough.wav", hidden()))
    assert [t.gain_db for t in found.tracks] == pytest.approx(GAINS_DB, abs=0.05)
    assert [t.pan for t in found.tracks] == pytest.approx(PANS, abs=0.01)
    assert all(t.bands == () for t in found.tracks)
    assert found.residual_db < -60.0
    assert (found.late_seconds, found.compression_db) == (0.0, 0.0)


def test_a_filter_is_found_and_does_not_bend_the_level(session: Session, tmp_path: Path) -> None:
    found = recovered(session, write(tmp_path / "rough.wav", hidden(filtered=2)))
    assert found.tracks[1].gain_db == pytest.approx(GAINS_DB[1], abs=0.2)
    at_hz = np.array([60.0, 1000.0])
    assert response_db(found.tracks[1].bands, at_hz, RATE) == pytest.approx([-12.3, 0.0], abs=1.0)


def test_a_bounce_that_starts_later_is_aligned(session: Session, tmp_path: Path) -> None:
    late = np.concatenate((np.zeros((2, RATE // 2)), hidden()), axis=1)
    found = recovered(session, write(tmp_path / "rough.wav", late))
    assert found.late_seconds == 0.5
    assert [t.gain_db for t in found.tracks] == pytest.approx(GAINS_DB, abs=0.05)


def test_a_compressor_that_follows_waves_is_taken_out(session: Session, tmp_path: Path) -> None:
    from pedalboard import Compressor

    mix = hidden().astype(np.float32)
    bounce = Compressor(-24.0, 4.0, attack_ms=10.0, release_ms=150.0)(mix, RATE)
    guids = [t.guid for t in session.tracks]
    found = recover_rough_mix(session, write(tmp_path / "rough.wav", bounce), [(1.0, 5.0)], guids)
    assert found.compression_db > 1.0
    assert [t.gain_db for t in found.tracks] == pytest.approx(GAINS_DB, abs=0.02)
    assert [t.pan for t in found.tracks] == pytest.approx(PANS, abs=0.005)
    assert found.residual_db < -50.0


def test_loops_do_not_put_the_bounce_a_bar_off(session: Session, tmp_path: Path) -> None:
    """They fade, so that the bar before is louder; only a faint part is no loop."""
    bar = 3 * RATE // 2
    fall = 0.5 ** (np.arange(6 * bar) / bar)
    loops = [0.02 * part(1), fall * np.tile(part(2)[:, :bar], 6), fall * np.tile(part(3)[:, :bar], 6)]
    for number, loop in enumerate(loops, start=1):
        write(tmp_path / f"{number}.wav", loop)
    found = recovered(session, write(tmp_path / "rough.wav", np.sum(loops, axis=0)))
    assert found.late_seconds == 0.0
    assert [t.gain_db for t in found.tracks] == pytest.approx([0.0, 0.0, 0.0], abs=0.05)


def test_a_loop_that_explains_a_little_more_a_bar_off_does_not_either(session: Session, tmp_path: Path) -> None:
    """A part that gets louder all the time and is filtered in the bounce hides less of the loop a bar before."""
    bar = 3 * RATE // 2
    louder = np.random.default_rng(5).standard_normal((2, 6 * bar)) * 1.4 ** (np.arange(6 * bar) / bar)
    filtered = sosfiltfilt(butter(2, 0.15, output="sos"), louder)
    middle, loop = slice(2 * bar, 4 * bar), np.tile(part(2)[:, :bar], 6)
    loop *= np.sqrt(2.0 * np.mean(filtered[:, middle] ** 2) / np.mean(loop**2))
    faint = 0.3 * part(3)
    for number, sound in enumerate((loop, louder, faint), start=1):
        write(tmp_path / f"{number}.wav", 0.01 * sound)
    found = recovered(session, write(tmp_path / "rough.wav", 0.01 * (loop + filtered + faint)))
    assert found.late_seconds == 0.0


def test_what_no_move_explains_is_reported(session: Session, tmp_path: Path) -> None:
    mix = hidden()
    foreign = part(9) * np.sqrt(0.1 * np.mean(mix**2) / np.mean(part(9) ** 2))
    found = recovered(session, write(tmp_path / "rough.wav", mix + foreign))
    assert found.residual_db == pytest.approx(-10.4, abs=1.0)  # a tenth besides the whole
    assert [t.gain_db for t in found.tracks] == pytest.approx(GAINS_DB, abs=0.5)


def test_a_track_that_is_not_in_the_bounce_is_not_told(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "3.wav", 0.0 * part(3))
    mix = hidden() - 10.0 ** (GAINS_DB[2] / 20.0) * np.array([[0.0], [1.0]]) * part(3)
    found = recovered(session, write(tmp_path / "rough.wav", mix))
    assert found.untold_guids == (make_guid(3),)
    assert len(found.tracks) == 2


def test_a_bounce_of_another_song_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not hold these tracks"):
        recovered(session, write(tmp_path / "rough.wav", part(20)))


def test_a_session_without_sound_is_refused(tmp_path: Path) -> None:
    empty = make_session([make_track(number=1)], folder=tmp_path, sample_rate_hz=RATE)
    with pytest.raises(InputError, match="no track that plays"):
        recover_rough_mix(empty, tmp_path / "rough.wav", [], [make_guid(1)])
