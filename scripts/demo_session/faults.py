"""Faults that live in the sound: planted on clean signals, and taken away again.

Signals are (FRAMES,) or (2, FRAMES). All of them are deterministic, so that the clean signal of a shipped file that was
damaged can be had from it: exactly where the file is lossless, apart from the frames that a delay pushed out.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]
_STEP = 1.0 / 32768.0  # of 16-bit files


def flipped(signal: Signal) -> Signal:
    return -signal


def shifted(signal: Signal, frames: int) -> Signal:
    """Later by `frames` (earlier when negative); silence comes in."""
    out = np.zeros_like(signal)
    if frames >= 0:
        out[..., frames:] = signal[..., : signal.shape[-1] - frames]
    else:
        out[..., :frames] = signal[..., -frames:]
    return out


def hum(frames: int, rate_hz: int, mains_hz: float, harmonics_dbfs: Sequence[float]) -> Signal:
    """Mains hum, in steps of a 16-bit file; `harmonics_dbfs` are the peak levels of 1×, 2×, … the mains frequency."""
    times = np.arange(frames) / rate_hz
    total = np.zeros(frames)
    for place, level_dbfs in enumerate(harmonics_dbfs, start=1):
        total += 10.0 ** (level_dbfs / 20.0) * np.sin(2.0 * np.pi * mains_hz * place * times + 0.7 * place)
    return np.asarray(np.round(total / _STEP) * _STEP)


def dead(frames: int, seed: int) -> Signal:
    """What a converter with nothing connected records: noise of one 16-bit step, about −90 dBFS."""
    chance = np.random.default_rng(seed)
    return np.asarray(np.round(chance.normal(0.0, 0.55, frames)) * _STEP)
