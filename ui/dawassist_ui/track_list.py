"""The tracks of the session as the engineer knows them: number, name, color, and how many changes each has."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPainter
from PyQt6.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from dawassist.analysis.model import TrackAnalysis
from dawassist.plan.lexicon import known_roles
from dawassist.plan.rationale import spoken
from dawassist.session.model import Track
from dawassist.units import SILENCE_DB, counted, db_text, pan_text
from dawassist_ui.theme import DARK
from dawassist_ui.workspace import Workspace

TRACK_ROLE = Qt.ItemDataRole.UserRole + 1
COUNT_ROLE = Qt.ItemDataRole.UserRole + 2
DEPTH_ROLE = Qt.ItemDataRole.UserRole + 3
LOCKED_ROLE = Qt.ItemDataRole.UserRole + 4
LEVEL_ROLE = Qt.ItemDataRole.UserRole + 5
_LEVEL_WIDTH = 34


class TrackModel(QAbstractListModel):
    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._tracks: tuple[Track, ...] = ()
        self._depths: list[int] = []
        workspace.changed.connect(self._refresh)
        workspace.plan_changed.connect(self._refresh)
        workspace.track_heard.connect(self._heard)

    def rowCount(self, _parent: QModelIndex | None = None) -> int:
        return len(self._tracks)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        track = self._tracks[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return track.display_name
        if role == TRACK_ROLE:
            return track
        if role == COUNT_ROLE:
            plan = self._workspace.plan
            return sum(r.track_guid == track.guid for r in plan.recommendations) if plan else 0
        if role == DEPTH_ROLE:
            return self._depths[index.row()]
        if role == LOCKED_ROLE:
            return track.guid in self._workspace.decisions.locked_tracks
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            count = counted(int(str(self.data(index, COUNT_ROLE))), "change")
            place = f"{db_text(track.fader_db)}, {pan_text(track.pan)}, {count}"
            heard = self._workspace.heard.get(track.guid)
            parts = [place, *([_heard_text(heard)] if heard else []), *self._role_text(track)]
            return f"Track {track.number}, {track.display_name}: {'; '.join(parts)}"
        if role == LEVEL_ROLE:
            heard = self._workspace.heard.get(track.guid)
            return heard.loudness.integrated_lufs if heard and heard.loudness else None
        return None

    def _role_text(self, track: Track) -> list[str]:
        """``lead vocal, 95 %`` or ``told: lead vocal``."""
        told = self._workspace.decisions.told_roles.get(track.guid)
        if told:
            return [f"told: {spoken(told)}"]
        guess = self._workspace.plan.role(track.guid) if self._workspace.plan else None
        return [f"{spoken(guess.role)}, {guess.confidence:.0%}"] if guess else []

    def _heard(self, guid: str) -> None:
        for row, track in enumerate(self._tracks):
            if track.guid == guid:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _refresh(self) -> None:
        tracks = self._workspace.session.tracks if self._workspace.session else ()
        if tracks != self._tracks:
            self.beginResetModel()
            self._tracks = tracks
            self._depths = _depths(tracks)
            self.endResetModel()
        elif tracks:
            self.dataChanged.emit(self.index(0), self.index(len(tracks) - 1))


def _heard_text(heard: TrackAnalysis) -> str:
    """``−18.3 LUFS before its plug-ins, plays 62 %``."""
    if heard.loudness is None:
        return "not heard"
    level = heard.loudness.integrated_lufs
    place = " before its plug-ins" if heard.measured_at == "before_plugins" else ""
    return f"{level:.1f} LUFS{place}, plays {heard.activity.share:.0%}" if level > SILENCE_DB else "silent"


def _depths(tracks: tuple[Track, ...]) -> list[int]:
    depths, depth = [], 0
    for track in tracks:
        depths.append(depth)
        depth = max(0, depth + track.folder_depth)
    return depths


class TrackDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        track = index.data(TRACK_ROLE)
        if painter is None or not isinstance(track, Track):
            return
        painter.save()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, option.palette.highlight())
        indent = 12 * index.data(DEPTH_ROLE)
        chip = rect.adjusted(6 + indent, 7, 0, -7)
        chip.setWidth(6)
        painter.fillRect(chip, QColor(*track.color) if track.color else QColor(DARK.line))
        quiet = track.muted or not (track.items or track.folder_depth > 0)
        painter.setPen(QColor(DARK.muted if quiet else DARK.text))
        number = rect.adjusted(18 + indent, 0, 0, 0)
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter, str(track.number))
        level = index.data(LEVEL_ROLE)
        name = rect.adjusted(42 + indent, 0, -34 - _LEVEL_WIDTH * (level is not None), 0)
        text = option.fontMetrics.elidedText(track.display_name, Qt.TextElideMode.ElideMiddle, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, text)
        if level is not None and level > SILENCE_DB:
            painter.setPen(QColor(DARK.muted))
            painter.drawText(
                rect.adjusted(0, 0, -34, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{level:.1f}"
            )
        count, locked = index.data(COUNT_ROLE), index.data(LOCKED_ROLE)
        if locked or count:
            painter.setPen(QColor(DARK.locked if locked else DARK.pending))
            end = rect.adjusted(0, 0, -10, 0)
            mark = "■" if locked else str(count)
            painter.drawText(end, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, mark)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(120, round(option.fontMetrics.height() * 1.6))


class TrackList(QListView):
    """Choosing a track filters the changes; choosing it again shows all. L locks it, C asks what covers it."""

    track_chosen = pyqtSignal(str)
    covers_asked = pyqtSignal(str)
    reference_asked = pyqtSignal(str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._chosen = ""
        self.setModel(TrackModel(workspace, self))
        self.setItemDelegate(TrackDelegate(self))
        self.setAccessibleName("Tracks")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._choose)

    def show_track(self, guid: str) -> None:
        """Bring a track into view and mark it, without filtering the changes."""
        model = self.model()
        assert model is not None
        for row in range(model.rowCount()):
            track = model.index(row, 0).data(TRACK_ROLE)
            if isinstance(track, Track) and track.guid == guid:
                self.setCurrentIndex(model.index(row, 0))
                return

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        track = self.currentIndex().data(TRACK_ROLE)
        if event.key() == Qt.Key.Key_L and isinstance(track, Track):
            self._workspace.toggle_lock(track.guid, track.display_name)
        elif event.key() == Qt.Key.Key_C and isinstance(track, Track):
            self.covers_asked.emit(track.guid)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        track = self.indexAt(event.pos()).data(TRACK_ROLE)
        if isinstance(track, Track):
            self.menu_of(track).popup(event.globalPos())

    def menu_of(self, track: Track) -> QMenu:
        """What can be asked of a track."""
        menu = QMenu(self)
        for words, asked in (
            ("What covers this track?  C", self.covers_asked), ("Take it as the reference", self.reference_asked),
        ):  # fmt: skip
            action = menu.addAction(words)
            assert action is not None
            action.triggered.connect(lambda _checked, signal=asked: signal.emit(track.guid))
        keeps = menu.addAction("It does not yield: lift what it covers")
        assert keeps is not None
        keeps.setCheckable(True)
        keeps.setChecked(track.guid in self._workspace.decisions.unyielding_tracks)
        keeps.triggered.connect(lambda: self._workspace.toggle_yielding(track.guid, track.display_name))
        menu.addMenu(self._role_menu(track, menu))
        return menu

    def _role_menu(self, track: Track, menu: QMenu) -> QMenu:
        """What the track is, told where name and sound are wrong or say nothing."""
        roles = QMenu("It is …", menu)
        told = self._workspace.decisions.told_roles.get(track.guid, "")
        for role in ("", *known_roles()):
            action = roles.addAction(spoken(role) if role else "as its name and sound say")
            assert action is not None
            action.setCheckable(True)
            action.setChecked(role == told)
            action.triggered.connect(
                lambda _checked, role=role: self._workspace.tell_role(track.guid, track.display_name, role)
            )
        return roles

    def _choose(self, index: QModelIndex) -> None:
        track = index.data(TRACK_ROLE)
        if isinstance(track, Track):
            self._chosen = "" if track.guid == self._chosen else track.guid
            if not self._chosen:
                self.clearSelection()
            self.track_chosen.emit(self._chosen)
