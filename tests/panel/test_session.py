"""Opening, listening, applying, reverting; trouble becomes a banner; the window never waits."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QAbstractItemView, QWidget

from dawassist.analysis.model import Analysis
from dawassist.errors import ConnectionStateError, KnownError
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.session.model import Session
from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain
from dawassist_ui.theme import DARK, contrast_ratio
from dawassist_ui.track_list import LEVEL_ROLE, TRACK_ROLE
from dawassist_ui.workspace import Workspace
from tests.panel.conftest import BASS, KICK, Panel, wait_until
from tests.plans import make_fader, make_plan


def test_an_open_session_shows_its_tracks_and_waits_for_the_button(panel: Panel) -> None:
    model = panel.window.tracks.model()
    assert model is not None
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Kick", "Bass", "Keys"]
    assert panel.window.session_bar.suggest.isEnabled()
    assert not panel.window.apply_bar.apply.isEnabled()


def test_applying_writes_exactly_what_was_accepted_and_shows_the_receipt(panel: Panel) -> None:
    panel.suggest()
    panel.workspace.accept([KICK.id])
    panel.workspace.check()
    panel.settle()
    assert panel.window.apply_bar._counts.text() == "1 change · 1 track · 0 conflicts"
    panel.workspace.apply()
    panel.settle()
    tracks = panel.daw.session.tracks
    assert (tracks[0].fader_db, tracks[1].pan) == (pytest.approx(-3.0), 1.0)
    assert panel.daw.undo_labels == ["dawassist: apply 1 change to 1 track"]
    assert panel.workspace.results[KICK.id].status == "applied"
    assert panel.window.apply_bar.revert.isEnabled()
    panel.workspace.revert()
    panel.settle()
    assert panel.daw.session.tracks[0].fader_db == pytest.approx(-6.0)


def test_a_fader_moved_in_reaper_wins_and_is_shown_as_a_conflict(panel: Panel) -> None:
    panel.suggest()
    panel.workspace.accept([KICK.id])
    panel.daw.set(TrackTarget(track_guid=KICK.track_guid, field="fader_gain"), db_to_gain(-1.0))
    panel.workspace.apply()
    panel.settle()
    assert panel.workspace.results[KICK.id].status == "conflicted"
    assert panel.daw.session.tracks[0].fader_db == pytest.approx(-1.0)
    index = panel.window.changes.changes.index_of(KICK.id)
    assert index.data() == "⚠"


def test_trouble_is_a_banner_with_the_next_step_and_decisions_stay(panel: Panel) -> None:
    panel.suggest()
    panel.workspace.accept([BASS.id])

    def refuse(_daw: object) -> None:
        raise KnownError("REAPER is recording.", next_step="Stop recording and apply again.")

    panel.daw.before_apply = refuse
    panel.workspace.apply()
    panel.settle()
    assert panel.window.banner.text == "REAPER is recording. Stop recording and apply again."
    assert panel.workspace.decisions.of(BASS.id).verdict == "accepted"


def test_without_reaper_the_panel_opens_and_says_what_to_do(app: object) -> None:
    from dawassist_ui.main_window import MainWindow
    from dawassist_ui.tasks import Lanes

    workspace = Workspace(Lanes())
    window = MainWindow(workspace)

    def refuse() -> object:
        raise ConnectionStateError("REAPER is gone.", state="gone", next_step="Start REAPER.")

    workspace.open(refuse)  # type: ignore[arg-type]
    wait_until(lambda: not workspace.busy)
    assert window.banner.text == "REAPER is gone. Start REAPER."
    assert not window.session_bar.suggest.isEnabled()
    window.close()


def test_listening_shows_progress_and_a_cancel_ends_it(panel: Panel) -> None:
    started = threading.Event()

    def listen(progress: object, is_cancelled: object) -> None:
        progress("Listening", 1, 4)  # type: ignore[operator]
        started.set()
        while not is_cancelled():  # type: ignore[operator]
            threading.Event().wait(0.002)
        from dawassist.errors import Cancelled

        raise Cancelled

    panel.assistant.listening = listen
    panel.workspace.suggest()
    wait_until(started.is_set)
    wait_until(lambda: panel.window.apply_bar._progress.value() == 1)
    assert panel.window.apply_bar.cancel.isVisible()
    panel.workspace.cancel()
    panel.settle()
    assert panel.window.banner.text == "Cancelled; nothing was written."
    assert panel.workspace.plan is None


def test_the_window_stays_alive_while_the_session_is_read(panel: Panel) -> None:
    release = threading.Event()
    beats: list[int] = []
    panel.assistant.listening = lambda _progress, _is_cancelled: release.wait(5.0) and None
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(1)
    panel.workspace.suggest()
    wait_until(lambda: len(beats) > 20)
    assert panel.workspace.busy
    release.set()
    panel.settle()
    timer.stop()


def test_another_project_in_front_is_said(panel: Panel) -> None:
    moved = replace(panel.daw.session.fingerprint, project_path="/songs/other.rpp")
    polled = replace(panel.daw.poll(), project_path=moved.project_path)
    panel.window._polled(polled)
    assert "/songs/other.rpp" in panel.window.banner.text


def test_nothing_to_do_is_a_sentence(panel: Panel) -> None:
    empty: Plan = replace(make_plan([]), summary="Nothing to do. Checked 3 tracks.")
    panel.assistant.plan = empty
    panel.suggest()
    assert panel.window._summary.text().startswith("Nothing to do.")
    assert not panel.window.apply_bar.apply.isEnabled()


def test_many_changes_need_no_widget_per_row(panel: Panel) -> None:
    rows = [make_fader(n, f"Track {n}", -6.0, -3.0) for n in range(1, 2501)]
    panel.assistant.plan = make_plan(rows)
    panel.suggest()
    view: QAbstractItemView = panel.window.changes
    assert panel.window.changes.changes.rowCount() == 2500
    viewport = view.viewport()
    assert viewport is not None
    assert len(viewport.findChildren(QWidget)) < 5


@pytest.mark.parametrize("size", [(960, 600), (1280, 800), (1600, 1000)])
def test_every_size_fits(panel: Panel, size: tuple[int, int]) -> None:
    panel.suggest()
    panel.window.resize(*size)
    picture = panel.window.grab()
    assert (picture.width(), picture.height()) == size


def test_texts_and_signs_have_enough_contrast() -> None:
    for color in DARK.foregrounds:
        for ground in (DARK.window, DARK.surface, DARK.raised):
            assert contrast_ratio(color, ground) >= 4.5, (color, ground)
    assert contrast_ratio(DARK.border, DARK.raised) >= 3.0


def test_closing_leaves_no_thread_behind(app: object, panel: Panel) -> None:
    panel.suggest()
    panel.window.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith(("session_", "analysis_")) for name in names)


def test_tracks_that_are_in_no_file_can_be_rendered_by_the_host(panel: Panel) -> None:
    asked: list[bool] = []
    heard = panel.assistant.analyze

    def analyze(session: Session, brief: Brief, **options: Any) -> Analysis:
        asked.append(bool(options["render_unheard"]))
        found = heard(session, brief, **options)
        first = replace(found.tracks[0], measured_at="not_heard", loudness=None)
        return found if options["render_unheard"] else replace(found, tracks=(first, *found.tracks[1:]))

    panel.assistant.analyze = analyze  # type: ignore[method-assign]
    panel.suggest()
    button = panel.window._render
    assert button.isVisible()
    assert button.text() == "Render 1 track with REAPER: about 5 s"
    assert "marks the project as modified" in button.toolTip()
    button.click()
    panel.settle()
    assert asked == [False, True]
    assert not button.isVisible()


def test_every_tracks_level_is_shown_as_soon_as_it_is_known(panel: Panel) -> None:
    """While the rest is still being listened to."""
    is_seen, shown = threading.Event(), []
    heard = panel.assistant.analyze

    def analyze(session: Session, brief: Brief, **options: Any) -> Analysis:
        found = heard(session, brief, **options)
        options["results"](found.tracks[0])
        options["results"](replace(found.tracks[1], measured_at="before_plugins"))
        assert is_seen.wait(5.0)
        return found

    def look(guid: str) -> None:
        model = panel.window.tracks.model()
        assert model is not None
        rows = {model.index(row, 0).data(TRACK_ROLE).guid: model.index(row, 0) for row in range(model.rowCount())}
        shown.append((rows[guid].data(LEVEL_ROLE), rows[guid].data(Qt.ItemDataRole.ToolTipRole)))
        if len(shown) == 2:
            is_seen.set()

    panel.assistant.analyze = analyze  # type: ignore[method-assign]
    panel.workspace.track_heard.connect(look)
    panel.suggest()
    assert [level for level, _ in shown] == [-20.0, -20.0]
    assert shown[0][1].endswith("; -20.0 LUFS, plays 100%")
    assert shown[1][1].endswith("; -20.0 LUFS before its plug-ins, plays 100%")
