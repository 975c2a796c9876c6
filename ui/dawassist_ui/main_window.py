"""The window: tracks, changes and reason side by side between the bars."""

from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMainWindow, QPushButton, QSplitter, QVBoxLayout, QWidget

from dawassist.daw import Liveness
from dawassist.errors import DawAssistError
from dawassist.plan.brief import TRACK_REFERENCE
from dawassist.plan.model import Recommendation
from dawassist.session.findings import Finding
from dawassist_ui.bars import ApplyBar, Banner, SessionBar
from dawassist_ui.brief_bar import BriefBar
from dawassist_ui.change_view import ChangeView
from dawassist_ui.demands_view import DemandsView
from dawassist_ui.findings_view import FindingsView
from dawassist_ui.naming import named
from dawassist_ui.rationale_card import RationaleCard
from dawassist_ui.track_list import TrackList
from dawassist_ui.workspace import Workspace

KEYS = (
    "J / K  next, previous change      Shift+J / Shift+K  next, previous track\n"
    "A  accept      R  reject      Shift+A / Shift+R  the whole track      L  lock the track\n"
    "[ ]  amount ∓ 5 %      { }  amount ∓ 1 %      Enter  type a value      G  go there in REAPER\n"
    "Ctrl+Z / Ctrl+Shift+Z  undo, redo a decision      Ctrl+⏎  apply      Ctrl+R  revert\n"
    "C  what covers this track?      Ctrl+Shift+R  back to the session before dawassist\n"
    "Ctrl+S  suggest      F5  rescan      Esc  cancel      ?  these keys"
)
_NARROW = 1200
_POLL_MILLISECONDS = 2000


