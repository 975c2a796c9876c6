"""What predictions are about, measured on audio: by pyloudnorm, numpy and scipy, none of it ours.

Signals are (2, frames). Definitions are those that the product prints: 5 ms and 400 ms levels, frames of 300 ms.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
_STEP_SECONDS, _LEVEL_SECONDS, _HOP_SECONDS = 0.005, 0.4, 0.1
_FRAME_SECONDS, _FRAME_HOP_SECONDS = 0.3, 0.2
_PAUSE_DB = 20.0  # under the loud passages
_FRAME_PAUSE_DB = 30.0
_PART_PLAYS_DB = 15.0
_LINE_HZ = 0.4
_FADE_SECONDS = 0.5


def loudness_lufs(signal: Samples, rate_hz: int) -> float:
    """By pyloudnorm, with the filters of De Man."""
    return float(_meter(rate_hz).integrated_loudness(signal.T))  # type: ignore[attr-defined]


def band_db(signal: Samples, rate_hz: int, low_hz: float, high_hz: float) -> float:
    """Energy of both sides from `low_hz` up to `high_hz`."""
    power = (np.abs(np.fft.rfft(signal)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(signal.shape[1], 1.0 / rate_hz)
    return float(10.0 * np.log10(power[(hertz >= low_hz) & (hertz < high_hz)].sum() + 1e-20))


def while_playing(signal: Samples, rate_hz: int, segments: Iterable[tuple[float, float]]) -> Samples:
    """Half a second beside the segments fades."""
    at = np.arange(signal.shape[1]) / rate_hz
    gain = np.zeros(signal.shape[1])
    for start, end in segments:
        away = np.clip(np.maximum(start - at, at - end) / _FADE_SECONDS, 0.0, 1.0)
        gain = np.maximum(gain, np.cos(np.pi / 2.0 * away) ** 2)
    return signal * gain


def offset_dbfs(signal: Samples) -> float:
    """Mean of the side with more of it."""
    return float(20.0 * np.log10(np.abs(signal.mean(axis=1)).max() + 1e-12))


def lines_db(signal: Samples, rate_hz: int, lines_hz: Sequence[float]) -> float:
    """Energy of standing lines, what lies beside them taken out."""
    shape = np.hanning(signal.shape[1])
    power = (np.abs(np.fft.rfft(signal * shape)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(signal.shape[1], 1.0 / rate_hz)
    total = 0.0
    for line_hz in lines_hz:
        inside = np.abs(hertz - line_hz) <= _LINE_HZ
        beside = (np.abs(hertz - line_hz) > 2.0 * _LINE_HZ) & (np.abs(hertz - line_hz) <= 8.0 * _LINE_HZ)
        total += max(float(power[inside].sum() - inside.sum() * np.median(power[beside])), 0.0)
    return float(10.0 * np.log10(total + 1e-20))


def mean_reduction_db(before: Samples, after: Samples, rate_hz: int, makeup_db: float) -> float:
    """By how much 5 ms levels are lower than before the compressor, its make-up gain taken out, while it plays."""
    level_db, lowered_db = (_levels_db(each, rate_hz, _STEP_SECONDS) for each in (before, after))
    return float(np.mean((level_db - lowered_db)[_plays(level_db)]) + makeup_db)


def spread_change_db(before: Samples, after: Samples, rate_hz: int) -> float:
    """Of the distance between the 10th and the 90th percentile of 400 ms levels, where it played before."""
    levels = [_levels_db(each, rate_hz, _LEVEL_SECONDS) for each in (before, after)]
    was, becomes = (np.subtract(*np.percentile(each[_plays(levels[0])], (90, 10))) for each in levels)
    return float(becomes - was)


def against_rest_db(part: Samples, rest: Samples, rate_hz: int, start_seconds: float, end_seconds: float) -> float:
    """Median K-weighted distance, in the 400 ms blocks that begin within the passage and in which the part plays."""
    part_power, rest_power = (_block_powers(each, rate_hz) for each in (part, rest))
    at = np.arange(len(part_power)) * _HOP_SECONDS
    plays = part_power > np.percentile(part_power[part_power > 0.0], 90) * 10.0 ** (-_PART_PLAYS_DB / 10.0)
    inside = plays & (at >= start_seconds - 1e-6) & (at <= end_seconds + 1e-6)
    return float(np.median(10.0 * np.log10(part_power[inside] / rest_power[inside])))


def over_own_spectrum_db(signal: Samples, rate_hz: int, center_hz: float) -> float:
    """A band of one ERB against the median of such bands within an octave, its neighbors left out: the median of the
    frames in which it plays."""
    from scipy.signal import stft

    frames = round(_FRAME_SECONDS * rate_hz)
    overlap = frames - round(_FRAME_HOP_SECONDS * rate_hz)
    hertz, _, spectra = stft(signal, rate_hz, "hann", frames, overlap, boundary=None)
    power = (np.abs(spectra) ** 2).sum(axis=0).T
    whole = power.sum(axis=1)
    power = power[whole > whole.max() * 10.0 ** (-_FRAME_PAUSE_DB / 10.0)]
    own = _erb_number(center_hz)
    numbers = [own + step for step in range(-12, 13) if center_hz / 2.0 <= _erb_hz(own + step) <= 2.0 * center_hz]
    levels = {number - own: 10.0 * np.log10(_band(power, hertz, number) + 1e-20) for number in numbers}
    around = np.median([level for step, level in levels.items() if abs(step) > 1.0], axis=0)
    return float(np.median(levels[0.0] - around))


def _band(power: Samples, hertz: Samples, number: float) -> Samples:
    """Power within half an ERB of an ERB number, per frame; bins at the edges count by their share."""
    low_hz, high_hz = _erb_hz(number - 0.5), _erb_hz(number + 0.5)
    width = hertz[1]
    shares = np.clip(np.minimum(hertz + width / 2, high_hz) - np.maximum(hertz - width / 2, low_hz), 0.0, None) / width
    return np.asarray(power @ shares)


def _erb_number(hertz: float) -> float:
    """Glasberg and Moore (1990)."""
    return float(21.4 * np.log10(1.0 + 0.00437 * hertz))


def _erb_hz(number: float) -> float:
    return float((10.0 ** (number / 21.4) - 1.0) / 0.00437)


def _levels_db(signal: Samples, rate_hz: int, seconds: float) -> Samples:
    size = round(seconds * rate_hz)
    power = np.mean(signal**2, axis=0)
    means = power[: len(power) // size * size].reshape(-1, size).mean(axis=1)
    return np.asarray(10.0 * np.log10(means + 1e-15))


def _plays(level_db: Samples) -> npt.NDArray[np.bool_]:
    loud = np.percentile(level_db[level_db > level_db.max() - 40.0], 95)
    return np.asarray(level_db > loud - _PAUSE_DB)


def k_weighted(signal: Samples, rate_hz: int) -> Samples:
    weighted = signal
    for stage in _meter(rate_hz)._filters.values():  # type: ignore[attr-defined]
        weighted = np.array([stage.apply_filter(channel) for channel in weighted])
    return weighted


def _block_powers(signal: Samples, rate_hz: int) -> Samples:
    weighted = k_weighted(signal, rate_hz)
    hop, blocks = round(_HOP_SECONDS * rate_hz), round(_LEVEL_SECONDS / _HOP_SECONDS)
    power = np.sum(weighted**2, axis=0)
    hops = power[: len(power) // hop * hop].reshape(-1, hop).mean(axis=1)
    return np.convolve(hops, np.full(blocks, 1.0 / blocks), "valid")


@lru_cache(maxsize=4)
def _meter(rate_hz: int) -> object:
    from pyloudnorm import Meter

    return Meter(rate_hz, filter_class="DeMan")
