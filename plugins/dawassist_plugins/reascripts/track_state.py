"""What REAPER would save of a track, as a digest: equal digests, equal sound of its items, notes and plug-ins."""

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from dawassist_plugins.reascripts.addresses import Addresses
from dawassist_plugins.reascripts.api import call

LONGEST_CHARACTERS = 4 << 20  # REAPER's Python binding holds no more
_UNHEARD = frozenset(
    {"NAME", "PEAKCOL", "SEL", "SHOWINMIX", "TRACKHEIGHT", "INQ", "LAYOUTS", "VU", "REC", "WNDRECT", "SHOW", "LASTSEL",
     "DOCKED", "FLOAT", "FLOATPOS"}
)  # fmt: skip
_AFTER_FADER_INPUT = frozenset(
    {"VOLPAN", "MUTESOLO", "MAINSEND", "AUTOMODE", "PANLAW", "PANLAWFLAGS", "HWOUT", "VOLENV2", "VOLENV3", "PANENV2",
     "WIDTHENV2", "MUTEENV", "DUALPANENVL2", "DUALPANENV2"}
)  # fmt: skip


def read(payload: dict[str, Any]) -> dict[str, str]:
    """``{"track": guid}``: digests of the whole track and of what is heard at its fader input. Raises Gone.

    Both are "" when REAPER cannot tell all of it.
    """
    track = Addresses().track(str(payload["track"]))
    try:
        found = call("GetTrackStateChunk", track, "", LONGEST_CHARACTERS, False)
        is_whole, text = bool(found[0]), str(found[2])
    except UnicodeDecodeError:
        is_whole, text = False, ""
    if not is_whole or len(text) >= LONGEST_CHARACTERS - 1:
        return {"whole": "", "before_fader": ""}
    return {"whole": _digest(text, ()), "before_fader": _digest(text, _AFTER_FADER_INPUT)}


def _digest(text: str, left_out: Collection[str]) -> str:
    return hashlib.sha256("\n".join(_heard(text, left_out)).encode()).hexdigest()


def _heard(text: str, left_out: Collection[str]) -> Iterator[str]:
    """The lines that matter; `left_out` are lines and blocks of the track itself."""
    depth, skipped_from = 0, 0
    for line in map(str.strip, text.splitlines()):
        word = line.partition(" ")[0]
        opens, closes = word.startswith("<"), word == ">"
        depth += opens
        own_depth = 2 if opens else 1
        if opens and depth == own_depth and word[1:] in left_out:
            skipped_from = skipped_from or depth
        is_left_out = skipped_from or word in _UNHEARD or (depth == own_depth and word in left_out)
        if not is_left_out:
            yield line
        if closes:
            skipped_from = 0 if depth == skipped_from else skipped_from
            depth -= 1