class MainWindow(QMainWindow):
    def __init__(self, workspace: Workspace, settings: QSettings | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self._settings = settings
        self.setWindowTitle("dawassist")
        self.setMinimumSize(960, 600)
        self.session_bar = SessionBar(workspace)
        self.brief_bar = BriefBar(workspace)
        self.banner = Banner()
        self.tracks = TrackList(workspace)
        self.changes = ChangeView(workspace)
        self.card = RationaleCard(workspace)
        self.apply_bar = ApplyBar(workspace)
        self._summary = named(QLabel(), spoken="Summary")
        self._summary.setWordWrap(True)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.findings = FindingsView(workspace)
        self.findings.hide()
        self.demands = DemandsView(workspace)
        self.demands.hide()
        self._demands = QPushButton("Demands")
        self._demands.setCheckable(True)
        self._demands.setToolTip("Locks, limits, ties and orders that every plan keeps to")
        self._demands.toggled.connect(self.demands.setVisible)
        self._more = QPushButton()
        self._more.setCheckable(True)
        self._more.toggled.connect(self.changes.changes.show_folded)
        self._more.toggled.connect(self._refresh)
        self._reference = QPushButton("Reference …")
        self._reference.setToolTip("A finished recording that loudness, tone and lead go part of the way to")
        self._reference.clicked.connect(self._choose_reference)
        self._render = QPushButton()
        self._render.clicked.connect(workspace.suggest_with_render)
        self._render.hide()
        self._fold = QPushButton()
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self.findings.setVisible)
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._side = QSplitter(Qt.Orientation.Vertical)
        self._build()
        self._bind_keys()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(lambda: workspace.poll(self._polled))
        self._refresh()

    def watch(self) -> None:
        """Look at the session every two seconds while nothing else runs."""
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        orientation = Qt.Orientation.Vertical if self.width() < _NARROW else Qt.Orientation.Horizontal
        if orientation != self._side.orientation():
            self._side.setOrientation(orientation)
            self._side.setSizes([600, 400] if orientation == Qt.Orientation.Vertical else [700, 330])

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._timer.stop()
        if self._settings is not None:
            self._settings.setValue("geometry", self.saveGeometry())
        self.workspace.close()
        super().closeEvent(event)

    def _build(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self._summary, 1)
        head.addWidget(self._render)
        for button in (self._fold, self._more, self._demands, self._reference):
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.demands, 1)
        column.addWidget(self.findings, 1)
        column.addWidget(self.changes, 2)
        middle.setMinimumHeight(self.fontMetrics().height() * 13)
        self._side.addWidget(middle)
        self._side.addWidget(self.card)
        self._side.setSizes([700, 330])
        self._panes.addWidget(self.tracks)
        self._panes.addWidget(self._side)
        self._panes.setSizes([230, 1030])
        self._panes.setStretchFactor(1, 1)
        self._side.setStretchFactor(0, 1)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(8, 8, 8, 8)
        for widget in (self.session_bar, self.brief_bar, self.banner, self._panes, self.apply_bar):
            rows.addWidget(widget, 1 if widget is self._panes else 0)
        self.setCentralWidget(whole)

    def _bind_keys(self) -> None:
        workspace = self.workspace
        for keys, action in (
            ("Ctrl+Z", workspace.undo), ("Ctrl+Shift+Z", workspace.redo), ("Ctrl+Return", workspace.apply),
            ("Ctrl+R", workspace.revert), ("Ctrl+Shift+R", workspace.to_before),
            ("F5", workspace.rescan), ("Ctrl+S", workspace.suggest),
            ("Esc", workspace.cancel), ("?", self._show_keys),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda act=action: act())

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.changed.connect(self._refresh)
        workspace.plan_changed.connect(self._planned)
        workspace.problem.connect(self._problem)
        workspace.notice.connect(self.banner.show_notice)
        self.banner.retry.connect(self._retry)
        self.session_bar.keys.clicked.connect(self._show_keys)
        self.changes.current_changed.connect(self._chosen)
        self.changes.locate_requested.connect(self._locate)
        self.findings.chosen.connect(self._chose_finding)
        self.findings.locate_requested.connect(self._locate_finding)
        self.tracks.track_chosen.connect(self.changes.changes.show_only)
        self.tracks.covers_asked.connect(lambda guid: workspace.ask_what_covers(guid, self.card.show_finding))
        self.tracks.reference_asked.connect(lambda guid: workspace.refer_to(f"{TRACK_REFERENCE}{guid}"))

    def _refresh(self) -> None:
        workspace = self.workspace
        plan = workspace.plan
        if plan is None:
            text = "Press Suggest mix." if workspace.session else "Open a session to begin."
            if workspace.busy:
                text = f"{workspace.busy} …"
            self._summary.setText(text)
        else:
            verdicts = [workspace.decisions.of(r.id).verdict for r in plan.recommendations]
            words = (f"{verdicts.count(v)} {v}" for v in ("pending", "accepted", "rejected"))
            counts = " · ".join(words) if verdicts else ""
            self._summary.setText("\n".join(part for part in (plan.summary, counts) if part))
        self._fold.setVisible(self.findings.count > 0)
        self._fold.setText(f"Findings and left out ({self.findings.count})")
        folded = sum(r.is_folded for r in plan.recommendations) if plan else 0
        self._more.setVisible(folded > 0)
        self._more.setText("Show fewer" if self._more.isChecked() else f"Show {folded} more")
        self._reference.setEnabled(workspace.session is not None and not workspace.busy)
        self._reference.setText("No reference" if workspace.brief.reference else "Reference …")
        offer = workspace.render_offer
        self._render.setVisible(plan is not None and offer is not None)
        self._render.setEnabled(not workspace.busy)
        self._render.setText(offer.sentence if offer else "")
        self._render.setToolTip(offer.explanation if offer else "")

    def _planned(self) -> None:
        plan = self.workspace.plan
        if plan is None:
            return
        self.banner.hide()
        self.changes.setFocus()

    def _choose_reference(self) -> None:
        """A file, or none again."""
        if self.workspace.brief.reference:
            self.workspace.refer_to("")
            return
        path, _ = QFileDialog.getOpenFileName(self, "Reference", "", "Audio (*.wav *.flac *.mp3 *.aif *.aiff *.ogg)")
        if path:
            self.workspace.refer_to(path)

    def _problem(self, error: DawAssistError) -> None:
        self.banner.show_problem(error)

    def _retry(self) -> None:
        self.banner.hide()
        self.workspace.rescan()

    def _chosen(self, recommendation: Recommendation | None) -> None:
        self.card.show_recommendation(recommendation)

    def _locate(self, recommendation: Recommendation | None) -> None:
        analysis = self.workspace.analysis
        if recommendation is None or analysis is None:
            return
        measured = analysis.track(recommendation.track_guid)
        segments = measured.activity.segments if measured else ()
        self.workspace.locate(segments[0][0] if segments else 0.0)

    def _chose_finding(self, finding: Finding) -> None:
        self.card.show_finding(finding)
        self.tracks.show_track(finding.track_guid)

    def _locate_finding(self, finding: Finding) -> None:
        self.workspace.locate(finding.at_seconds[0] if finding.at_seconds else 0.0)

    def _polled(self, found: Liveness) -> None:
        session = self.workspace.session
        if session is None:
            return
        mark = session.fingerprint
        if found.project_path != mark.project_path:
            self.banner.show_notice(
                f"REAPER shows {found.project_path or 'another project'}; this plan belongs to {mark.project_path}. "
                "Switch the tab in REAPER, or rescan."
            )

    def _show_keys(self) -> None:
        self.banner.show_notice(KEYS)
