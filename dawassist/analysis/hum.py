"""Mains hum: lines at the multiples of 50 or 60 Hz that stand still while everything else moves.

A line counts by how far it stands out of all else within 3.5 Hz, in the quarter of the 4 s windows where it does so
most: that rules out notes at 49 and 61.7 Hz, whose skirts rise toward the note, and the lines of exactly repeated
loops, which have neighbors as strong. It is looked for in the sound as it is and leveled, where it shows between notes.
What is clear there has to show in the phase of longer stretches too (`standing_lines`), which may also say it alone.
Under a loop it is looked for in what stays when the loop is subtracted from itself (`loops`), and at last, there too,
as many lines at once under the few moments in which little else sounds.

Thresholds are fitted on 282 signals: stems of two CC0 songs (lithium and sodium by ichbinsoftware, EVR), synthetic
drum loops, chords, basses near the mains, and parts of MIDI songs. Two clean ones
are taken for hum, a loop and a chord. The last step: on 146 more with hum (those songs and four MIDI songs played by
FluidSynth) it finds 20 of the 41 left, and none in 621 without nor in 240 synthetic loops and chords.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.loops import left_by_loop, less_loop, loop_seconds
from dawassist.analysis.low_band import POINTS_PER_SECOND, LowBand
from dawassist.analysis.low_band_windows import BIN_HZ, HIGHEST_HZ, Values
from dawassist.analysis.running_maximum import running_maximum
from dawassist.analysis.standing_lines import line_level_dbfs, standing_in_gaps, standing_out_db
from dawassist.units import power_to_db

Decibels = npt.NDArray[np.float32]
MAINS_HZ = (50.0, 60.0)
_TOLERANCE_HZ = 0.2  # grids hold to ±0.2 Hz in normal operation (ENTSO-E, NERC)
_STEP_HZ = 0.025
_NUDGE_DB = 0.01  # a step, toward the nominal frequency: several fit the same bins
_MOST_HARMONICS = 10
_NEAR_BINS, _FAR_BINS = 4, 14
_QUANTILE = 75.0
_MOST_PER_LINE_DB = 20.0
_STANDS_OUT_DB = 6.0
_FEWEST_WINDOWS = 4
_FEWEST_LINES = 2
_FAINTEST_DBFS = -120.0  # below what converters resolve
_LEAST_SCORE_DB = 24.0
_SURE_SCORE_DB = 60.0
_OPPOSITE_DB = 12.0  # the line's level in the side over that in the middle
_STEADY_DB = 3.0  # between the 20th and the 80th percentile of a line's level, where it stands out
_MOST_PLACES = 3
_CLEAR_SCORE_DB = 60.0  # in single windows
_SHORTEST_SECONDS = 8.0
_PHASE_TOLERANCE_HZ, _PHASE_STEP_HZ = 0.1, 0.005
_MOST_OF_PHASE_DB = 12.0
_LEAST_OF_PHASE_DB = 20.0  # beside lines that are clear
_LEAST_ALONE_DB = 18.0
_LEAST_UNDER_LOOP_DB = 30.0  # clean loops leave up to 24, hum 45 dB under the track 50 and more
_LINE_OF_PHASE_DB = 3.0
_LEAST_IN_GAPS_DB = 26.0  # four lines and more of clean ones add up to 22
_FEWEST_LINES_IN_GAPS = 4
_AROUND = (8.0, 3.5)  # width and reach in Hz: notes beside the lines
_FAR_AROUND = (16.0, 14.0)  # and the lines of loops that repeat every sixteenth


@dataclass(frozen=True, slots=True, kw_only=True)
class Hum:
    """`lines_dbfs` are (frequency in Hz, RMS level) of the lines that stand out; `level_dbfs` of all together.

    `standing_out_db` adds up how far they do, each to 20 dB; `at_seconds` is where they do most, from the first sample.
    `is_opposite`: both sides carry it against each other, so that it is gone in mono.
    """

    mains_hz: float
    level_dbfs: float
    lines_dbfs: tuple[tuple[float, float], ...]
    standing_out_db: float
    at_seconds: tuple[float, ...]
    is_opposite: bool = False

    @property
    def is_certain(self) -> bool:
        return self.standing_out_db >= _SURE_SCORE_DB


def hum(low_band: LowBand) -> Hum | None:
    """The hum of a track; None where there is none, or the track is too short to tell."""
    if len(low_band.power) < _FEWEST_WINDOWS:
        return None
    as_it_is_and_leveled = [_lines(power) for power in (low_band.power, low_band.leveled)]
    found = [_of_mains(mains_hz, *lines, low_band) for lines in as_it_is_and_leveled for mains_hz in MAINS_HZ]
    clear = [each for each in found if each and each.standing_out_db >= _CLEAR_SCORE_DB]
    middle, side = (_long_enough(sections) for sections in (low_band.sections, low_band.sides))
    if middle:
        clear = [
            each for each in clear if any(_shows_in_phase(sections, each) for sections in (middle, side) if sections)
        ]
        clear += [each for mains_hz in MAINS_HZ if (each := _of_phase(mains_hz, middle, low_band))]
        clear += [] if clear else _under_loop(middle, low_band)
        clear += [] if clear else _in_gaps(middle, low_band)
    if side and not clear:
        clear += [each for mains_hz in MAINS_HZ if (each := _of_phase(mains_hz, side, low_band))]
    loudest = max(clear, key=lambda each: each.standing_out_db, default=None)
    if loudest is None or not side:
        return loudest
    return replace(loudest, is_opposite=_is_opposite(loudest, middle, side))


def _long_enough(sections: tuple[Values, ...]) -> tuple[Values, ...]:
    return tuple(each for each in sections if len(each) >= _SHORTEST_SECONDS * POINTS_PER_SECOND)


def _shows_in_phase(sections: tuple[Values, ...], found: Hum) -> bool:
    return _phase_score_db(sections, found.mains_hz, *_AROUND) >= _LEAST_OF_PHASE_DB


def _is_opposite(found: Hum, middle: tuple[Values, ...], side: tuple[Values, ...]) -> bool:
    """Whether its strongest line lies in the side signal alone."""
    strongest_hz = max(found.lines_dbfs, key=lambda line: line[1])[0]
    return line_level_dbfs(side, strongest_hz) - line_level_dbfs(middle, strongest_hz) >= _OPPOSITE_DB


def _phase_heights(
    sections: tuple[Values, ...], mains_hz: float, width_hz: float, far_hz: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The frequencies that were tried, and how far each line stands out of its surroundings, (steps, orders)."""
    grid_hz, lines_hz = _phase_grid(mains_hz)
    return grid_hz, np.asarray(standing_out_db(sections, lines_hz, width_hz, far_hz))


