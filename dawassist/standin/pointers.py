"""Pointers as REAPER's Python binding shows them: ``(MediaTrack*)0x…`` texts that may be stale or invented."""

import re
from typing import Any

_TEXT = re.compile(r"\((\w+)\*\)0x([0-9A-Fa-f]{16})")
_FIRST_ADDRESS = 0x10000000
_STEP = 0x100


class Pointers:
    """Gives every object an address for its life. An address is never given twice."""

    def __init__(self) -> None:
        self._objects: dict[int, tuple[str, Any]] = {}
        self._addresses: dict[int, int] = {}
        self._by_text: dict[str, tuple[str, Any]] = {}
        self._next = _FIRST_ADDRESS

    def text(self, kind: str, thing: Any) -> str:
        """The pointer of an object, the null pointer for None."""
        return f"({kind}*)0x{self.address(kind, thing):016X}"

    def address(self, kind: str, thing: Any) -> int:
        if thing is None:
            return 0
        if id(thing) not in self._addresses:
            self._addresses[id(thing)] = self._next
            self._objects[self._next] = (kind, thing)
            self._by_text[f"({kind}*)0x{self._next:016X}"] = (kind, thing)
            self._next += _STEP
        return self._addresses[id(thing)]

    def get(self, kind: str, text: object) -> Any | None:
        """The object behind a pointer text (or a number), None when it is null, stale, or of another kind."""
        known = self._by_text.get(text) if isinstance(text, str) else None
        if known is not None:
            return known[1] if known[0] == kind else None
        if isinstance(text, int | float):
            address = int(text)
        else:
            match = _TEXT.fullmatch(str(text))
            if match is None or match.group(1) != kind:
                return None
            address = int(match.group(2), 16)
        found = self._objects.get(address)
        return found[1] if found is not None and found[0] == kind else None

    def forget(self, thing: Any) -> None:
        """The object is gone: its pointers are stale from now on."""
        address = self._addresses.pop(id(thing), None)
        if address is not None:
            kind, _ = self._objects.pop(address)
            del self._by_text[f"({kind}*)0x{address:016X}"]

    def packed(self, kind: str, text: object) -> int:
        """`rpr_packp`: the address of a valid pointer, else 0."""
        thing = self.get(kind.rstrip("*"), text)
        return 0 if thing is None else self.address(kind.rstrip("*"), thing)
