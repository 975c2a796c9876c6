"""Rumble: what stands under everything played, below 25 Hz, and does not move with it.

It is told by its steadiness, and by a valley in the spectrum between it and the notes; or, where low notes fill that
valley, by its steadiness from moment to moment, whatever is played meanwhile. Thresholds are fitted on the stems of two
CC0 songs (lithium and sodium by ichbinsoftware, EVR), played 0.75 to 1.19 times as fast too. Valleys of clean ones are
at most 7 dB deep, with rumble 31 dB under them 15 dB and more. Moments of rumble spread by 7.4 dB at most and are
equal within 2 dB under loud and soft notes; what clean ones hold there moves more, or lies 40 dB under the track and
deeper. On 91 more with rumble and 676 without (those songs and four MIDI songs played by FluidSynth, with driven,
compressed and doubled copies), what moves by 9 dB or with the notes is never rumble, but slapped basses; and driven
copies hold difference tones under valleys of 21 dB at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
_SLACK_DB = 1.0  # of both, where a valley speaks for it too
_DRIVEN_SPREAD_DB, _DRIVEN_OVER_DB, _DRIVEN_VALLEY_DB = 11.0, 10.0, 22.0
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
    moments = _heard_moments(low_band.sections) if is_there else None
    steady_dbfs = moments.level_dbfs if moments and moments.is_steady else None
    is_steady = steady_dbfs is not None and steady_dbfs - track_rms_dbfs >= _LEAST_STEADY_UNDER_TRACK_DB
    if not is_there or not (is_apart or is_steady):
        return None
    if moments and (moments.moves or (moments.is_driven and max(depth for depth, _, _ in valleys) < _DRIVEN_VALLEY_DB)):
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


class _Heard(NamedTuple):
    """What moments say of the sound below 25 Hz; `spread_db`, `beside_spread_db`: how much it, and 30 to 60 Hz, move.

    `with_notes_db`: how much more there is under loud notes than under soft ones.
    """

    level_dbfs: float
    beside_dbfs: float
    spread_db: float
    beside_spread_db: float
    with_notes_db: float

    @property
    def is_steady(self) -> bool:
        """Every moment holds as much, whatever is played; what goes on as evenly beside it is a noise, and meant."""
        is_noise = self.beside_spread_db <= _MOMENTS_SPREAD_DB and abs(self._over_db) <= _LIKE_NOISE_DB
        return self.spread_db <= _MOMENTS_SPREAD_DB and self.with_notes_db <= _MOST_WITH_NOTES_DB and not is_noise

    @property
    def moves(self) -> bool:
        """It comes and goes, or with the notes: their own skirts."""
        most_db, with_notes_db = _MOMENTS_SPREAD_DB + _SLACK_DB, _MOST_WITH_NOTES_DB + _SLACK_DB
        return self.spread_db > most_db or self.with_notes_db > with_notes_db

    @property
    def is_driven(self) -> bool:
        """It may be what a driven part makes of itself: difference tones, which reach beyond 30 Hz as evenly."""
        return self.beside_spread_db <= _DRIVEN_SPREAD_DB and self._over_db <= _DRIVEN_OVER_DB

    @property
    def _over_db(self) -> float:
        return self.level_dbfs - self.beside_dbfs


def _heard_moments(sections: Sequence[Values]) -> _Heard | None:
    """None where no section is long enough."""
    long_enough = [each for each in sections if len(each) >= _SHORTEST_SECONDS * POINTS_PER_SECOND]
    if not long_enough:
        return None
    low, notes, beside = np.concatenate([_moments(section) for section in long_enough], axis=1)
    soft, hard = np.percentile(notes, (_SOFT, _LOUD))
    with_notes_db = power_to_db(float(low[notes >= hard].mean())) - power_to_db(float(low[notes <= soft].mean()))
    level_dbfs, beside_dbfs = (power_to_db(float(each.mean())) for each in (low, beside))
    return _Heard(level_dbfs, beside_dbfs, _spread_db(low), _spread_db(beside), with_notes_db)


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
