"""A file that is read again and again is opened once, and none stays open."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.audio import kept_open
from dawassist.audio.kept_open import KeptOpen
from dawassist.audio.media import MediaProblem, MediaReader

RATE = 8000


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.wav" for number in range(4)]
    for number, path in enumerate(paths):
        soundfile.write(path, np.full(100, 0.1 * (number + 1)), RATE, subtype="FLOAT")
    return paths


@pytest.fixture
def decoders(monkeypatch: pytest.MonkeyPatch) -> list[MediaReader]:
    """What was really opened."""
    found: list[MediaReader] = []
    open_media = kept_open.open_media

    def spying(path: Path) -> MediaReader:
        found.append(open_media(path))
        return found[-1]

    monkeypatch.setattr(kept_open, "open_media", spying)
    return found


def is_closed(reader: MediaReader) -> bool:
    try:
        reader.read(0, 1)
    except MediaProblem:
        return True
    return False


def test_a_file_is_opened_once_and_closed_in_the_end(files: list[Path], decoders: list[MediaReader]) -> None:
    with KeptOpen() as media:
        for start in (0, 50, 20):
            with media.open(files[1]) as reader:
                assert reader.frame_count == 100
                np.testing.assert_allclose(reader.read(start, 10), np.full((1, 10), 0.2), rtol=1e-6)
        assert len(decoders) == 1
        assert not is_closed(decoders[0])
    assert is_closed(decoders[0])


def test_two_readers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ramp.wav", np.arange(100) / 100.0, RATE, subtype="FLOAT")
    with KeptOpen() as media:
        one, other = media.open(tmp_path / "ramp.wav"), media.open(tmp_path / "ramp.wav")
        found = [one.read(0, 2), other.read(50, 2), one.read(2, 2)]
    np.testing.assert_allclose(np.concatenate(found, axis=1)[0], [0.0, 0.01, 0.5, 0.51, 0.02, 0.03], rtol=1e-6)


def test_of_many_files_those_that_nobody_reads_are_closed(
    files: list[Path], decoders: list[MediaReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_open, "_MOST_FILES", 2)
    with KeptOpen() as media:
        held = media.open(files[0])
        for path in files[1:]:
            media.open(path).close()
        assert [is_closed(each) for each in decoders] == [False, True, False, False]
        np.testing.assert_allclose(held.read(0, 3), np.full((1, 3), 0.1), rtol=1e-6)


def test_a_missing_file_is_the_same_problem_as_ever(tmp_path: Path) -> None:
    with KeptOpen() as media, pytest.raises(MediaProblem) as problem:
        media.open(tmp_path / "none.wav")
    assert problem.value.kind == "media_missing"
