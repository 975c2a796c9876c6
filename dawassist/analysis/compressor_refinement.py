"""A master's compressor in steps of an eighth of a millisecond, as a fast attack needs: it follows waves, not notes.

The bounce is divided by the gain, and what the tracks then leave of it is what counts. Against a search over gains of
whole 5 ms, a division holds for gains that move within a wave too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.master_compressor import Compressor, Smooths, emphasized, local_weight
from dawassist.console.compressor import followed, gain_reduction_db
from dawassist.console.dynamics import keep_per_step, step_frames

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Part = tuple[Samples, Samples, Samples]  # the sum into the master, the tracks (n, 2, frames), the bounce

_MOST_TRACK_SECONDS, _FEWEST_PARTS = 100.0, 3  # 24 tracks: 110 MiB at 48 kHz
_RIDGE = 1e-6
_MOST_TRIALS, _AGAIN_TRIALS = 60, 30
_FIRST_STEPS = (3.0, 0.4, 0.8, 0.6, 0.7)  # dB, and logarithms
_RATIOS = (1.02, 40.0)
_ATTACKS, _RELEASES, _DETECTORS = (0.0002, 0.3), (0.005, 3.0), (0.0003, 0.05)
_WELL = 3e-4  # unexplained: no other smoothing is tried
_BADLY = 0.1  # of what is unexplained without a compressor: the sides may be linked otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class FineCompressor:
    """Feed-forward, with branching smoothing of the gain in dB behind a mean square of one pole (`detector_seconds`),
    or of the rectified level alone (Giannoulis et al., 2012). `is_linked`: one gain for both sides."""

    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float
    detector_seconds: float
    smooths: Smooths
    is_linked: bool

    def gain(self, into: Samples, sample_rate_hz: int) -> Reals:
        """Of what goes into it, (2, frames); it starts at rest."""
        frames = step_frames(sample_rate_hz)
        steps = into.shape[1] // frames
        power = into[:, : steps * frames].astype(np.float64) ** 2
        if self.is_linked:
            power = power.mean(axis=0, keepdims=True)
        levels = power if self.smooths == "gain" else np.sqrt(power)
        levels = levels.reshape(len(levels), steps, frames).mean(axis=2)
        nodes = (np.arange(steps) + 1.0) * frames - 1.0
        at = np.arange(into.shape[1])
        gains = [np.interp(at, nodes, self._of(level, sample_rate_hz)) for level in levels]
        return np.stack(gains if len(gains) == 2 else gains * 2)

    def _of(self, level: Reals, sample_rate_hz: int) -> Reals:
        attack, release, detector = (
            keep_per_step(1000.0 * each, sample_rate_hz)
            for each in (self.attack_seconds, self.release_seconds, self.detector_seconds)
        )
        if self.smooths == "level":
            level_db = 20.0 * np.log10(followed(level, attack, release) + 1e-9)
            return np.asarray(10.0 ** (-gain_reduction_db(level_db, self.threshold_db, self.ratio, 0.0) / 20.0))
        from scipy.signal import lfilter

        level_db = 10.0 * np.log10(lfilter([1.0 - detector], [1.0, -detector], level) + 1e-18)
        wanted = gain_reduction_db(level_db, self.threshold_db, self.ratio, 0.0)
        return np.asarray(10.0 ** (-followed(wanted, attack, release) / 20.0))


Found = tuple[FineCompressor, float]


def refined_from(coarse: Compressor) -> FineCompressor:
    """The same, to start from."""
    return FineCompressor(
        threshold_db=coarse.threshold_db, ratio=coarse.ratio, attack_seconds=coarse.attack_seconds,
        release_seconds=coarse.release_seconds, detector_seconds=0.010, smooths=coarse.smooths,
        is_linked=coarse.is_linked,
    )  # fmt: skip


def refined(parts: Sequence[Part], start: FineCompressor, sample_rate_hz: int, *, is_first: bool) -> Found:
    """The compressor near `start` that explains most, and the share of what is unexplained without one that it leaves.

    Other kinds are tried where that of `start` does not explain the bounce.
    """
    left = _Unexplained(parts, sample_rate_hz)
    best = _nearest(left, start, 1.0 if is_first else 0.3, _MOST_TRIALS if is_first else _AGAIN_TRIALS)
    other: Smooths = "gain" if start.smooths == "level" else "level"
    if best[1] > _WELL:
        best = _better(best, _nearest(left, replace(best[0], smooths=other), 1.0, _AGAIN_TRIALS))
    flat = max(left(replace(start, ratio=1.0)), 1e-30)
    if best[1] > _BADLY * flat:
        best = _better(best, _nearest(left, replace(best[0], is_linked=not best[0].is_linked), 1.0, _AGAIN_TRIALS))
    return best[0], best[1] / flat


def _better(one: Found, other: Found) -> Found:
    return one if one[1] <= other[1] else other


class _Unexplained:
    """What the tracks, each with its best gain per side, leave of the bounce divided by a compressor's gain."""

    def __init__(self, parts: Sequence[Part], sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        seconds = len(parts[0][1]) * parts[0][2].shape[1] / sample_rate_hz
        count = min(max(int(_MOST_TRACK_SECONDS / max(seconds, 1e-9)), _FEWEST_PARTS), len(parts))
        chosen = [parts[round(place)] for place in np.linspace(0, len(parts) - 1, count)]
        self._parts = []
        self._products: Reals | float = 0.0
        for into, tracks, bounce in chosen:
            root = np.sqrt(local_weight(bounce, sample_rate_hz)).astype(np.float32)
            heard = (emphasized(tracks) * root).transpose(1, 0, 2)
            self._products = self._products + (heard @ heard.transpose(0, 2, 1)).astype(np.float64)
            self._parts.append((into, heard, bounce, root))

    def __call__(self, compressor: FineCompressor) -> float:
        cross: Reals | float = 0.0
        power = np.zeros(2)
        for into, heard, bounce, root in self._parts:
            still = emphasized(undone(bounce, compressor.gain(into, self._rate))) * root
            cross = cross + (heard @ still[:, :, None])[:, :, 0].astype(np.float64)
            power += np.einsum("sf,sf->s", still, still, dtype=np.float64)
        rest = 0.0
        for products, same, whole in zip(np.asarray(self._products), np.asarray(cross), power, strict=True):
            own = products + np.diag(_RIDGE * np.diag(products) + 1e-20)
            rest += whole - float(same @ np.linalg.solve(own, same))
        return float(max(rest, 0.0) / max(power.sum(), 1e-30))


def undone(bounce: Samples, gain: Reals) -> Samples:
    """The bounce (2, frames) divided by the end of `gain` (2, lead-in and frames)."""
    return np.asarray(bounce / gain[:, -bounce.shape[1] :], dtype=np.float32)


def _nearest(left: Callable[[FineCompressor], float], start: FineCompressor, reach: float, most_trials: int) -> Found:
    from scipy.optimize import minimize

    limits = np.log([_RATIOS, _ATTACKS, _RELEASES, _DETECTORS])
    count = 5 if start.smooths == "gain" else 4

    def made(values: Reals) -> FineCompressor:
        numbers = np.exp(np.clip(values[1:], limits[: count - 1, 0], limits[: count - 1, 1])).tolist()
        names = ("ratio", "attack_seconds", "release_seconds", "detector_seconds")
        return replace(start, threshold_db=float(values[0]), **dict(zip(names, numbers, strict=False)))

    numbers = start.ratio, start.attack_seconds, start.release_seconds, start.detector_seconds
    first = np.array([start.threshold_db, *np.log(numbers)])[:count]
    simplex = np.vstack((first, first + reach * np.diag(_FIRST_STEPS)[:count, :count]))
    solved = minimize(
        lambda values: left(made(values)), first, method="Nelder-Mead",
        options={"initial_simplex": simplex, "xatol": 0.01, "fatol": 1e-6, "maxfev": most_trials},
    )  # fmt: skip
    return made(solved.x), float(solved.fun)
