import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, correlate, sosfilt

from dawassist.demo import copy_demo, demo_session_path
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session, Track

RATE_HZ = 48000
PACKAGE = Path(__file__).parents[3] / "dawassist"
LARGEST_BYTES = 15 * 2**20


@pytest.fixture(scope="module")
def session() -> Session:
    return ProjectFile(demo_session_path()).snapshot()


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


def sound(name: str) -> np.ndarray:
    file = next((demo_session_path().parent / "media").glob(f"{name}.*"))
    samples, rate_hz = soundfile.read(file)
    assert rate_hz == RATE_HZ
    return samples.T


def lag_and_correlation(first: np.ndarray, second: np.ndarray, furthest: int = 600) -> tuple[int, float]:
    middle = len(first) // 2
    piece = slice(middle, middle + 8 * RATE_HZ)
    full = correlate(second[piece], first[piece], method="fft")
    center = len(first[piece]) - 1
    near = full[center - furthest : center + furthest + 1]
    place = int(np.argmax(np.abs(near)))
    energy = np.linalg.norm(first[piece]) * np.linalg.norm(second[piece])
    return place - furthest, float(near[place] / energy)


def low_band(signal: np.ndarray) -> np.ndarray:
    return sosfilt(butter(4, (100, 900), "bandpass", fs=RATE_HZ, output="sos"), signal)


def test_it_is_a_band_in_folders_with_plug_ins_sends_an_envelope_and_regions(session: Session) -> None:
    assert len([track for track in session.tracks if track.items]) >= 14
    assert [t.name for t in session.tracks if t.folder_depth > 0] == ["Drums", "Bass", "Guitars", "Vocals"]
    assert sum(track.folder_depth for track in session.tracks) == 0
    assert all(track.color is not None for track in session.tracks)
    reverb = named(session, "Reverb")
    assert [t.name for t in session.tracks if any(s.destination_guid == reverb.guid for s in t.sends)] == [
        "Snare Top", "Gtr Clean", "Lead Vox", "Lead Dbl", "BV L", "BV R",
    ]  # fmt: skip
    keys = named(session, "Keys").envelope("volume")
    assert keys is not None
    assert [point.value for point in keys.points] == pytest.approx([-2.0, -2.0, 0.0, 0.0])
    regions = [marker.name for marker in session.markers if marker.end_seconds is not None]
    assert regions == ["Intro", "Verse", "Chorus"]


def test_states_of_its_stock_plug_ins_are_understood(session: Session) -> None:
    chains = {track.name: [(fx.name, fx.parameters) for fx in track.fx] for track in session.tracks if track.fx}
    assert all(parameters is not None for chain in chains.values() for _, parameters in chain)
    wet, dry = (chains["Reverb"][0][1] or ())[:2]
    assert (wet.name, dry.name, dry.normalized) == ("Wet", "Dry", 0.0)
    threshold = next(p for p in chains["Bass DI"][0][1] or () if p.ident == "0:_Threshold")
    assert threshold.normalized == pytest.approx(10 ** (-18 / 20) / 2, abs=1e-6)


def test_it_plays_forty_seconds_of_media_that_are_relative_and_there(session: Session) -> None:
    assert 40.0 <= session.length_seconds <= 45.0
    folder = demo_session_path().parent
    for track in session.tracks:
        for item in track.items:
            source = item.takes[0].source
            assert source is not None
            assert not Path(source.path).is_absolute()
            info = soundfile.info(folder / source.path)
            assert info.samplerate == session.sample_rate_hz
            assert item.takes[0].start_offset_seconds + item.length_seconds <= info.duration + 1e-6
    assert sum(file.stat().st_size for file in (folder / "media").iterdir()) <= LARGEST_BYTES


def test_nothing_was_recorded_into_clipping() -> None:
    for file in (demo_session_path().parent / "media").iterdir():
        samples, _ = soundfile.read(file)
        assert np.abs(samples).max() < 0.6, file.name


def test_a_copy_reads_as_the_original(tmp_path: Path, session: Session) -> None:
    copy = copy_demo(tmp_path / "new" / "folder")
    assert ProjectFile(copy).snapshot().tracks == session.tracks
    originals = {file.name: file.stat().st_size for file in (demo_session_path().parent / "media").iterdir()}
    assert {file.name: file.stat().st_size for file in (copy.parent / "media").iterdir()} == originals


def test_the_snare_bottom_is_inverted_and_late() -> None:
    lag, correlation = lag_and_correlation(low_band(sound("snare_top")), low_band(sound("snare_bottom")))
    assert correlation < -0.6
    assert lag == pytest.approx(planted("delay", "snare_bottom")["frames"], abs=2)


def test_the_amp_is_late_against_the_direct_signal() -> None:
    lag, correlation = lag_and_correlation(sound("bass_di"), sound("bass_amp"))
    assert correlation > 0.8
    assert lag == pytest.approx(planted("delay", "bass_amp")["frames"], abs=12)


def test_the_clean_guitar_hums_in_the_intro() -> None:
    fault = planted("hum", "gtr_clean")
    intro = sound("gtr_clean")[: 4 * RATE_HZ]
    spectrum = np.abs(np.fft.rfft(intro * np.hanning(len(intro)))) / len(intro) * 4
    for place, level_dbfs in enumerate(fault["harmonics_dbfs"], start=1):
        peak = spectrum[round(fault["mains_hz"] * place * 4)]
        assert 20 * np.log10(peak) == pytest.approx(level_dbfs, abs=0.2)


def test_the_spare_channel_holds_noise_of_one_step() -> None:
    spare = sound("room_spare")
    assert -100 < 20 * np.log10(np.sqrt(np.mean(spare**2))) < -90


def test_the_bass_is_hard_left_and_the_lead_is_down(session: Session) -> None:
    assert [named(session, name).pan for name in ("Bass DI", "Bass Amp")] == [-1.0, -1.0]
    assert named(session, "Lead Vox").fader_db == pytest.approx(planted("fader", "lead_vox")["planted_fader_db"])


def test_no_module_but_the_demo_names_the_list_of_faults() -> None:
    for folder in (PACKAGE, PACKAGE.parent / "ui", PACKAGE.parent / "plugins"):
        for file in folder.rglob("*"):
            if (
                file.is_file()
                and file.suffix in (".py", ".toml", ".lua", ".txt")
                and PACKAGE / "demo" not in file.parents
            ):
                assert "planted_faults" not in file.read_text(encoding="utf-8", errors="replace"), file


def planted(kind: str, media: str) -> dict:
    data = tomllib.loads((demo_session_path().parent / "planted_faults.toml").read_text(encoding="utf-8"))
    return next(fault for fault in data["fault"] if (fault["kind"], fault["media"]) == (kind, media))
