"""Asked of a track: what covers it, and whether it is the reference; and the way back to before dawassist."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Session
from tests.panel.conftest import KICK, Panel
from tests.plans import guid

COVERED = Finding(
    kind="covered",
    track_guid=guid(1),
    sentence="Kick loses 4.2 dB of its loudness to the rest; what covers it comes from Bass 80%.",
    evidence=(Evidence(text="Bass alone covers 60 Hz to 90 Hz.", value=0.5, unit="share"),),
)


@pytest.fixture
def asked(panel: Panel) -> list[str]:
    """The tracks that were asked about; the answer is `COVERED`."""
    found: list[str] = []

    def covering(_session: Session, _analysis: Analysis, _brief: Brief, track: str) -> Finding:
        found.append(track)
        return COVERED

    panel.assistant.covering = covering  # type: ignore[method-assign]
    return found


def test_c_on_a_selected_track_asks_what_covers_it(panel: Panel, asked: list[str]) -> None:
    panel.suggest()
    panel.window.tracks.show_track(guid(1))
    QTest.keyClick(panel.window.tracks, Qt.Key.Key_C)
    panel.settle()
    assert asked == [guid(1)]
    assert panel.window.card._headline.text() == COVERED.sentence
    assert "Bass alone covers" in panel.window.card._evidence.text()


def test_before_anything_was_heard_the_next_step_is_said(panel: Panel, asked: list[str]) -> None:
    panel.window.tracks.covers_asked.emit(guid(1))
    assert asked == []
    assert "press Suggest mix" in panel.window.banner.text


def test_the_menu_of_a_track_takes_it_as_the_reference(panel: Panel) -> None:
    heard: list[str] = []
    analyze = panel.assistant.analyze

    def listen(session: Session, brief: Brief, **options: object) -> Analysis:
        heard.append(brief.reference)
        return analyze(session, brief, **options)  # type: ignore[arg-type]

    panel.assistant.analyze = listen  # type: ignore[method-assign,assignment]
    track = panel.daw.session.tracks[2]
    take = panel.window.tracks.menu_of(track).actions()[1]
    assert take.text() == "Take it as the reference"
    take.trigger()
    panel.settle()
    assert heard == [f"track:{guid(3)}"]
    assert panel.window._reference.text() == "No reference"
    panel.window._reference.click()
    panel.settle()
    assert heard[-1] == ""
    assert panel.window._reference.text() == "Reference …"


def test_the_session_before_dawassist_is_one_key_away(panel: Panel) -> None:
    before = replace(panel.daw.session)
    panel.suggest()
    panel.workspace.accept([KICK.id])
    panel.workspace.apply()
    panel.settle()
    assert panel.daw.session.tracks[0].fader_db != before.tracks[0].fader_db
    panel.workspace.to_before()
    panel.settle()
    assert panel.daw.session.tracks[0].fader_db == pytest.approx(before.tracks[0].fader_db)
    assert panel.window.banner.text.startswith("Before dawassist: ")


def test_the_menu_of_a_track_tells_its_role_and_the_plan_follows_and_undo_takes_it_back(panel: Panel) -> None:
    asked: list[dict[str, str]] = []
    suggest = panel.assistant.suggest

    def propose(session: Session, analysis: Analysis, brief: Brief) -> Plan:
        asked.append(dict(brief.pinned_roles))
        return suggest(session, analysis, brief)

    panel.assistant.suggest = propose  # type: ignore[method-assign]
    panel.suggest()
    track = panel.daw.session.tracks[2]
    roles = next(menu for menu in panel.window.tracks.menu_of(track).findChildren(QMenu) if menu.title() == "It is …")
    next(action for action in roles.actions() if action.text() == "lead vocal").trigger()
    panel.settle()
    tooltip = panel.window.tracks.model().index(2, 0).data(Qt.ItemDataRole.ToolTipRole)  # type: ignore[union-attr]
    assert tooltip.endswith("told: lead vocal")
    panel.workspace.undo()
    panel.settle()
    assert asked == [{}, {track.guid: "lead_vocal"}, {}]


def test_the_menu_of_a_track_says_that_it_does_not_yield_and_the_plan_follows(panel: Panel) -> None:
    asked: list[frozenset[str]] = []
    suggest = panel.assistant.suggest

    def propose(session: Session, analysis: Analysis, brief: Brief) -> Plan:
        asked.append(brief.unyielding_tracks)
        return suggest(session, analysis, brief)

    panel.assistant.suggest = propose  # type: ignore[method-assign]
    panel.suggest()
    track = panel.daw.session.tracks[2]
    for _ in range(2):
        actions = panel.window.tracks.menu_of(track).actions()
        next(action for action in actions if action.text().startswith("It does not yield")).trigger()
        panel.settle()
    assert asked == [frozenset(), {track.guid}, frozenset()]
