"""A compressor that follows peaks, wave by wave: its gain over time from what comes out of it, to be taken back.

The level that went in is that which came out, over the gain that it had just before (S. Gorlow, J. D. Reiss,
"Model-Based Inversion of Dynamic Range Compression", IEEE TASLP 21(7), 2013). Other than by a sum of tracks, no error
of faders and equalizers gets into the gain. What is wrong at the start fades in `ratio` times the release: compressors
that smooth over tenths of a second are better followed from what goes into them, as in `master_compressor`.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
_START_SECONDS = 0.1  # whose level it starts at
_MOST_REDUCTION = 8.0  # neper, 70 dB: numbers that fit nothing do not run away


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakCompressor:
    """Feed-forward, with branching smoothing of the rectified level (Giannoulis et al., 2012).

    `is_linked`: one gain, of their mean power, for both sides.
    """

    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float
    is_linked: bool

    def gain(self, bounce: Samples, sample_rate_hz: int) -> Reals:
        """What `bounce` (2, frames) was multiplied with; it starts settled at the level of its first moments."""
        power = bounce.astype(np.float64) ** 2
        if self.is_linked:
            gain = self._of(power.mean(axis=0), sample_rate_hz)
            return np.stack((gain, gain))
        return np.stack([self._of(side, sample_rate_hz) for side in power])

    def _of(self, power: Reals, sample_rate_hz: int) -> Reals:
        slope = 1.0 - 1.0 / self.ratio
        out = np.sqrt(power) * 10.0 ** (-self.threshold_db / 20.0)
        start = float(out[: round(_START_SECONDS * sample_rate_hz)].mean())
        most = math.exp(_MOST_REDUCTION / slope) if slope > 0.1 else math.inf
        attack, release = (
            1.0 - math.exp(-1.0 / (each * sample_rate_hz)) for each in (self.attack_seconds, self.release_seconds)
        )
        levels = _levels(out, slope, (attack, release), min(start**self.ratio if start > 1.0 else start, most), most)
        return np.asarray(np.maximum(levels, 1.0) ** -slope)


def _levels(out: Reals, slope: float, approach: tuple[float, float], start: float, most: float) -> Reals:
    """The smoothed level that went in, per frame, in units of the threshold; `approach` per frame: attack, release.

    While the level rises the gain falls within a frame: it is looked up once more.
    """
    attack, release = approach
    level, found = start, []
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
