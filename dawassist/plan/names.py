"""Track names taken apart: words without accents and case, and the marks of a microphone, side or take."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

Side = Literal["", "L", "R"]
_EXTENSION = re.compile(r"\.(wav|aiff?|flac|mp3|ogg|m4a)$", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?!808\b)\d{1,3}[\s._\-)]+(?=\S)")  # "03 Kick", "12_OH"; not "808 Kick" or "2"
_CHUNK = re.compile(r"[^\W_]+")
_SPLIT = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=\w)(?=[左右上下])"
)
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "œ": "oe", "ı": "i"})


@dataclass(frozen=True, slots=True)
class NameParts:
    """`words` in order; `stem` is what is left without side, microphone and number: equal for one source."""

    words: tuple[str, ...]
    stem: tuple[str, ...]
    side: Side
    microphones: tuple[str, ...]
    number: str


@lru_cache(maxsize=4096)
def name_parts(name: str) -> NameParts:
    """Take a name apart: ``"03 Kick_In.wav"`` → words kick in, stem kick, microphone in; numbering is dropped."""
    pieces = _pieces(_NUMBERING.sub("", _EXTENSION.sub("", name.strip())))
    words = tuple(piece for piece in pieces if not piece.isdecimal() or piece == "808")
    marks = _marks()
    sides = [piece for piece in words if piece in marks["left"] or piece in marks["right"]]
    side: Side = "" if len(sides) != 1 or len(words) == 1 else "L" if sides[0] in marks["left"] else "R"
    rest = [piece for piece in pieces if not side or piece != sides[0]]
    is_mark = [place > 0 and (piece in marks["places"] or piece in marks["models"]) for place, piece in enumerate(rest)]
    microphones = tuple(piece for piece, marked in zip(rest, is_mark, strict=True) if marked)
    kept = [piece for piece, marked in zip(rest, is_mark, strict=True) if not marked]
    stem = tuple(piece for piece in kept if not piece.isdecimal() or piece == "808")
    return NameParts(words, stem, side, microphones, "-".join(piece for piece in kept if piece not in stem))


def without_accents(text: str) -> str:
    """Letters without their marks: ``Violão`` → ``Violao``."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _marks() -> dict[str, frozenset[str]]:
    data = tomllib.loads((files("dawassist.plan") / "name_marks.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(words) for kind, words in data.items()}


def _pieces(name: str) -> list[str]:
    """Words and numbers in lower case; a microphone's model, such as SM57, stays one piece."""
    found: list[str] = []
    for chunk in _CHUNK.findall(without_accents(name)):
        found += [chunk] if chunk.lower() in _marks()["models"] else _SPLIT.split(chunk)
    return [piece.lower() for piece in found if piece]
