"""Rows and mixes as MixologyDB has them, made up."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from fitting.mixologydb import ROLES, LeveledMix, MixedTrack


def make_row(
    label: str,
    raw_lufs: float = -20.0,
    fader_db: float = 0.0,
    *,
    file: str = "",
    pans: tuple[float, ...] = (0.0,),
    **parameters: Any,
) -> MixedTrack:
    """One pan makes a mono track, two a stereo one; `parameters` as the table writes them."""
    is_mono = len(pans) == 1
    return MixedTrack(
        name=f"{label} {raw_lufs}", file=file or f"{label}.wav", label=label, role=ROLES.get(label, "unknown"),
        is_mono=is_mono, raw_lufs=raw_lufs, fader_db=fader_db, pan=pans[0] if is_mono else None, pans=pans,
        parameters=parameters,
    )  # fmt: skip


def make_mix(rows: Sequence[MixedTrack], song: str = "Iron") -> LeveledMix:
    raw = np.array([track.raw_lufs for track in rows])
    fader = np.array([track.fader_db for track in rows])
    return LeveledMix(song=song, tracks=tuple(rows), raw_lufs=raw, level_lufs=raw + fader)
