"""Rumble: what stands under everything played, below 25 Hz, and does not move with it.

It is told by its steadiness, and by a valley in the spectrum between it and the notes; or, where low notes fill that
valley, by its steadiness from moment to moment, whatever is played meanwhile. Thresholds are fitted on the stems of two
CC0 songs (lithium and sodium by ichbinsoftware, EVR), played 0.75 to 1.19 times as fast too. Valleys of clean ones are
at most 7 dB deep, with rumble 31 dB under them 15 dB and more. Moments of rumble spread by 7.4 dB at most and are
equal within 2 dB under loud and soft notes; what clean ones hold there moves more, or lies 40 dB under the track and
deeper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_band import POINTS_PER_SECOND, LowBand
from dawassist.analysis.low_band_windows import BIN_HZ
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
_MOMENT_POINTS = 180  # 150 ms
_EDGE_MOMENTS = 2
_SHORTEST_SECONDS = 8.0
_PASSED_HZ = (4.0, 5.5, 20.0, 25.0)  # from nothing to all and back
_BESIDE_HZ = (30.0, 60.0)
_LIKE_NOISE_DB = 10.0
_MOMENTS_SPREAD_DB = 8.0  # between the 20th and the 80th percentile
_MOST_WITH_NOTES_DB = 3.0  # more under loud notes than under soft ones
_SOFT, _LOUD = 30, 70  # percentiles of the notes' level
_LEAST_STEADY_UNDER_TRACK_DB = -37.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rumble:
    """RMS `level_dbfs` from 4.5 to 27 Hz, and against the whole track; it ends at `under_hz`.

    `valley_db` is how far the spectrum falls from it before the notes begin, `is_steady` whether moments of 150 ms say
    the same, apart from what is played; `spectrum` is its shape, (Hz, power) each.
    """

    level_dbfs: float
    under_track_db: float
    under_hz: float
    valley_db: float
    is_steady: bool
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
    is_apart = valley_db >= least_db and loud - quiet <= _SPREAD_DB
    steady_dbfs = _steady_dbfs(low_band.sections) if is_there else None
    is_steady = steady_dbfs is not None and steady_dbfs - track_rms_dbfs >= _LEAST_STEADY_UNDER_TRACK_DB
    if not is_there or not (is_apart or is_steady):
        return None
    if steady_dbfs is not None and not is_apart:
        level_dbfs, under_track_db, under_hz = steady_dbfs, steady_dbfs - track_rms_dbfs, _PASSED_HZ[-1]
    barest = np.argsort(-power / (low_band.power.sum(axis=1) + np.float32(1e-20)))[:_MOST_PLACES]
    return Rumble(
        level_dbfs=level_dbfs,
        under_track_db=under_track_db,
        under_hz=under_hz,
        valley_db=valley_db,
        is_steady=is_steady,
        at_seconds=tuple(sorted(low_band.at_seconds[barest].tolist())),
        spectrum=_spectrum(middle),
    )


def _spectrum(power: Values) -> tuple[tuple[float, float], ...]:
    first, end = round(_LOWEST_HZ / BIN_HZ), round(_HIGHEST_HZ / BIN_HZ) + 1
    return tuple((at * BIN_HZ, float(power[at])) for at in range(first, end))


def _steady_dbfs(sections: Sequence[Values]) -> float | None:
    """The level below 25 Hz where every moment holds as much of it, whatever is played above 30 Hz; None elsewhere.

    What goes on as evenly from 30 to 60 Hz is a noise of all frequencies, and meant.
    """
    long_enough = [each for each in sections if len(each) >= _SHORTEST_SECONDS * POINTS_PER_SECOND]
    if not long_enough:
        return None
    low, notes, beside = np.concatenate([_moments(section) for section in long_enough], axis=1)
    soft, hard = np.percentile(notes, (_SOFT, _LOUD))
    with_notes_db = power_to_db(float(low[notes >= hard].mean())) - power_to_db(float(low[notes <= soft].mean()))
    level_dbfs, beside_dbfs = (power_to_db(float(each.mean())) for each in (low, beside))
    is_noise = _spread_db(beside) <= _MOMENTS_SPREAD_DB and abs(level_dbfs - beside_dbfs) <= _LIKE_NOISE_DB
    is_steady = _spread_db(low) <= _MOMENTS_SPREAD_DB and with_notes_db <= _MOST_WITH_NOTES_DB
    return level_dbfs if is_steady and not is_noise else None


def _spread_db(powers: Values) -> float:
    quiet, loud = np.percentile(10.0 * np.log10(powers + 1e-20), (20, 80))
    return float(loud - quiet)


def _moments(section: Values) -> Values:
    """Power below 25 Hz, from 30 Hz up, and from 30 to 60 Hz, of every 150 ms but those at the ends."""
    from scipy.fft import irfft, rfft

    spectrum = rfft(section)
    frequency_hz = np.fft.rfftfreq(len(section), 1.0 / POINTS_PER_SECOND)
    low = np.interp(frequency_hz, _PASSED_HZ, (0.0, 1.0, 1.0, 0.0))
    notes = frequency_hz >= _BESIDE_HZ[0]
    bands = np.stack((low, notes, notes & (frequency_hz < _BESIDE_HZ[1]))).astype(np.float32)
    slow = irfft(spectrum * bands, len(section))[:, : len(section) // _MOMENT_POINTS * _MOMENT_POINTS]
    powers = np.square(slow).reshape(len(bands), -1, _MOMENT_POINTS).mean(axis=2)
    return np.asarray(powers[:, _EDGE_MOMENTS:-_EDGE_MOMENTS], dtype=np.float32)


def _valley(power: Values, bins: int) -> tuple[float, float]:
    """How deep the spectrum falls after its peak below 21 Hz; and where it has fallen by 10 dB, rounded up to 5 Hz."""
    smooth = np.convolve(power + np.float32(1e-20), np.full(bins, 1.0 / bins), mode="same")
    first, last, end = (round(hertz / BIN_HZ) for hertz in (_LOWEST_HZ, _PEAK_HZ, _VALLEY_HZ))
    falls = [smooth[at] / smooth[at:end].min() for at in range(first, last)]
    peak = first + int(np.argmax(falls))
    fallen = np.flatnonzero(smooth[peak:end] < smooth[peak] * 10.0 ** (_EDGE_DB / 10.0))
    edge_hz = (peak + int(fallen[0])) * BIN_HZ if len(fallen) else _VALLEY_HZ
    return 10.0 * float(np.log10(max(falls))), float(np.ceil(edge_hz / _EDGE_STEP_HZ) * _EDGE_STEP_HZ)
