"""Applying a transaction to a project file: what changes in the new file, and what stops it."""

import difflib
import math
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rpp_corpus import CORPUS, GOLDEN

from dawassist.errors import InputError, KnownError, NotModelled
from dawassist.projectfile import ProjectFile
from dawassist.projectfile.patching import patch
from dawassist.session.model import MASTER_GUID, Session
from dawassist.session.targets import FxTarget, ItemTarget, SendTarget, Target, TrackField, TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import Edit, SetValue, Transaction, new_transaction_id

KICK, SNARE, BASS, VOCAL, REVERB = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 4, 5, 7))
FADER = TrackTarget(track_guid=KICK, field="fader_gain")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "session.rpp"
    path.write_bytes((GOLDEN / "handmade.rpp").read_bytes())
    return path


@pytest.fixture
def daw(project: Path) -> ProjectFile:
    return ProjectFile(project, project.with_name("out.rpp"))


def setting(session: Session, target: Target, desired: float) -> SetValue:
    found = raw_value(session, target)
    assert found is not None
    return SetValue(target=target, expected_raw=found, desired_raw=desired, tolerance=1e-6, label="Control")


def transaction(session: Session, *edits: Edit) -> Transaction:
    return Transaction(
        id=new_transaction_id(), fingerprint=session.fingerprint, label="test", edits=edits, not_after=time.time() + 60
    )


