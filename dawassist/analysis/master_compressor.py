"""The compressor on the master of a bounce, from what goes into it and what comes out.

Tracks that play in one part of a song only and a gain that moves from part to part explain each other; what tells them
apart is that a compressor follows the level, everywhere by the same few numbers. Those are searched, and the tracks'
gains are solved for each of them (variable projection: Golub & Pereyra, 1973).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from dawassist.console.compressor import gain_reduction_db

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Smooths = Literal["gain", "level"]

STEP_SECONDS = 0.005
_EMPHASIS = 0.9  # highs count as much as lows
_LOCAL_SECONDS = 0.4  # quiet passages count as much as loud ones
_FLOOR = 1e-3  # of the mean power: quieter passages count no more than that
_RIDGE = 1e-6
_MOST_TRIALS = 120
_OTHERS: tuple[tuple[Smooths, bool], ...] = (("gain", False), ("level", True), ("level", False))
_WELL = 0.1  # of what is unexplained without a compressor: no other kind is tried
_START_DB = 10.0  # of the threshold, under the loudest steps
_START = (2.0, 0.010, 0.1)  # ratio, attack and release in seconds
_RATIOS, _ATTACKS, _RELEASES = (1.02, 40.0), (0.001, 0.3), (0.01, 3.0)
_FIRST_STEPS = (4.0, 0.5, 0.7, 0.7)  # dB, and logarithms
_EXPLAINED, _FOREIGN = 1e-4, 0.9  # of the power unexplained without a compressor
_DETECTOR_SECONDS = 0.010  # of the level that is compressed, one pole


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressor:
    """Feed-forward, with branching smoothing: of the gain in dB, or of the level before it (Giannoulis et al., 2012).

    `is_linked`: both sides get the gain of their mean power.
    """

    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float
    smooths: Smooths = "gain"
    is_linked: bool = True

    def gain(self, level_db: Reals) -> Reals:
        """Of levels (..., 2 sides, steps); it starts at rest."""
        if self.is_linked:
            mean = (10.0 ** (level_db / 10.0)).mean(axis=-2, keepdims=True)
            level_db = np.broadcast_to(10.0 * np.log10(mean), level_db.shape)
        if self.smooths == "level":
            level_db = 20.0 * np.log10(self._smoothed(10.0 ** (level_db / 20.0)))
        reduction = gain_reduction_db(level_db, self.threshold_db, self.ratio, 0.0)
        return np.asarray(10.0 ** (-(reduction if self.smooths == "level" else self._smoothed(reduction)) / 20.0))

    def _smoothed(self, wanted: Reals) -> Reals:
        rising, falling = (float(np.exp(-STEP_SECONDS / each)) for each in (self.attack_seconds, self.release_seconds))
        found = np.empty_like(wanted)
        now = wanted[..., 0]
        for step in range(wanted.shape[-1]):
            target = wanted[..., step]
            now = target + (now - target) * np.where(target > now, rising, falling)
            found[..., step] = now
        return found


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
    wanted = emphasized(bounce)[:, : steps * step].reshape(2, steps, step)
    power = np.asarray((wanted.astype(np.float64) ** 2).sum(axis=(0, 2)))
    weight = _weight(power)
    root = np.sqrt(weight).astype(np.float32)[:, None]
    products, cross = [], []
    for side in range(2):
        rows = emphasized(tracks[:, side])[:, : steps * step].reshape(len(tracks), steps, step).transpose(1, 0, 2)
        rows = rows * root[:, :, None]
        products.append(rows @ rows.transpose(0, 2, 1))
        cross.append((rows @ (wanted[side] * root)[:, :, None])[:, :, 0])
    return StepProducts(tracks=np.stack(products), cross=np.stack(cross), power=power * weight)


def step_levels_db(signal: Samples, sample_rate_hz: int) -> Reals:
    """Of both sides (2, frames), through a detector of 10 ms: (2, steps)."""
    from scipy.signal import lfilter

    step = _step(sample_rate_hz)
    steps = signal.shape[1] // step
    power = (signal[:, : steps * step].astype(np.float64) ** 2).reshape(2, steps, step).mean(axis=2)

    keep = float(np.exp(-STEP_SECONDS / _DETECTOR_SECONDS))
    return np.asarray(10.0 * np.log10(lfilter([1.0 - keep], [1.0, -keep], power) + 1e-20))


def find_compressor(
    products: Sequence[StepProducts], level_db: Reals, start: Compressor | None = None
) -> tuple[Compressor, float] | None:
    """The compressor that explains most, and the share of what is unexplained without one that it leaves.

    `level_db` (excerpts, 2 sides, lead-in and steps) is that of the sum of all tracks, as they go into the master.
    None where next to nothing is unexplained without one, or next to everything.
    """
    steps = len(products[0].power)
    joined = StepProducts(
        tracks=np.concatenate([each.tracks for each in products], axis=1),
        cross=np.concatenate([each.cross for each in products], axis=1),
        power=np.concatenate([each.power for each in products]),
    )

    def left(compressor: Compressor) -> float:
        gain = compressor.gain(level_db)[..., -steps:]
        return unexplained(joined, np.moveaxis(gain, 1, 0).reshape(2, -1))

    flat = unexplained(joined, np.ones((2, len(joined.power))))
    if not _EXPLAINED < flat / max(float(joined.power.sum()), 1e-30) < _FOREIGN:
        return None
    if start is not None:
        found = _nearest(left, start, 0.3, _MOST_TRIALS // 2, 1e-4 * flat)
        return found, left(found) / max(flat, 1e-30)
    threshold_db = float(np.percentile(level_db, 95)) - _START_DB
    first = Compressor(threshold_db=threshold_db, ratio=_START[0], attack_seconds=_START[1], release_seconds=_START[2])
    kinds = [replace(first, smooths=smooths, is_linked=linked) for smooths, linked in _OTHERS]
    best = _nearest(left, first, 1.0, _MOST_TRIALS, 1e-4 * flat)
    if left(best) > _WELL * flat:
        best = min((best, *(_nearest(left, kind, 1.0, _MOST_TRIALS, 1e-4 * flat) for kind in kinds)), key=left)
    return best, left(best) / max(flat, 1e-30)


def _nearest(
    left: Callable[[Compressor], float], start: Compressor, reach: float, most_trials: int, tolerance: float
) -> Compressor:
    """With the four numbers that leave least."""
    from scipy.optimize import minimize

    def made(values: Reals) -> Compressor:
        return replace(
            start,
            threshold_db=float(values[0]),
            ratio=_within(values[1], _RATIOS),
            attack_seconds=_within(values[2], _ATTACKS),
            release_seconds=_within(values[3], _RELEASES),
        )

    numbers = start.ratio, start.attack_seconds, start.release_seconds
    first = np.array([start.threshold_db, *np.log(numbers)])
    solved = minimize(
        lambda values: left(made(values)), first, method="Nelder-Mead",
        options={"initial_simplex": np.vstack((first, first + reach * np.diag(_FIRST_STEPS))), "xatol": 0.01,
                 "fatol": tolerance, "maxfev": most_trials},
    )  # fmt: skip
    return made(solved.x)


def unexplained(products: StepProducts, gain: Reals) -> float:
    """Of the bounce's (weighted) power, with the tracks' best gains before a master of this `gain` (2, steps)."""
    rest = float(products.power.sum())
    for tracks, cross, side in zip(products.tracks, products.cross, gain, strict=True):
        own = np.tensordot((side**2).astype(np.float32), tracks, axes=1).astype(np.float64)
        same = np.tensordot(side.astype(np.float32), cross, axes=1).astype(np.float64)
        own += np.diag(_RIDGE * np.diag(own) + 1e-20)
        rest -= float(same @ np.linalg.solve(own, same))
    return max(rest, 0.0)


def per_frame(gain: Reals, frames: int, sample_rate_hz: int) -> Reals:
    """The gain of steps (2, steps), in straight lines from the middle of one to the next."""
    centers = (np.arange(gain.shape[1]) + 0.5) * _step(sample_rate_hz)
    return np.stack([np.interp(np.arange(frames), centers, side) for side in gain])


def _within(logarithm: float, reach: tuple[float, float]) -> float:
    return float(np.exp(np.clip(logarithm, np.log(reach[0]), np.log(reach[1]))))


def _step(sample_rate_hz: int) -> int:
    return max(round(STEP_SECONDS * sample_rate_hz), 1)


def emphasized(signal: Samples) -> Samples:
    """Without its slope toward the lows."""
    found = signal.copy()
    found[..., 1:] -= np.float32(_EMPHASIS) * signal[..., :-1]
    return found


def local_weight(bounce: Samples, sample_rate_hz: int) -> Reals:
    """Per frame, by which quiet passages count as much as loud ones."""
    step = _step(sample_rate_hz)
    steps = bounce.shape[1] // step
    power = (emphasized(bounce)[:, : steps * step].astype(np.float64) ** 2).reshape(2, steps, step).sum(axis=(0, 2))
    weight = np.repeat(_weight(power), step)
    return np.asarray(np.append(weight, np.full(bounce.shape[1] - len(weight), weight[-1])))


def _weight(power: Reals) -> Reals:
    return np.asarray(1.0 / (_local(power) + _FLOOR * float(power.mean()) + 1e-30))


def _local(power: Reals) -> Reals:
    width = round(_LOCAL_SECONDS / STEP_SECONDS)
    shape = np.hanning(min(2 * width + 1, len(power)) + 2)[1:-1]
    return np.asarray(np.convolve(power, shape / shape.sum(), mode="same"))
