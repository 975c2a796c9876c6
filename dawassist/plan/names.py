"""Track names taken apart: words without accents and case, and the marks of a microphone, side or take."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dawassist.plan.name_marks import marks

Side = Literal["", "L", "R"]
_EXTENSION = re.compile(r"\.(wav|aiff?|flac|mp3|ogg|m4a)$", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?!808\b)\d{1,3}[\s._\-)]+(?=\S)")  # "03 Kick", "12_OH"; not "808 Kick" or "2"
_CHUNK = re.compile(r"[^\W_]+")
_SPLIT = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=\w)(?=[左右上下])"
)
_VOICED_KANA = "\u3099\u309a"
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
    known = marks()
    sides = [piece for piece in words if piece in known["left"] or piece in known["right"]]
    side: Side = "" if len(sides) != 1 or len(words) == 1 else "L" if sides[0] in known["left"] else "R"
    rest = [piece for piece in pieces if not side or piece != sides[0]]
    is_mark = [place > 0 and (piece in known["places"] or piece in known["models"]) for place, piece in enumerate(rest)]
    microphones = tuple(piece for piece, marked in zip(rest, is_mark, strict=True) if marked)
    kept = [piece for piece, marked in zip(rest, is_mark, strict=True) if not marked]
    stem = tuple(piece for piece in kept if not piece.isdecimal() or piece == "808")
    return NameParts(words, stem, side, microphones, "-".join(piece for piece in kept if piece not in stem))


def without_accents(text: str) -> str:
    """Letters without their marks: ``Violão`` → ``Violao``; voiced kana keep theirs, they are other sounds."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    kept = (mark for mark in decomposed if mark in _VOICED_KANA or not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", "".join(kept))


def _pieces(name: str) -> list[str]:
    """Words and numbers in lower case; a microphone's model, such as SM57, stays one piece."""
    found: list[str] = []
    for chunk in _CHUNK.findall(without_accents(name)):
        found += [chunk] if chunk.lower() in marks()["models"] else _SPLIT.split(chunk)
    return [piece.lower() for piece in found if piece]
