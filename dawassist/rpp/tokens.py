"""Tokens of one project line: finding them, quoting them, and printing numbers as REAPER does.

Quotes are ``"``, ``'`` and a backtick; there are no escapes. A token that starts with a quote ends at the next
quote of the same kind. Text is UTF-8 with surrogate escapes, so that bytes of any encoding survive.
"""

import math
import re
from typing import NamedTuple

from dawassist.errors import InputError

_TOKEN = re.compile(rb'"([^"\r\n]*)"?|\'([^\'\r\n]*)\'?|`([^`\r\n]*)`?|([^ \t\r\n"\'`][^ \t\r\n]*)')
_DECIMALS = 14


class Token(NamedTuple):
    """A token's text and the bytes it covers in its line, quotes included."""

    text: str
    start: int
    end: int
    quoted: bool


def decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def tokenize(line: bytes) -> tuple[Token, ...]:
    """The tokens of a line; the ``<`` that opens an element belongs to its tag's token."""
    found = []
    for match in _TOKEN.finditer(line):
        group = match.lastindex or 1
        found.append(Token(decode(match.group(group) or b""), match.start(), match.end(), group != 4))
    return tuple(found)


def quote(text: str, *, always: bool = False) -> bytes:
    """`text` as a token: bare where REAPER writes it bare, else in the first quote that it does not contain.

    Raises InputError when it holds a line break, or all three kinds of quote (the format has no escape for that).
    """
    if any(character in text for character in "\r\n\0"):
        raise InputError(f"The text {text!r} cannot be written to a project file.", why="It holds a line break.")
    bare = text and text[0] not in "\"'`#;<>|" and not any(space in text for space in " \t")
    if bare and not always:
        return encode(text)
    for mark in "\"'`":
        if mark not in text:
            return encode(f"{mark}{text}{mark}")
    raise InputError(f"The text {text!r} cannot be written to a project file.", why="It holds all three quotes.")


def number_text(value: float) -> str:
    """A number as REAPER writes it: at most 14 decimals, no exponent, no trailing zeros. Finite numbers only."""
    if not math.isfinite(value):
        raise InputError(f"{value} cannot be written to a project file.", why="It is not a finite number.")
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
