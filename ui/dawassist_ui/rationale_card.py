"""Why: the headline, the measured lines, the picture, the predicted effect and the sources of one change."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from dawassist.plan.model import Prediction, Recommendation
from dawassist_ui.naming import named
from dawassist_ui.plots import RationalePlot, plot_text
from dawassist_ui.rows import row_of
from dawassist_ui.workspace import Workspace

_BASIS = {
    "technical": "technical: a fault",
    "corrective": "corrective: a measured problem",
    "taste": "taste: engineers differ",
}


class RationaleCard(QScrollArea):
    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: Recommendation | None = None
        self.setWidgetResizable(True)
        self.setAccessibleName("Reason")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = named(QWidget(), style="card")
        column = QVBoxLayout(inside)
        column.setSpacing(10)
        self._headline = _label("headline")
        self._change = _label()
        self._evidence = _label()
        self._plot = RationalePlot()
        self._plot_text = _label("muted")
        self._effect = _label()
        self._notes = _label("muted")
        title = named(QLabel("REASON"), style="title")
        for widget in (title, self._headline, self._change, self._evidence, self._plot, self._plot_text):
            column.addWidget(widget)
        for widget in (self._effect, self._notes):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inside)
        workspace.changed.connect(self._refresh)
        self.show_recommendation(None)

    def show_recommendation(self, recommendation: Recommendation | None) -> None:
        self._shown = recommendation
        self._refresh()

    def _refresh(self) -> None:
        recommendation = self._shown
        if recommendation is None:
            self._headline.setText("Choose a change to see its reason.")
            for label in (self._change, self._evidence, self._plot_text, self._effect, self._notes):
                label.setText("")
            self._plot.show_rationale(None)
            return
        row, rationale = row_of(self._workspace, recommendation), recommendation.rationale
        self._headline.setText(rationale.headline)
        self._change.setText(f"{row.change.parameter}: {row.now} → {row.proposed}")
        self._evidence.setText("\n".join(f"• {evidence.text}" for evidence in rationale.evidence))
        self._plot.show_rationale(rationale)
        self._plot_text.setText(plot_text(rationale) if rationale.plot_kind == "stereo_field" else "")
        effects = "\n".join(map(_effect_text, recommendation.predicted))
        whole = "" if row.amount == 1.0 else f" (at 100 %; now {row.amount:.0%})"
        self._effect.setText(f"What it will do{whole}:\n{effects}" if effects else "")
        notes = [
            f"Confidence {row.confidence} ({recommendation.confidence:.0%}) · {_BASIS[recommendation.basis]}",
            *(f"State: {row.state}. {row.reason}" for _ in [0] if row.reason),
            f"Source: {'; '.join(rationale.sources)}",
        ]
        self._notes.setText("\n\n".join(notes))


def _effect_text(prediction: Prediction) -> str:
    change = prediction.after - prediction.before
    return f"• {prediction.metric}: {prediction.before:.1f} → {prediction.after:.1f} {prediction.unit} ({change:+.1f})"


def _label(name: str = "") -> QLabel:
    label = named(QLabel(), style=name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
