"""Rumble: what stands under everything played, below 25 Hz, and does not move with it.

It is told by its steadiness, and by a valley in the spectrum between it and the notes. Thresholds are fitted on the
stems of two CC0 songs (ichbinsoftware, EVR): the valleys of clean ones are at most 7 dB deep, with rumble 31 dB under
them 15 dB and more (three of 39 excepted, which hold low bass notes all the time).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_band import BIN_HZ, LowBand
from dawassist.units import power_to_db

Values = npt.NDArray[np.float32]
_LOWEST_HZ, _HIGHEST_HZ = 4.5, 27.0
_PEAK_HZ = 21.0
_VALLEY_HZ = 36.0
_SMOOTHED = ((20, 10.0), (12, 18.0))  # bins, and how deep a valley of that width is
_SPREAD_DB = 6.0  # between the 20th and the 80th percentile of its level over time
_FEWEST_WINDOWS = 4
_LEAST_UNDER_TRACK_DB = -45.0
_LEAST_DBFS = -65.0  # below it nobody loses anything, at any gain that follows
_EDGE_DB = -10.0
_EDGE_STEP_HZ = 5.0
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rumble:
    """RMS `level_dbfs` from 4.5 to 27 Hz, and against the whole track; it ends at `under_hz`.

    `valley_db` is how far the spectrum falls from it before the notes begin; `spectrum` its shape, (Hz, power) each.
    """

    level_dbfs: float
    under_track_db: float
    under_hz: float
    valley_db: float
    at_seconds: tuple[float, ...]
    spectrum: tuple[tuple[float, float], ...]


def rumble(low_band: LowBand, track_rms_dbfs: float) -> Rumble | None:
    """The rumble of a track; None where there is none, or the track is too short to tell."""
    if len(low_band.power) < _FEWEST_WINDOWS:
        return None
    power = low_band.band(_LOWEST_HZ, _HIGHEST_HZ)
    level_dbfs = power_to_db(float(np.median(power)))
    under_track_db = level_dbfs - track_rms_dbfs
    quiet, loud = np.percentile(10.0 * np.log10(power + 1e-20), (20, 80))
    middle = np.median(low_band.power, axis=0)
    valleys = [(*_valley(middle, bins), least_db) for bins, least_db in _SMOOTHED]
    valley_db, under_hz, least_db = max(valleys, key=lambda valley: valley[0] - valley[2])
    is_there = under_track_db >= _LEAST_UNDER_TRACK_DB and level_dbfs >= _LEAST_DBFS
    if not is_there or valley_db < least_db or loud - quiet > _SPREAD_DB:
        return None
    barest = np.argsort(-power / (low_band.power.sum(axis=1) + np.float32(1e-20)))[:_MOST_PLACES]
    return Rumble(
        level_dbfs=level_dbfs,
        under_track_db=under_track_db,
        under_hz=under_hz,
        valley_db=valley_db,
        at_seconds=tuple(sorted(low_band.at_seconds[barest].tolist())),
        spectrum=_spectrum(middle),
    )


def _spectrum(power: Values) -> tuple[tuple[float, float], ...]:
    first, end = round(_LOWEST_HZ / BIN_HZ), round(_HIGHEST_HZ / BIN_HZ) + 1
    return tuple((at * BIN_HZ, float(power[at])) for at in range(first, end))


def _valley(power: Values, bins: int) -> tuple[float, float]:
    """How deep the spectrum falls after its peak below 21 Hz; and where it has fallen by 10 dB, rounded up to 5 Hz."""
    smooth = np.convolve(power + np.float32(1e-20), np.full(bins, 1.0 / bins), mode="same")
    first, last, end = (round(hertz / BIN_HZ) for hertz in (_LOWEST_HZ, _PEAK_HZ, _VALLEY_HZ))
    falls = [smooth[at] / smooth[at:end].min() for at in range(first, last)]
    peak = first + int(np.argmax(falls))
    fallen = np.flatnonzero(smooth[peak:end] < smooth[peak] * 10.0 ** (_EDGE_DB / 10.0))
    edge_hz = (peak + int(fallen[0])) * BIN_HZ if len(fallen) else _VALLEY_HZ
    return 10.0 * float(np.log10(max(falls))), float(np.ceil(edge_hz / _EDGE_STEP_HZ) * _EDGE_STEP_HZ)
