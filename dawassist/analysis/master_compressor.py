"""The compressor on the master of a bounce, from what goes into it and what comes out.

Tracks that play in one part of a song only and a gain that moves from part to part explain each other; what tells them
apart is that a compressor follows the level, everywhere by the same few numbers. Those are searched, and the tracks'
gains are solved for each of them (variable projection: Golub & Pereyra, 1973).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.console.compressor import gain_reduction_db

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]

STEP_SECONDS = 0.005
_EMPHASIS = 0.9  # highs count as much as lows
_LOCAL_SECONDS = 0.4  # quiet passages count as much as loud ones
_FLOOR = 1e-3  # of the mean power: quieter passages count no more than that
_RIDGE = 1e-6
_MOST_TRIALS = 240
_START = (-10.0, 2.0, 0.010, 0.1)  # threshold under the loudest steps in dB, ratio, attack and release in seconds
_RATIOS, _ATTACKS, _RELEASES = (1.02, 40.0), (0.001, 0.3), (0.01, 3.0)
_FIRST_STEPS = (4.0, 0.5, 0.7, 0.7)  # dB, and logarithms
_EXPLAINED, _FOREIGN = 1e-4, 0.9  # of the power unexplained without a compressor
_DETECTOR_SECONDS = 0.010  # of the level that is compressed, one pole


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressor:
    """Feed-forward, with the branching smoothing of the console's compressor."""

    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float

    def gain(self, level_db: Reals) -> Reals:
        """Of levels (..., steps) that start at rest."""
        wanted = gain_reduction_db(level_db, self.threshold_db, self.ratio, 0.0)
        rising, falling = (float(np.exp(-STEP_SECONDS / each)) for each in (self.attack_seconds, self.release_seconds))
        reduction = np.empty_like(wanted)
        now = wanted[..., 0]
        for step in range(wanted.shape[-1]):
            target = wanted[..., step]
            now = target + (now - target) * np.where(target > now, rising, falling)
            reduction[..., step] = now
        return np.asarray(10.0 ** (-reduction / 20.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProducts:
    """Of one excerpt, per step of 5 ms: `tracks` (2, steps, n, n), `cross` (2, steps, n), `power` (steps,)."""

    tracks: npt.NDArray[np.float32]
    cross: npt.NDArray[np.float32]
    power: Reals


def step_products(tracks: Samples, bounce: Samples, sample_rate_hz: int) -> StepProducts:
    """Of tracks (n, 2, frames) and the bounce (2, frames); passages weighted to the same power."""
    step = _step(sample_rate_hz)
    steps = bounce.shape[1] // step
    wanted = _emphasized(bounce)[:, : steps * step].reshape(2, steps, step)
    power = np.asarray((wanted.astype(np.float64) ** 2).sum(axis=(0, 2)))
    weight = 1.0 / (_local(power) + _FLOOR * float(power.mean()) + 1e-30)
    root = np.sqrt(weight).astype(np.float32)[:, None]
    products, cross = [], []
    for side in range(2):
        rows = _emphasized(tracks[:, side])[:, : steps * step].reshape(len(tracks), steps, step).transpose(1, 0, 2)
        rows = rows * root[:, :, None]
        products.append(rows @ rows.transpose(0, 2, 1))
        cross.append((rows @ (wanted[side] * root)[:, :, None])[:, :, 0])
    return StepProducts(tracks=np.stack(products), cross=np.stack(cross), power=power * weight)


def step_levels_db(signal: Samples, sample_rate_hz: int) -> Reals:
    """Of (2, frames), through a detector of 10 ms."""
    step = _step(sample_rate_hz)
    steps = signal.shape[1] // step
    power = (signal[:, : steps * step].astype(np.float64) ** 2).mean(axis=0).reshape(steps, step).mean(axis=1)
    from scipy.signal import lfilter

    keep = float(np.exp(-STEP_SECONDS / _DETECTOR_SECONDS))
    return np.asarray(10.0 * np.log10(lfilter([1.0 - keep], [1.0, -keep], power) + 1e-20))


def find_compressor(
    products: Sequence[StepProducts], level_db: Reals, start: Compressor | None = None
) -> tuple[Compressor, float] | None:
    """The compressor that explains most, and the share of what is unexplained without one that it leaves.

    `level_db` (excerpts, lead-in and steps) is that of the sum of all tracks, as they go into the master. None where
    next to nothing is unexplained without one, or next to everything.
    """
    from scipy.optimize import minimize

    steps = len(products[0].power)
    joined = StepProducts(
        tracks=np.concatenate([each.tracks for each in products], axis=1),
        cross=np.concatenate([each.cross for each in products], axis=1),
        power=np.concatenate([each.power for each in products]),
    )
    loudest = float(np.percentile(level_db, 95))

    def made(values: Reals) -> Compressor:
        return Compressor(
            threshold_db=loudest + float(values[0]),
            ratio=_within(values[1], _RATIOS),
            attack_seconds=_within(values[2], _ATTACKS),
            release_seconds=_within(values[3], _RELEASES),
        )

    def left(values: Reals) -> float:
        return unexplained(joined, made(values).gain(level_db)[:, -steps:].ravel())

    flat = unexplained(joined, np.ones(len(joined.power)))
    if not _EXPLAINED < flat / max(float(joined.power.sum()), 1e-30) < _FOREIGN:
        return None
    numbers = _START
    if start is not None:
        numbers = start.threshold_db - loudest, start.ratio, start.attack_seconds, start.release_seconds
    first = np.array([numbers[0], *np.log(numbers[1:])])
    reach = np.diag(_FIRST_STEPS) * (1.0 if start is None else 0.3)
    solved = minimize(
        left, first, method="Nelder-Mead",
        options={"initial_simplex": np.vstack((first, first + reach)), "xatol": 0.01, "fatol": 1e-4 * flat,
                 "maxfev": _MOST_TRIALS if start is None else _MOST_TRIALS // 2},
    )  # fmt: skip
    return made(solved.x), float(solved.fun) / max(flat, 1e-30)


def unexplained(products: StepProducts, gain: Reals) -> float:
    """Of the bounce's (weighted) power, with the tracks' best gains before a master of this `gain` per step."""
    rest = float(products.power.sum())
    for tracks, cross in zip(products.tracks, products.cross, strict=True):
        own = np.tensordot((gain**2).astype(np.float32), tracks, axes=1).astype(np.float64)
        same = np.tensordot(gain.astype(np.float32), cross, axes=1).astype(np.float64)
        own += np.diag(_RIDGE * np.diag(own) + 1e-20)
        rest -= float(same @ np.linalg.solve(own, same))
    return max(rest, 0.0)


def without(bounce: Samples, gain: Reals, sample_rate_hz: int) -> Samples:
    """The bounce (2, frames) divided by the gain of its steps."""
    centers = (np.arange(len(gain)) + 0.5) * _step(sample_rate_hz)
    return np.asarray(bounce / np.interp(np.arange(bounce.shape[1]), centers, gain), dtype=np.float32)


def _within(logarithm: float, reach: tuple[float, float]) -> float:
    return float(np.exp(np.clip(logarithm, np.log(reach[0]), np.log(reach[1]))))


def _step(sample_rate_hz: int) -> int:
    return max(round(STEP_SECONDS * sample_rate_hz), 1)


def _emphasized(signal: Samples) -> Samples:
    found = signal.copy()
    found[..., 1:] -= np.float32(_EMPHASIS) * signal[..., :-1]
    return found


def _local(power: Reals) -> Reals:
    width = round(_LOCAL_SECONDS / STEP_SECONDS)
    shape = np.hanning(min(2 * width + 1, len(power)) + 2)[1:-1]
    return np.asarray(np.convolve(power, shape / shape.sum(), mode="same"))
