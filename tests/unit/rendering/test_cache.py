"""Stems on disk: found again, bounded, whole."""

import os
from pathlib import Path

import pytest

from dawassist.rendering.cache import StemCache


def rendered(folder: Path, size: int = 4) -> Path:
    path = folder / "rendered.wav"
    path.write_bytes(b"x" * size)
    return path


def test_a_kept_stem_is_found_under_its_key_with_its_time_of_change(tmp_path: Path) -> None:
    cache = StemCache(tmp_path / "stems")
    assert cache.is_empty()
    assert cache.find("a") is None
    with cache.working_folder() as folder:
        kept = cache.keep("a", rendered(folder))
        os.utime(kept, ns=(1, 2))
        (folder / "left.wav").write_bytes(b"")
    assert not cache.is_empty()
    assert cache.find("a") == kept
    assert kept.stat().st_mtime_ns == 2
    assert [path.name for path in (tmp_path / "stems").iterdir()] == ["a.wav"]


def test_stems_used_longest_ago_go_first(tmp_path: Path) -> None:
    cache = StemCache(tmp_path, limit_bytes=8)
    for number, name in enumerate("abc"):
        os.utime(cache.keep(name, rendered(tmp_path)), ns=(number, number))
    assert cache.find("a") is not None
    cache.trim()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "c.wav"]


def test_a_folder_that_a_crash_left_behind_goes_after_a_day(tmp_path: Path) -> None:
    cache = StemCache(tmp_path)
    old, fresh = tmp_path / "rendering-old", tmp_path / "rendering-fresh"
    for folder in (old, fresh):
        folder.mkdir()
        rendered(folder)
    os.utime(old, (1.0, 1.0))
    cache.trim()
    assert [path.name for path in tmp_path.iterdir()] == ["rendering-fresh"]


def test_a_disk_that_keeps_nothing_leaves_the_file_where_it_is(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    cache = StemCache(blocked / "stems")
    path = rendered(tmp_path)
    assert cache.keep("a", path) == path
    with cache.working_folder() as folder:
        assert folder.is_dir()
    cache.trim()
    assert cache.is_empty()


@pytest.mark.parametrize("number", [1, 2])
def test_every_run_has_a_name_of_its_own(tmp_path: Path, number: int) -> None:
    assert StemCache(tmp_path).run != StemCache(tmp_path / str(number)).run
