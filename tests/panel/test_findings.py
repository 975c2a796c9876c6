"""What was found: shown before anything is heard, with its evidence, its track and its place."""

from dataclasses import replace

from PyQt6.QtCore import Qt

from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist_ui.findings_view import FINDING_ROLE
from tests.panel.conftest import KICK, Panel, rows_of
from tests.plans import guid, make_plan

HUM = Finding(
    kind="hum",
    track_guid=guid(2),
    sentence="Bass hums at 50 Hz, 31 dB under its notes.",
    confidence=0.97,
    evidence=(Evidence(text="Six harmonics stand 12 dB out of the noise.", value=6.0, unit="harmonics"),),
    at_seconds=(64.0, 128.0),
    plot=(PlotSeries(label="spectrum", x=(50.0, 100.0, 5000.0), y=(-60.0, -70.0, -90.0)),),
)


def test_the_session_check_is_shown_before_anything_is_heard(panel: Panel) -> None:
    tracks = panel.daw.session.tracks
    panel.daw.session = replace(panel.daw.session, tracks=(replace(tracks[0], muted=True), *tracks[1:]))
    panel.workspace.rescan()
    panel.settle()
    assert panel.workspace.plan is None
    heading, muted, missing = rows_of(panel.window.findings.findings)
    assert (heading, muted) == ("SESSION CHECK", "!  1 track is muted: 1 Kick.")
    assert missing.startswith("!  1 file is not there")
    assert panel.window._fold.isVisible()
    assert panel.window._fold.text() == "Findings and left out (2)"


def test_a_finding_shows_its_evidence_its_picture_and_its_track(panel: Panel) -> None:
    show(panel, HUM)
    view = panel.window.findings
    view.setCurrentIndex(index_of(panel, HUM))
    assert panel.window.card._headline.text() == HUM.sentence
    assert panel.window.card._evidence.text() == "• Six harmonics stand 12 dB out of the noise."
    assert panel.window.card._effect.text() == "Listen at 1:04, 2:08."
    assert "97%" in panel.window.card._notes.text()
    assert panel.window.card._plot.accessibleDescription() == "spectrum: highest -60 at 50, lowest -90"
    assert panel.window.tracks.currentIndex().data() == "Bass"
    assert panel.window.changes.changes.rowCount() == 1, "the changes are not filtered"
    assert not panel.window.grab().isNull()


def test_g_goes_to_the_place_of_a_finding(panel: Panel) -> None:
    asked: list[float] = []
    panel.workspace.locate = asked.append  # type: ignore[method-assign,assignment]
    show(panel, HUM)
    panel.window.findings.locate_requested.emit(HUM)
    panel.window.findings.doubleClicked.emit(index_of(panel, HUM))
    assert asked == [64.0, 64.0]


def test_headings_cannot_be_chosen(panel: Panel) -> None:
    show(panel, HUM)
    model = panel.window.findings.findings
    heads = [row for row in range(model.rowCount()) if model.index(row, 0).flags() == Qt.ItemFlag.NoItemFlags]
    assert [rows_of(model)[row] for row in heads] == ["SESSION CHECK", "TECHNICAL", "CONSIDERED AND LEFT OUT"]


def show(panel: Panel, *findings: Finding) -> None:
    panel.assistant.plan = replace(make_plan([KICK]), findings=findings)
    panel.suggest()
    panel.window._fold.setChecked(True)


def index_of(panel: Panel, finding: Finding):  # type: ignore[no-untyped-def]
    model = panel.window.findings.findings
    return next(
        model.index(row, 0) for row in range(model.rowCount()) if model.index(row, 0).data(FINDING_ROLE) == finding
    )
