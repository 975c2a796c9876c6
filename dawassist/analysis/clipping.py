"""Clipping: flat tops with a corner at both ends, at whatever level they were recorded or turned down to.

A clipped top is a run of equal samples, at the same level again and again, that the signal enters and leaves steeply. A
smooth top is not: a parabola that stays within a step of the file for n samples leaves it by a few steps over the next
n. Peaks that merely touch a limiter's ceiling are single samples, and a saturated waveform rounds off toward its
ceiling: many samples lie just under it. Thresholds are fitted on the stems of two CC0 songs (ichbinsoftware, EVR),
clean, cut by 0.05–5 % and squashed by tanh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter
from dawassist.units import gain_to_db

Samples = npt.NDArray[np.float32]
_NEAR_PEAK = 0.25  # of the largest sample so far: lower flat tops are steps of the file
_QUIETEST = 0.005
_CORNER_SHARE = 0.003  # of the level: how far a top is left within one more length of its run
_CORNER_STEPS = 12.0 / 32768.0
_LEVEL_STEPS = 4096.0  # levels are told apart in steps of 1/4096 of an octave, 0.0015 dB
_KNEE = 0.97
_LONG = 3
_FEWEST_RUNS = 8
_FEWEST_LONG = 2
_MOST_SHARE = 0.12  # of what is heard: a waveform that is flat that often is meant so
_OVER_KNEE = 1.25  # samples at the level, for each just under it
_OVER_SINGLE = 2.0
_MOST_SINGLE = 8.0  # single samples at the level, for each in a run: more are steps of the file, made louder
_MOST_PLACES = 8
_HEARD_POWER = 1e-5  # −50 dBFS


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """Flat tops: `runs` of two or more equal samples at `level_dbfs`, `longest` in samples.

    `share` (0..1) is that of flat samples in what is heard; `at_seconds` are the worst places, from the first sample.
    """

    level_dbfs: float
    runs: int
    share: float
    longest: int
    at_seconds: tuple[float, ...]


class _Flat(NamedTuple):
    """The flat tops of one channel in one second at its most frequent level."""

    key: int
    runs: int
    long_runs: int
    samples: int
    longest: int
    single: int
    knee: int
    seconds: float


class ClippingMeter:
    """Looks for flat tops, second by second: at most a few numbers for each."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._cutter = Cutter(2, sample_rate_hz)
        self._peak = 0.0
        self._seconds = 0
        self._heard_samples = 0
        self._found: list[_Flat] = []

    def push(self, samples: Samples, *, is_mono: bool) -> None:
        """Samples, (2, frames); of channels that were equal so far one is looked at."""
        self._take(self._cutter.push(samples), is_mono)

    def finish(self, *, is_mono: bool) -> None:
        """The end of the signal."""
        self._take(self._cutter.finish(), is_mono)

    def clipping(self) -> Clipping | None:
        """Of everything pushed; None where nothing is clipped, or flat tops may be meant."""
        lowest = np.log2(max(_NEAR_PEAK * self._peak, _QUIETEST)) * _LEVEL_STEPS
        found = [flat for flat in self._found if flat.key >= lowest]
        groups = [group for group in _by_level(found) if _is_clipped(group)]
        samples = sum(flat.samples + flat.single for group in groups for flat in group)
        share = samples / max(self._heard_samples, 1)
        if not groups or share > _MOST_SHARE:
            return None
        flats = [flat for group in groups for flat in group]
        level = 2.0 ** (max(flats, key=lambda flat: flat.key).key / _LEVEL_STEPS)
        worst = sorted(flats, key=lambda flat: -flat.samples)[:_MOST_PLACES]
        return Clipping(
            level_dbfs=gain_to_db(level),
            runs=sum(flat.runs for flat in flats),
            share=share,
            longest=max(flat.longest for flat in flats),
            at_seconds=tuple(sorted({flat.seconds for flat in worst})),
        )

    def _take(self, windows: Samples, is_mono: bool) -> None:
        for window in np.swapaxes(windows, 0, 1):
            channels = window[:1] if is_mono else window
            for channel in channels:
                peak = max(float(channel.max()), -float(channel.min()))
                self._peak = max(self._peak, peak)
                quietest = max(_NEAR_PEAK * self._peak, _QUIETEST)
                flat = _flat_tops(channel, quietest) if peak > quietest else None
                if flat is not None:
                    self._found.append(flat._replace(seconds=self._seconds + flat.seconds / self._rate))
                is_heard = float(np.dot(channel, channel)) > _HEARD_POWER * len(channel)
                self._heard_samples += len(channel) * is_heard
            self._seconds += 1


