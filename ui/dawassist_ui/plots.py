"""The pictures of the rationale card; each has a text beside it with the same numbers."""

import math

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from dawassist.plan.model import Rationale
from dawassist.session.findings import PlotSeries
from dawassist.units import pan_text
from dawassist_ui.theme import DARK


class RationalePlot(QWidget):
    """Loudness bars, or the stereo field with a dot that moves from now to proposed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rationale: Rationale | None = None
        self.setMinimumHeight(self.fontMetrics().height() * 9)
        self.setAccessibleName("Plot of the reason")

    def show_rationale(self, rationale: Rationale | None) -> None:
        self._rationale = rationale if rationale and rationale.plot_kind else None
        self.setVisible(self._rationale is not None)
        self.setAccessibleDescription(plot_text(rationale) if rationale else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self._rationale is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._rationale.plot_kind == "loudness_bars":
            self._paint_bars(painter, self._rationale.plot)
        else:
            self._paint_field(painter, self._rationale.plot)
        painter.end()

    def _paint_bars(self, painter: QPainter, series: tuple[PlotSeries, ...]) -> None:
        levels = [each.y[0] for each in series]
        top, bottom = max(levels), min(levels) - 6.0
        height = self.height() / max(len(series), 1)
        names = self.width() * 0.42
        for place, each in enumerate(series):
            own = place == len(series) - 1
            row = QRectF(0, place * height, self.width(), height)
            painter.setPen(QColor(DARK.text if own else DARK.muted))
            name = self.fontMetrics().elidedText(each.label, Qt.TextElideMode.ElideMiddle, int(names) - 8)
            painter.drawText(row.adjusted(0, 0, names - row.width() - 8, 0), Qt.AlignmentFlag.AlignVCenter, name)
            length = (self.width() - names - 58) * (each.y[0] - bottom) / max(top - bottom, 1e-9)
            bar = QRectF(names, row.top() + height * 0.25, max(length, 2.0), height * 0.5)
            painter.fillRect(bar, QColor(DARK.after if own else DARK.before))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(row, right, f"{each.y[0]:.1f}")

    def _paint_field(self, painter: QPainter, series: tuple[PlotSeries, ...]) -> None:
        radius = min(self.width() / 2 - 20, self.height() - 34)
        center = QPointF(self.width() / 2, self.height() - 22)
        painter.setPen(QPen(QColor(DARK.border), 1))
        painter.drawArc(QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius), 0, 180 * 16)
        painter.drawLine(QPointF(center.x() - radius, center.y()), QPointF(center.x() + radius, center.y()))
        painter.drawLine(center, QPointF(center.x(), center.y() - radius))
        painter.setPen(QColor(DARK.muted))
        for text, x in (("L", center.x() - radius), ("C", center.x()), ("R", center.x() + radius)):
            painter.drawText(QRectF(x - 20, center.y() + 2, 40, 18), Qt.AlignmentFlag.AlignCenter, text)
        for each in series:
            now, proposed = (_place(center, radius * 0.8, pan) for pan in (each.x[0], each.x[-1]))
            painter.setPen(QPen(QColor(DARK.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(now, proposed)
            painter.setPen(QPen(QColor(DARK.before), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(now, 6, 6)
            painter.setBrush(QColor(DARK.after))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(proposed, 6, 6)


def plot_text(rationale: Rationale) -> str:
    """The same numbers in words."""
    if rationale.plot_kind == "loudness_bars":
        return "; ".join(f"{each.label} {each.y[0]:.1f}" for each in rationale.plot)
    return "; ".join(f"{each.label} from {pan_text(each.x[0])} to {pan_text(each.x[-1])}" for each in rationale.plot)


def _place(center: QPointF, radius: float, pan: float) -> QPointF:
    angle = math.pi / 2 * pan
    return QPointF(center.x() + radius * math.sin(angle), center.y() - radius * math.cos(angle))
