"""Track names taken apart: words without accents and case, and the marks of a microphone, side or take."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Side = Literal["", "L", "R"]
_EXTENSION = re.compile(r"\.(wav|aiff?|flac|mp3|ogg|m4a)$", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?!808\b)\d{1,3}[\s._\-)]+(?=\S)")  # "03 Kick", "12_OH"; not "808 Kick" or "2"
_CHUNK = re.compile(r"[^\W_]+")
_SPLIT = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=\w)(?=[左右上下])"
)
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "œ": "oe", "ı": "i"})
_LEFT = frozenset(
    [
        "l",
        "left",
        "lt",
        "lft",
        "links",
        "gauche",
        "izq",
        "izquierda",
        "izquierdo",
        "sx",
        "sinistra",
        "esquerda",
        "esquerdo",
        "lewy",
        "lewa",
        "левыи",
        "левая",
        "лев",
        "左",
    ]
)
_RIGHT = frozenset(
    [
        "r",
        "right",
        "rt",
        "rgt",
        "rechts",
        "droite",
        "dcha",
        "derecha",
        "derecho",
        "dx",
        "destra",
        "direita",
        "direito",
        "prawy",
        "prawa",
        "правыи",
        "правая",
        "прав",
        "右",
    ]
)
_PLACES = frozenset(
    [
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
        "line",
        "direct",
        "close",
        "far",
        "near",
        "spot",
        "shell",
        "beater",
        "hole",
        "front",
        "back",
        "ribbon",
        "tube",
        "beta",
        "oben",
        "unten",
        "innen",
        "aussen",
        "dessus",
        "dessous",
        "interieur",
        "exterieur",
        "sopra",
        "sotto",
        "arriba",
        "abajo",
        "dentro",
        "fuera",
        "fora",
        "cima",
        "gora",
        "dol",
        "верх",
        "низ",
        "внутри",
        "снаружи",
        "上",
        "下",
    ]
)
_MODELS = frozenset(
    [
        "sm57",
        "sm58",
        "sm7",
        "sm7b",
        "sm81",
        "r121",
        "r84",
        "md421",
        "md441",
        "d112",
        "d6",
        "d12",
        "re20",
        "re320",
        "beta52",
        "beta57",
        "beta58",
        "beta87",
        "beta91",
        "b52",
        "b91",
        "u47",
        "u67",
        "u87",
        "c12",
        "c414",
        "c451",
        "km84",
        "km184",
        "e604",
        "e609",
        "e901",
        "e902",
        "e904",
        "e906",
        "i5",
        "m88",
        "m160",
        "m201",
        "tlm102",
        "tlm103",
        "tlm170",
        "akg414",
        "elam251",
        "57",
        "58",
        "121",
        "421",
        "414",
        "451",
        "609",
        "906",
        "112",
    ]
)


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
    sides = [piece for piece in words if piece in _LEFT or piece in _RIGHT]
    side: Side = "" if len(sides) != 1 or len(words) == 1 else "L" if sides[0] in _LEFT else "R"
    rest = [piece for piece in pieces if not side or piece != sides[0]]
    is_mark = [place > 0 and (piece in _PLACES or piece in _MODELS) for place, piece in enumerate(rest)]
    marks = tuple(piece for piece, marked in zip(rest, is_mark, strict=True) if marked)
    kept = [piece for piece, marked in zip(rest, is_mark, strict=True) if not marked]
    stem = tuple(piece for piece in kept if not piece.isdecimal() or piece == "808")
    return NameParts(words, stem, side, marks, "-".join(piece for piece in kept if piece not in stem))


def without_accents(text: str) -> str:
    """Letters without their marks: ``Violão`` → ``Violao``."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _pieces(name: str) -> list[str]:
    """Words and numbers in lower case; a microphone's model, such as SM57, stays one piece."""
    found: list[str] = []
    for chunk in _CHUNK.findall(without_accents(name)):
        found += [chunk] if chunk.lower() in _MODELS else _SPLIT.split(chunk)
    return [piece.lower() for piece in found if piece]
