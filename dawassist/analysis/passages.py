"""Levels of passages of one track: items, takes and phrases, from its level in steps of 5 ms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.level_curve import STEP_SECONDS
from dawassist.analysis.model import TrackAnalysis

Values = npt.NDArray[np.float64]
_SOUNDING_DB = -15.0  # under the loudest twentieth: pauses count no more than for a gated loudness
_LEAST_SECONDS = 0.5  # of sound: less, and a passage has no level
_FLOOR_PERCENTILE = 3
_FLOOR_UNDER_DB, _LOWEST_FLOOR_DBFS = 20.0, -100.0
_EDGE_SECONDS = 0.05  # fades at the ends of an item


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageLevel:
    """`level_dbfs` of what sounds; `floor_dbfs` of what is under it in its pauses, None where nothing is."""

    start_seconds: float
    end_seconds: float
    level_dbfs: float
    floor_dbfs: float | None


def passage_level(
    measured: TrackAnalysis, origin_seconds: float, start_seconds: float, end_seconds: float
) -> PassageLevel | None:
    """`origin_seconds` is where the analysis begins. None where less than half a second sounds."""
    if measured.levels is None:
        return None
    first = round((start_seconds + _EDGE_SECONDS - origin_seconds) / STEP_SECONDS)
    last = round((end_seconds - _EDGE_SECONDS - origin_seconds) / STEP_SECONDS)
    level_db = measured.levels.level_dbfs[max(first, 0) : max(last, 0)].astype(np.float64)
    if len(level_db) * STEP_SECONDS < _LEAST_SECONDS:
        return None
    loud_db = float(np.percentile(level_db, 95))
    sounds = level_db > loud_db + _SOUNDING_DB
    if loud_db < _LOWEST_FLOOR_DBFS or sounds.sum() * STEP_SECONDS < _LEAST_SECONDS:
        return None
    mean_db = 10.0 * float(np.log10(np.mean(10.0 ** (level_db[sounds] / 10.0))))
    floor_db = float(np.percentile(level_db, _FLOOR_PERCENTILE))
    is_there = _LOWEST_FLOOR_DBFS < floor_db < mean_db - _FLOOR_UNDER_DB
    return PassageLevel(
        start_seconds=start_seconds, end_seconds=end_seconds, level_dbfs=mean_db,
        floor_dbfs=floor_db if is_there else None,
    )  # fmt: skip


def off_neighbors_db(levels_dbfs: Sequence[float], place: int, reach: int) -> float:
    """How far a passage lies off the middle of `reach` before it and of `reach` after it, whichever is nearer.

    0 between both: where a song gets louder or softer no passage stands out.
    """
    sides = (levels_dbfs[max(place - reach, 0) : place], levels_dbfs[place + 1 : place + 1 + reach])
    if not all(sides):
        return 0.0
    offs = [levels_dbfs[place] - float(np.median(side)) for side in sides]
    return min(offs, key=abs) if offs[0] * offs[1] > 0.0 else 0.0
