"""The generator of sessions with known faults: what it says it planted is there, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.support.confounders import CONFOUNDERS, Strip
from benchmarks.support.damage import clipped, copied, dead, with_dc, with_hum, with_rumble
from benchmarks.support.naive_faults import naive_alarms
from benchmarks.support.repair_sessions import CLASSES, Made, Planted, make_session
from benchmarks.support.stems import RATE, Signal, Song, active_rms, active_share, excerpt, songs

from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session
from tests.unit.benchmarks.conftest import SECONDS

SESSIONS = 12


def noise(seconds: float = 4.0, seed: int = 1) -> Signal:
    return (0.1 * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def below_db(disturbance: Signal, signal: Signal) -> float:
    return float(20.0 * np.log10(np.sqrt(np.mean(np.square(disturbance))) / active_rms(signal)))


def powers(samples: Signal) -> tuple[np.ndarray, np.ndarray]:
    spectrum = np.abs(np.fft.rfft(samples[0] * np.hanning(samples.shape[1]))) ** 2
    return np.fft.rfftfreq(samples.shape[1], 1.0 / RATE), spectrum


@pytest.mark.parametrize(("share", "ceiling_dbfs"), [(0.0005, 0.0), (0.01, -6.0), (0.05, -12.0)])
def test_clipping_flattens_the_share_of_samples_at_its_ceiling(share: float, ceiling_dbfs: float) -> None:
    ceiling = 10.0 ** (ceiling_dbfs / 20.0)
    broken = clipped(noise(), share, ceiling_dbfs)
    assert np.abs(broken).max() == pytest.approx(ceiling)
    assert np.mean(np.abs(broken) >= ceiling * 0.99999) == pytest.approx(share, rel=0.1)


def test_dc_moves_the_mean() -> None:
    np.testing.assert_allclose((with_dc(noise(), -40.0, -1.0) - noise()), -0.01, atol=1e-6)


def test_hum_lies_on_the_mains_and_its_harmonics_and_is_as_loud_as_said() -> None:
    clean = noise()
    hum = with_hum(clean, 50.0, 30.0, np.random.default_rng(3)) - clean
    assert below_db(hum, clean) == pytest.approx(-30.0, abs=0.1)
    frequency_hz, power = powers(hum)
    off = np.abs(frequency_hz - 50.0 * np.round(frequency_hz / 50.0)) > 3.0
    assert power[off].sum() < 1e-3 * power.sum()


def test_rumble_stays_under_25_hz_and_is_as_loud_as_said() -> None:
    clean = noise()
    rumble = with_rumble(clean, 20.0, np.random.default_rng(3)) - clean
    assert below_db(rumble, clean) == pytest.approx(-20.0, abs=0.1)
    frequency_hz, power = powers(rumble)
    assert power[(frequency_hz > 4.0) & (frequency_hz < 26.0)].sum() > 0.99 * power.sum()


def test_a_dead_channel_holds_noise_only() -> None:
    assert 20.0 * np.log10(dead(noise(), -90.0, np.random.default_rng(1)).std()) == pytest.approx(-90.0, abs=0.1)


def test_a_copy_is_one_sample_late_or_has_noise_60_db_under_it() -> None:
    late = copied(noise(), 3.0, one_late=True, generator=np.random.default_rng(1))
    np.testing.assert_allclose(late[:, 1:], noise()[:, :-1] * 10.0**0.15, rtol=1e-5)
    noisy = copied(noise(), 0.0, one_late=False, generator=np.random.default_rng(1)) - noise()
    assert below_db(noisy, noise()) == pytest.approx(-60.0, abs=0.2)


def test_a_folder_of_files_is_a_song_and_an_empty_one_says_what_is_missing(song: Song, tmp_path: Path) -> None:
    (alone,) = songs(song.files[0].parent)
    assert alone.files == song.files
    with pytest.raises(SystemExit, match="one folder of audio files per song"):
        songs(tmp_path)


def test_an_excerpt_holds_the_stems_that_are_heard(song: Song) -> None:
    found = excerpt(song, SECONDS, np.random.default_rng(1))
    assert {"KICK", "VOX LEAD", "SY BASS", "PAD", "HATS"} <= set(found)
    assert {each.shape for each in found.values()} == {(2, round(SECONDS * RATE))}


@pytest.fixture(scope="module")
def damaged(song: Song, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Made, Session]]:
    return [
        opened(make_session(song, tmp_path_factory.mktemp("damaged"), 1, n, is_clean=False, seconds=SECONDS))
        for n in range(SESSIONS)
    ]


def opened(made: Made) -> tuple[Made, Session]:
    return made, ProjectFile(made.path).snapshot()


def planted_of(damaged: list[tuple[Made, Session]], *kinds: str) -> list[tuple[Planted, Session]]:
    return [(fault, session) for made, session in damaged for fault in made.planted if fault.kind in kinds]


def heard(session: Session, guid: str) -> Signal:
    track = session.track(guid)
    assert track is not None
    source = track.items[0].takes[0].source
    assert source is not None
    samples = soundfile.read(Path(session.media_folder) / source.path, dtype="float32", always_2d=True)[0].T
    return np.asarray(samples)


def test_the_same_song_seed_and_number_give_the_same_session(song: Song, tmp_path: Path) -> None:
    one, other = (
        make_session(song, tmp_path / name, 1, 3, is_clean=False, seconds=SECONDS) for name in ("one", "other")
    )
    assert one.planted == other.planted
    assert one.path.read_bytes() == other.path.read_bytes()
    for file in one.path.parent.glob("*.wav"):
        assert file.read_bytes() == (other.path.parent / file.name).read_bytes()


def test_every_class_but_those_the_song_cannot_have_comes_up(damaged: list[tuple[Made, Session]]) -> None:
    kinds = {fault.kind for made, _ in damaged for fault in made.planted}
    assert kinds == set(CLASSES) - {"stereo_polarity"}  # the sides of these stems have nothing in common


def test_faults_lie_on_tracks_of_the_session_and_none_on_two_faults(damaged: list[tuple[Made, Session]]) -> None:
    for made, session in damaged:
        hit = [guid for fault in made.planted for guid in fault.guids]
        assert len(set(hit)) == len(hit)
        assert set(hit) <= {track.guid for track in session.tracks}


def test_microphones_are_as_late_and_as_inverted_as_said(damaged: list[tuple[Made, Session]]) -> None:
    """Not where it is low: the second microphone's own low cut turns the phase of a kick and a bass."""
    pairs = planted_of(damaged, "polarity", "delay")
    assert len(pairs) > 4
    for fault, session in pairs:
        track = session.track(fault.guids[0])
        assert track is not None
        if track.name.startswith(("SY BASS", "KICK")):
            continue
        one, other = (heard(session, guid)[0] for guid in fault.guids)
        size = 2 * len(one)
        cross = np.fft.irfft(np.fft.rfft(one, size).conj() * np.fft.rfft(other, size))
        peak = int(np.argmax(np.abs(cross[:1000])))
        assert peak == pytest.approx(fault.truth["delay_samples"], abs=3)
        assert (cross[peak] < 0.0) == bool(fault.truth["inverted"])


