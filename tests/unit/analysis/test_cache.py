"""What was measured once is not read again; what changed is; and no accident makes the cache lie."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis import cache as cache_module
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.model import Activity, Analysis, Loudness, TrackAnalysis
from dawassist.analysis.session import analyze_session
from dawassist.session.model import Session
from tests.sessions import make_guid, make_item, make_session, make_track

RATE = 16000
SECONDS = 3.0
QUIET: set[str] = set()


@pytest.fixture
def band(tmp_path: Path) -> Session:
    for seed, name in enumerate(("kick", "snare", "room")):
        write(tmp_path / f"{name}.wav", seed)
    tracks = [
        make_track(number=n, name=name, items=[make_item(f"{name}.wav", length_seconds=SECONDS)])
        for n, name in enumerate(("kick", "snare", "room"), start=1)
    ]
    return make_session(tracks, folder=tmp_path, sample_rate_hz=RATE)


@pytest.fixture
def listen(tmp_path: Path) -> Callable[[Session], Analysis]:
    cache = AnalysisCache(tmp_path / "cache")

    def analysis(session: Session) -> Analysis:
        return analyze_session(session, 0.0, SECONDS, voice_guids=QUIET, cache=cache)

    return analysis


def write(path: Path, seed: int) -> None:
    samples = 0.1 * np.random.default_rng(seed).standard_normal((round(SECONDS * RATE), 2))
    soundfile.write(path, samples, RATE, subtype="FLOAT")


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened from now on."""
    from dawassist.audio import tracks

    names: list[str] = []
    open_media = tracks.open_media

    def spying(path: Path) -> object:
        names.append(path.stem)
        return open_media(path)

    monkeypatch.setattr(tracks, "open_media", spying)
    return names


def same(one: Analysis, other: Analysis) -> None:
    assert one.tracks == other.tracks
    assert one.mix_loudness == other.mix_loudness
    assert one.covariance is not None
    assert other.covariance is not None
    assert one.covariance.track_guids == other.covariance.track_guids
    np.testing.assert_allclose(one.covariance.tensor, other.covariance.tensor, atol=1e-7)
    for mine, others in zip(one.tracks, other.tracks, strict=True):
        assert mine.bands is not None
        assert others.bands is not None
        np.testing.assert_array_equal(mine.bands.third_octave, others.bands.third_octave)


