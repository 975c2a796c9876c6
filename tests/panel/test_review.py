"""Reviewing a plan by keyboard and mouse."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain
from dawassist_ui.change_delegate import amount_rect, verdict_rects
from dawassist_ui.change_model import AMOUNT, DIFFERENCE, NAME, NOW, PROPOSED, STATE, VERDICT
from dawassist_ui.tasks import Lanes
from dawassist_ui.workspace import Workspace
from tests.panel.conftest import BASS, BASS_FADER, KICK, Panel, rows_of, wait_until
from tests.plans import guid


@pytest.fixture
def reviewed(panel: Panel) -> Panel:
    panel.suggest()
    return panel


def text(panel: Panel, identity: str, column: int) -> str:
    index = panel.window.changes.changes.index_of(identity).siblingAtColumn(column)
    return str(index.data())


def press(panel: Panel, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(panel.window.changes, key, modifier)


SHIFT = Qt.KeyboardModifier.ShiftModifier


def verdicts(panel: Panel) -> list[str]:
    return [panel.workspace.decisions.of(r.id).verdict for r in (KICK, BASS, BASS_FADER)]


def test_a_plan_is_shown_by_track_in_reapers_own_words(reviewed: Panel) -> None:
    model = reviewed.window.changes.changes
    assert [model.index(row, NAME).data() for row in range(model.rowCount())] == ["1  Kick", "2  Bass"]
    assert [text(reviewed, KICK.id, c) for c in (NOW, PROPOSED, DIFFERENCE)] == ["-6.00 dB", "-3.00 dB", "+3.00 dB"]
    assert [text(reviewed, BASS.id, c) for c in (NOW, PROPOSED)] == ["100%R", "center"]
    assert reviewed.window.changes.current() == KICK


def test_a_accepts_and_again_takes_it_back(reviewed: Panel) -> None:
    press(reviewed, Qt.Key.Key_A)
    assert verdicts(reviewed) == ["accepted", "pending", "pending"]
    assert text(reviewed, KICK.id, STATE) == "✓"
    press(reviewed, Qt.Key.Key_A)
    assert verdicts(reviewed) == ["pending", "pending", "pending"]


def test_moving_and_deciding_by_keyboard_alone(reviewed: Panel) -> None:
    press(reviewed, Qt.Key.Key_J)
    assert reviewed.window.changes.current() == BASS
    press(reviewed, Qt.Key.Key_R)
    assert verdicts(reviewed) == ["pending", "rejected", "rejected"]
    press(reviewed, Qt.Key.Key_K, SHIFT)
    assert reviewed.window.changes.current() == KICK


def test_a_card_and_a_whole_track_are_decided_in_one_undo_step(reviewed: Panel) -> None:
    reviewed.window.changes.select(BASS.id)
    press(reviewed, Qt.Key.Key_A, SHIFT)
    assert verdicts(reviewed) == ["pending", "accepted", "accepted"]
    assert reviewed.workspace.undo_label == "accept all changes of Bass"
    reviewed.workspace.undo()
    assert verdicts(reviewed) == ["pending", "pending", "pending"]
    reviewed.workspace.redo()
    assert verdicts(reviewed) == ["pending", "accepted", "accepted"]


def test_locking_a_track_takes_it_out_and_shows_it(reviewed: Panel) -> None:
    press(reviewed, Qt.Key.Key_A)
    press(reviewed, Qt.Key.Key_L)
    assert text(reviewed, KICK.id, STATE) == "■"
    assert reviewed.workspace.accepted() == ()
    assert "0 accepted" in reviewed.window.apply_bar.apply.text()


def test_brackets_change_the_amount_and_the_proposal(reviewed: Panel) -> None:
    press(reviewed, Qt.Key.Key_BracketLeft)
    assert [text(reviewed, KICK.id, c) for c in (AMOUNT, PROPOSED)] == ["95%", "-3.15 dB"]


def test_dragging_the_amount_is_one_undo_step(reviewed: Panel) -> None:
    view = reviewed.window.changes
    index = view.changes.index_of(KICK.id).siblingAtColumn(AMOUNT)
    bar = amount_rect(view.visualRect(index))
    viewport = view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=bar.center())
    for share in (0.3, 0.2, 0.5):
        QTest.mouseMove(viewport, QPoint(bar.left() + round(bar.width() * share), bar.center().y()))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=bar.center())
    assert reviewed.workspace.decisions.of(KICK.id).amount == pytest.approx(0.5, abs=0.05)
    reviewed.workspace.undo()
    assert reviewed.workspace.decisions.of(KICK.id).amount == 1.0


@pytest.mark.parametrize(("place", "verdict"), [(0, "accepted"), (1, "rejected")])
def test_the_signs_in_the_last_column_are_buttons(reviewed: Panel, place: int, verdict: str) -> None:
    view = reviewed.window.changes
    index = view.changes.index_of(KICK.id).siblingAtColumn(VERDICT)
    cell = verdict_rects(view.visualRect(index))[place]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    assert verdicts(reviewed)[0] == verdict


@pytest.mark.parametrize(("typed", "after"), [("-2,5 dB", -2.5), ("−1", -1.0), ("+0.5 dB", 0.5), ("-inf", -150.0)])
def test_a_typed_value_is_read_as_engineers_write_it(reviewed: Panel, typed: str, after: float) -> None:
    model = reviewed.window.changes.changes
    index = model.index_of(KICK.id).siblingAtColumn(PROPOSED)
    assert model.setData(index, typed)
    assert reviewed.workspace.decisions.change(KICK).after == after
    assert verdicts(reviewed)[0] == "accepted"


@pytest.mark.parametrize("typed", ["loud", "99 dB", ""])
def test_rubbish_keeps_the_old_value_and_says_so(reviewed: Panel, typed: str) -> None:
    model = reviewed.window.changes.changes
    assert not model.setData(model.index_of(KICK.id).siblingAtColumn(PROPOSED), typed)
    assert reviewed.workspace.decisions.change(KICK).after == -3.0
    assert "dB" in reviewed.window.banner.text


@pytest.mark.parametrize(("typed", "after"), [("25%L", -0.25), ("40 R", 0.4), ("center", 0.0), ("-30", -0.3)])
def test_pans_are_typed_as_reaper_prints_them(reviewed: Panel, typed: str, after: float) -> None:
    model = reviewed.window.changes.changes
    assert model.setData(model.index_of(BASS.id).siblingAtColumn(PROPOSED), typed)
    assert reviewed.workspace.decisions.change(BASS).after == pytest.approx(after)


def test_the_card_shows_the_reason_of_the_chosen_change(reviewed: Panel) -> None:
    labels = [label.text() for label in reviewed.window.card.findChildren(type(reviewed.window._summary))]
    joined = "\n".join(labels)
    assert KICK.rationale.headline in joined
    assert "It lies 4.0 dB under its group." in joined
    assert "track loudness: -24.0 → -21.0 LUFS" in joined


def test_choosing_a_track_filters_its_changes(reviewed: Panel) -> None:
    model = reviewed.window.changes.changes
    reviewed.window.tracks.track_chosen.emit(BASS.track_guid)
    assert [model.index(row, NAME).data() for row in range(model.rowCount())] == ["2  Bass"]
    reviewed.window.tracks.track_chosen.emit("")
    assert model.rowCount() == 2


def test_rows_speak_for_screen_readers(reviewed: Panel) -> None:
    index = reviewed.window.changes.changes.index_of(BASS.id)
    spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("Bass, Pan, from 100% right to center, pending, confidence high")


def test_what_was_left_out_is_folded_with_its_reason(reviewed: Panel) -> None:
    window = reviewed.window
    assert window._fold.text() == "Findings and left out (2)"
    assert not window.findings.isVisible()
    window._fold.setChecked(True)
    assert window.findings.isVisible()
    assert "–  Keys: It could not be heard from its files." in rows_of(window.findings.findings)


def test_what_was_applied_and_rejected_is_learned_from_once(reviewed: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[set[str]] = []
    monkeypatch.setattr(
        reviewed.assistant, "learn", lambda _plan, _decisions, identities: learned.append(set(identities))
    )
    reviewed.workspace.accept([KICK.id])
    reviewed.workspace.apply()
    reviewed.settle()
    reviewed.workspace.accept([BASS.id])
    reviewed.workspace.apply()
    reviewed.settle()
    assert learned == [{KICK.id}, {BASS.id, BASS_FADER.id}]


def test_what_is_accepted_later_is_applied_without_what_was_applied_before(reviewed: Panel) -> None:
    workspace = reviewed.workspace
    workspace.accept([KICK.id])
    workspace.apply()
    reviewed.settle()
    workspace.accept([BASS.id])
    assert reviewed.window.apply_bar.apply.text().startswith("Apply 2 accepted")
    workspace.apply()
    reviewed.settle()
    assert workspace.receipt is not None
    assert workspace.receipt.outcome == "applied"
    assert [result.label for result in workspace.receipt.results] == ["Bass · Pan", "Bass · Fader"]
    workspace.revert()
    reviewed.settle()
    assert workspace.held == {KICK.id}
    assert reviewed.daw.session.tracks[1].pan == 1.0
    assert reviewed.daw.session.tracks[0].fader_db == pytest.approx(-3.0)


def test_a_conflict_can_be_rejected_and_the_rest_applied(reviewed: Panel) -> None:
    workspace = reviewed.workspace
    workspace.accept([KICK.id, BASS.id])
    reviewed.daw.set(TrackTarget(track_guid=KICK.track_guid, field="fader_gain"), db_to_gain(-1.0))
    workspace.apply()
    reviewed.settle()
    assert {i: result.status for i, result in workspace.results.items()} == {KICK.id: "conflicted"}
    workspace.reject([KICK.id])
    assert workspace.results == {}
    workspace.apply()
    reviewed.settle()
    assert workspace.held == {BASS.id, BASS_FADER.id}


def test_what_was_rejected_and_locked_is_so_again_when_the_panel_is_opened_next(panel: Panel) -> None:
    panel.suggest()
    panel.workspace.reject([KICK.id])
    panel.workspace.toggle_lock(guid(3), "Keys")
    again = Workspace(Lanes())
    again.open(lambda: panel.assistant)
    wait_until(lambda: again.session is not None and not again.busy)
    assert again.decisions.rejected == {KICK.id}
    assert again.decisions.locked_tracks == {guid(3)}
    assert again.undo_label == ""