def test_a_panned_lead_bass_or_kick_is_where_it_is_said_to_be(damaged: list[tuple[Made, Session]]) -> None:
    for fault, session in planted_of(damaged, "off_center"):
        track = session.track(fault.guids[0])
        assert track is not None
        assert abs(track.pan) == pytest.approx(fault.severity, abs=0.01)
        assert track.name in ("VOX LEAD", "SY BASS", "KICK")


def test_the_naive_rules_see_what_stands_out(damaged: list[tuple[Made, Session]]) -> None:
    found = 0
    for made, session in damaged:
        alarms = naive_alarms(session, made.path.parent, SECONDS)
        for fault in made.planted:
            if fault.kind in ("dead_channel", "off_center"):
                assert any(kind == fault.kind and guids & set(fault.guids) for kind, guids in alarms), fault
                found += 1
    assert found > 3


def test_clean_sessions_have_confounders_and_no_fault(song: Song, tmp_path: Path) -> None:
    made = make_session(song, tmp_path, 1, 0, is_clean=True, seconds=SECONDS)
    assert made.is_clean
    assert len(made.confounders) >= 3


@pytest.mark.parametrize("kind", CONFOUNDERS)
def test_a_confounder_is_one_or_more_tracks_of_sound(kind: str) -> None:
    strip = Strip(name="PAD", samples=noise(3.0))
    made = CONFOUNDERS[kind](strip, np.random.default_rng(2))
    assert len({each.name for each in made}) == len(made)
    for each in made:
        assert each.samples.shape[-1] == strip.samples.shape[-1]
        assert 0.01 < np.abs(each.samples).max() <= 1.0


def test_what_plays_part_of_the_time_and_what_lies_apart_is_as_its_name_says() -> None:
    strip = Strip(name="PAD", samples=noise(4.0))
    (once,) = CONFOUNDERS["sparse"](strip, np.random.default_rng(2))
    assert 0.2 < active_share(once.samples) < 0.7
    (wide,) = CONFOUNDERS["wide"](strip, np.random.default_rng(2))
    assert -0.9 < np.corrcoef(wide.samples)[0, 1] < 0.0
    _, left, right = CONFOUNDERS["mid_and_side"](strip, np.random.default_rng(2))
    assert (left.pan, right.pan, right.inverted) == (-1.0, 1.0, True)
    np.testing.assert_array_equal(left.samples, right.samples)


def test_nothing_clips_at_the_master(song: Song, tmp_path: Path) -> None:
    from dawassist.console.render import render_mix

    made = make_session(song, tmp_path, 1, 1, is_clean=False, seconds=SECONDS)
    mix = np.concatenate([*render_mix(ProjectFile(made.path).snapshot(), 0.0, SECONDS)], axis=1)
    assert np.abs(mix).max() < 1.0
