"""Envelopes: points in the units of the file, seen through the API in REAPER's raw units.

Volume envelopes with fader scaling are raw 0..1000 in the API and linear amplitudes in the file; pan envelopes have
the sign of the file in both, opposite to the pan control.
"""

from typing import Any

from dawassist.rpp.tokens import number_text
from dawassist.rpp.tree import Element, Line
from dawassist.standin.fields import read_number, read_text, write_line_number
from dawassist.standin.undo import History
from dawassist.units import envelope_raw_to_gain, gain_to_envelope_raw

NAMES = {
    "VOLENV": "Volume (Pre-FX)", "VOLENV2": "Volume", "VOLENV3": "Trim Volume", "PANENV": "Pan (Pre-FX)",
    "PANENV2": "Pan", "WIDTHENV": "Width (Pre-FX)", "WIDTHENV2": "Width", "MUTEENV": "Mute",
    "AUXVOLENV": "Send Volume", "AUXPANENV": "Send Pan", "AUXMUTEENV": "Send Mute", "PITCHENV": "Pitch",
    "DUALPANENVL": "Pan (Left, Pre-FX)", "DUALPANENV": "Pan (Right, Pre-FX)",
    "DUALPANENVL2": "Pan (Left)", "DUALPANENV2": "Pan (Right)",
}  # fmt: skip
_VOLUMES = ("VOLENV", "VOLENV2", "VOLENV3", "AUXVOLENV")
Point = tuple[float, float, int, float, bool]  # time, value of the file, shape, tension, selected


class Envelope:
    def __init__(self, element: Element, history: History, parent: Any, *, fx: Any = None, parameter: int = -1) -> None:
        self.element = element
        self.parent = parent
        self.fx = fx
        self.parameter = parameter
        self._history = history

    @property
    def tag(self) -> str:
        return self.element.tag.removeprefix("MASTER")

    @property
    def name(self) -> str:
        if self.fx is not None:
            return f"{self.fx.parameter_name(self.parameter)} / {self.fx.name}"
        return NAMES.get(self.tag, self.tag)

    @property
    def guid(self) -> str:
        return read_text(self.element.line("EGUID"), 1)

    @property
    def is_active(self) -> bool:
        return read_text(self.element.line("ACT"), 1, "1") != "0"

    def switch(self, name: str, is_on: bool) -> bool:
        """Set ACTIVE or VISIBLE. Other settings are not modelled."""
        line = self.element.line({"ACTIVE": "ACT", "VISIBLE": "VIS"}.get(name, ""))
        if line is None:
            return False
        write_line_number(self._history, line, 1, float(is_on))
        return True

    @property
    def is_fader_scaled(self) -> bool:
        return self.tag in _VOLUMES and read_number(self.element.line("VOLTYPE"), 1, 0.0) == 1.0

    @property
    def automation_items(self) -> int:
        return len(self.element.lines("POOLEDENVINST"))

    def points(self) -> list[Point]:
        return [_point(line) for line in self.element.lines("PT")]

    def to_raw(self, value: float) -> float:
        return gain_to_envelope_raw(value) if self.is_fader_scaled else value

    def from_raw(self, raw: float) -> float:
        return envelope_raw_to_gain(raw) if self.is_fader_scaled else raw

    def set_points(self, points: list[Point]) -> None:
        """Replace all points as one change."""
        old = list(self.element.children)
        others = [child for child in old if not (isinstance(child, Line) and child.tag == "PT")]
        new = others + [self._line(point) for point in points]
        element = self.element

        def do() -> None:
            element.children = list(new)

        def undo() -> None:
            element.children = list(old)

        self._history.do(do, undo)

    def _line(self, point: Point) -> Line:
        time_seconds, value, shape, tension, selected = point
        texts = ["PT", number_text(time_seconds), number_text(value), str(shape)]
        if selected or tension:
            texts += ["0", str(int(selected)), "0", number_text(tension)]
        return self.element.new_line(*texts)


def _point(line: Line) -> Point:
    time_seconds, value, shape, _, selected, _, tension = line.numbers(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return time_seconds, value, int(shape), tension, bool(selected)
