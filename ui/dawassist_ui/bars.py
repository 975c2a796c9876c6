"""The bars around the lists: session on top, banner below it, and at the bottom what Apply would do and did."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from dawassist.errors import DawAssistError
from dawassist.units import counted
from dawassist_ui.naming import named
from dawassist_ui.workspace import Workspace


class SessionBar(QWidget):
    """Where we are, how fresh it is, and the one button that starts everything."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._place = named(QLabel("● not connected"), spoken="Session")
        self._place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.suggest = named(QPushButton("Suggest mix"), style="primary")
        self.suggest.setToolTip("Read the session, listen to every track, and propose (Ctrl+S)")
        self.rescan = QPushButton("Rescan  F5")
        self.keys = QPushButton("?")
        self.keys.setAccessibleName("Keys")
        row = QHBoxLayout(self)
        row.addWidget(self._place, 1)
        for button in (self.suggest, self.rescan, self.keys):
            row.addWidget(button)
        self.suggest.clicked.connect(workspace.suggest)
        self.rescan.clicked.connect(lambda: workspace.rescan())
        workspace.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        workspace = self._workspace
        ready = workspace.assistant is not None and not workspace.busy
        self.suggest.setEnabled(ready)
        self.rescan.setEnabled(ready)
        session = workspace.session
        if workspace.assistant is None or session is None:
            self._place.setText("○ No session open")
            return
        tracks = counted(len(session.tracks), "track")
        rate = f"{session.sample_rate_hz / 1000:g} kHz"
        text = f"● {workspace.assistant.place}   ·   {rate}   ·   {tracks}   ·   read {workspace.snapshot_time}"
        self._place.setText(text)
        self._place.setToolTip(session.fingerprint.project_path or "unsaved project")


class Banner(QFrame):
    """What is wrong, why, and what to do next; never a modal box."""

    retry = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._text = named(QLabel(), spoken="Message")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._again = QPushButton("Try again")
        close = QPushButton("Close")
        row = QHBoxLayout(self)
        row.addWidget(QLabel("⚠"))
        row.addWidget(self._text, 1)
        row.addWidget(self._again)
        row.addWidget(close)
        self._again.clicked.connect(self.retry.emit)
        close.clicked.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text() if not self.isHidden() else ""

    def show_problem(self, error: DawAssistError) -> None:
        self._show(error.sentence, again=True)

    def show_notice(self, sentence: str) -> None:
        self._show(sentence, again=False)

    def _show(self, sentence: str, *, again: bool) -> None:
        self._text.setText(sentence)
        self._again.setVisible(again)
        self.show()


class ApplyBar(QWidget):
    """Local undo on the left, pre-flight and Apply on the right, the last receipt with Revert, progress with Cancel."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self.undo, self.redo = QPushButton("↶ Undo"), QPushButton("↷ Redo")
        self.check, self.apply = QPushButton("Check"), named(QPushButton("Apply"), style="primary")
        self.check.setToolTip("Compare what is accepted with the session as it is now")
        self.revert, self.cancel = QPushButton("Revert  Ctrl+R"), QPushButton("Cancel  Esc")
        self._counts = named(QLabel(), spoken="Pre-flight")
        self._receipt = named(QLabel(), spoken="Receipt")
        self._receipt.setWordWrap(True)
        self._progress = named(QProgressBar(), spoken="Progress")
        self._progress.setFixedWidth(260)
        column = QVBoxLayout(self)
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.undo, self.redo):
            first.addWidget(widget)
        first.addStretch(1)
        for label_or_button in (self._counts, self.check, self.apply):
            first.addWidget(label_or_button)
        second.addWidget(self._receipt, 1)
        for last in (self.revert, self._progress, self.cancel):
            second.addWidget(last)
        column.addLayout(first)
        column.addLayout(second)
        for button, action in (
            (self.undo, workspace.undo), (self.redo, workspace.redo), (self.check, workspace.check),
            (self.apply, workspace.apply), (self.revert, workspace.revert), (self.cancel, workspace.cancel),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked, act=action: act())
        workspace.changed.connect(self.refresh)
        workspace.plan_changed.connect(self.refresh)
        workspace.progressed.connect(self._show_progress)
        self.refresh()

    def refresh(self) -> None:
        workspace = self._workspace
        busy = bool(workspace.busy)
        self.undo.setEnabled(bool(workspace.undo_label))
        self.undo.setText(f"↶ Undo {workspace.undo_label}".rstrip())
        self.redo.setEnabled(bool(workspace.redo_label))
        accepted = workspace.accepted()
        self.apply.setText(f"Apply {len(accepted)} accepted  Ctrl+⏎")
        self.apply.setEnabled(bool(accepted) and not busy)
        self.check.setEnabled(bool(accepted) and not busy)
        found = workspace.preflight
        tracks = len({r.track_guid for r in accepted})
        counts = f"{counted(len(accepted), 'change')} · {counted(tracks, 'track')}"
        self._counts.setText(found.sentence if found else counts)
        self._counts.setToolTip("\n".join(found.conflicts) if found else "")
        receipt = workspace.receipt
        self._receipt.setText(receipt.sentence if receipt else "Nothing is written before Apply.")
        lines = [f"{r.status}: {r.label} {r.text} {r.reason}".rstrip() for r in receipt.results] if receipt else []
        self._receipt.setToolTip("\n".join(lines))
        self.revert.setEnabled(bool(receipt and receipt.outcome == "applied") and not busy)
        self._progress.setVisible(busy)
        self.cancel.setVisible(busy and workspace.busy not in ("Applying", "Reverting"))
        if busy and self._progress.maximum() == 0:
            self._progress.setFormat(workspace.busy)
        if not busy:
            self._progress.setRange(0, 0)

    def _show_progress(self, what: str, done: int, total: int) -> None:
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)
        self._progress.setFormat(f"{what} {done}/{total}")
