"""A whole drum kit on one track, which the table does not hold: the microphones of each mix added up.

Where engineers keep the sum tells where they keep a track of drums that were bounced, played by a machine or looped.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dawassist.plan.level_prior import LevelModel, LevelRecord, RoleLevel, level_prior
from fitting.mixologydb import LeveledMix

ROLE = "drums"
_FILE = "kit"
_MICROPHONES = frozenset({"kick", "snare", "tom", "hat", "overhead"})
_FEWEST = 4  # microphones of a kit


def with_kits(mixes: Sequence[LeveledMix]) -> list[LeveledMix]:
    """The mixes that hold a kit, with one track in place of its microphones: the last one."""
    return [found for mix in mixes if (found := _with_kit(mix)) is not None]


def kit_level(mixes: Sequence[LeveledMix], model: LevelModel, spread_lu: float) -> RoleLevel:
    """The role of a kit under a model of single tracks: the median of what is left to explain, against other tracks."""
    offsets = [_offset_lu(mix, model) for mix in mixes]
    songs = {mix.song for mix in mixes}
    return RoleLevel(
        level_lu=float(np.median(offsets)),
        spread_lu=spread_lu,
        move_precision=np.nan,
        tracks=len(mixes),
        files=len(songs),
    )


def _with_kit(mix: LeveledMix) -> LeveledMix | None:
    is_kit = np.array([role in _MICROPHONES for role in mix.roles], dtype=np.bool_)
    if is_kit.sum() < _FEWEST or is_kit.all():
        return None
    kept = [track for track, of_kit in zip(mix.tracks, is_kit, strict=True) if not of_kit]
    kit = replace(mix.tracks[int(np.flatnonzero(is_kit)[0])], name="Drums", file=_FILE, label="DRUMS:KIT", role=ROLE)
    raw_lufs, level_lufs = (np.append(each[~is_kit], _sum_db(each[is_kit])) for each in (mix.raw_lufs, mix.level_lufs))
    return LeveledMix(song=mix.song, tracks=(*kept, kit), raw_lufs=raw_lufs, level_lufs=level_lufs)


def _offset_lu(mix: LeveledMix, model: LevelModel) -> float:
    pairs = zip(mix.roles, mix.raw_lufs, strict=True)
    records = [LevelRecord(role=role, raw_lufs=float(raw)) for role, raw in pairs]
    expected = np.array([target.level_lu for target in level_prior(records, model, trust=1.0)])
    expected[-1] = model.between_roles * (mix.raw_lufs[-1] - mix.raw_lufs.mean())
    left = mix.level_lufs - expected
    return float(left[-1] - np.median(left[:-1]))


def _sum_db(levels: np.ndarray) -> float:
    return float(10.0 * np.log10(np.sum(10.0 ** (levels / 10.0))))
