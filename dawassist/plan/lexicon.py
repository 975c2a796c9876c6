"""The words of many languages that name a role, see lexicon.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from dawassist.plan.names import name_parts

WORD, WEAK, HINT = 0.95, 0.65, 0.5


@cache
def lexicon() -> tuple[tuple[tuple[str, ...], str, float], ...]:
    """(words of a phrase, role, strength), longest phrase first."""
    entries = {
        (name_parts(phrase).words, role, strength)
        for role, lists in _lists().items()
        for kind, strength in (("words", WORD), ("weak", WEAK), ("hints", HINT))
        for phrase in lists.get(kind, ())
    }
    return tuple(sorted(entries, key=lambda entry: (-len(entry[0]), -len("".join(entry[0])), entry)))


def known_roles() -> tuple[str, ...]:
    """Every role that a name can have, for pinning."""
    return tuple(_lists())


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("dawassist.plan") / "lexicon.toml").read_text(encoding="utf-8"))
