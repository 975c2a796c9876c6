"""Sample peak, RMS and crest factor of samples that arrive in blocks."""

import numpy as np
import numpy.typing as npt

from dawassist.units import SILENCE_DB, gain_to_db, power_to_db

_EQUAL_WITHIN = 1e-6  # of the peak: below 24-bit resolution, above float rounding


class Levels:
    """Peak and power of `channels` channels, pooled; and whether the first two are equal."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._difference_peak = 0.0
        self._square_sum = 0.0
        self._samples = 0

    def push(self, block: npt.NDArray[np.floating]) -> None:
        """Add a block of shape (channels, frames)."""
        if block.size == 0:
            return
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        flat = block.astype(np.float64, copy=False).ravel()
        self._square_sum += float(flat @ flat)
        self._samples += block.size
        if len(block) > 1:
            difference = block[0] - block[1]
            self._difference_peak = max(self._difference_peak, float(difference.max()), -float(difference.min()))

    @property
    def sample_peak_dbfs(self) -> float:
        return gain_to_db(self._peak)

    @property
    def rms_dbfs(self) -> float:
        """Of all samples of all channels, pauses included; a full-scale sine has −3.01 dBFS."""
        return power_to_db(self._square_sum / self._samples) if self._samples else SILENCE_DB

    @property
    def crest_factor_db(self) -> float:
        """Sample peak over RMS; 0 for silence."""
        return self.sample_peak_dbfs - self.rms_dbfs if self._peak > 0.0 else 0.0

    @property
    def is_mono(self) -> bool:
        """Whether both channels are equal (true for silence)."""
        return self._difference_peak <= self._peak * _EQUAL_WITHIN
