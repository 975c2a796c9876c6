"""Lines over a common axis: spectra, cross-correlations, levels over time."""

import math
from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from dawassist.session.findings import PlotSeries
from dawassist_ui.theme import DARK

_LEFT = 44.0  # room for the numbers beside the axis
_LOGARITHMIC_FROM = 50.0  # highest over lowest x: frequencies span more, times and lags less
_STYLES = (
    (DARK.before, Qt.PenStyle.DashLine),
    (DARK.after, Qt.PenStyle.SolidLine),
    (DARK.warning, Qt.PenStyle.DotLine),
)


def paint_lines(painter: QPainter, whole: QRectF, series: Sequence[PlotSeries]) -> None:
    """Each series in a color and a dash of its own, its name above; the ends of the axes in numbers."""
    drawn = [each for each in series if len(each.x) > 1]
    if not drawn:
        return
    line = painter.fontMetrics().height()
    area = whole.adjusted(_LEFT, line + 4.0, -8.0, -line - 6.0)
    scale = _Scale(drawn, area)
    painter.setPen(QPen(QColor(DARK.border), 1))
    painter.drawRect(area)
    _paint_ends(painter, scale)
    share = whole.width() / len(drawn)
    for place, each in enumerate(drawn):
        color, dash = _STYLES[(place + (len(drawn) == 1)) % len(_STYLES)]
        painter.setPen(QPen(QColor(color), 2, dash))
        points = [scale.point(x, y) for x, y in zip(each.x, each.y, strict=True)]
        painter.drawPolyline(QPolygonF(points))
        name = painter.fontMetrics().elidedText(each.label, Qt.TextElideMode.ElideRight, int(share) - 6)
        painter.drawText(QRectF(place * share, 0.0, share, line), Qt.AlignmentFlag.AlignLeft, name)


class _Scale:
    """From values to places; frequencies from low to high get a logarithmic axis."""

    def __init__(self, series: Sequence[PlotSeries], area: QRectF) -> None:
        every_x, every_y = [x for each in series for x in each.x], [y for each in series for y in each.y]
        self.area = area
        self.left, self.right, self.low, self.high = min(every_x), max(every_x), min(every_y), max(every_y)
        self._is_logarithmic = self.left > 0.0 and self.right / self.left >= _LOGARITHMIC_FROM

    def point(self, x: float, y: float) -> QPointF:
        start, end = self._along(self.left), self._along(self.right)
        right = (self._along(x) - start) / max(end - start, 1e-12)
        up = (y - self.low) / max(self.high - self.low, 1e-12)
        return QPointF(self.area.left() + self.area.width() * right, self.area.bottom() - self.area.height() * up)

    def _along(self, x: float) -> float:
        return math.log(x) if self._is_logarithmic else x


def _paint_ends(painter: QPainter, scale: _Scale) -> None:
    painter.setPen(QColor(DARK.muted))
    area, line = scale.area, painter.fontMetrics().height()
    for value, top in ((scale.high, area.top()), (scale.low, area.bottom() - line)):
        painter.drawText(QRectF(0.0, top, _LEFT - 4.0, line), Qt.AlignmentFlag.AlignRight, f"{value:.3g}")
    below = QRectF(area.left(), area.bottom() + 2.0, area.width(), line)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"{scale.left:.4g}")
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{scale.right:.4g}")
