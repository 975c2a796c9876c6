"""All meters of one stereo signal, fed block by block and sharing one K-weighting."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.activity import activity
from dawassist.analysis.k_weighting import KWeighting
from dawassist.analysis.levels import Levels
from dawassist.analysis.loudness import (
    HopPowers,
    integrated_lufs,
    loudness_range_lu,
    momentary_max_lufs,
    short_term_max_lufs,
)
from dawassist.analysis.model import Activity, Loudness
from dawassist.analysis.true_peak import TruePeak

CHANNELS = 2


class SignalMeter:
    """Measures a stereo signal of consecutive blocks of any size; the results do not depend on the sizes.

    Samples must be finite. Memory: 8 bytes per 100 ms.
    """

    def __init__(self, sample_rate_hz: float) -> None:
        self._weighting = KWeighting(sample_rate_hz, CHANNELS)
        self._hops = HopPowers(sample_rate_hz)
        self._true_peak = TruePeak(CHANNELS)
        self._levels = Levels()

    def push(self, block: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Add a block of shape (2, frames); returns it K-weighted."""
        weighted = self._weighting.filter(block)
        self._hops.push(weighted)
        self._true_peak.push(block)
        self._levels.push(block)
        return weighted

    def loudness(self) -> Loudness:
        """Of everything pushed so far; nothing may be pushed after it."""
        hops = self._hops.powers
        return Loudness(
            integrated_lufs=integrated_lufs(hops),
            momentary_max_lufs=momentary_max_lufs(hops),
            short_term_max_lufs=short_term_max_lufs(hops),
            loudness_range_lu=loudness_range_lu(hops),
            true_peak_dbtp=self._true_peak.finish(),
            sample_peak_dbfs=self._levels.sample_peak_dbfs,
            rms_dbfs=self._levels.rms_dbfs,
            crest_factor_db=self._levels.crest_factor_db,
        )

    def activity(self, start_seconds: float) -> Activity:
        """When the signal sounds; its first sample lies at `start_seconds`."""
        return activity(self._hops.powers, start_seconds)

    @property
    def is_mono(self) -> bool:
        """Whether left and right are equal."""
        return self._levels.is_mono


def measure(samples: npt.NDArray[np.floating], sample_rate_hz: float) -> Loudness:
    """Every measure of a whole signal, shape (2, frames)."""
    meter = SignalMeter(sample_rate_hz)
    meter.push(samples)
    return meter.loudness()
