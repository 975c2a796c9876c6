"""Replacing points of an envelope in a project file."""

import time
from pathlib import Path

import pytest
from rpp_corpus import GOLDEN

from dawassist.errors import NotModelled
from dawassist.projectfile import ProjectFile
from dawassist.projectfile.patching import patch
from dawassist.session.model import EnvelopePoint
from dawassist.session.targets import EnvelopeTarget
from dawassist.transaction import EditResult, SetEnvelopePoints, Transaction, new_transaction_id

PATH = GOLDEN / "handmade.rpp"
BASS = "{C0000004-0000-4000-8000-000000000004}"
VOLUME = EnvelopeTarget(track_guid=BASS, envelope="volume")
FIRST, SECOND, THIRD = (
    EnvelopePoint(time_seconds=0.0, value=0.0),
    EnvelopePoint(time_seconds=4.0, value=-6.0206, shape=2),
    EnvelopePoint(time_seconds=8.0, value=-12.0412, shape=5, tension=0.5),
)


def edit(
    expected: tuple[EnvelopePoint, ...], desired: tuple[EnvelopePoint, ...], start: float, end: float,
    target: EnvelopeTarget = VOLUME,
) -> SetEnvelopePoints:  # fmt: skip
    return SetEnvelopePoints(
        target=target, start_seconds=start, end_seconds=end, expected_points=expected, desired_points=desired,
        label="Bass · Volume envelope",
    )  # fmt: skip


def patched(change: SetEnvelopePoints, path: Path = PATH) -> tuple[bytes | None, EditResult]:
    session = ProjectFile(path).snapshot()
    transaction = Transaction(
        id=new_transaction_id(), fingerprint=session.fingerprint, label="", edits=(change,), not_after=time.time() + 60
    )
    result = patch(path.read_bytes(), path, transaction)
    return result.content, result.results[0]


def points(content: bytes | None) -> list[bytes]:
    assert content is not None
    block = content.split(b"<VOLENV2", 1)[1].split(b">", 1)[0]
    return [line.strip() for line in block.split(b"\n") if line.strip().startswith(b"PT ")]


def test_points_outside_the_range_and_points_that_stay_keep_their_bytes() -> None:
    new = EnvelopePoint(time_seconds=5.0, value=-3.0, shape=5, tension=-0.25)
    content, result = patched(edit((SECOND,), (SECOND, new), 2.0, 6.0))
    assert result.status == "applied"
    assert points(content) == [
        b"PT 0 1 0",
        b"PT 4 0.5 2",
        b"PT 5 0.70794578438414 5 0 0 0 -0.25",
        b"PT 8 0.25 5 0 0 0 0.5",
    ]
    assert content is not None
    assert len(content.split(b"\n")) == len(PATH.read_bytes().split(b"\n")) + 1


@pytest.mark.parametrize(
    ("start", "end", "expected", "time_seconds", "index"),
    [(1.0, 3.0, (), 2.0, 1), (9.0, 20.0, (), 10.0, 3), (7.0, 9.0, (THIRD,), 7.5, 2)],
)
def test_new_points_are_in_order_of_time(
    start: float, end: float, expected: tuple[EnvelopePoint, ...], time_seconds: float, index: int
) -> None:
    content, _ = patched(edit(expected, (EnvelopePoint(time_seconds=time_seconds, value=-150.0),), start, end))
    assert points(content)[index] == f"PT {time_seconds:g} 0 0".encode()


def test_the_inverse_gives_the_points_back(tmp_path: Path) -> None:
    change = edit((FIRST, SECOND), (EnvelopePoint(time_seconds=1.0, value=-1.0),), 0.0, 4.0)
    content, _ = patched(change)
    other = tmp_path / "other.rpp"
    assert content is not None
    other.write_bytes(content)
    back, _ = patched(change.inverse(), other)
    assert back is not None
    other.write_bytes(back)
    assert ProjectFile(other).snapshot().tracks == ProjectFile(PATH).snapshot().tracks


def test_a_pan_point_is_written_with_the_sign_of_the_file() -> None:
    target = EnvelopeTarget(track_guid=BASS, envelope="pan")
    content, _ = patched(edit((), (EnvelopePoint(time_seconds=9.0, value=0.25),), 8.0, 10.0, target))
    assert content is not None
    assert b"      PT 9 -0.25 0\n" in content


def test_points_that_are_there_already_change_nothing() -> None:
    content, result = patched(edit((SECOND,), (SECOND,), 2.0, 6.0))
    assert (content, result.status) == (PATH.read_bytes(), "unchanged")


def test_points_that_moved_are_a_conflict() -> None:
    for expected in ((), (SECOND, THIRD), (EnvelopePoint(time_seconds=4.0, value=-6.0, shape=2),)):
        content, result = patched(edit(expected, (), 2.0, 6.0))
        assert (content, result.status) == (None, "conflicted")


def test_an_envelope_that_is_not_there_is_a_conflict() -> None:
    target = EnvelopeTarget(track_guid=BASS, envelope="mute")
    content, result = patched(edit((), (), 2.0, 6.0, target))
    assert content is None
    assert "no mute envelope" in result.reason


def test_automation_items_over_the_envelope_are_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "items.rpp"
    path.write_bytes(
        PATH.read_bytes().replace(b"      PT 4 0.5 2\n", b"      POOLEDENVINST 1 2 1 0 1\n      PT 4 0.5 2\n")
    )
    content, result = patched(edit((SECOND,), (), 2.0, 6.0), path)
    assert content is None
    assert "Automation items" in result.reason


def test_a_point_outside_the_range_is_refused() -> None:
    with pytest.raises(NotModelled, match="outside"):
        patched(edit((SECOND,), (EnvelopePoint(time_seconds=7.0, value=0.0),), 2.0, 6.0))
