"""The pictures of the rationale card; each has a text beside it with the same numbers."""

import math

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from dawassist.plan.model import PlotKind
from dawassist.session.findings import PlotSeries
from dawassist.units import pan_text
from dawassist_ui.line_plot import paint_lines
from dawassist_ui.theme import DARK


class RationalePlot(QWidget):
    """Loudness bars, the stereo field with a dot that moves from now to proposed, or lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: PlotKind = ""
        self._series: tuple[PlotSeries, ...] = ()
        self.setMinimumHeight(self.fontMetrics().height() * 9)
        self.setAccessibleName("Plot of the reason")

    def show_plot(self, kind: PlotKind, series: tuple[PlotSeries, ...]) -> None:
        self._kind, self._series = kind, series
        self.setVisible(bool(kind and series))
        self.setAccessibleDescription(plot_text(kind, series))
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if not (self._kind and self._series):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._kind == "lines":
            paint_lines(painter, QRectF(self.rect()), self._series)
        elif self._kind == "loudness_bars":
            self._paint_bars(painter, self._series)
        else:
            self._paint_field(painter, self._series)
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


def plot_text(kind: PlotKind, series: tuple[PlotSeries, ...]) -> str:
    """The same numbers in words."""
    if kind == "loudness_bars":
        return "; ".join(f"{each.label} {each.y[0]:.1f}" for each in series)
    if kind == "lines":
        return "; ".join(map(_line_text, series))
    return "; ".join(f"{each.label} from {pan_text(each.x[0])} to {pan_text(each.x[-1])}" for each in series)


def _line_text(series: PlotSeries) -> str:
    if not series.y:
        return series.label
    top = max(range(len(series.y)), key=series.y.__getitem__)
    return f"{series.label}: highest {series.y[top]:.3g} at {series.x[top]:.4g}, lowest {min(series.y):.3g}"


def _place(center: QPointF, radius: float, pan: float) -> QPointF:
    angle = math.pi / 2 * pan
    return QPointF(center.x() + radius * math.sin(angle), center.y() - radius * math.cos(angle))
