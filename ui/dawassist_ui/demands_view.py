"""What the engineer demands of every plan, as a brief's tables: edited here, tried at once, kept with the project.

And what was learned from their verdicts, to be seen and forgotten.
"""

from PyQt6.QtGui import QFontDatabase, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from dawassist.errors import InputError
from dawassist.plan.constraints import constraints_from_toml, constraints_to_toml
from dawassist.plan.rationale import spoken
from dawassist.plan.taste import Taste
from dawassist.units import signed_db_text
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
        self.learned = named(QLabel(), style="muted", spoken="What was learned from your verdicts")
        self.learned.setWordWrap(True)
        self.forget = QPushButton("Forget it")
        self.forget.setToolTip("Back to what engineers in general do")
        taught = QHBoxLayout()
        taught.addWidget(self.learned, 1)
        taught.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        column.addLayout(taught)
        self.use.clicked.connect(lambda: self._demand(keep=False))
        self.keep.clicked.connect(lambda: self._demand(keep=True))
        self.forget.clicked.connect(self._forget)
        workspace.changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._refresh()

    def _forget(self) -> None:
        assistant = self._workspace.assistant
        if assistant is not None:
            assistant.forget_taste()
            self._refresh()
            self._workspace.propose_again()

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
        assistant = self._workspace.assistant
        is_ready = assistant is not None and not self._workspace.busy
        for button in (self.use, self.keep):
            button.setEnabled(is_ready)
        if self.isVisible() and assistant is not None:
            taste = assistant.taste()
            self.learned.setText(taste_text(taste))
            self.forget.setEnabled(is_ready and bool(taste.by_role))


def taste_text(taste: Taste) -> str:
    """The offset of every role that something was learned about, and from how many verdicts."""
    told = [
        f"{spoken(role)} {signed_db_text(taste.offset_db(role))} ({each.verdicts:g})"
        for role, each in sorted(taste.by_role.items())
    ]
    return f"Learned from your verdicts: {', '.join(told)}." if told else "Nothing was learned from your verdicts yet."
