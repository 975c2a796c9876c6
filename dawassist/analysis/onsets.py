"""Where notes and hits begin, how dense they are, and how fast they die away."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter, square_sums
from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve

Decibels = npt.NDArray[np.float32]
_FRAMES_PER_SECOND = round(1.0 / STEP_SECONDS)
_RISE_DB = 9.0  # within 20 ms
_RISE_FRAMES = 4
_APART_FRAMES = 10
_RANGE_DB = 35.0  # onsets further under the loudest frame are not counted
_FALL_DB = 10.0
_FALL_FRAMES = 30
_QUIETEST_DB = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Onsets:
    """`percussivity` 0..1: the share of onsets after which the level falls by 10 dB within 150 ms.

    `per_second` counts the seconds in which something plays.
    """

    count: int
    per_second: float
    percussivity: float


class OnsetMeter:
    """Keeps the level of every 5 ms: 2 bytes each."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._cutter = Cutter(2, round(sample_rate_hz / _FRAMES_PER_SECOND))
        self._levels: list[npt.NDArray[np.float16]] = []

    def push(self, samples: npt.NDArray[np.float32]) -> None:
        """Samples of shape (2, frames)."""
        frames = self._cutter.push(samples)
        power = square_sums(frames).sum(axis=0) / np.float32(2 * frames.shape[-1])
        self._levels.append(10.0 * np.log10(np.maximum(power, 10.0 ** (_QUIETEST_DB / 10.0))).astype(np.float16))

    def level_curve(self) -> LevelCurve:
        """Of everything pushed."""
        levels = np.concatenate(self._levels) if self._levels else np.zeros(0, np.float16)
        return LevelCurve(level_dbfs=levels)

    def onsets(self) -> Onsets:
        """Of everything pushed."""
        levels = self.level_curve().level_dbfs.astype(np.float32)
        playing = levels > max(_floor(levels), _QUIETEST_DB)
        starts = starts_of(levels)
        if len(starts) == 0:
            return Onsets(count=0, per_second=0.0, percussivity=0.0)
        after = np.minimum(starts[:, None] + np.arange(_FALL_FRAMES), len(levels) - 1)
        attack = levels[after[:, :_RISE_FRAMES]].max(axis=1)
        falls = attack - levels[after[:, _RISE_FRAMES:]].min(axis=1) >= _FALL_DB
        seconds = np.maximum(playing.sum() / _FRAMES_PER_SECOND, 1.0)
        return Onsets(count=len(starts), per_second=float(len(starts) / seconds), percussivity=float(falls.mean()))


def starts_of(levels: Decibels) -> npt.NDArray[np.intp]:
    """Frames of 5 ms at which the level has risen steeply for the first time; at least 50 ms apart."""
    if len(levels) <= _RISE_FRAMES:
        return np.zeros(0, dtype=np.intp)
    floor = _floor(levels)
    before = np.lib.stride_tricks.sliding_window_view(levels, _RISE_FRAMES)[:-1].min(axis=1)
    rises = np.flatnonzero((levels[_RISE_FRAMES:] - before >= _RISE_DB) & (levels[_RISE_FRAMES:] > floor))
    kept: list[int] = []
    for frame in rises.tolist():
        if not kept or frame - kept[-1] >= _APART_FRAMES:
            kept.append(frame)
    return np.array(kept, dtype=np.intp) + _RISE_FRAMES


def _floor(levels: Decibels) -> float:
    return float(levels.max(initial=_QUIETEST_DB)) - _RANGE_DB
