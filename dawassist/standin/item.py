"""Items, takes and their media sources, backed by the lines of the project."""

from functools import cached_property
from typing import Any

from dawassist.rpp.tree import Element, Line, Node
from dawassist.standin.envelope import Envelope
from dawassist.standin.fields import (
    Field,
    guid_or_new,
    own_line,
    read_number,
    read_text,
    write_line_number,
    write_number,
)
from dawassist.standin.fx import Fx, load_chain
from dawassist.standin.undo import History

_ITEM_FIELDS = {
    "D_POSITION": Field("POSITION", 1, 0.0), "D_LENGTH": Field("LENGTH", 1, 0.0), "D_VOL": Field("VOLPAN", 1, 1.0),
    "B_MUTE": Field("MUTE", 1, 0.0), "B_LOOPSRC": Field("LOOP", 1, 0.0), "C_LOCK": Field("LOCK", 1, 0.0),
    "D_FADEINLEN": Field("FADEIN", 2, 0.0), "D_FADEINLEN_AUTO": Field("FADEIN", 3, 0.0),
    "D_FADEINDIR": Field("FADEIN", 6, 0.0), "D_FADEOUTLEN": Field("FADEOUT", 2, 0.0),
    "D_FADEOUTLEN_AUTO": Field("FADEOUT", 3, 0.0), "D_FADEOUTDIR": Field("FADEOUT", 6, 0.0),
    "B_UISEL": Field("SEL", 1, 0.0), "D_SNAPOFFSET": Field("SNAPOFFS", 1, 0.0),
}  # fmt: skip
_SHAPES = {"C_FADEINSHAPE": "FADEIN", "C_FADEOUTSHAPE": "FADEOUT"}
_FIXED_LANES = 2  # I_FREEMODE
_MASKED_LANES = 32
_TAKE_ENVELOPES = ("VOLENV", "PANENV", "MUTEENV", "PITCHENV")


class Source:
    """A media source; a section has its media behind it as `parent`."""

    def __init__(self, element: Element, folder: str) -> None:
        self.element = element
        inner = element.find("SOURCE")
        self.parent = Source(inner, folder) if inner is not None else None
        self._folder = folder

    @property
    def kind(self) -> str:
        return self.element.text(1)

    @property
    def file_name(self) -> str:
        """Absolute, as REAPER gives it; "" for media in the project."""
        stored = read_text(self.element.line("FILE"), 1)
        is_absolute = stored.startswith(("/", "\\")) or stored[1:2] == ":"
        return stored if not stored or is_absolute else f"{self._folder}/{stored}"

    @property
    def section(self) -> tuple[float, float, bool] | None:
        """Offset, length, reversed; None when it is no section."""
        if self.kind != "SECTION":
            return None
        mode = int(read_number(self.element.line("MODE"), 1, 0.0))
        whole = mode == 3
        start = 0.0 if whole else read_number(self.element.line("STARTPOS"), 1, 0.0)
        length = 0.0 if whole else read_number(self.element.line("LENGTH"), 1, 0.0)
        return start, length, mode in (2, 3)


class Take:
    """The lines of one take. The first one's level is token 3 of VOLPAN, later ones' token 2 of TAKEVOLPAN."""

    def __init__(self, nodes: list[Node], *, first: bool, item: "Item", history: History, folder: str) -> None:
        self.item = item
        self._history = history
        self._part = Element(Line(b""), nodes, Line(b""))
        level = ("VOLPAN", 3, 2) if first else ("TAKEVOLPAN", 2, 1)
        self._fields = {
            "D_VOL": Field(level[0], level[1], 1.0), "D_PAN": Field(level[0], level[2], 0.0),
            "D_STARTOFFS": Field("SOFFS", 1, 0.0), "D_PLAYRATE": Field("PLAYRATE", 1, 1.0),
            "B_PPITCH": Field("PLAYRATE", 2, 1.0), "D_PITCH": Field("PLAYRATE", 3, 0.0),
            "I_CHANMODE": Field("CHANMODE", 1, 0.0),
        }  # fmt: skip
        source = self._part.find("SOURCE")
        self.source = Source(source, folder) if source is not None else None
        self.fx: list[Fx] = load_chain(self._part.find("TAKEFX"), history)
        self.envelopes = [Envelope(e, history, self) for e in self._part.find_all() if e.tag in _TAKE_ENVELOPES]

    @cached_property
    def guid(self) -> str:
        return guid_or_new(read_text(own_line(self._part, "GUID"), 1))

    @property
    def name(self) -> str:
        return read_text(own_line(self._part, "NAME"), 1)

    def get(self, parameter: str) -> float | None:
        field = self._fields.get(parameter)
        return None if field is None else read_number(own_line(self._part, field.tag), field.index, field.default)

    def set(self, parameter: str, value: float) -> bool:
        field = self._fields.get(parameter)
        line = own_line(self._part, field.tag) if field else None
        if field is None or line is None:
            return False
        write_line_number(self._history, line, field.index, value)
        return True


class Item:
    def __init__(self, element: Element, track: Any, history: History, folder: str) -> None:
        self.element = element
        self.track = track
        self._history = history
        sections = _sections(element)
        self.takes: list[Take | None] = [
            Take(nodes, first=place == 0, item=self, history=history, folder=folder) if _holds_take(nodes) else None
            for place, nodes in enumerate(sections)
        ]
        if self.takes == [None]:
            self.takes = []
        self.active = next((place for place, nodes in enumerate(sections) if _is_selected(nodes)), 0)

    @cached_property
    def guid(self) -> str:
        return guid_or_new(read_text(own_line(self.element, "IGUID"), 1))

    @property
    def active_take(self) -> Take | None:
        return self.takes[self.active] if self.active < len(self.takes) else None

    def get(self, parameter: str) -> float | None:
        if parameter in _SHAPES:
            line = own_line(self.element, _SHAPES[parameter])
            return read_number(line, 4, read_number(line, 1, 0.0))
        if parameter == "I_CURTAKE":
            return float(self.active)
        if parameter == "C_LANEPLAYS":
            return float(self._lane_plays)
        field = _ITEM_FIELDS.get(parameter)
        return None if field is None else read_number(own_line(self.element, field.tag), field.index, field.default)

    @property
    def _lane_plays(self) -> bool:
        """Whether it lies in a playing lane; YPOS holds top and height relative to the track."""
        playing = self.track.element.line("LANESOLO")
        if self.track.get("I_FREEMODE") != _FIXED_LANES or playing is None:
            return True
        place = own_line(self.element, "YPOS")
        height = read_number(place, 2, 1.0)
        lane = round(read_number(place, 1, 0.0) / height) if height > 0.0 else 0
        return lane >= _MASKED_LANES or bool(playing.integer_at(1, 0) >> lane & 1)

    def set(self, parameter: str, value: float) -> bool:
        field = _ITEM_FIELDS.get(parameter)
        if field is None:
            return False
        write_number(self._history, self.element, field, value)
        return True


def _sections(element: Element) -> list[list[Node]]:
    sections: list[list[Node]] = [[]]
    for child in element.children:
        if isinstance(child, Line) and child.tag == "TAKE":
            sections.append([])
        sections[-1].append(child)
    return sections


def _holds_take(nodes: list[Node]) -> bool:
    return any(node.tag in ("SOURCE", "GUID") for node in nodes)


def _is_selected(nodes: list[Node]) -> bool:
    head = nodes[0] if nodes else None
    return isinstance(head, Line) and head.tag == "TAKE" and "SEL" in head.texts[1:]