def test_an_unchanged_session_is_not_read(
    band: Session, listen: Callable[[Session], Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = listen(band)
    files = opened(monkeypatch)
    same(listen(band), first)
    assert files == []


def test_a_changed_file_is_measured_first_and_all_else_is_kept(
    band: Session, listen: Callable[[Session], Analysis], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = listen(band)
    write(tmp_path / "snare.wav", 7)
    files = opened(monkeypatch)
    second = listen(band)
    assert files[0] == "snare"
    assert second.tracks[0] == first.tracks[0]
    assert second.tracks[1] != first.tracks[1]
    same(second, analyze_session(band, 0.0, SECONDS, voice_guids=QUIET))


def test_a_moved_fader_reads_for_the_mix_alone(
    band: Session, listen: Callable[[Session], Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = listen(band)
    louder = replace(band, tracks=(replace(band.tracks[0], fader_db=6.0), *band.tracks[1:]))
    second = listen(louder)
    assert second.tracks == first.tracks
    assert second.mix_loudness != first.mix_loudness
    files = opened(monkeypatch)
    same(listen(band), first)
    assert files == []


@pytest.mark.parametrize(
    "change",
    [
        lambda band: replace(band, tracks=(band.tracks[0], band.tracks[2])),
        lambda band: replace(band, tracks=(band.tracks[2], band.tracks[0], band.tracks[1])),
        lambda band: replace(band, tracks=(*band.tracks[:2], replace(band.tracks[2], delay_seconds=0.01))),
        lambda band: replace(
            band, tracks=(replace(band.tracks[0], items=(replace(band.tracks[0].items[0], level_db=-6.0),)),
                          *band.tracks[1:])
        ),
    ],
    ids=["a track removed", "tracks in another order", "a delay", "an item's gain"],
)  # fmt: skip
def test_after_any_change_the_result_is_that_of_a_fresh_analysis(
    band: Session, listen: Callable[[Session], Analysis], change: Callable[[Session], Session]
) -> None:
    listen(band)
    changed = change(band)
    same(listen(changed), analyze_session(changed, 0.0, SECONDS, voice_guids=QUIET))


def test_results_arrive_per_track(band: Session) -> None:
    arrived: list[str] = []
    analyze_session(band, 0.0, SECONDS, voice_guids=QUIET, results=lambda track: arrived.append(track.track_guid))
    assert arrived == [make_guid(n) for n in (1, 2, 3)]


def loudness(level: float) -> Loudness:
    return Loudness(
        integrated_lufs=level, momentary_max_lufs=level, short_term_max_lufs=level, loudness_range_lu=0.0,
        true_peak_dbtp=0.0, sample_peak_dbfs=0.0, rms_dbfs=level, crest_factor_db=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"nonsense" * 99])
def test_a_damaged_file_counts_as_absent(tmp_path: Path, damage: bytes) -> None:
    cache = AnalysisCache(tmp_path)
    cache.store("key", loudness(-20.0))
    assert cache.load("key", Loudness) == loudness(-20.0)
    (tmp_path / "key.npz").write_bytes(damage)
    assert cache.load("key", Loudness) is None


def test_a_truncated_file_counts_as_absent(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path)
    cache.store("key", loudness(-20.0))
    whole = (tmp_path / "key.npz").read_bytes()
    for size in range(0, len(whole), 37):
        (tmp_path / "key.npz").write_bytes(whole[:size])
        assert cache.load("key", Loudness) is None


def test_another_kind_of_value_counts_as_absent(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path)
    cache.store("key", loudness(-20.0))
    assert cache.load("key", TrackAnalysis) is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = AnalysisCache(tmp_path / "file")
    cache.store("key", loudness(-20.0))
    cache.trim()
    assert cache.load("key", Loudness) is None


def test_a_crash_while_writing_leaves_the_old_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = AnalysisCache(tmp_path)
    cache.store("key", loudness(-20.0))

    def crash(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache_module.os, "replace", crash)
    cache.store("key", loudness(-30.0))
    assert cache.load("key", Loudness) == loudness(-20.0)
    assert [path.name for path in tmp_path.iterdir()] == ["key.npz"]


def test_a_file_that_another_process_removes_meanwhile_does_not_end_a_trim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, key in enumerate(("newest", "gone", "oldest")):
        AnalysisCache(tmp_path).store(key, loudness(-20.0))
        cache_module.os.utime(tmp_path / f"{key}.npz", (1e9 - age, 1e9 - age))
    size = (tmp_path / "newest.npz").stat().st_size
    scandir = cache_module.os.scandir

    @contextmanager
    def after_listing(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as entries:
            listed = list(entries)
        (tmp_path / "gone.npz").unlink()
        yield listed

    monkeypatch.setattr(cache_module.os, "scandir", after_listing)
    AnalysisCache(tmp_path, limit_bytes=size).trim()
    assert [path.stem for path in tmp_path.iterdir()] == ["newest"]


def test_what_a_crashed_writer_left_goes_and_what_one_is_writing_stays(tmp_path: Path) -> None:
    for name in ("crashed.part", "writing.part"):
        (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / "crashed.part", (1e9, 1e9))
    AnalysisCache(tmp_path).trim()
    assert [path.name for path in tmp_path.iterdir()] == ["writing.part"]


_WRITER = """
import sys
from pathlib import Path
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.model import Activity
cache = AnalysisCache(Path(sys.argv[1]))
own = Activity(share=float(sys.argv[2]), segments=((float(sys.argv[2]), 2.0),) * 2000)
cache.store("own", own)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    cache.store("shared", own)
    found = cache.load("shared", Activity)
    assert found is not None and found.segments == ((found.share, 2.0),) * 2000, found
"""


def test_two_processes_that_write_one_entry_leave_one_whole_value(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), share], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for share in ("0.25", "0.75")
    ]  # fmt: skip
    assert [writer.stdout.readline() for writer in writers if writer.stdout] == ["ready\n"] * 2
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    told = [writer.communicate()[1] for writer in writers]
    assert [(writer.returncode, text) for writer, text in zip(writers, told, strict=True)] == [(0, "")] * 2
    found = AnalysisCache(tmp_path).load("shared", Activity)
    assert found is not None
    assert found.share in (0.25, 0.75)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.npz", "shared.npz"]


def test_the_oldest_values_go_when_the_limit_is_reached(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path)
    for age, key in enumerate(("new", "older", "oldest")):
        cache.store(key, loudness(-20.0))
        cache_module.os.utime(tmp_path / f"{key}.npz", (1e9 - age, 1e9 - age))
    size = (tmp_path / "new.npz").stat().st_size
    AnalysisCache(tmp_path, limit_bytes=2 * size).trim()
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["new", "older"]
