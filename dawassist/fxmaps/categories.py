"""What kind of tool a plug-in is, by its name alone: a small table of common ones, for advice and for placement."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, get_args

Category = Literal[
    "equalizer", "compressor", "gate", "reverb", "delay", "limiter", "deesser", "saturation", "instrument"
]  # fmt: skip
_INSTRUMENT = re.compile(r"^(VST3?|AU|CLAP|LV2)i: ")
_WITH_KIND = re.compile(r"^\w+: ")
_MAKER = re.compile(r"\([^()]*\)\s*$")


@cache
def category_patterns() -> Mapping[Category, re.Pattern[str]]:
    """One pattern of whole words per category, from the shipped table."""
    text = (resources.files("dawassist.fxmaps") / "categories.toml").read_text("utf-8")
    data = tomllib.loads(text)
    names: dict[Category, list[str]] = {kind: list(data["categories"].get(kind, ())) for kind in get_args(Category)}
    for kind in data["strips"]["are"]:
        names[kind] += data["strips"]["names"]
    return {kind: _any_of(words) for kind, words in names.items() if words}


@lru_cache(maxsize=1 << 12)
def categories_of(name: str, file: str = "") -> frozenset[Category]:
    """The categories of a plug-in by REAPER's name of it and its file name; empty for one that is not in the table."""
    if _INSTRUMENT.match(name):
        return frozenset({"instrument"})
    own = _MAKER.sub("", _WITH_KIND.sub("", name))
    stem = file.replace("\\", "/").rpartition("/")[2].partition("<")[0].rpartition(".")[0]
    texts = (own.lower(), stem.lower())
    return frozenset(
        kind for kind, pattern in category_patterns().items() if any(pattern.search(text) for text in texts)
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile(r"(?<![a-z0-9])(" + "|".join(map(re.escape, longest_first)) + r")(?![a-z0-9])")
