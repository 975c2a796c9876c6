"""Notes of project files: apart from the file, one set per path; damaged ones are none."""

from pathlib import Path

import pytest

from dawassist.errors import KnownError
from dawassist.projectfile.notes import keep_note, notes_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_each_project_has_its_own_notes_and_an_empty_text_takes_one_away(folder: Path) -> None:
    one, other = folder / "one.rpp", folder / "other.rpp"
    keep_note(one, "constraints", "a")
    keep_note(one, "more", "b")
    assert notes_of(one) == {"constraints": "a", "more": "b"}
    assert notes_of(other) == {}
    keep_note(one, "constraints", "")
    assert notes_of(one) == {"more": "b"}
    assert list(folder.glob("*.rpp")) == []


def test_damaged_notes_are_none(folder: Path) -> None:
    keep_note(folder / "one.rpp", "constraints", "a")
    (kept,) = (folder / "data" / "notes").iterdir()
    kept.write_text("[]", encoding="utf-8")
    assert notes_of(folder / "one.rpp") == {}


def test_a_folder_that_cannot_be_written_is_a_sentence(folder: Path) -> None:
    (folder / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(KnownError, match="cannot be kept"):
        keep_note(folder / "one.rpp", "constraints", "a")
