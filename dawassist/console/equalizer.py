"""An equalizer as ReaEQ has it: bands in series and an output gain.

Known from public measurements: the laws of its controls (`fxmaps`). Not verified on a real REAPER: that each band is
the cookbook's second-order section with the Q of its bandwidth, shelves and high-pass included.
"""

from dataclasses import dataclass

import numpy as np

from dawassist.console.biquads import Filter, FilterKind, Samples, biquad, q_of_octaves
from dawassist.units import db_to_gain


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualizerBand:
    kind: FilterKind
    cutoff_frequency_hz: float
    gain_db: float  # of shelves and peaks
    bandwidth_octaves: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualizerSettings:
    """`bands` holds those that are on."""

    bands: tuple[EqualizerBand, ...]
    output_gain_db: float = 0.0


class Equalizer:
    latency_samples = 0

    def __init__(self, settings: EqualizerSettings, sample_rate_hz: int) -> None:
        audible = [band for band in settings.bands if band.kind in ("high_pass", "low_pass") or band.gain_db]
        sections = [
            biquad(b.kind, b.cutoff_frequency_hz, q_of_octaves(b.bandwidth_octaves), b.gain_db, sample_rate_hz)
            for b in audible
        ]
        self._filter = Filter(np.array(sections).reshape(-1, 6))
        self._gain = db_to_gain(settings.output_gain_db)

    def push(self, block: Samples) -> Samples:
        filtered = self._filter.push(block)
        return filtered if self._gain == 1.0 else filtered * self._gain
