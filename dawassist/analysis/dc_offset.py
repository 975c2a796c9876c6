"""DC: an offset that stays the same whether anything is played or not."""

from dataclasses import dataclass

import numpy as np

from dawassist.analysis.low_band import LowBand
from dawassist.analysis.low_band_windows import Values
from dawassist.units import gain_to_db

_FEWEST_WINDOWS = 3
_STEADY_SHARE = 0.25  # of the offset: how far the middle half of the windows may stray from it
_STEADY_WINDOWS = 0.8
_LEAST_WHEN_QUIET = 0.5  # of the offset
_ERRORS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DcOffset:
    """Of the side that has more: `offset` linear with its sign, `level_dbfs` its magnitude."""

    offset: float
    level_dbfs: float


def dc_offset(low_band: LowBand) -> DcOffset | None:
    """The steady offset; None where it moves with the sound or is gone between hits, or the track is too short."""
    if len(low_band.offset) < _FEWEST_WINDOWS:
        return None
    middles = np.median(low_band.offset, axis=0)
    side = int(np.argmax(np.abs(middles)))
    middle = float(middles[side])
    is_near = np.abs(low_band.offset[:, side] - middle) <= _STEADY_SHARE * abs(middle)
    if middle == 0.0 or float(is_near.mean()) < _STEADY_WINDOWS:
        return None
    if _rests_at_zero(low_band.offset_when_quiet[:, side], middle):
        return None
    return DcOffset(offset=middle, level_dbfs=gain_to_db(middle))


def _rests_at_zero(when_quiet: Values, offset: float) -> bool:
    """Regular hits that lean to one side have a steady mean too, but none of it between them."""
    told = when_quiet[np.isfinite(when_quiet)]
    if len(told) < _FEWEST_WINDOWS:
        return False
    middle = float(np.median(told))
    error = float(np.std(told)) / np.sqrt(len(told))
    return middle / offset < _LEAST_WHEN_QUIET and abs(middle - offset) > _ERRORS * error
