"""Words in names that mark a side, a microphone's place or model, or tell no role, see name_marks.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def marks() -> Mapping[str, frozenset[str]]:
    """By kind: left, right, places, models, silent."""
    data = tomllib.loads((files("dawassist.plan") / "name_marks.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(words) for kind, words in data.items()}
