"""Small readings that every part of a project file shares: first lines by tag, GUIDs, pan laws."""

import uuid

from dawassist.rpp.tree import Element, Line
from dawassist.session.model import PanMode
from dawassist.units import gain_to_db, physical

_PAN_MODES: dict[int, PanMode] = {0: "classic", 3: "balance", 5: "stereo", 6: "dual"}


class OwnLines:
    """The first own line of each tag of an element; a missing one reads as an empty line."""

    __slots__ = ("_lines",)

    def __init__(self, element: Element) -> None:
        self._lines: dict[str, Line] = {}
        for line in element.lines():
            self._lines.setdefault(line.tag, line)

    def __getitem__(self, tag: str) -> Line:
        return self._lines.get(tag, Line(b""))

    def __contains__(self, tag: str) -> bool:
        return tag in self._lines


def guid_or_made(text: str, place: str) -> str:
    """A GUID as REAPER prints it, or, where an old file holds none, one made from the place in the file."""
    if text.startswith("{") and text.endswith("}"):
        return text.upper()
    return f"{{{str(uuid.uuid5(uuid.NAMESPACE_OID, f'dawassist {place}')).upper()}}}"


def level_db(gain: float) -> float:
    return physical(gain_to_db(gain))


def pan_law_db(law: float) -> float:
    """Level at center of a law's gain; a gain above 1 is the same law with gain compensation."""
    return physical(-abs(gain_to_db(law)))


def pan_mode(number: int, default: PanMode) -> PanMode:
    return _PAN_MODES.get(number, default)


def color(number: int) -> tuple[int, int, int] | None:
    """Red, green, blue; None where no custom color is set (its flag is bit 24). The low byte is red."""
    if not number & 0x1000000:
        return None
    return number & 0xFF, number >> 8 & 0xFF, number >> 16 & 0xFF