def _phase_grid(mains_hz: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The frequencies to try, and their multiples, (steps, orders)."""
    reach = round(_PHASE_TOLERANCE_HZ / _PHASE_STEP_HZ)
    grid_hz = np.asarray(mains_hz + np.arange(-reach, reach + 1) * _PHASE_STEP_HZ, dtype=np.float64)
    orders = np.arange(1, min(_MOST_HARMONICS, int(HIGHEST_HZ / mains_hz)) + 1)
    return grid_hz, np.asarray(grid_hz[:, None] * orders, dtype=np.float64)


def _phase_score_db(sections: tuple[Values, ...], mains_hz: float, width_hz: float, far_hz: float) -> float:
    heights = _phase_heights(sections, mains_hz, width_hz, far_hz)[1]
    return float(np.minimum(heights, _MOST_OF_PHASE_DB).sum(axis=1).max())


def _under_loop(sections: tuple[Values, ...], low_band: LowBand) -> list[Hum]:
    loop = loop_seconds(sections[0])
    rest = _long_enough(tuple(less_loop(section, loop) for section in sections)) if loop else ()
    if not loop or not rest:
        return []
    found = (_of_phase(mains_hz, rest, low_band, _LEAST_UNDER_LOOP_DB, loop) for mains_hz in MAINS_HZ)
    return [each for each in found if each] or _in_gaps(rest, low_band, loop)


def _in_gaps(sections: tuple[Values, ...], low_band: LowBand, loop: float = 0.0) -> list[Hum]:
    """Many lines at once that are bare for moments only."""
    found = []
    for mains_hz in MAINS_HZ:
        grid_hz, lines_hz = _phase_grid(mains_hz)
        told = standing_in_gaps(sections, lines_hz)
        chosen = np.flatnonzero(told.heights_db >= _LINE_OF_PHASE_DB)
        score_db = float(np.minimum(told.heights_db, _MOST_OF_PHASE_DB).sum())
        if len(chosen) >= _FEWEST_LINES_IN_GAPS and score_db >= _LEAST_IN_GAPS_DB:
            lines = [
                (float(grid_hz[told.step] * (order + 1)), float(told.levels_dbfs[order])) for order in chosen.tolist()
            ]
            found.append(_standing(mains_hz, lines, score_db, low_band, loop))
    return found


def _of_phase(
    mains_hz: float, sections: tuple[Values, ...], low_band: LowBand, least_db: float = _LEAST_ALONE_DB,
    loop: float = 0.0,
) -> Hum | None:  # fmt: skip
    """`loop` seconds were subtracted from the sections, which changes the levels of lines."""
    grid_hz, heights = _phase_heights(sections, mains_hz, *_FAR_AROUND)
    chosen = heights >= _LINE_OF_PHASE_DB
    capped = np.minimum(heights, _MOST_OF_PHASE_DB).sum(axis=1)
    scores = np.where(chosen.sum(axis=1) >= _FEWEST_LINES, capped, 0.0)
    best = int(np.lexsort((heights.sum(axis=1), scores))[-1])  # several may have all that counts
    if scores[best] < least_db:
        return None
    lines_hz = (grid_hz[best] * (np.flatnonzero(chosen[best]) + 1)).tolist()
    lines = [(hertz, line_level_dbfs(sections, hertz)) for hertz in lines_hz]
    return _standing(mains_hz, lines, float(scores[best]), low_band, loop)


def _standing(
    mains_hz: float, lines_dbfs: list[tuple[float, float]], score_db: float, low_band: LowBand, loop: float
) -> Hum:
    levels = [level - left_by_loop(hertz, loop) for hertz, level in lines_dbfs]
    quietest = np.argsort(low_band.power.sum(axis=1))[:_MOST_PLACES]
    return Hum(
        mains_hz=mains_hz,
        level_dbfs=power_to_db(sum(10.0 ** (level / 10.0) for level in levels)),
        lines_dbfs=tuple((round(hertz, 1), level) for (hertz, _), level in zip(lines_dbfs, levels, strict=True)),
        standing_out_db=score_db,
        at_seconds=tuple(sorted(low_band.at_seconds[quietest].tolist())),
    )


def _lines(power: npt.NDArray[np.float32]) -> tuple[Decibels, Decibels]:
    """The level of a line at every bin, and how far it stands out."""
    levels = 10.0 * np.log10(power + np.float32(1e-20))
    lines = np.maximum(np.maximum(levels[:, :-2], levels[:, 2:]), levels[:, 1:-1])
    lines = np.pad(lines, ((0, 0), (1, 1)), mode="edge")
    return lines, lines - _surroundings(levels)


def _surroundings(levels: Decibels) -> Decibels:
    """The highest level 1 to 3.5 Hz away, on either side."""
    highest = running_maximum(levels, _FAR_BINS - _NEAR_BINS + 1)
    away = (_FAR_BINS + _NEAR_BINS) // 2
    padded = np.pad(highest, ((0, 0), (away, away)), mode="edge")
    bins = levels.shape[1]
    return np.asarray(np.maximum(padded[:, :bins], padded[:, 2 * away :]))


def _of_mains(mains_hz: float, lines: Decibels, standing_out: Decibels, low_band: LowBand) -> Hum | None:
    orders = np.arange(1, min(_MOST_HARMONICS, int((HIGHEST_HZ - _FAR_BINS * BIN_HZ) / mains_hz)) + 1)
    steps = np.arange(-round(_TOLERANCE_HZ / _STEP_HZ), round(_TOLERANCE_HZ / _STEP_HZ) + 1) * _STEP_HZ
    bins = np.round((mains_hz + steps[:, None]) * orders / BIN_HZ).astype(int)
    heights = np.percentile(standing_out[:, bins], _QUANTILE, axis=0)
    scores = np.clip(heights, 0.0, _MOST_PER_LINE_DB).sum(axis=1)
    best = int(np.argmax(scores - _NUDGE_DB * np.abs(steps) / _STEP_HZ))
    chosen = np.flatnonzero(heights[best] >= _STANDS_OUT_DB)
    if len(chosen) < _FEWEST_LINES or scores[best] < _LEAST_SCORE_DB:
        return None
    its_bins = bins[best, chosen]
    clear = standing_out[:, its_bins] >= _STANDS_OUT_DB
    at_lines = [lines[clear[:, place], line] for place, line in enumerate(its_bins)]
    if np.median([np.subtract(*np.percentile(level, (80, 20))) for level in at_lines]) > _STEADY_DB:
        return None
    middles = [float(np.median(level)) for level in at_lines]
    if sum(level >= _FAINTEST_DBFS for level in middles) < _FEWEST_LINES:
        return None
    clearest = np.argsort(-standing_out[:, its_bins].sum(axis=1))[:_MOST_PLACES]
    grid_hz = mains_hz + float(steps[best])
    return Hum(
        mains_hz=mains_hz,
        level_dbfs=power_to_db(sum(10.0 ** (level / 10.0) for level in middles)),
        lines_dbfs=tuple(zip((grid_hz * orders[chosen]).round(1).tolist(), middles, strict=True)),
        standing_out_db=float(scores[best]),
        at_seconds=tuple(sorted(low_band.at_seconds[clearest].tolist())),
    )
