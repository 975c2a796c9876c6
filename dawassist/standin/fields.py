"""Values of the model that live in the project's own lines: reading a token, writing it, taking it back."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from dawassist.rpp.tokens import number_text
from dawassist.rpp.tree import Element, Line
from dawassist.standin.undo import History


@dataclass(frozen=True, slots=True)
class Field:
    """Token `index` of the first line `tag`, `default` where it is missing."""

    tag: str
    index: int
    default: float


def own_line(element: Element, tag: str) -> Line | None:
    return element.line(tag)


def read_number(line: Line | None, index: int, default: float) -> float:
    text = read_text(line, index)
    return float(text) if text else default


def read_text(line: Line | None, index: int, default: str = "") -> str:
    texts = _texts(line.raw) if line is not None else ()
    return texts[index] if index < len(texts) else default


def guid_or_new(text: str) -> str:
    """The GUID of a file, or, where an old file holds none, a new one, as REAPER makes it at load."""
    return text.upper() or f"{{{str(uuid4()).upper()}}}"


@lru_cache(maxsize=1 << 14)
def _texts(raw: bytes) -> tuple[str, ...]:
    """The same lines are read over and over."""
    return tuple(Line(raw).texts)


def write_number(history: History, element: Element, field: Field, value: float) -> None:
    """Set a token as one undoable change; a missing line or token is added with zeros before it."""
    line = element.line(field.tag)
    if line is None:
        line = element.new_line(field.tag, *["0"] * (field.index - 1), number_text(value))
        added = line

        def insert() -> None:
            element.insert(0, added)

        history.do(insert, lambda: element.remove(added))
        return
    write_line_number(history, line, field.index, value)


def write_line_number(history: History, line: Line, index: int, value: float) -> None:
    before = line.raw
    fields = line.texts
    missing = index - len(fields) + 1
    if missing > 0:
        ending = before[len(before.rstrip(b"\r\n")) :]
        padding = b" 0" * (missing - 1) + b" " + number_text(value).encode()
        after = before.rstrip(b"\r\n") + padding + ending
    else:
        copy = Line(before)
        copy.set_number(index, value)
        after = copy.raw
    _swap(history, line, before, after)


def write_line_text(history: History, line: Line, index: int, text: str) -> None:
    copy = Line(line.raw)
    copy.set_token(index, text)
    _swap(history, line, line.raw, copy.raw)


def _swap(history: History, line: Line, before: bytes, after: bytes) -> None:
    def do() -> None:
        line.raw = after

    def undo() -> None:
        line.raw = before

    history.do(do, undo)
