"""Labelled track names: three lists in ten languages, and those of MixologyDB by song."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NameList = Literal["development", "held_out", "independent"]
_MIXOLOGY_ROLES = {  # its labels: rooms are overheads there, synths are keys
    ("DRUMS", "KICK"): ("kick",), ("DRUMS", "SNARE"): ("snare",), ("DRUMS", "TOM"): ("tom",),
    ("DRUMS", "HI-HAT"): ("hat",), ("DRUMS", "OVERHEAD"): ("overhead", "room"),
    ("DRUMS", "OVERHEADS"): ("overhead", "room"), ("DRUMS", "CRASH"): ("overhead",), ("DRUMS", "RIDE"): ("overhead",),
    ("DRUMS", "TAMBOURINE"): ("percussion",), ("DRUMS", "MISC"): ("percussion", "drums"),
    ("BASS", "ELECTRIC"): ("bass",),
    ("GUITARS", "ELECTRIC"): ("electric_guitar",), ("GUITARS", "ACOUSTIC"): ("acoustic_guitar",),
    ("KEYS", "ELECTRIC"): ("keys", "synth"), ("KEYS", "ACOUSTIC"): ("keys",),
    ("VOCALS", "LEAD"): ("lead_vocal",), ("VOCALS", "BACKGROUND"): ("backing_vocal",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledName:
    """`roles` are those that count as right, the label's own first; `group` is the language or song."""

    name: str
    roles: tuple[str, ...]
    group: str


def written_names(which: NameList) -> Iterator[LabelledName]:
    path = Path(__file__).parent / f"role_names_{which}.toml"
    for language, roles in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for role, names in roles.items():
            yield from (LabelledName(name=name, roles=(role,), group=language) for name in names)


def mixology_names(path: Path) -> list[LabelledName]:
    """Every distinct name of every song once, with the label that most mixes of the song gave it."""
    labels: dict[tuple[str, str], Counter[tuple[str, ...]]] = {}
    for mix in json.loads(path.read_text(encoding="utf-8"))["mixes"]:
        for track in mix["tracks"]:
            roles = _MIXOLOGY_ROLES.get((track.get("track-instrument-type"), track.get("track-instrument-subtype")))
            if roles:
                labels.setdefault((mix["song-name"], track["track-name"]), Counter())[roles] += 1
    return [
        LabelledName(name=name, roles=found.most_common(1)[0][0], group=song)
        for (song, name), found in sorted(labels.items())
    ]
