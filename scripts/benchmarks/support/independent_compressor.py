"""A feed-forward compressor, sample by sample, that shares no code with the console's.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012: the gain computer
with a quadratic knee (equation 4) and the branching one-pole in the log domain (equation 16), behind a mean square of
both channels with one pole. The product's console works in steps of 1/8000 s.
"""

import math

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
_SILENT_DB = -150.0


def compressed(
    signal: Samples, rate_hz: int, *, threshold_db: float, ratio: float, attack_ms: float, release_ms: float,
    knee_db: float, rms_ms: float, wet_gain: float, dry_gain: float,
) -> Samples:  # fmt: skip
    """(2, frames) in and out; without look-ahead and detector filters."""
    wanted_db = _computed(_level_db(signal, rate_hz, rms_ms), threshold_db, ratio, knee_db)
    reduction_db = _smoothed(wanted_db, _pole(attack_ms, rate_hz), _pole(release_ms, rate_hz))
    return np.asarray(signal * (dry_gain + wet_gain * 10.0 ** (-reduction_db / 20.0)))


def _level_db(signal: Samples, rate_hz: int, rms_ms: float) -> Samples:
    from scipy.signal import lfilter

    power = np.mean(signal**2, axis=0)
    if rms_ms > 0.0:
        pole = _pole(rms_ms, rate_hz)
        power = lfilter([1.0 - pole], [1.0, -pole], power)
    return np.asarray(10.0 * np.log10(np.maximum(power, 10.0 ** (_SILENT_DB / 10.0))))


def _computed(level_db: Samples, threshold_db: float, ratio: float, knee_db: float) -> Samples:
    """By how much a level is lowered: x − y of equation 4."""
    over = level_db - threshold_db
    lowered = np.where(over > 0.0, over * (1.0 - 1.0 / ratio), 0.0)
    if knee_db > 0.0:
        inside = np.abs(over) <= knee_db / 2.0
        lowered[inside] = (1.0 - 1.0 / ratio) * (over[inside] + knee_db / 2.0) ** 2 / (2.0 * knee_db)
    return lowered


def _smoothed(wanted_db: Samples, attack: float, release: float) -> Samples:
    state, found = 0.0, []
    for wanted in wanted_db.tolist():
        pole = attack if wanted > state else release
        state = pole * state + (1.0 - pole) * wanted
        found.append(state)
    return np.array(found)


def _pole(time_ms: float, rate_hz: int) -> float:
    return math.exp(-1.0 / (time_ms / 1000.0 * rate_hz)) if time_ms > 0.0 else 0.0
