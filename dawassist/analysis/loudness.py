"""Loudness from K-weighted powers: gating of BS.1770-4, momentary and short-term of EBU Tech 3341, range of Tech 3342.

Everything is computed from the mean square of consecutive 100 ms hops, summed over the channels: a 400 ms gating block
with 75 % overlap is four of them, a 3 s short-term window thirty. Left and right weigh 1.
"""

import numpy as np
import numpy.typing as npt

from dawassist.units import SILENCE_DB

Powers = npt.NDArray[np.float64]
HOP_SECONDS = 0.1
HOPS_PER_BLOCK = 4
HOPS_PER_SHORT_TERM = 30
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_OFFSET_LUFS = -0.691
_RANGE_GATE_LU = -20.0
_RANGE_LOW, _RANGE_HIGH = 0.10, 0.95


def hop_frames(sample_rate_hz: float) -> int:
    """Frames of one 100 ms hop."""
    return round(sample_rate_hz * HOP_SECONDS)


def power_to_lufs(power: npt.ArrayLike) -> Powers:
    """Loudness of K-weighted mean squares; `SILENCE_DB` for 0."""
    values = np.asarray(power, dtype=np.float64)
    quiet = values <= 10.0 ** ((SILENCE_DB - _OFFSET_LUFS) / 10.0)
    return np.where(quiet, SILENCE_DB, _OFFSET_LUFS + 10.0 * np.log10(np.where(quiet, 1.0, values)))


def lufs_to_power(lufs: float) -> float:
    """The K-weighted mean square of a loudness."""
    return float(10.0 ** ((lufs - _OFFSET_LUFS) / 10.0))


def window_powers(hops: Powers, hops_per_window: int) -> Powers:
    """Mean power of every full window of consecutive hops, one per hop; empty when there is no full window."""
    if len(hops) < hops_per_window:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(hops, hops_per_window)
    return np.asarray(windows.mean(axis=-1))


def gated_lufs(block_powers: Powers, weights: npt.ArrayLike = 1.0) -> float:
    """Integrated loudness of 400 ms block powers (BS.1770-4, Annex 1, equations 4 to 7); `weights` count blocks."""
    counts = np.broadcast_to(weights, block_powers.shape)
    loud = block_powers > lufs_to_power(ABSOLUTE_GATE_LUFS)
    if not loud.any():
        return SILENCE_DB
    gate = np.average(block_powers[loud], weights=counts[loud]) * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    kept = loud & (block_powers > gate)
    return float(power_to_lufs(np.average(block_powers[kept], weights=counts[kept])))


def integrated_lufs(hops: Powers) -> float:
    """Integrated loudness; `SILENCE_DB` when nothing passes the gate or there is less than one block."""
    return gated_lufs(window_powers(hops, HOPS_PER_BLOCK))


def momentary_max_lufs(hops: Powers) -> float:
    return _loudest_lufs(window_powers(hops, HOPS_PER_BLOCK))


def short_term_max_lufs(hops: Powers) -> float:
    return _loudest_lufs(window_powers(hops, HOPS_PER_SHORT_TERM))


def loudness_range_lu(hops: Powers) -> float:
    """Loudness range (EBU Tech 3342) of short-term windows every 100 ms; 0 when nothing passes the gate."""
    powers = window_powers(hops, HOPS_PER_SHORT_TERM)
    loud = powers[powers > lufs_to_power(ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return 0.0
    kept = np.sort(loud[loud >= loud.mean() * 10.0 ** (_RANGE_GATE_LU / 10.0)])
    low, high = (kept[round((len(kept) - 1) * share)] for share in (_RANGE_LOW, _RANGE_HIGH))
    return float(power_to_lufs(high) - power_to_lufs(low))


class RunningGate:
    """Which hops close a 400 ms block that passes the gates, judged by everything so far."""

    def __init__(self) -> None:
        self._before = np.zeros(HOPS_PER_BLOCK - 1, dtype=np.float32)
        self._sum, self._count = 0.0, 0

    def passing(self, powers: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """For the next hops, shape (hops,)."""
        joined = np.concatenate((self._before, powers))
        self._before = joined[len(joined) - (HOPS_PER_BLOCK - 1) :]
        blocks = np.convolve(joined, np.full(HOPS_PER_BLOCK, 1.0 / HOPS_PER_BLOCK), mode="valid")
        audible = blocks > lufs_to_power(ABSOLUTE_GATE_LUFS)
        self._sum += float(blocks[audible].sum())
        self._count += int(audible.sum())
        gate = self._sum / max(self._count, 1) * 10.0 ** (RELATIVE_GATE_LU / 10.0)
        return np.asarray(audible & (blocks > gate))


def _loudest_lufs(powers: Powers) -> float:
    return float(power_to_lufs(powers.max())) if len(powers) else SILENCE_DB
