"""Paints the change list: track rows across all columns, the amount as a bar, accept and reject as two signs."""

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dawassist_ui.change_model import AMOUNT, NAME, ROW_ROLE, VERDICT, VERDICT_ROLE
from dawassist_ui.rows import Row
from dawassist_ui.theme import DARK


class ChangeDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if painter is not None and row is None and index.column() == NAME:
            painter.fillRect(option.rect, QColor(DARK.raised))  # the view draws a track's name across the row
            self._background(painter, option)
        elif painter is not None and isinstance(row, Row) and index.column() == AMOUNT and not row.change.is_discrete:
            self._background(painter, option)
            _paint_amount(painter, option.rect, row)
        elif painter is not None and index.column() == VERDICT:
            super().paint(painter, option, index)
            _paint_verdict(painter, option.rect, str(index.data(VERDICT_ROLE)))
        else:
            super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), round(option.fontMetrics.height() * 1.7))

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())


def amount_rect(rect: QRect) -> QRect:
    """Where the bar lies in its cell."""
    return rect.adjusted(6, rect.height() // 3, -46, -rect.height() // 3)


def verdict_rects(rect: QRect) -> tuple[QRect, QRect]:
    """Where accept and reject lie in their cell."""
    half = rect.width() // 2
    return QRect(rect.left(), rect.top(), half, rect.height()), QRect(
        rect.left() + half, rect.top(), half, rect.height()
    )


def _paint_amount(painter: QPainter, rect: QRect, row: Row) -> None:
    bar = amount_rect(rect)
    painter.save()
    painter.fillRect(bar, QColor(DARK.raised))
    painter.fillRect(bar.left(), bar.top(), round(bar.width() * row.amount), bar.height(), QColor("#2F7FA3"))
    painter.setPen(QColor(DARK.border))
    painter.drawRect(bar.adjusted(0, 0, -1, -1))
    painter.setPen(QColor(DARK.text))
    text = rect.adjusted(rect.width() - 42, 0, -4, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{row.amount:.0%}")
    painter.restore()


def _paint_verdict(painter: QPainter, rect: QRect, state: str) -> None:
    painter.save()
    signs = (("✓", "accepted", DARK.accept), ("✕", "rejected", DARK.reject))
    for cell, (sign, verdict, color) in zip(verdict_rects(rect), signs, strict=True):
        chosen = state == verdict
        if chosen:
            painter.setPen(QColor(color))
            painter.drawRoundedRect(cell.adjusted(5, 4, -5, -4), 4, 4)
        painter.setPen(QColor(color if chosen else DARK.muted))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, sign)
    painter.restore()
