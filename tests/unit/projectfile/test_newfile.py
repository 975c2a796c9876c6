"""The new file of Apply: never over another one, taken back only when nobody touched it."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rpp_corpus import GOLDEN

from dawassist.errors import InputError, KnownError, RppError
from dawassist.projectfile import ProjectFile, file, newfile
from dawassist.session.targets import TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import SetValue, Transaction, new_transaction_id

FADER = TrackTarget(track_guid="{C0000002-0000-4000-8000-000000000002}", field="fader_gain")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "session.rpp"
    path.write_bytes((GOLDEN / "handmade.rpp").read_bytes())
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.rpp"


def fader_to_half(daw: ProjectFile) -> Transaction:
    session = daw.snapshot()
    found = raw_value(session, FADER)
    assert found is not None
    edit = SetValue(target=FADER, expected_raw=found, desired_raw=0.5, tolerance=1e-6, label="Kick · Fader")
    return Transaction(
        id=new_transaction_id(), fingerprint=session.fingerprint, label="", edits=(edit,), not_after=time.time() + 60
    )


def test_after_apply_the_new_file_is_the_session_until_undo(project: Path, out: Path) -> None:
    daw = ProjectFile(project, out)
    sent = fader_to_half(daw)
    daw.apply(sent)
    assert raw_value(daw.snapshot(), FADER) == pytest.approx(0.5)
    assert daw.undo(sent).outcome == "undone"
    assert not out.exists()
    assert raw_value(daw.snapshot(), FADER) == pytest.approx(10 ** (-3 / 20))


def test_after_a_restart_the_result_is_recognized_and_can_be_taken_back(project: Path, out: Path) -> None:
    first = ProjectFile(project, out)
    sent = fader_to_half(first)
    first.apply(sent)
    written = out.stat().st_mtime_ns
    with pytest.raises(InputError, match="holds exactly this result"):
        ProjectFile(project, out).apply(sent)
    assert out.stat().st_mtime_ns == written
    assert ProjectFile(project, out).undo(sent).outcome == "undone"
    assert not out.exists()


def test_a_file_that_cannot_be_removed_is_said(project: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    daw = ProjectFile(project, out)
    sent = fader_to_half(daw)
    daw.apply(sent)
    monkeypatch.setattr(Path, "unlink", locked)
    with pytest.raises(KnownError, match="Permission denied"):
        daw.undo(sent)
    assert daw.status(sent.id) is not None


def test_a_late_request_is_refused(project: Path, out: Path) -> None:
    daw = ProjectFile(project, out)
    with pytest.raises(KnownError, match="too late"):
        daw.apply(replace(fader_to_half(daw), not_after=time.time() - 1.0))
    assert not out.exists()


def test_a_project_that_vanished_or_is_too_large_is_said(
    project: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daw = ProjectFile(project, out)
    monkeypatch.setattr(file, "MAX_BYTES", 10)
    with pytest.raises(RppError, match="too large"):
        daw.snapshot()
    project.unlink()
    with pytest.raises(RppError, match="cannot be read"):
        daw.poll()


def test_a_changed_result_is_kept(project: Path, out: Path) -> None:
    daw = ProjectFile(project, out)
    sent = fader_to_half(daw)
    daw.apply(sent)
    out.write_bytes(out.read_bytes().replace(b"NAME Kick", b"NAME Boot"))
    for taking_back in (daw, ProjectFile(project, out)):
        receipt = taking_back.undo(sent)
        assert receipt.outcome == "conflict"
        assert "kept" in receipt.sentence
    assert out.exists()


def test_undo_says_when_the_result_is_gone_or_the_project_moved(project: Path, out: Path) -> None:
    daw = ProjectFile(project, out)
    sent = fader_to_half(daw)
    assert "not there" in daw.undo(sent).sentence
    daw.apply(sent)
    project.write_bytes(project.read_bytes()[:-2])
    assert ProjectFile(project, out).undo(sent).outcome == "conflict"
    assert daw.undo(sent).outcome == "undone"


def test_another_file_is_never_overwritten(project: Path, out: Path) -> None:
    out.write_bytes(b"precious")
    daw = ProjectFile(project, out)
    with pytest.raises(InputError, match="already exists"):
        daw.apply(fader_to_half(daw))
    assert out.read_bytes() == b"precious"
    assert sorted(path.name for path in out.parent.iterdir()) == ["out.rpp", "session.rpp"]


def test_the_project_itself_is_never_written_also_under_another_name(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.rpp"
    link.symlink_to(project)
    for place in (project, link, tmp_path / "x" / ".." / "session.rpp"):
        daw = ProjectFile(project, place)
        with pytest.raises(InputError):
            daw.apply(fader_to_half(daw))
    assert project.read_bytes() == (GOLDEN / "handmade.rpp").read_bytes()


def test_a_folder_that_is_not_there_is_an_error_in_a_sentence(project: Path, tmp_path: Path) -> None:
    daw = ProjectFile(project, tmp_path / "missing" / "out.rpp")
    with pytest.raises(KnownError, match="cannot be written"):
        daw.apply(fader_to_half(daw))


def test_a_full_disk_leaves_nothing_behind(project: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(newfile.os, "fsync", full)
    daw = ProjectFile(project, out)
    with pytest.raises(KnownError, match="No space left"):
        daw.apply(fader_to_half(daw))
    assert [path.name for path in out.parent.iterdir()] == ["session.rpp"]


def test_media_that_would_not_be_found_from_there_is_said(project: Path, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    daw = ProjectFile(project, folder / "out.rpp")
    sentence = daw.apply(fader_to_half(daw)).sentence
    assert "Warning: 6 media files do not resolve" in sentence
    beside = ProjectFile(project, tmp_path / "out.rpp")
    assert "Warning" not in beside.apply(fader_to_half(beside)).sentence


def test_absolute_paths_of_any_system_need_no_warning() -> None:
    assert all(newfile._is_absolute(path) for path in ("/a/b.wav", "C:\\a\\b.wav", "\\\\server\\share\\b.wav"))
    assert not any(newfile._is_absolute(path) for path in ("a/b.wav", "..\\b.wav"))


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_new_file_has_the_usual_mode(project: Path, out: Path) -> None:
    daw = ProjectFile(project, out)
    daw.apply(fader_to_half(daw))
    assert out.stat().st_mode == project.stat().st_mode