def _flat_tops(channel: Samples, quietest: float) -> _Flat | None:
    """What is flat above `quietest`; its `seconds` are a frame still."""
    starts, lengths = _runs(channel, quietest)
    if len(starts) == 0:
        return None
    magnitudes = np.abs(channel)
    keys = np.round(np.log2(magnitudes[starts]) * _LEVEL_STEPS).astype(np.int64)
    levels, places = np.unique(keys, return_inverse=True)
    best = int(np.argmax(np.bincount(places, weights=lengths)))
    mine = places == best
    level = float(magnitudes[starts[mine]].max())
    at = int((magnitudes >= level * 2.0 ** (-0.5 / _LEVEL_STEPS)).sum())
    samples = int(lengths[mine].sum())
    return _Flat(
        key=int(levels[best]),
        runs=int(mine.sum()),
        long_runs=int((lengths[mine] >= _LONG).sum()),
        samples=samples,
        longest=int(lengths[mine].max()),
        single=max(at - samples, 0),
        knee=max(int((magnitudes >= _KNEE * level).sum()) - at, 0),
        seconds=float(starts[mine][0]),
    )


def _runs(channel: Samples, quietest: float) -> tuple[Any, Any]:
    """Starts and lengths of runs of equal samples that are extremes with a corner at both ends."""
    equal = np.flatnonzero(channel[1:] == channel[:-1])
    equal = equal[np.abs(channel[equal]) > quietest]
    if len(equal) == 0:
        return equal, equal
    breaks = np.flatnonzero(np.diff(equal) > 1)
    starts = equal[np.concatenate(([0], breaks + 1))]
    ends = equal[np.concatenate((breaks, [len(equal) - 1]))] + 1
    lengths = ends - starts + 1
    reach = np.maximum((lengths + 1) // 2, 2)
    inside = (starts >= reach) & (ends + reach < len(channel))
    starts, ends, lengths, reach = starts[inside], ends[inside], lengths[inside], reach[inside]
    sign, level = np.sign(channel[starts]), np.abs(channel[starts])
    is_top = (level > sign * channel[starts - 1]) & (level > sign * channel[ends + 1])
    corner = level - np.maximum(_CORNER_SHARE * level, _CORNER_STEPS)
    has_corners = (sign * channel[starts - reach] < corner) & (sign * channel[ends + reach] < corner)
    flat = is_top & has_corners
    return starts[flat], lengths[flat]


def _by_level(found: Sequence[_Flat]) -> list[list[_Flat]]:
    """Grouped by level; neighboring steps belong together."""
    groups: list[list[_Flat]] = []
    for flat in sorted(found, key=lambda flat: flat.key):
        if groups and flat.key - groups[-1][-1].key <= 1:
            groups[-1].append(flat)
        else:
            groups.append([flat])
    return groups


def _is_clipped(group: Sequence[_Flat]) -> bool:
    runs, long_runs = sum(flat.runs for flat in group), sum(flat.long_runs for flat in group)
    samples, single = sum(flat.samples for flat in group), sum(flat.single for flat in group)
    knee = sum(flat.knee for flat in group)
    if single > _MOST_SINGLE * samples:
        return False
    is_hard = samples >= _OVER_SINGLE * single or samples + single >= _OVER_KNEE * knee
    return runs >= _FEWEST_RUNS and long_runs >= _FEWEST_LONG and is_hard
