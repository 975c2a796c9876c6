"""Track names taken apart: words without accents and case, and the marks of a microphone, side or take."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Side = Literal["", "L", "R"]
_SPLIT = re.compile(r"[^\w&]+|_+|(?<=[a-z])(?=[A-Z])|(?<=[A-Za-zÀ-ÿ])(?=\d)|(?<=\d)(?=[A-Za-zÀ-ÿ])")
_MICROPHONES = frozenset(
    {
        "in",
        "out",
        "inside",
        "outside",
        "sub",
        "top",
        "bot",
        "bottom",
        "btm",
        "tp",
        "up",
        "dn",
        "down",
        "under",
        "over",
        "di",
        "amp",
        "cab",
        "mic",
        "dry",
        "wet",
        "sm57",
        "sm58",
        "r121",
        "md421",
        "d112",
        "re20",
        "beta",
        "u87",
        "u47",
        "c414",
        "close",
        "far",
        "near",
        "spot",
        "shell",
        "beater",
        "hole",
        "ribbon",
        "tube",
    }
)
_LEFT, _RIGHT = frozenset(("l", "left", "lt")), frozenset(("r", "right", "rt"))


@dataclass(frozen=True, slots=True)
class NameParts:
    """`words` in order; `stem` is what is left without side, microphone and number: equal for one source."""

    words: tuple[str, ...]
    stem: tuple[str, ...]
    side: Side
    microphones: tuple[str, ...]
    number: str


def name_parts(name: str) -> NameParts:
    """Take a name apart: ``"03 Kick_In.wav"`` → words kick in, stem kick, microphone in."""
    text = re.sub(r"\.(wav|aiff?|flac|mp3|ogg|m4a)$", "", name.strip(), flags=re.IGNORECASE)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    pieces = [piece for piece in _SPLIT.split(plain) if piece]
    words = tuple(piece.lower() for piece in pieces if not piece.isdigit() or piece == "808")
    numbers = [piece for piece in pieces if piece.isdigit() and piece != "808"]
    side: Side = "L" if words and words[-1] in _LEFT else "R" if words and words[-1] in _RIGHT else ""
    rest = words[:-1] if side else words
    microphones = tuple(word for word in rest[1:] if word in _MICROPHONES)
    stem = tuple(word for place, word in enumerate(rest) if place == 0 or word not in _MICROPHONES)
    return NameParts(words, stem, side, microphones, numbers[-1] if numbers else "")
