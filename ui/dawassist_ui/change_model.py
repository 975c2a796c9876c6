"""The changes as a tree: one row per track, its changes below it."""

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PyQt6.QtGui import QColor, QFont

from dawassist.errors import InputError
from dawassist.plan.model import Recommendation
from dawassist.units import counted
from dawassist_ui.rows import COLORS, GLYPHS, Row, row_of
from dawassist_ui.theme import DARK
from dawassist_ui.typed_values import parse_value
from dawassist_ui.workspace import Workspace

COLUMNS = ("", "Change", "Now", "Proposed", "Difference", "Amount", "Effect", "Confidence", "Verdict")
STATE, NAME, NOW, PROPOSED, DIFFERENCE, AMOUNT, EFFECT, CONFIDENCE, VERDICT = range(len(COLUMNS))
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
VERDICT_ROLE = Qt.ItemDataRole.UserRole + 2
_NUMBERS = (NOW, PROPOSED, DIFFERENCE, EFFECT)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ChangeModel(QAbstractItemModel):
    """Rows come from the plan, all or those of one track."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._track_guid = ""
        self._groups: list[list[Recommendation]] = []
        self._shows_folded = False
        workspace.plan_changed.connect(self.rebuild)
        workspace.changed.connect(self._refresh)

    def show_only(self, track_guid: str) -> None:
        """The changes of one track; "" shows all."""
        self._track_guid = track_guid
        self.rebuild()

    def show_folded(self, is_shown: bool) -> None:
        """Whether the moves beyond the first are listed too."""
        self._shows_folded = is_shown
        self.rebuild()

    def rebuild(self) -> None:
        self.beginResetModel()
        plan = self._workspace.plan
        groups: dict[str, list[Recommendation]] = {}
        for recommendation in plan.recommendations if plan else ():
            if self._track_guid and recommendation.track_guid != self._track_guid:
                continue
            if recommendation.is_folded and not (self._shows_folded or self._track_guid):
                continue
            groups.setdefault(recommendation.track_guid, []).append(recommendation)
        self._groups = list(groups.values())
        self.endResetModel()

    def recommendations(self, index: QModelIndex) -> list[Recommendation]:
        """The change at a row, or all changes of a track row."""
        if not index.isValid():
            return []
        if index.internalId() == 0:
            return list(self._groups[index.row()])
        return [self._groups[index.internalId() - 1][index.row()]]

    def index_of(self, identity: str) -> QModelIndex:
        for place, group in enumerate(self._groups):
            for row, recommendation in enumerate(group):
                if recommendation.id == identity:
                    return self.createIndex(row, 0, place + 1)
        return QModelIndex()

    def index(self, row: int, column: int, parent: QModelIndex | None = None) -> QModelIndex:
        if parent is None or not parent.isValid():
            inside = 0 <= row < len(self._groups) and 0 <= column < len(COLUMNS)
            return self.createIndex(row, column, 0) if inside else QModelIndex()
        if parent.internalId() == 0 and 0 <= row < len(self._groups[parent.row()]) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, parent.row() + 1)
        return QModelIndex()

    def parent(self, child: QModelIndex | None = None) -> QModelIndex:  # type: ignore[override]
        if child is None or not child.isValid() or child.internalId() == 0:
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, 0)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self._groups)
        return len(self._groups[parent.row()]) if parent.internalId() == 0 and parent.column() == 0 else 0

    def columnCount(self, _parent: QModelIndex | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            centered = Qt.AlignmentFlag.AlignCenter if section == VERDICT else Qt.AlignmentFlag.AlignVCenter
            return _RIGHT if section in _NUMBERS else centered
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        recommendations = self.recommendations(index)
        if index.internalId() == 0:
            return self._track_data(recommendations, index.column(), role)
        return self._change_data(row_of(self._workspace, recommendations[0]), index.column(), role)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.internalId() and index.column() == PROPOSED:
            change = self.recommendations(index)[0].change
            return flags if change.is_discrete else flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A typed value; one that cannot be read leaves the old one and says so."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        recommendation = self.recommendations(index)[0]
        try:
            after = parse_value(str(value), recommendation.change.unit)
        except InputError as error:
            self._workspace.notice.emit(error.sentence)
            return False
        label = f"set {recommendation.change.parameter} of {recommendation.track_name}"
        self._workspace.decide(label, self._workspace.decisions.with_value(recommendation.id, after))
        return True

    def _track_data(self, recommendations: list[Recommendation], column: int, role: int) -> object:
        first = recommendations[0]
        if role == Qt.ItemDataRole.DisplayRole and column == NAME:
            return f"{first.track_number}  {first.track_name}"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(DARK.raised)
        if role == VERDICT_ROLE:
            verdicts = {self._workspace.decisions.of(r.id).verdict for r in recommendations}
            return verdicts.pop() if len(verdicts) == 1 else "mixed"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Track {first.track_number}, {first.track_name}, {counted(len(recommendations), 'change')}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return first.track_name
        return None

    def _change_data(self, row: Row, column: int, role: int) -> object:
        if role == Qt.ItemDataRole.EditRole and column == PROPOSED:
            return row.proposed
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                GLYPHS[row.state], row.change.parameter, row.now, row.proposed, row.difference,
                f"{row.amount:.0%}", row.effect, row.confidence, "",
            )[column]  # fmt: skip
        if role == ROW_ROLE:
            return row
        if role == VERDICT_ROLE:
            return row.state
        if role == Qt.ItemDataRole.ForegroundRole:
            colors = {STATE: COLORS[row.state], NOW: DARK.before, PROPOSED: DARK.after, EFFECT: DARK.muted}
            return QColor(colors.get(column, DARK.muted if row.state in ("rejected", "locked") else DARK.text))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return _RIGHT
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.spoken if role == Qt.ItemDataRole.AccessibleTextRole else row.reason or row.state
        return None

    def _refresh(self) -> None:
        for place, group in enumerate(self._groups):
            parent = self.createIndex(place, 0, 0)
            first, last = self.index(0, 0, parent), self.index(len(group) - 1, len(COLUMNS) - 1, parent)
            self.dataChanged.emit(first, last)
