"""The change list: keys, clicks and drags become verdicts and amounts."""

from collections.abc import Callable

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from dawassist.plan.model import Recommendation
from dawassist_ui.change_delegate import ChangeDelegate, amount_rect, verdict_rects
from dawassist_ui.change_model import AMOUNT, NAME, PROPOSED, ROW_ROLE, VERDICT, ChangeModel
from dawassist_ui.rows import Row
from dawassist_ui.theme import DARK
from dawassist_ui.workspace import Workspace

_COARSE, _FINE = 0.05, 0.01


class ChangeView(QTreeView):
    current_changed = pyqtSignal(object)
    locate_requested = pyqtSignal(object)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._model = ChangeModel(workspace, self)
        self._dragged: tuple[str, float] | None = None
        self.setModel(self._model)
        self.setItemDelegate(ChangeDelegate(self))
        self.setAccessibleName("Changes")
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.header()
        assert header is not None
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, characters in ((0, 6), (2, 10), (3, 10), (4, 10), (5, 15), (6, 9), (7, 12), (8, 8)):
            self.setColumnWidth(column, self.fontMetrics().averageCharWidth() * characters + 14)
        self._model.modelReset.connect(self._rebuilt)
        self._keys: dict[tuple[int, bool], Callable[[], None]] = {
            (Qt.Key.Key_J, False): lambda: self._move(1),
            (Qt.Key.Key_K, False): lambda: self._move(-1),
            (Qt.Key.Key_J, True): lambda: self._move_track(1),
            (Qt.Key.Key_K, True): lambda: self._move_track(-1),
            (Qt.Key.Key_A, False): lambda: self._verdict(workspace.accept, whole_track=False),
            (Qt.Key.Key_R, False): lambda: self._verdict(workspace.reject, whole_track=False),
            (Qt.Key.Key_A, True): lambda: self._verdict(workspace.accept, whole_track=True),
            (Qt.Key.Key_R, True): lambda: self._verdict(workspace.reject, whole_track=True),
            (Qt.Key.Key_L, False): self._lock,
            (Qt.Key.Key_BracketLeft, False): lambda: self._nudge(-_COARSE),
            (Qt.Key.Key_BracketRight, False): lambda: self._nudge(_COARSE),
            (Qt.Key.Key_BraceLeft, True): lambda: self._nudge(-_FINE),
            (Qt.Key.Key_BraceRight, True): lambda: self._nudge(_FINE),
            (Qt.Key.Key_Return, False): self._edit_value,
            (Qt.Key.Key_G, False): self._locate,
        }

    @property
    def changes(self) -> ChangeModel:
        return self._model

    def current(self) -> Recommendation | None:
        """The change under the cursor; the first one of a track row."""
        found = self._model.recommendations(self.currentIndex())
        return found[0] if found else None

    def select(self, identity: str) -> None:
        index = self._model.index_of(identity)
        if index.isValid():
            self.setCurrentIndex(index)

    def drawRow(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """A track's name runs over the empty columns beside it."""
        super().drawRow(painter, option, index)
        name = index.siblingAtColumn(NAME)
        if painter is None or index.internalId() != 0:
            return
        rect = self.visualRect(name)
        rect.setLeft(rect.left() + 4)
        rect.setRight(self.visualRect(index.siblingAtColumn(VERDICT)).left() - 8)
        font = self.font()
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(DARK.text))
        text = QFontMetrics(font).elidedText(str(name.data()), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        modifiers = event.modifiers()
        if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
            return
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        action = self._keys.get((event.key(), shift))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE)
        super().mousePressEvent(event)
        place = event.position().toPoint()
        if index.column() == VERDICT:
            accept, reject = verdict_rects(self.visualRect(index))
            if accept.contains(place):
                self._verdict(self._workspace.accept, whole_track=False)
            elif reject.contains(place):
                self._verdict(self._workspace.reject, whole_track=False)
        elif index.column() == AMOUNT and isinstance(row, Row) and not row.change.is_discrete:
            self._dragged = (row.recommendation.id, self._amount_at(index, place))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._dragged is None:
            super().mouseMoveEvent(event)
            return
        index = self._model.index_of(self._dragged[0]).siblingAtColumn(AMOUNT)
        self._dragged = (self._dragged[0], self._amount_at(index, event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if self._dragged is not None:
            identity, amount = self._dragged
            self._dragged = None
            self._workspace.set_amount([identity], round(amount, 2))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current())

    def _amount_at(self, index: QModelIndex, place: QPoint) -> float:
        bar = amount_rect(self.visualRect(index))
        return min(max((place.x() - bar.left()) / max(bar.width(), 1), 0.0), 1.0)

    def _rebuilt(self) -> None:
        self.expandAll()
        first = self._model.index(0, 0, self._model.index(0, 0))
        if first.isValid():
            self.setCurrentIndex(first)
        else:
            self.current_changed.emit(None)

    def _move(self, steps: int) -> None:
        index = self.currentIndex()
        following = self.indexBelow(index) if steps > 0 else self.indexAbove(index)
        if following.isValid() and following.internalId() == 0:
            following = self.indexBelow(following) if steps > 0 else self.indexAbove(following)
        if following.isValid():
            self._go(following)

    def _move_track(self, steps: int) -> None:
        index = self.currentIndex()
        place = (index.parent() if index.parent().isValid() else index).row() + steps
        target = self._model.index(0, 0, self._model.index(place, 0))
        if target.isValid():
            self._go(target)

    def _go(self, index: QModelIndex) -> None:
        selection = self.selectionModel()
        assert selection is not None
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection.setCurrentIndex(index.siblingAtColumn(0), flags)

    def _verdict(self, decide: Callable[[list[str], str], None], *, whole_track: bool) -> None:
        index = self.currentIndex()
        if whole_track and index.parent().isValid():
            index = index.parent()
        found = self._model.recommendations(index)
        if found:
            word = "accept" if decide == self._workspace.accept else "reject"
            what = found[0].change.parameter if len(found) == 1 else "all changes"
            decide([r.id for r in found], f"{word} {what} of {found[0].track_name}")

    def _lock(self) -> None:
        current = self.current()
        if current is not None:
            self._workspace.toggle_lock(current.track_guid, current.track_name)

    def _nudge(self, step: float) -> None:
        current = self.current()
        if current is not None and not current.change.is_discrete:
            amount = self._workspace.decisions.of(current.id).amount + step
            self._workspace.set_amount([current.id], round(min(max(amount, 0.0), 1.0), 2))

    def _edit_value(self) -> None:
        index = self.currentIndex().siblingAtColumn(PROPOSED)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

    def _locate(self) -> None:
        self.locate_requested.emit(self.current())
