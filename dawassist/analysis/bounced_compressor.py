"""The gain over time of a compressor, from what comes out of it, so that it can be taken back.

The level that went in is that which came out, over the gain that it had just before (S. Gorlow, J. D. Reiss,
"Model-Based Inversion of Dynamic Range Compression", IEEE TASLP 21(7), 2013). Other than from a sum of tracks, no
error of faders and equalizers that are not found yet gets into the gain.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.master_compressor import Compressor, Smooths
from dawassist.console.dynamics import step_frames

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
_DETECTOR_SECONDS = 0.010
_START_SECONDS = 0.1  # whose level it starts at
_SILENT = 1e-10
_MOST_REDUCTION = 8.0  # neper, 70 dB: numbers that fit nothing do not run away


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedCompressor:
    """Feed-forward, with branching smoothing: of the gain in dB, behind a mean square of one pole (`detector_seconds`),
    or of the rectified level (Giannoulis et al., 2012). `is_linked`: one gain, of their mean power, for both sides."""

    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float
    detector_seconds: float
    smooths: Smooths
    is_linked: bool

    def gain(self, bounce: Samples, sample_rate_hz: int) -> Reals:
        """What `bounce` (2, frames) was multiplied with; it starts settled at the level of its first moments."""
        power = bounce.astype(np.float64) ** 2
        if self.is_linked:
            gain = self._of(power.mean(axis=0), sample_rate_hz)
            return np.stack((gain, gain))
        return np.stack([self._of(side, sample_rate_hz) for side in power])

    def _of(self, power: Reals, sample_rate_hz: int) -> Reals:
        slope = 1.0 - 1.0 / max(self.ratio, 1.0)
        if self.smooths == "level":
            over = np.sqrt(power) * 10.0 ** (-self.threshold_db / 20.0)
            start = float(over[: round(_START_SECONDS * sample_rate_hz)].mean())
            attack, release = (1.0 - _kept(each, sample_rate_hz) for each in (self.attack_seconds, self.release_seconds))
            levels = _levels(over, slope, attack, release, start ** self.ratio if start > 1.0 else start)
            return np.maximum(levels, 1.0) ** -slope
        frames = step_frames(sample_rate_hz)
        steps = max(len(power) // frames, 1)
        over = power[: steps * frames].reshape(steps, -1).mean(axis=1) * 10.0 ** (-self.threshold_db / 10.0)
        times = (self.attack_seconds, self.release_seconds, self.detector_seconds)
        attack, release, detector = (1.0 - _kept(each, sample_rate_hz / frames) for each in times)
        start = float(over[: round(_START_SECONDS * sample_rate_hz / frames)].mean())
        reduction = _reductions(over, slope, attack, release, detector, start, self.ratio)
        nodes = frames * (np.arange(steps) + 0.5)
        return np.exp(-np.interp(np.arange(len(power)), nodes, reduction))


def bounced(coarse: Compressor) -> BouncedCompressor:
    """The same, to start from."""
    return BouncedCompressor(
        threshold_db=coarse.threshold_db, ratio=coarse.ratio, attack_seconds=coarse.attack_seconds,
        release_seconds=coarse.release_seconds, detector_seconds=_DETECTOR_SECONDS, smooths=coarse.smooths,
        is_linked=coarse.is_linked,
    )  # fmt: skip


def _kept(seconds: float, rate_hz: float) -> float:
    return math.exp(-1.0 / (seconds * rate_hz))


def _levels(out: Reals, slope: float, attack: float, release: float, start: float) -> Reals:
    """The smoothed level that went in, frame by frame, all in units of the threshold."""
    most = math.exp(_MOST_REDUCTION / max(slope, 1e-3)) if slope > 0.1 else math.inf
    level, found = min(start, most), []
    for heard in out.tolist():
        into = heard * level**slope if level > 1.0 else heard
        if into > level:
            ahead = level + attack * (into - level)
            if ahead > 1.0:
                into = heard * ahead**slope
            level = min(level + attack * (into - level), most)
        else:
            level += release * (into - level)
        found.append(level)
    return np.array(found)


def _reductions(
    out: Reals, slope: float, attack: float, release: float, detector: float, start: float, ratio: float
) -> Reals:
    """The smoothed reduction in neper, step by step; `out` are powers in units of the threshold's."""
    reduced = 0.5 * slope * ratio * math.log(start) if start > 1.0 else 0.0
    reduced = min(reduced, _MOST_REDUCTION)
    mean, found = start * math.exp(2.0 * reduced), []
    for heard in out.tolist():
        ahead = mean + detector * (heard * math.exp(2.0 * reduced) - mean)
        wanted = 0.5 * slope * math.log(ahead) if ahead > 1.0 else 0.0
        there = reduced + (wanted - reduced) * (attack if wanted > reduced else release)
        mean += detector * (heard * math.exp(reduced + there) - mean)
        wanted = 0.5 * slope * math.log(mean) if mean > 1.0 else 0.0
        reduced = min(reduced + (wanted - reduced) * (attack if wanted > reduced else release), _MOST_REDUCTION)
        found.append(reduced)
    return np.array(found)
