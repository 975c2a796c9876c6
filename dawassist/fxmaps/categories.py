"""What kind of tool a plug-in is, by its name alone: for advice, for placement, and so that none is inserted twice.

`plugins.toml` lists common products; the longest one in a name decides. The words of `categories.toml` tell the rest.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

Category = Literal[
    "equalizer", "resonance", "compressor", "transient", "gate", "limiter", "deesser", "saturation", "amp", "strip",
    "reverb", "delay", "pitch", "modulation", "imager", "meter", "room_correction", "restoration", "instrument",
]  # fmt: skip
Words = tuple[str, ...]
_STRIP: frozenset[Category] = frozenset({"strip", "equalizer", "compressor"})  # what a channel strip is at once
_INSTRUMENT = re.compile(r"^(VST3?|AU|CLAP|LV2)i: ")
_WITH_KIND = re.compile(r"^(AU: [^:]+|\w+): ")  # Audio Units come with their maker: `AU: FabFilter: Pro-Q 3`
_MAKER = re.compile(r"(\s*\([^()]*\))+\s*$")  # and its channels: `(Waves) (mono)`
_BETWEEN = re.compile(r"[^a-z0-9+]+")


@cache
def products() -> Mapping[Category, Mapping[str, Sequence[str]]]:
    """Names of products by category and maker, from the shipped table."""
    found: Mapping[Category, Mapping[str, Sequence[str]]] = _table("plugins.toml")
    return found


@lru_cache(maxsize=1 << 12)
def categories_of(name: str, file: str = "") -> frozenset[Category]:
    """The categories of a plug-in by REAPER's name of it and its file name; empty for one that nothing tells."""
    if _INSTRUMENT.match(name):
        return frozenset({"instrument"})
    own = product_name(name)
    stem = file.replace("\\", "/").rpartition("/")[2].partition("<")[0].rpartition(".")[0]
    texts = [words_of(own), words_of(stem)]
    listed = [kind for text in texts for kind in _listed(text)[:1]]
    kinds = frozenset(listed[:1]) or frozenset(kind for text in texts for kind in _told(text))
    return kinds | _STRIP if "strip" in kinds else kinds


def product_name(name: str) -> str:
    """REAPER's name of a plug-in without its kind, its maker and its channels: `VST3: CLA-76 (Waves) (mono)`."""
    return _MAKER.sub("", _WITH_KIND.sub("", name))


def words_of(name: str) -> Words:
    """A name as words in small letters, without apostrophes and what else stands between them."""
    return tuple(_BETWEEN.sub(" ", name.lower().replace("'", "").replace("’", "")).split())


def _listed(text: Words) -> list[Category]:
    """The category of every product in a name, the longest first."""
    found = [(len("".join(words)), kind) for words, kind in _within(text, _by_first_word())]
    return [kind for _, kind in sorted(found, key=lambda each: -each[0])]


def _told(text: Words) -> set[Category]:
    """By single words; of nested ones (“tape”, “tape echo”) the longer one counts."""
    found = list(_within(text, _terms()))
    longer = [words for words, _ in found]
    return {kind for words, kind in found if not any(_is_part(words, other) for other in longer)}


def _is_part(words: Words, other: Words) -> bool:
    return len(words) < len(other) and any(
        other[k : k + len(words)] == words for k in range(len(other) - len(words) + 1)
    )


def _within(text: Words, names: Mapping[str, Sequence[tuple[Words, Category]]]) -> Iterator[tuple[Words, Category]]:
    for start, word in enumerate(text):
        for first in {word, _unnumbered(word)}:
            yield from (each for each in names.get(first, ()) if _stands_at(text, start, each[0]))


def _stands_at(text: Words, start: int, words: Words) -> bool:
    """Numbers of versions may stand between the words of a product (“Ozone 11 Equalizer”) and right behind it."""
    place = start
    for number, word in enumerate(words):
        if number and place < len(text) and text[place].isdigit() and text[place] != word:
            place += 1
        if place >= len(text) or word not in (text[place], _unnumbered(text[place])):
            return False
        place += 1
    return True


def _unnumbered(word: str) -> str:
    """“soothe2” is “soothe”; “pro q3” is “pro q”. Names that end in a number of their own are listed with it."""
    return word.rstrip("0123456789") or word


@cache
def _by_first_word() -> Mapping[str, Sequence[tuple[Words, Category]]]:
    return _by_first(
        (words_of(name), kind) for kind, makers in products().items() for names in makers.values() for name in names
    )


@cache
def _terms() -> Mapping[str, Sequence[tuple[Words, Category]]]:
    table: Mapping[Category, Sequence[str]] = _table("categories.toml")
    return _by_first((words_of(term), kind) for kind, terms in table.items() for term in terms)


def _by_first(names: Iterator[tuple[Words, Category]]) -> Mapping[str, Sequence[tuple[Words, Category]]]:
    found: dict[str, list[tuple[Words, Category]]] = {}
    for words, kind in names:
        found.setdefault(words[0], []).append((words, kind))
    return found


def _table(name: str) -> Any:
    return tomllib.loads((resources.files("dawassist.fxmaps") / name).read_text("utf-8"))
