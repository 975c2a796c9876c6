"""What windows of 4 s of a track's low end tell: fine spectra, as they are and leveled, and offsets.

Windows come together, (windows, 2, 4800) at 1200 Hz, so that many cost little.
"""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
BIN_HZ = 0.25
HIGHEST_HZ = 500.0
WINDOW_POINTS = 4800
_SEGMENT_POINTS = 120
_LEVEL_POINTS = 60
_SEGMENTS, _LEVELS = WINDOW_POINTS // _SEGMENT_POINTS, WINDOW_POINTS // _LEVEL_POINTS
SILENT_POWER = 1e-11
_BINS = round(HIGHEST_HZ / BIN_HZ) + 1


def sound_throughout(windows: Values) -> npt.NDArray[np.bool_]:
    """Whether there is sound in every 100 ms of each window."""
    segments = windows.reshape(len(windows), 2, _SEGMENTS, _SEGMENT_POINTS)
    return np.asarray((np.square(segments).mean(axis=(1, 3)) > SILENT_POWER).all(axis=1))


def when_quiet(windows: Values) -> Values:
    """Mean of each channel over the quarter of its 100 ms that moves least, (windows, 2).

    Not a number where that still moves more than the mean of all, so that it says nothing of an offset.
    """
    segments = windows.reshape(len(windows), 2, _SEGMENTS, _SEGMENT_POINTS)
    quarter = segments.shape[2] // 4
    means, powers = segments.mean(axis=3), segments.var(axis=3)
    quietest = np.argpartition(powers, quarter, axis=2)[..., :quarter]
    moves = np.take_along_axis(powers, quietest, axis=2).mean(axis=2)
    quiet = np.take_along_axis(means, quietest, axis=2).mean(axis=2)
    return np.where(moves <= np.square(means.mean(axis=2)), quiet, np.float32(np.nan))


def spectra(windows: Values, gains: Values | None = None) -> tuple[Values, Values]:
    """Power per bin, (windows, bins up to 500 Hz), mean of both channels; and the mean of each channel, (windows, 2).

    `gains` (windows, 4800) stand in for the Hann window and have its sum.
    """
    from scipy.fft import rfft

    shape = _HANN if gains is None else gains[:, None]
    spectrum = rfft(windows * shape)[..., :_BINS]
    power = np.square(np.abs(spectrum)).mean(axis=1) * np.float32(2.0 / _HANN.sum() ** 2)
    return power, spectrum[..., 0].real / _HANN.sum()


def leveling(windows: Values) -> Values:
    """The Hann window divided by the signal's level around every 50 ms, (windows, 4800); its sum stays the same."""
    power = np.square(windows).reshape(len(windows), 2, _LEVELS, _LEVEL_POINTS).mean(axis=(1, 3))
    padded = np.pad(power, ((0, 0), (1, 1)), mode="edge")
    smooth = 0.25 * padded[:, :-2] + 0.5 * padded[:, 1:-1] + 0.25 * padded[:, 2:]
    gains = np.pad(1.0 / np.sqrt(smooth.astype(np.float64) + SILENT_POWER), ((0, 0), (1, 1)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(gains, 3, axis=1)
    weighted = (around @ _BETWEEN).reshape(len(windows), WINDOW_POINTS) * _HANN
    return np.asarray(weighted * (_HANN.sum() / weighted.sum(axis=1, keepdims=True)), dtype=np.float32)


def _between() -> npt.NDArray[np.float64]:
    """Shares of a level, of the one before and of the one after at every point: straight lines between middles."""
    away = np.arange(_LEVEL_POINTS) / _LEVEL_POINTS - 0.5
    return np.array([np.maximum(-away, 0.0), 1.0 - np.abs(away), np.maximum(away, 0.0)])


_HANN = np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW_POINTS) / WINDOW_POINTS), np.float32)
_BETWEEN = _between()
