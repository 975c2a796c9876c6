"""What the engineer demands of every plan, as a brief's tables: edited here, tried at once, kept with the project."""

from PyQt6.QtGui import QFontDatabase
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from dawassist.errors import InputError
from dawassist.plan.constraints import constraints_from_toml, constraints_to_toml
from dawassist_ui.naming import named
from dawassist_ui.workspace import Workspace

_EXAMPLE = """[[constraints]]
kind = "order"                     # lock, range, limit, tie, order, stay_in_range, centered, sum, headroom, moves
above = ["role:lead_vocal"]        # tracks by name, number or role
below = ["role:backing_vocal"]
by_db = 4.0
"""


class DemandsView(QWidget):
    """Text that cannot be read changes nothing, and says why below."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: object = None
        self.text = named(QPlainTextEdit(), spoken="Demands on every plan")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(_EXAMPLE)
        self.problem = named(QLabel(), style="muted", spoken="What is wrong with the demands")
        self.problem.setWordWrap(True)
        self.use, self.keep = QPushButton("Propose under these"), QPushButton("Keep with the project")
        self.keep.setToolTip("Store them in the project, so that they hold the next time too")
        buttons = QHBoxLayout()
        buttons.addWidget(self.problem, 1)
        buttons.addWidget(self.use)
        buttons.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.use.clicked.connect(lambda: self._demand(keep=False))
        self.keep.clicked.connect(lambda: self._demand(keep=True))
        workspace.changed.connect(self._refresh)
        self._refresh()

    def _demand(self, *, keep: bool) -> None:
        try:
            constraints = constraints_from_toml(self.text.toPlainText())
        except InputError as error:
            self.problem.setText(error.sentence)
            return
        self.problem.setText("")
        self._shown = constraints
        self._workspace.demand(constraints, keep=keep)

    def _refresh(self) -> None:
        constraints = self._workspace.brief.constraints
        if constraints != self._shown:
            self._shown = constraints
            self.text.setPlainText(constraints_to_toml(constraints))
        for button in (self.use, self.keep):
            button.setEnabled(self._workspace.assistant is not None and not self._workspace.busy)
