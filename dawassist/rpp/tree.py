"""The line tree of a .RPP file: every byte kept, single tokens editable.

A project is nested elements, ``<TAG tokens`` … ``>``, with lines between them. Only ``\\n`` ends a line; indentation,
``\\r`` and whatever else a line holds are its bytes. Parsing is iterative and limited in depth, line length, number of
lines and size. What is not edited is written back byte for byte.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Self, TypeVar

from dawassist.errors import RppError
from dawassist.rpp.tokens import Token, number_text, quote, tokenize

MAX_DEPTH = 100
MAX_LINE_BYTES = 1 << 20
MAX_LINES = 8_000_000
MAX_BYTES = 512 << 20
_BLANK = b" \t\r\n"
_OPEN, _CLOSE = b"<", b">"
_Kind = TypeVar("_Kind", "Line", "Element")


class Line:
    """One line with its ending. `number` counts from 1 in the parsed file; 0 for a line made by an edit."""

    __slots__ = ("number", "raw")

    def __init__(self, raw: bytes, number: int = 0) -> None:
        self.raw = raw
        self.number = number

    @property
    def tokens(self) -> tuple[Token, ...]:
        return tokenize(self.raw)

    @property
    def texts(self) -> list[str]:
        return [token.text for token in tokenize(self.raw)]

    @property
    def tag(self) -> str:
        """The first token, without the ``<`` of an element; "" for a blank line."""
        word = self.raw.split(None, 1)[:1]
        return word[0].lstrip(_OPEN).decode("utf-8", "surrogateescape") if word else ""

    @property
    def content(self) -> bytes:
        """The line without indentation and ending."""
        return self.raw.strip(_BLANK)

    def text(self, index: int, default: str = "") -> str:
        """Token `index` (0 is the tag), or `default` where the line is shorter."""
        texts = self.texts
        return texts[index] if index < len(texts) else default

    def number_at(self, index: int, default: float) -> float:
        """Token `index` as a number, or `default` where the line is shorter. Raises RppError for another text."""
        return self._number(self.text(index), default)

    def numbers(self, *defaults: float) -> tuple[float, ...]:
        """Tokens 1 to n as numbers, each with its default; as n times `number_at`, in one reading of the line."""
        texts = self.texts[1 : len(defaults) + 1]
        texts += [""] * (len(defaults) - len(texts))
        return tuple(map(self._number, texts, defaults))

    def integer_at(self, index: int, default: int) -> int:
        """As `number_at`; REAPER writes some integers with decimals or a ``:flag`` behind."""
        text = self.text(index).partition(":")[0]
        if text.lstrip("-").isdecimal() and len(text) < 20:
            return int(text)
        return int(self.number_at(index, default))

    def set_token(self, index: int, text: str) -> None:
        """Replace token `index`; nothing else of the line changes. Raises RppError when there is no such token."""
        token = self._token(index)
        self.raw = self.raw[: token.start] + quote(text, always=token.quoted) + self.raw[token.end :]

    def set_number(self, index: int, value: float) -> None:
        self.set_token(index, number_text(value))

    def _number(self, text: str, default: float) -> float:
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise RppError(f"{text!r} is not a finite number.", line_number=self.number, why=f"In {self.tag}.")
        return value

    def _token(self, index: int) -> Token:
        tokens = self.tokens
        if not 0 < index < len(tokens):
            raise RppError(f"{self.tag} has no field {index} to set.", line_number=self.number)
        return tokens[index]


class Element:
    """``<TAG …`` to ``>``: a head line, children in file order, and the closing line."""

    __slots__ = ("children", "close", "head")

    def __init__(self, head: Line, children: "list[Node]", close: Line) -> None:
        self.head = head
        self.children = children
        self.close = close

    @property
    def tag(self) -> str:
        return self.head.tag

    @property
    def number(self) -> int:
        return self.head.number

    def text(self, index: int, default: str = "") -> str:
        """Token `index` of the head (0 is the tag with its ``<``), or `default` where it is shorter."""
        return self.head.text(index, default)

    def line(self, tag: str) -> Line | None:
        """The first own line (not of a nested element) with that tag."""
        return next(self._iterate(Line, tag), None)

    def lines(self, tag: str | None = None) -> list[Line]:
        """Own lines in file order, all or those with one tag."""
        return list(self._iterate(Line, tag))

    def find(self, tag: str) -> "Element | None":
        """The first child element with that tag."""
        return next(self._iterate(Element, tag), None)

    def find_all(self, tag: str | None = None) -> "list[Element]":
        """Child elements in file order, all or those with one tag."""
        return list(self._iterate(Element, tag))

    def walk(self) -> "Iterator[Element]":
        """This element and every element below it, in file order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.find_all()))

    def index(self, child: "Node") -> int:
        """Position of that very child. Raises RppError when it is not one."""
        for position, candidate in enumerate(self.children):
            if candidate is child:
                return position
        raise RppError(f"{child.tag} is not in {self.tag}.", line_number=self.number)

    def insert(self, position: int, child: "Node") -> None:
        self.children.insert(position, child)

    def remove(self, child: "Node") -> None:
        del self.children[self.index(child)]

    def new_line(self, *texts: str) -> Line:
        """A line with those tokens, indented and ended like the lines of this element; it is not inserted."""
        model = next(self._iterate(Line, None), None)
        indent = _indentation(model.raw) if model else _indentation(self.close.raw) + b"  "
        ending = b"\r\n" if self.head.raw.endswith(b"\r\n") else b"\n"
        return Line(indent + b" ".join(quote(text) for text in texts) + ending)

    def clone(self) -> Self:
        """A deep copy."""
        copy = self._without_children()
        waiting: list[tuple[Element, Element]] = [(self, copy)]
        while waiting:
            source, target = waiting.pop()
            for child in source.children:
                if isinstance(child, Line):
                    target.children.append(Line(child.raw, child.number))
                else:
                    twin = child._without_children()
                    target.children.append(twin)
                    waiting.append((child, twin))
        return copy

    def _iterate(self, kind: type[_Kind], tag: str | None) -> Iterator[_Kind]:
        return (c for c in self.children if isinstance(c, kind) and (tag is None or c.tag == tag))

    def _without_children(self) -> Self:
        return type(self)(Line(self.head.raw, self.number), [], Line(self.close.raw, self.close.number))

    def raw_lines(self) -> Iterator[bytes]:
        """Every line of the element in file order."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Line):
                yield node.raw
            else:
                yield node.head.raw
                waiting.append(node.close)
                waiting.extend(reversed(node.children))

    def to_bytes(self) -> bytes:
        return b"".join(self.raw_lines())


Node = Line | Element


class Project:
    """A parsed file: the root element and the blank lines around it."""

    __slots__ = ("after", "before", "root")

    def __init__(self, before: list[Line], root: Element, after: list[Line]) -> None:
        self.before = before
        self.root = root
        self.after = after

    def find_all(self, tag: str | None = None) -> list[Element]:
        """Elements directly in the project."""
        return self.root.find_all(tag)

    def to_bytes(self) -> bytes:
        """The file: equal to what was parsed unless something was edited."""
        around = [b"".join(line.raw for line in lines) for lines in (self.before, self.after)]
        return around[0] + self.root.to_bytes() + around[1]


def parse(data: bytes, *, root_tag: str = "REAPER_PROJECT") -> Project:
    """Read a project file. Raises RppError with the line number when it is broken or beyond the limits."""
    if len(data) > MAX_BYTES:
        raise RppError(f"The file has {len(data)} bytes.", why=f"Project files up to {MAX_BYTES} bytes are read.")
    before: list[Line] = []
    after: list[Line] = []
    root: Element | None = None
    stack: list[Element] = []
    for number, raw in enumerate(_lines(data), start=1):
        line = Line(raw, number)
        if stack:
            _place(line, stack)
        elif root is None and raw.lstrip(_BLANK)[:1] == _OPEN:
            root = _root(line, root_tag)
            stack.append(root)
        elif raw.strip(_BLANK):
            raise RppError(*_stray(root), line_number=number)
        else:
            (before if root is None else after).append(line)
    if root is None:
        raise RppError("This is not a REAPER project.", line_number=1, why=f"<{root_tag} is missing.")
    if stack:
        raise RppError(
            "The file ends too early.", line_number=stack[-1].number,
            why=f"<{stack[-1].tag} that opens here is not closed.",
            next_step="It may be truncated: use a backup copy (.rpp-bak).",
        )  # fmt: skip
    return Project(before, root, after)


def _place(line: Line, stack: list[Element]) -> None:
    first = line.raw.lstrip(_BLANK)[:1]
    if first == _CLOSE:
        stack.pop().close = line
    elif first == _OPEN:
        element = Element(line, [], line)
        stack[-1].children.append(element)
        stack.append(element)
        if len(stack) > MAX_DEPTH:
            raise RppError(f"Elements are nested more than {MAX_DEPTH} deep.", line_number=line.number)
    else:
        stack[-1].children.append(line)


def _root(line: Line, root_tag: str) -> Element:
    if line.tag != root_tag:
        raise RppError(f"The file starts with <{line.tag[:40]}.", line_number=line.number, why=f"Not with <{root_tag}.")
    return Element(line, [], line)


def _stray(root: Element | None) -> tuple[str]:
    return ("This is not a REAPER project.",) if root is None else ("Text follows the end of the project.",)


def _lines(data: bytes) -> Iterable[bytes]:
    """Lines with their endings. Raises RppError for one that is too long or holds a NUL, and for too many."""
    start, number = 0, 0
    if b"\0" in data:
        raise RppError("The file holds a NUL byte.", line_number=data.count(b"\n", 0, data.index(b"\0")) + 1)
    while start < len(data):
        number += 1
        end = data.find(b"\n", start) + 1 or len(data)
        if end - start > MAX_LINE_BYTES:
            raise RppError(
                f"The line is {end - start} bytes long.", line_number=number, why=f"Limit: {MAX_LINE_BYTES}."
            )
        if number > MAX_LINES:
            raise RppError("There are too many lines.", line_number=number, why=f"Limit: {MAX_LINES}.")
        yield data[start:end]
        start = end


def _indentation(raw: bytes) -> bytes:
    return raw[: len(raw) - len(raw.lstrip(b" \t"))]
