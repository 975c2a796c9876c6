"""Faults done to clean signals, each at a severity that is known: (channels, frames) in, the same shape out."""

import numpy as np
from benchmarks.support.stems import RATE, Signal, active_rms, is_active

_MAINS_TOLERANCE = 0.001  # 50 ± 0.05 Hz: what grids hold to
_HARMONICS = 10


def clipped(signal: Signal, share: float, ceiling_dbfs: float) -> Signal:
    """`share` of the samples that are heard cut flat, the flat tops at `ceiling_dbfs`."""
    size = signal.shape[-1] // len(is_active(signal))
    heard = np.repeat(is_active(signal), size)
    limit = max(float(np.quantile(np.abs(signal[..., : len(heard)][..., heard]), 1.0 - share)), 1e-6)
    return np.asarray(np.clip(signal / limit, -1.0, 1.0) * 10.0 ** (ceiling_dbfs / 20.0), dtype=np.float32)


def with_dc(signal: Signal, offset_dbfs: float, sign: float) -> Signal:
    return np.asarray(signal + sign * 10.0 ** (offset_dbfs / 20.0), dtype=np.float32)


def with_hum(signal: Signal, mains_hz: float, below_db: float, generator: np.random.Generator) -> Signal:
    """Mains hum with harmonics, `below_db` under the signal while it is heard: smooth, or a rectifier's buzz."""
    seconds = np.arange(signal.shape[-1]) / RATE
    grid_hz = mains_hz * (1.0 + generator.uniform(-_MAINS_TOLERANCE, _MAINS_TOLERANCE))
    fall, odd_only = generator.uniform(0.7, 2.0), generator.random() < 0.5
    hum = np.zeros(len(seconds))
    for order in range(1, _HARMONICS + 1):
        weight = order**-fall * (0.3 if odd_only and order % 2 == 0 else 1.0) * generator.uniform(0.6, 1.0)
        hum += weight * np.sin(2.0 * np.pi * (order * grid_hz * seconds + generator.random()))
    return _added(signal, hum, below_db)


def with_rumble(signal: Signal, below_db: float, generator: np.random.Generator) -> Signal:
    """Noise within 5–25 Hz, `below_db` under the signal while it is heard: traffic, stands, wind."""
    frames = signal.shape[-1]
    low_hz = generator.uniform(5.0, 12.0)
    high_hz = generator.uniform(low_hz + 6.0, 25.0)
    frequency_hz = np.fft.rfftfreq(frames, 1.0 / RATE)
    spectrum = np.zeros(len(frequency_hz), dtype=np.complex128)
    inside = (frequency_hz >= low_hz) & (frequency_hz <= high_hz)
    spectrum[inside] = generator.standard_normal(inside.sum()) + 1j * generator.standard_normal(inside.sum())
    return _added(signal, np.fft.irfft(spectrum, frames), below_db)


def dead(signal: Signal, noise_dbfs: float, generator: np.random.Generator) -> Signal:
    """What a converter records with nothing connected."""
    return np.asarray(generator.standard_normal(signal.shape) * 10.0 ** (noise_dbfs / 20.0), dtype=np.float32)


def one_side_dead(signal: Signal, side: int, noise_dbfs: float, generator: np.random.Generator) -> Signal:
    broken = signal.copy()
    broken[side] = dead(signal[side], noise_dbfs, generator)
    return broken


def copied(signal: Signal, gain_db: float, *, one_late: bool, generator: np.random.Generator) -> Signal:
    """The same recording again: one sample late, or with noise 60 dB under it."""
    copy = signal * 10.0 ** (gain_db / 20.0)
    if one_late:
        copy = np.concatenate((np.zeros_like(copy[..., :1]), copy[..., :-1]), axis=-1)
    else:
        copy = copy + generator.standard_normal(copy.shape) * active_rms(np.asarray(copy, np.float32)) * 1e-3
    return np.asarray(copy, dtype=np.float32)


def _added(signal: Signal, disturbance: np.ndarray, below_db: float) -> Signal:
    level = active_rms(signal) * 10.0 ** (-below_db / 20.0)
    disturbance = disturbance * level / np.sqrt(np.mean(np.square(disturbance)))
    return np.asarray(signal + disturbance, dtype=np.float32)
