"""What was found and is not moved: the Session check, faults, media, and what was left out with the reason."""

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QListView, QWidget

from dawassist.plan.model import BY_HAND, LEFT_OUT, LeftOut
from dawassist.session.findings import Finding, grouped
from dawassist_ui.naming import named
from dawassist_ui.theme import DARK
from dawassist_ui.workspace import Workspace

FINDING_ROLE = Qt.ItemDataRole.UserRole + 1


class FindingsView(QListView):
    """Choosing a finding shows its evidence and its track; G or a double click goes to its place in REAPER."""

    chosen = pyqtSignal(object)
    locate_requested = pyqtSignal(object)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: tuple[Sequence[Finding], Sequence[LeftOut], str] = ((), (), "")
        self.findings = QStandardItemModel(self)
        self.setModel(self.findings)
        named(self, style="findings", spoken="Findings")
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda index: self._locate(index))
        workspace.changed.connect(self.refresh)
        workspace.plan_changed.connect(self.refresh)

    @property
    def count(self) -> int:
        """How many findings and reasons are listed."""
        findings, left_out, _ = self._shown
        return len(findings) + len(left_out)

    def refresh(self) -> None:
        workspace, plan = self._workspace, self._workspace.plan
        found = (*workspace.check_findings, *(plan.unmoved_findings() if plan else ()))
        state = f"{plan.session_state.replace('_', ' ').capitalize()}: {plan.session_state_reason}" if plan else ""
        shown = (found, plan.left_out if plan else (), state)
        if shown == self._shown:
            return
        self._shown = shown
        self.findings.clear()
        for heading, members in grouped(found):
            self._head(heading)
            for finding in members:
                self._add(f"!  {_sure(finding)}", finding)
        if plan and plan.by_hand:
            self._head(BY_HAND)
            self._list(plan.by_hand)
        if plan and (plan.considered or state):
            self._head(LEFT_OUT)
            self._add(f"–  {state}", None)
            self._list(plan.considered)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        finding = current.data(FINDING_ROLE)
        if isinstance(finding, Finding):
            self.chosen.emit(finding)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_G:
            self._locate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _locate(self, index: QModelIndex) -> None:
        finding = index.data(FINDING_ROLE)
        if isinstance(finding, Finding):
            self.locate_requested.emit(finding)

    def _list(self, reasons: Iterable[LeftOut]) -> None:
        for left in reasons:
            self._add(f"–  {left.track_name or 'Session'}: {left.reason}", None)

    def _head(self, heading: str) -> None:
        item = QStandardItem(heading.upper())
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(QColor(DARK.muted))
        self.findings.appendRow(item)

    def _add(self, text: str, finding: Finding | None) -> None:
        item = QStandardItem(text)
        item.setData(finding, FINDING_ROLE)
        if finding is not None:
            item.setToolTip("\n".join(line.text for line in finding.evidence))
        self.findings.appendRow(item)


def _sure(finding: Finding) -> str:
    return finding.sentence if finding.confidence == 1.0 else f"{finding.sentence} ({finding.confidence:.0%} sure)"
