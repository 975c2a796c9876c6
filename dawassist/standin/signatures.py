"""REAPER's function table, and the shape in which its Python binding returns results.

A function with any out parameter returns a tuple: the return value (unless void), then every argument with the outs
replaced; any other function returns a scalar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

_OUT_TYPES = frozenset(
    {"char*", "int*", "double*", "bool*", "float*", "unsigned int*", "unsigned char*", "const char**"}
)


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    returns: str
    arguments: tuple[tuple[str, str], ...]  # (C type, name)
    outs: tuple[int, ...] = field(init=False)  # places of the out parameters

    def __post_init__(self) -> None:
        outs = tuple(place for place, (kind, _) in enumerate(self.arguments) if kind in _OUT_TYPES)
        object.__setattr__(self, "outs", outs)

    def shaped(self, arguments: Sequence[Any], result: Any) -> Any:
        """What Python gets. `result` of a function with outs is (value, out, out, …), without value when void."""
        if not self.outs:
            return _plain(result)
        values = list(result) if isinstance(result, tuple) else [result]
        head = [] if self.returns == "void" else [_plain(values.pop(0))]
        filled = list(arguments)
        for place, value in zip(self.outs, values, strict=True):
            filled[place] = _plain(value)
        return tuple(head + filled)


@cache
def signatures() -> dict[str, Signature]:
    """Every function by name."""
    text = (files("dawassist.standin") / "signatures.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, returns, *arguments = line.split("\t")
        pairs = tuple((kind, argument) for kind, _, argument in (each.rpartition(":") for each in arguments))
        found[name] = Signature(name, returns, pairs)
    return found


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
