"""Reading MixologyDB's `mixes.json`: mixes by engineers, track by track, with what is missing or nonsense left out.

The table holds numbers as strings with units, two labels for overheads, and any peaking band under the name NOTCH.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = "https://github.com/mclemcrew/MixologyDB"
LICENSE = "MIT, © 2023 Michael Clemens"
ROLES = {
    "DRUMS:KICK": "kick",
    "DRUMS:SNARE": "snare",
    "DRUMS:TOM": "tom",
    "DRUMS:HI-HAT": "hat",
    "DRUMS:OVERHEAD": "overhead",
    "DRUMS:OVERHEADS": "overhead",
    "DRUMS:CRASH": "overhead",
    "DRUMS:RIDE": "overhead",
    "DRUMS:TAMBOURINE": "percussion",
    "DRUMS:MISC": "percussion",
    "BASS:ELECTRIC": "bass",
    "GUITARS:ELECTRIC": "electric_guitar",
    "GUITARS:ACOUSTIC": "acoustic_guitar",
    "KEYS:ELECTRIC": "keys",
    "KEYS:ACOUSTIC": "keys",
    "VOCALS:LEAD": "lead_vocal",
    "VOCALS:BACKGROUND": "backing_vocal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedTrack:
    """A track of the table: `label` as written there (TYPE:SUBTYPE), `role` in our words ("unknown" without one).

    `fader_db` and `raw_lufs` are None where they are missing; `pan` −1..1 of a mono track; `parameters` as written.
    """

    name: str
    file: str
    label: str
    role: str
    is_mono: bool
    raw_lufs: float | None
    fader_db: float | None
    pan: float | None
    pans: tuple[float, ...]
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One engineer's mix of one song."""

    name: str
    song: str
    tracks: tuple[MixedTrack, ...]

    @property
    def leveled(self) -> "LeveledMix":
        """The tracks with a loudness and a fader."""
        tracks = tuple(t for t in self.tracks if t.raw_lufs is not None and t.fader_db is not None)
        raw = np.array([t.raw_lufs for t in tracks], dtype=np.float64)
        fader = np.array([t.fader_db for t in tracks], dtype=np.float64)
        return LeveledMix(song=self.song, tracks=tracks, raw_lufs=raw, level_lufs=raw + fader)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeveledMix:
    """`level_lufs` is raw integrated LUFS + fader, before inserts."""

    song: str
    tracks: tuple[MixedTrack, ...]
    raw_lufs: np.ndarray
    level_lufs: np.ndarray

    @property
    def roles(self) -> list[str]:
        return [track.role for track in self.tracks]

    @property
    def labels(self) -> list[str]:
        return [track.label for track in self.tracks]


def read_mixes(path: Path) -> tuple[Mix, ...]:
    return parse_mixes(path.read_bytes())


def parse_mixes(content: bytes) -> tuple[Mix, ...]:
    return tuple(
        Mix(name=str(mix["mix-name"]), song=str(mix["song-name"]), tracks=tuple(map(_track, mix["tracks"])))
        for mix in json.loads(content)["mixes"]
    )


def number(value: object) -> float | None:
    """A number that may be a string with a unit; None for anything else."""
    try:
        found = float(str(value).split()[0])
    except (ValueError, IndexError):
        return None
    return found if np.isfinite(found) else None


def plainly(value: float) -> str:
    """Three significant digits without an exponent."""
    return np.format_float_positional(value, precision=3, fractional=False, trim="-")


def _track(track: dict[str, Any]) -> MixedTrack:
    parameters = track.get("parameters") or {}
    features = track.get("track-audio-features") or {}
    label = f"{track.get('track-instrument-type')}:{track.get('track-instrument-subtype')}"
    is_mono = track.get("channel-mode") == "MONO"
    pans = _pans(parameters.get("pan"))
    return MixedTrack(
        name=str(track.get("track-name")),
        file=str(features.get("track-audio-path")),
        label=label,
        role=ROLES.get(label, "unknown"),
        is_mono=is_mono,
        raw_lufs=number(features.get("track-audio-lufs")),
        fader_db=number(parameters.get("gain")),
        pan=pans[0] if is_mono and len(pans) == 1 else None,
        pans=pans,
        parameters=parameters,
    )


def _pans(values: object) -> tuple[float, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    found = [number(value) for value in values]
    return tuple(pan / 100 for pan in found if pan is not None and abs(pan) <= 100)
