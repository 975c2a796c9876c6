"""The open project: everything the functions act on."""

from pathlib import Path

from dawassist.rpp.tree import Element, Line, parse
from dawassist.standin.fields import own_line, read_number
from dawassist.standin.track import Track, connect_sends
from dawassist.standin.undo import History


class Marker:
    """A marker, or a region when it has an end."""

    def __init__(self, line: Line, end_line: Line | None) -> None:
        self.line = line
        self.end_line = end_line

    @property
    def number(self) -> int:
        return self.line.integer_at(1, 0)

    @property
    def is_region(self) -> bool:
        return bool(self.line.integer_at(4, 0) & 1)

    @property
    def start_seconds(self) -> float:
        return self.line.number_at(2, 0.0)

    @property
    def end_seconds(self) -> float:
        return self.end_line.number_at(2, 0.0) if self.end_line is not None else 0.0

    @property
    def name(self) -> str:
        return self.line.text(3)


class Project:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = parse(path.read_bytes())
        self.root = self.tree.root
        self.history = History()
        self._folder = path.parent.absolute().as_posix()
        self.tracks: list[Track] = []
        for element in self.tree.find_all("TRACK"):
            self.tracks.append(self.new_track(element))
        self.master = self._track(self.root, 0)
        connect_sends(self.tracks, self.history)
        self.markers = _markers(self.root.lines("MARKER"))
        self.ext_state: dict[tuple[str, str], str] = {}  # saved with the project
        self.settings: dict[str, float | str] = {}  # render and project settings that scripts set
        self.cursor_seconds = self.number("CURSOR", 1, 0.0)
        self.transport = 0  # &1 playing, &2 paused, &4 recording
        selection = self.number("SELECTION", 1, 0.0), self.number("SELECTION", 2, 0.0)
        self.time_selection = (min(selection), max(selection))
        self.loop = self.time_selection
        self.refresh_blocks = 0

    def new_track(self, element: Element) -> Track:
        """The track of an element behind all others; it is not listed yet."""
        return self._track(element, len(self.tracks) + 1)

    def _track(self, element: Element, number: int) -> Track:
        return Track(element, number, self.history, self._folder, self.number("PANMODE", 1, 0.0))

    def number(self, tag: str, index: int, default: float) -> float:
        return read_number(own_line(self.root, tag), index, default)

    @property
    def sample_rate_hz(self) -> float:
        return self.number("SAMPLERATE", 1, 0.0) or 44100.0

    @property
    def length_seconds(self) -> float:
        items = (item for track in self.tracks for item in track.items)
        return max(((i.get("D_POSITION") or 0.0) + (i.get("D_LENGTH") or 0.0) for i in items), default=0.0)

    def track_by_number(self, number: int) -> Track:
        return self.master if number == 0 else self.tracks[number - 1]

    def set_project_state(self, section: str, key: str, value: str) -> None:
        """Ext state that is saved with the project; undone with the block it was written in."""
        before = self.ext_state.get((section, key))

        def do() -> None:
            if value:
                self.ext_state[(section, key)] = value
            else:
                self.ext_state.pop((section, key), None)

        def undo() -> None:
            if before is None:
                self.ext_state.pop((section, key), None)
            else:
                self.ext_state[(section, key)] = before

        self.history.do(do, undo)

    def save(self, path: Path) -> None:
        path.write_bytes(self.tree.to_bytes())


def _markers(lines: list[Line]) -> list[Marker]:
    found: list[Marker] = []
    open_regions: dict[int, Marker] = {}
    for line in lines:
        number = line.integer_at(1, 0)
        if line.integer_at(4, 0) & 1 and number in open_regions:
            open_regions.pop(number).end_line = line
            continue
        marker = Marker(line, None)
        if marker.is_region or line.integer_at(4, 0) & 1:
            open_regions[number] = marker
        found.append(marker)
    return found
