"""Why: the headline, the measured lines, the picture, the predicted effect and the sources of one change or finding."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from dawassist.plan.model import Recommendation
from dawassist.session.findings import Finding
from dawassist.units import counted
from dawassist_ui.naming import named
from dawassist_ui.plots import RationalePlot, plot_text
from dawassist_ui.rows import row_of
from dawassist_ui.workspace import Workspace

_BASIS = {
    "technical": "technical: a fault",
    "corrective": "corrective: a measured problem",
    "taste": "taste: engineers differ",
}
_MOST_PLACES = 5


class RationaleCard(QScrollArea):
    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: Recommendation | Finding | None = None
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

    def show_finding(self, finding: Finding) -> None:
        self._shown = finding
        self._refresh()

    def _refresh(self) -> None:
        if isinstance(self._shown, Recommendation):
            self._write_recommendation(self._shown)
        elif isinstance(self._shown, Finding):
            self._write_finding(self._shown)
        else:
            self._write("Choose a change or a finding to see its reason.")
            self._plot.show_plot("", ())

    def _write_recommendation(self, recommendation: Recommendation) -> None:
        row, rationale = row_of(self._workspace, recommendation), recommendation.rationale
        effects = "\n".join(f"• {prediction.text}" for prediction in recommendation.predicted)
        whole = "" if row.amount == 1.0 else f" (at 100 %; now {row.amount:.0%})"
        notes = [
            f"Confidence {row.confidence} ({recommendation.confidence:.0%}) · {_BASIS[recommendation.basis]}",
            *(f"State: {row.state}. {row.reason}" for _ in [0] if row.reason),
            f"Source: {'; '.join(rationale.sources)}",
        ]
        self._write(
            rationale.headline,
            change=f"{row.change.parameter}: {row.now} → {row.proposed}",
            evidence=[line.text for line in rationale.evidence],
            plot=plot_text("stereo_field", rationale.plot) if rationale.plot_kind == "stereo_field" else "",
            effect=f"What it will do{whole}:\n{effects}" if effects else "",
            notes="\n\n".join(notes),
        )
        self._plot.show_plot(rationale.plot_kind, rationale.plot)

    def _write_finding(self, finding: Finding) -> None:
        places = ", ".join(map(self._workspace.places.text, finding.at_seconds[:_MOST_PLACES]))
        more = len(finding.at_seconds) - _MOST_PLACES
        listen = f"Listen at {places}" + (f" and {counted(more, 'more place')}" if more > 0 else "") if places else ""
        self._write(
            finding.sentence,
            evidence=[line.text for line in finding.evidence if line.text != finding.sentence],
            effect=f"{listen}." if listen else "",
            notes="" if finding.confidence == 1.0 else f"Confidence {finding.confidence:.0%}. Nothing is moved for it.",
        )
        self._plot.show_plot("lines" if finding.plot else "", finding.plot)

    def _write(
        self, headline: str, *, change: str = "", evidence: Sequence[str] = (), plot: str = "", effect: str = "",
        notes: str = "",
    ) -> None:  # fmt: skip
        self._headline.setText(headline)
        self._change.setText(change)
        self._evidence.setText("\n".join(f"• {line}" for line in evidence))
        self._plot_text.setText(plot)
        self._effect.setText(effect)
        self._notes.setText(notes)
        for label in (self._change, self._evidence, self._plot_text, self._effect, self._notes):
            label.setVisible(bool(label.text()))


def _label(name: str = "") -> QLabel:
    label = named(QLabel(), style=name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
