"""What a mixing engineer would measure of a mix and of its parts, from rendered sound alone; every value is in dB."""

import numpy as np
import numpy.typing as npt
from benchmarks.support.prediction_measures import k_weighted, loudness_lufs

Samples = npt.NDArray[np.float64]
_BLOCK_SECONDS = 0.4
_PLAYS_DB = 20.0  # under the loudest tenth of the blocks of a part
_HIT_SECONDS = 0.1
_OCTAVES_HZ = (62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
_SHORT_TERM_SECONDS, _STEP_SECONDS = 3.0, 0.1


def lead_margins(lead: Samples, rest: Samples, rate_hz: int, low_hz: float, high_hz: float) -> Samples:
    """Lead against the rest between two frequencies, in the 400 ms blocks in which it sings."""
    ours, others = (_block_powers(each, rate_hz, low_hz, high_hz) for each in (lead, rest))
    return np.asarray(10.0 * np.log10((ours + 1e-15) / (others + 1e-15)))[_plays(ours)]


def order_db(lead: Samples, backing: Samples, rate_hz: int) -> float | None:
    """Lead against the sum of the backing vocals where both sing, the median; None where they never do."""
    ours, others = (_block_powers(each, rate_hz, 20.0, 20000.0) for each in (lead, backing))
    both = _plays(ours) & _plays(others)
    return float(np.median(10.0 * np.log10(ours[both] / others[both]))) if both.any() else None


def low_end_db(kick: Samples, bass: Samples, rate_hz: int) -> tuple[float, float] | None:
    """E(kick + bass) / (E(kick) + E(bass)) and E(kick) / E(bass) at 40–120 Hz over the hits of the kick; None where
    they never meet."""
    one, two = (_band(each, rate_hz, 40.0, 120.0) for each in (kick, bass))
    size = round(_HIT_SECONDS * rate_hz)
    powers = [_mean_powers(each, size) for each in (one, two, one + two)]
    hits = _plays(powers[0]) & _plays(powers[1])
    if not hits.any():
        return None
    first, second, both = (float(each[hits].sum()) for each in powers)
    return float(10.0 * np.log10(both / (first + second))), float(10.0 * np.log10(first / second))


def side_over_mid_db(mix: Samples, rate_hz: int) -> float:
    """Below 120 Hz."""
    low = _band(mix, rate_hz, 20.0, 120.0)
    return float(20.0 * np.log10(_rms(low[0] - low[1]) / _rms(low[0] + low[1])))


def mono_loss_lu(part: Samples, rate_hz: int) -> float:
    """What a part loses when both sides get the mean of them, against a part whose sides are alike."""
    middle = part.mean(axis=0)
    return loudness_lufs(part, rate_hz) - loudness_lufs(np.stack([middle, middle]), rate_hz)


def lean_db(mix: Samples) -> float:
    return abs(float(20.0 * np.log10(_rms(mix[0]) / _rms(mix[1]))))


def octave_changes_db(before: Samples, after: Samples, rate_hz: int) -> Samples:
    """Per octave, with the whole as loud as before."""
    levels = [np.array([_band_power(each, rate_hz, f) for f in _OCTAVES_HZ]) for each in (before, after)]
    change = 10.0 * np.log10(levels[1] / levels[0])
    return np.asarray(change - 10.0 * np.log10(levels[1].sum() / levels[0].sum()))


def loudness_range_lu(mix: Samples, rate_hz: int) -> float:
    """10th to 95th percentile of the short-term loudness, K-weighted as all loudness, that lies within 20 LU of the
    loudest passage (EBU Tech 3342, whose gate is under the mean); ten times a second, as meters of EBU Tech 3341 do."""
    power = np.mean(k_weighted(mix, rate_hz) ** 2, axis=0)
    size = round(_SHORT_TERM_SECONDS * rate_hz)
    until = np.concatenate(([0.0], np.cumsum(power)))
    starts = np.arange(0, max(len(power) - size, 0) + 1, round(_STEP_SECONDS * rate_hz))
    ends = np.minimum(starts + size, len(power))
    levels = 10.0 * np.log10((until[ends] - until[starts]) / size + 1e-15)
    kept = levels[levels > levels.max() - 20.0]
    return float(np.percentile(kept, 95) - np.percentile(kept, 10))


def _block_powers(signal: Samples, rate_hz: int, low_hz: float, high_hz: float) -> Samples:
    return _mean_powers(_band(signal, rate_hz, low_hz, high_hz), round(_BLOCK_SECONDS * rate_hz))


def _mean_powers(signal: Samples, size: int) -> Samples:
    blocks = signal[:, : signal.shape[1] // size * size].reshape(len(signal), -1, size)
    return np.asarray(np.mean(blocks**2, axis=(0, 2)))


def _plays(powers: Samples) -> npt.NDArray[np.bool_]:
    loud = np.percentile(powers[powers > 0.0], 90) if (powers > 0.0).any() else np.inf
    return np.asarray(powers > max(loud * 10.0 ** (-_PLAYS_DB / 10.0), 1e-9))


def _band(signal: Samples, rate_hz: int, low_hz: float, high_hz: float) -> Samples:
    spectrum = np.fft.rfft(signal)
    hertz = np.fft.rfftfreq(signal.shape[1], 1.0 / rate_hz)
    spectrum[:, (hertz < low_hz) | (hertz >= high_hz)] = 0.0
    return np.asarray(np.fft.irfft(spectrum, signal.shape[1]))


def _band_power(signal: Samples, rate_hz: int, center_hz: float) -> float:
    return float(np.mean(_band(signal, rate_hz, center_hz / np.sqrt(2.0), center_hz * np.sqrt(2.0)) ** 2)) + 1e-15


def _rms(signal: Samples) -> float:
    return float(np.sqrt(np.mean(signal**2))) + 1e-9