def changed_lines(before: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
    old, new = before.split(b"\n"), after.split(b"\n")
    assert len(old) == len(new)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


def stock(fx: str, ident: str, track: str = KICK) -> FxTarget:
    guid = f"{{F000000{fx}-0000-4000-8000-00000000000{fx}}}"
    return FxTarget(track_guid=track, fx_guid=guid, fx_ident="", param_ident=ident)


@pytest.mark.parametrize("path", CORPUS)
def test_a_transaction_without_edits_copies_a_real_project_byte_for_byte(path: Path, tmp_path: Path) -> None:
    daw = ProjectFile(path, tmp_path / "out.rpp")
    assert daw.apply(transaction(daw.snapshot())).outcome == "applied"
    assert (tmp_path / "out.rpp").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", CORPUS)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.randoms(use_true_random=False), gain=st.floats(0.0, 4.0))
def test_editing_one_fader_of_a_real_project_changes_one_line(path: Path, choice: random.Random, gain: float) -> None:
    content = path.read_bytes()
    session = ProjectFile(path).snapshot()
    track = choice.choice([*session.tracks, session.master])
    target = TrackTarget(track_guid=track.guid, field="fader_gain")
    patched = patch(content, path, transaction(session, setting(session, target, gain)))
    assert patched.content is not None
    lines = changed_lines(content, patched.content)
    if math.isclose(raw_value(session, target) or 0.0, gain, rel_tol=1e-6, abs_tol=1e-9):
        assert lines == []
    else:
        ((old, new),) = lines
        assert [new.split()[0], *new.split()[2:]] == [old.split()[0], *old.split()[2:]]
        assert float(new.split()[1]) == pytest.approx(gain, abs=1e-13)
        assert new.endswith(b"\r") == old.endswith(b"\r")


@pytest.mark.parametrize(
    ("target", "desired", "expected_line"),
    [
        (FADER, 0.25, b"    VOLPAN 0.25 0 -1 -1 1"),
        (TrackTarget(track_guid=KICK, field="pan"), -0.3, b"    VOLPAN 0.70794578438414 -0.3 -1 -1 1"),
        (TrackTarget(track_guid=KICK, field="mute"), 1.0, b"    MUTESOLO 1 0 0"),
        (TrackTarget(track_guid=SNARE, field="polarity"), 0.0, b"    IPHASE 0"),
        (TrackTarget(track_guid=KICK, field="play_offset_seconds"), -0.002, b"    PLAYOFFS -0.002 0"),
        (TrackTarget(track_guid=SNARE, field="play_offset_seconds"), 0.0, b"    PLAYOFFS 0 1"),
        (TrackTarget(track_guid=MASTER_GUID, field="fader_gain"), 0.5, b"  MASTER_VOLUME 0.5 0 -1 -1 1"),
        (TrackTarget(track_guid=MASTER_GUID, field="pan"), 0.5, b"  MASTER_VOLUME 0.8 0.5 -1 -1 1"),
        (TrackTarget(track_guid=MASTER_GUID, field="mute"), 1.0, b"  MASTERMUTESOLO 1"),
        (SendTarget(track_guid=VOCAL, destination_guid=REVERB, occurrence=0, field="level_gain"), 0.5,
         b"    AUXRECV 4 0 0.5 0 0 1 0 0 0 -1:U 0 -1 ''"),
        (SendTarget(track_guid=BASS, destination_guid=REVERB, occurrence=0, field="mute"), 0.0,
         b"    AUXRECV 3 3 0.25 0 0 0 1 0 2 -1:U 0 -1 ''"),
        (SendTarget(track_guid=BASS, destination_guid=REVERB, occurrence=0, field="polarity"), 0.0,
         b"    AUXRECV 3 3 0.25 0 1 0 0 0 2 -1:U 0 -1 ''"),
        (SendTarget(track_guid=SNARE, destination_guid=REVERB, occurrence=0, field="pan"), 0.0,
         b"    AUXRECV 2 0 0.5 0 0 0 0 0 0 -1:U 0 -1 ''"),
        (ItemTarget(track_guid=KICK, item_guid="{A0000001-0000-4000-8000-000000000001}"), 2.0,
         b"      VOLPAN 2 0 1 -1"),
        (stock("3", ":wet", VOCAL), 0.5, b"      WET 0.5"),
        (stock("2", ":bypass"), 1.0, b"      BYPASS 1 0 0"),
    ],
)  # fmt: skip
def test_a_control_is_one_line(daw: ProjectFile, target: Target, desired: float, expected_line: bytes) -> None:
    session = daw.snapshot()
    receipt = daw.apply(transaction(session, setting(session, target, desired)))
    assert [r.status for r in receipt.results] == ["applied"]
    assert daw.out is not None
    ((_, new),) = changed_lines(daw.path.read_bytes(), daw.out.read_bytes())
    assert new == expected_line
    assert raw_value(daw.snapshot(), target) == pytest.approx(desired, abs=1e-6)


@pytest.mark.parametrize(
    ("target", "desired"),
    [
        (stock("1", "3:_Freq_Band_2"), 0.4),
        (stock("1", "4:_Gain_Band_2"), 0.2),
        (stock("1", "14:_BW_High_Shelf_5"), 0.3),
        (stock("2", "0:_Threshold"), 0.0625),
        (stock("2", "3:_Release"), 0.017),
    ],
)
def test_a_parameter_of_a_stock_plugin_changes_only_its_state(
    daw: ProjectFile, target: FxTarget, desired: float
) -> None:
    before = daw.snapshot()
    daw.apply(transaction(before, setting(before, target, desired)))
    after = daw.snapshot()
    assert raw_value(after, target) == pytest.approx(desired, abs=1e-6)
    values = [
        (p.ident, p.normalized, q.normalized)
        for one, two in zip(before.tracks[1].fx, after.tracks[1].fx, strict=True)
        for p, q in zip(one.parameters or (), two.parameters or (), strict=True)
        if p != q
    ]
    assert [ident for ident, _, _ in values] == [target.param_ident]


@pytest.mark.parametrize(
    "target",
    [
        TrackTarget(track_guid=KICK, field="width"),
        TrackTarget(track_guid=MASTER_GUID, field="polarity"),
        TrackTarget(track_guid=MASTER_GUID, field="play_offset_seconds"),
        stock("1", "15:_Global_Gain"),
        stock("2", "5:_resvd"),
        stock("2", ":delta"),
        stock("2", ":wet"),
    ],
)
def test_what_no_project_shows_is_refused_and_nothing_is_written(daw: ProjectFile, target: Target) -> None:
    session = daw.snapshot()
    with pytest.raises(NotModelled, match="Control"):
        daw.apply(transaction(session, setting(session, FADER, 0.5), setting(session, target, 0.75)))
    assert daw.out is not None
    assert not daw.out.exists()


@pytest.mark.parametrize("desired", [math.nan, math.inf, -0.1, 1.1])
def test_a_value_out_of_range_is_refused(daw: ProjectFile, desired: float) -> None:
    session = daw.snapshot()
    with pytest.raises(NotModelled):
        daw.apply(transaction(session, setting(session, stock("2", "0:_Threshold"), desired)))


@pytest.mark.parametrize(
    ("field", "desired"),
    [("fader_gain", -0.5), ("pan", 1.5), ("mute", 0.5), ("polarity", 2.0), ("play_offset_seconds", math.inf)],
)
def test_a_value_that_the_control_cannot_have_is_refused(daw: ProjectFile, field: TrackField, desired: float) -> None:
    session = daw.snapshot()
    with pytest.raises(NotModelled):
        daw.apply(transaction(session, setting(session, TrackTarget(track_guid=KICK, field=field), desired)))


@pytest.mark.parametrize(
    "target",
    [
        stock("9", "0:_Threshold"),
        stock("1", "99:_Nothing"),
        SendTarget(track_guid=KICK, destination_guid=REVERB, occurrence=0, field="pan"),
        ItemTarget(track_guid=KICK, item_guid="{GONE}"),
        FxTarget(track_guid="{GONE}", fx_guid="", fx_ident="", param_ident=""),
    ],
)
def test_a_target_that_is_gone_is_a_conflict(daw: ProjectFile, target: Target) -> None:
    edit = SetValue(target=target, expected_raw=0.5, desired_raw=0.25, tolerance=1e-6, label="Control")
    receipt = daw.apply(transaction(daw.snapshot(), edit))
    assert [r.status for r in receipt.results] == ["conflicted"]


def test_the_master_has_plugins_and_they_can_be_set(daw: ProjectFile) -> None:
    session = daw.snapshot()
    target = stock("6", "0:_Threshold", MASTER_GUID)
    assert daw.apply(transaction(session, setting(session, target, 0.125))).outcome == "applied"
    assert raw_value(daw.snapshot(), target) == 0.125


def test_a_plugin_in_a_container_can_be_set(tmp_path: Path) -> None:
    daw = ProjectFile(GOLDEN / "rare.rpp", tmp_path / "out.rpp")
    session = daw.snapshot()
    guid = "{F0000012-0000-4000-8000-000000000012}"
    target = FxTarget(track_guid=session.tracks[4].guid, fx_guid=guid, fx_ident="", param_ident="0:_Threshold")
    assert daw.apply(transaction(session, setting(session, target, 0.125))).outcome == "applied"
    assert raw_value(daw.snapshot(), target) == 0.125


def test_conflicts_are_all_listed_and_nothing_is_written(daw: ProjectFile) -> None:
    session = daw.snapshot()
    edits = (
        setting(session, FADER, 0.5),
        setting(session, TrackTarget(track_guid=SNARE, field="pan"), 0.1),
        setting(session, TrackTarget(track_guid=BASS, field="fader_gain"), 0.1),
    )
    content = daw.path.read_bytes()
    daw.path.write_bytes(content.replace(b"VOLPAN 0.70794578438414 ", b"VOLPAN 0.6 ").replace(BASS.encode(), b"{GONE}"))
    receipt = daw.apply(transaction(session, *edits))
    assert receipt.outcome == "conflict"
    assert [r.status for r in receipt.results] == ["conflicted", "unchanged", "conflicted"]
    assert "-4.44 dB" in receipt.results[0].reason
    assert daw.out is not None
    assert not daw.out.exists()


def test_two_tracks_with_one_guid_are_not_told_apart(daw: ProjectFile) -> None:
    daw.path.write_bytes(daw.path.read_bytes().replace(SNARE.encode(), KICK.encode()))
    session = daw.snapshot()
    with pytest.raises(NotModelled, match="same GUID"):
        daw.apply(transaction(session, setting(session, FADER, 0.5)))


def test_an_automated_parameter_is_a_conflict(daw: ProjectFile) -> None:
    session = daw.snapshot()
    receipt = daw.apply(transaction(session, setting(session, stock("3", "0:_Threshold", VOCAL), 0.5)))
    assert receipt.outcome == "conflict"
    assert "automated" in receipt.results[0].reason


def test_the_pan_of_a_track_in_dual_pan_mode_is_a_conflict(tmp_path: Path) -> None:
    daw = ProjectFile(GOLDEN / "rare.rpp", tmp_path / "out.rpp")
    session = daw.snapshot()
    target = TrackTarget(track_guid=session.tracks[1].guid, field="pan")
    assert daw.apply(transaction(session, setting(session, target, 0.0))).outcome == "conflict"


@pytest.mark.parametrize("field", ["fader_gain", "pan", "polarity", "mute", "play_offset_seconds"])
def test_a_value_that_is_there_already_changes_nothing(daw: ProjectFile, field: TrackField) -> None:
    session = daw.snapshot()
    target = TrackTarget(track_guid=SNARE, field=field)
    receipt = daw.apply(transaction(session, setting(session, target, raw_value(session, target) or 0.0)))
    assert [r.status for r in receipt.results] == ["unchanged"]
    assert daw.out is not None
    assert daw.out.read_bytes() == daw.path.read_bytes()


def test_the_polarity_of_a_take_survives_an_item_level(tmp_path: Path) -> None:
    path = tmp_path / "x.rpp"
    item = "<ITEM\nIGUID {I}\nPOSITION 0\nLENGTH 1\nNAME a\nVOLPAN -0.5 0 1 -1\nGUID {G}\n>"
    path.write_text(f"<REAPER_PROJECT 0.1\n<TRACK {{T}}\n{item}\n>\n>\n")
    daw = ProjectFile(path, tmp_path / "out.rpp")
    session = daw.snapshot()
    daw.apply(transaction(session, setting(session, ItemTarget(track_guid="{T}", item_guid="{I}"), 0.25)))
    assert b"VOLPAN -0.25 0 1 -1" in (tmp_path / "out.rpp").read_bytes()


def test_lines_that_are_missing_in_an_old_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.rpp"
    path.write_text("<REAPER_PROJECT 0.1\n<TRACK\nVOLPAN 1 0\n>\n>\n")
    daw = ProjectFile(path, tmp_path / "out.rpp")
    session = daw.snapshot()
    target = TrackTarget(track_guid=session.tracks[0].guid, field="polarity")
    with pytest.raises(NotModelled, match="IPHASE"):
        daw.apply(transaction(session, setting(session, target, 1.0)))


def test_a_request_for_another_project_is_refused(daw: ProjectFile, tmp_path: Path) -> None:
    other = ProjectFile(GOLDEN / "rare.rpp").snapshot()
    with pytest.raises(KnownError, match="another project"):
        daw.apply(transaction(other))


def test_the_diff_of_ten_edits_is_ten_lines(daw: ProjectFile) -> None:
    session = daw.snapshot()
    fields: tuple[TrackField, ...] = ("fader_gain", "mute")
    targets = [TrackTarget(track_guid=t.guid, field=f) for t in session.tracks[:5] for f in fields]
    daw.apply(transaction(session, *(setting(session, t, 1.0 if t.field == "mute" else 0.123) for t in targets)))
    assert daw.out is not None
    diff = difflib.unified_diff(daw.path.read_text().splitlines(), daw.out.read_text().splitlines(), n=0)
    assert sum(line.startswith("+ ") for line in diff) == 10


def test_rendering_and_transport_are_refused_in_a_sentence(daw: ProjectFile, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="REAPER"):
        daw.render_stems([KICK], tmp_path)
    with pytest.raises(KnownError, match="REAPER"):
        daw.locate(1.0)
    assert daw.poll().transport == "none"


def test_without_a_file_to_write_apply_is_refused(project: Path) -> None:
    daw = ProjectFile(project)
    with pytest.raises(InputError, match="No file"):
        daw.apply(transaction(daw.snapshot()))
