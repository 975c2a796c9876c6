"""The low end of a track at 1200 Hz, and its fine spectrum over time: what DC, rumble and hum are told from.

The spectra of frames are cut at 500 Hz and transformed back into a still slower signal (overlap-save
with a zero-phase low-pass), so that 4 s of it, a resolution of 0.25 Hz, cost next to nothing.
"""

from dataclasses import dataclass

import numpy as np

from dawassist.analysis.cutting import Cutter
from dawassist.analysis.frames import FRAME_POINTS, Frames
from dawassist.analysis.low_band_windows import (
    BIN_HZ,
    SILENT_POWER,
    WINDOW_POINTS,
    Values,
    leveling,
    sound_throughout,
    spectra,
    when_quiet,
)

POINTS_PER_SECOND = 1200
_SLOW_POINTS = 360  # of 300 ms
_EDGE_POINTS = 60  # 50 ms at both ends, which the low-pass spoils
_TAPER_BINS = 30
_STEP_POINTS = WINDOW_POINTS // 2
_MOST_WINDOWS = 48
_SECTION_POINTS = 19200  # 16 s
_MOST_SECTIONS = 4  # 310 kB
_HANN_WIDTH = 1.5  # bins of equivalent noise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LowBand:
    """Windows of 4 s in which the track has sound throughout, spread over its length.

    `power` (windows, bins of 0.25 Hz from 0 on): mean of both channels, a sine's power at its bin; `leveled` the same
    of the signal divided by its own level within 50 ms, so that what stands still shows between notes, a steady sine
    keeping its power; `offset` (windows, 2): the mean of each channel; `offset_when_quiet` that of the quietest quarter
    of each window's 100 ms, not a number where that is not quiet; `at_seconds` their middles, from the first sample on.
    `sections`: stretches of 16 s and more of the middle signal at 1200 Hz, without gaps, spread over its length;
    `sides` the same of the side signal, L − R over 2, none where both channels are equal.
    """

    power: Values
    leveled: Values
    offset: Values
    offset_when_quiet: Values
    at_seconds: Values
    sections: tuple[Values, ...] = ()
    sides: tuple[Values, ...] = ()

    def band(self, low_hz: float, high_hz: float) -> Values:
        """Power from `low_hz` to `high_hz` in every window."""
        bins = slice(round(low_hz / BIN_HZ), round(high_hz / BIN_HZ) + 1)
        return np.asarray(self.power[:, bins].sum(axis=1) / np.float32(_HANN_WIDTH))


class LowBandMeter:
    """Fed with the frames of a stereo signal; keeps 48 windows at most, 1.8 MB, and 4 sections of middle and side."""

    def __init__(self) -> None:
        self._cutter = Cutter(2, _STEP_POINTS, _STEP_POINTS)
        self._kept: list[tuple[Values, float]] = []
        self._stride = 1
        self._windows = 0
        self._sections = _Sections()
        self._sides = _Sections()

    def push(self, frames: Frames) -> None:
        slow = self._slow(frames)
        self._sections.push(slow.mean(axis=0))
        self._sides.push((slow[0] - slow[1]) * np.float32(0.5))
        windows = np.swapaxes(self._cutter.push(slow), 0, 1)
        for window, sounds in zip(windows, sound_throughout(windows), strict=True):
            self._take(window, sounds=bool(sounds))

    def low_band(self) -> LowBand:
        """Of everything pushed."""
        windows = np.array([window for window, _ in self._kept], np.float32).reshape(-1, 2, WINDOW_POINTS)
        power, offset = spectra(windows)
        leveled, _ = spectra(windows, leveling(windows))
        return LowBand(
            power=power,
            leveled=leveled,
            offset=offset,
            offset_when_quiet=when_quiet(windows),
            at_seconds=np.array([seconds for _, seconds in self._kept], dtype=np.float32),
            sections=self._sections.sections(),
            sides=tuple(side for side in self._sides.sections() if np.mean(np.square(side)) > SILENT_POWER),
        )

    def _slow(self, frames: Frames) -> Values:
        """What the frames hold below 500 Hz, (2, 240 for each)."""
        count = frames.spectra.shape[1]
        if frames.is_silent or count == 0:
            return np.zeros((2, count * (_SLOW_POINTS - 2 * _EDGE_POINTS)), dtype=np.float32)
        from scipy.fft import irfft

        low = frames.spectra[..., : len(_LOW_PASS)] * _LOW_PASS
        slow: Values = irfft(low, _SLOW_POINTS)[..., _EDGE_POINTS:-_EDGE_POINTS]
        return slow.reshape(2, -1)

    def _take(self, window: Values, *, sounds: bool) -> None:
        place, self._windows = self._windows, self._windows + 1
        if place == 0 or place % self._stride or not sounds:  # the first begins with the silence before the signal
            return
        self._kept.append((window.copy(), place * _STEP_POINTS * _SECONDS_PER_POINT))
        if len(self._kept) > _MOST_WINDOWS:
            self._kept = self._kept[::2]
            self._stride *= 2


class _Sections:
    """Cut one after the other; when there are more than four, every second goes."""

    def __init__(self) -> None:
        self._cutter = Cutter(1, _SECTION_POINTS)
        self._tail: list[Values] = []
        self._kept: list[Values] = []
        self._stride = 1
        self._count = 0

    def push(self, middle: Values) -> None:
        self._tail.append(middle)
        for section in self._cutter.push(middle[None])[0]:
            if self._count % self._stride == 0:
                self._kept.append(section.copy())
            self._count += 1
            if len(self._kept) > _MOST_SECTIONS:
                self._kept = self._kept[::2]
                self._stride *= 2
            self._tail = [np.concatenate(self._tail)[_SECTION_POINTS:]]

    def sections(self) -> tuple[Values, ...]:
        """What is left after the only section belongs to it; a track that is shorter is one."""
        if self._count > 1 or not self._tail:
            return tuple(self._kept)
        return (np.concatenate((*self._kept, *self._tail)),)


def _low_pass() -> Values:
    gain = np.ones(_SLOW_POINTS // 2 + 1, dtype=np.float32)
    gain[-_TAPER_BINS:] = 0.5 + 0.5 * np.cos(np.pi * (np.arange(_TAPER_BINS) + 1) / _TAPER_BINS)
    return gain * np.float32(_SLOW_POINTS / FRAME_POINTS)


_LOW_PASS = _low_pass()
_SECONDS_PER_POINT = 0.3 / _SLOW_POINTS
