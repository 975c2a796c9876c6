"""All level meters of one stereo signal, fed block by block and sharing one K-weighting."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.activity import activity
from dawassist.analysis.hops import Hops, HopTransform
from dawassist.analysis.k_weighting import KWeighting, Samples
from dawassist.analysis.levels import Levels
from dawassist.analysis.loudness import (
    integrated_lufs,
    loudness_range_lu,
    momentary_max_lufs,
    short_term_max_lufs,
)
from dawassist.analysis.model import Activity, Loudness
from dawassist.analysis.stereo import Stereo, StereoMeter
from dawassist.analysis.true_peak import TruePeak

CHANNELS = 2


class SignalMeter:
    """Measures a stereo signal of consecutive blocks of any size; the results do not depend on the sizes.

    Samples must be finite. Memory: 20 bytes per 100 ms.
    """

    def __init__(self, sample_rate_hz: float) -> None:
        self.transform = HopTransform(sample_rate_hz, CHANNELS)
        self._weighting = KWeighting(sample_rate_hz, CHANNELS)
        self.levels = Levels(sample_rate_hz)
        self._true_peak = TruePeak(CHANNELS)
        self._sides = StereoMeter()
        self._samples = 0

    def push(self, block: npt.NDArray[np.floating]) -> Samples:
        """Add a block of shape (2, frames); returns the hops that it completes, as `KWeighting` gives them."""
        self.push_samples(block)
        return self.push_hops(self.transform.push(block))

    def push_samples(self, block: npt.NDArray[np.floating]) -> None:
        """The one half of `push`, which another thread may do beside the other: samples as they are."""
        self._samples += block.shape[-1]
        self._true_peak.push(block)
        self.levels.push(block)

    def push_hops(self, hops: Hops) -> Samples:
        """The other half: hops of `transform`, whose spectra are written over by what is returned."""
        weighted = self._weighting.weigh(hops)
        self._sides.push(weighted)
        return weighted

    def finish(self) -> None:
        """The end of the signal. Nothing may be pushed after it."""
        self.push_hops(self.transform.finish())

    def hop_powers(self) -> npt.NDArray[np.float64]:
        """K-weighted power of every full 100 ms hop."""
        return self._sides.powers()[: self._samples // self._weighting.hop_frames].astype(np.float64)

    def loudness(self) -> Loudness:
        """Of everything pushed, after `finish`."""
        hops = self.hop_powers()
        return Loudness(
            integrated_lufs=integrated_lufs(hops),
            momentary_max_lufs=momentary_max_lufs(hops),
            short_term_max_lufs=short_term_max_lufs(hops),
            loudness_range_lu=loudness_range_lu(hops),
            true_peak_dbtp=self._true_peak.finish(),
            sample_peak_dbfs=self.levels.sample_peak_dbfs,
            rms_dbfs=self.levels.rms_dbfs,
            crest_factor_db=self.levels.crest_factor_db,
        )

    def stereo(self) -> Stereo | None:
        """How its sides relate; None for silence."""
        return self._sides.stereo(self.levels.correlation)

    def activity(self, start_seconds: float) -> Activity:
        """When the signal sounds; its first sample lies at `start_seconds`."""
        return activity(self.hop_powers(), start_seconds)


def measure(samples: npt.NDArray[np.floating], sample_rate_hz: float) -> Loudness:
    """Every level measure of a whole signal, shape (2, frames)."""
    meter = SignalMeter(sample_rate_hz)
    meter.push(samples)
    meter.finish()
    return meter.loudness()
