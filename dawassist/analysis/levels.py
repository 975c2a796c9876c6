"""Sample peak, RMS and crest factor of samples that arrive in blocks, over all and over time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import Cutter, square_sums
from dawassist.analysis.loudness import hop_frames
from dawassist.units import SILENCE_DB, gain_to_db, power_to_db

Values = npt.NDArray[np.float64]
_EQUAL_WITHIN = 1e-6  # of the peak: below 24-bit resolution, above float rounding
_WINDOW_HOPS = 10
_PAUSE_DB = -40.0  # windows that lie further under the loudest are pauses
_PERCENTILES = (10, 50, 90)
_FLOOR_PERCENTILE = 5
_SILENT_POWER = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """Crest factor of windows of 1 s, every 100 ms, where the signal plays: its 10th, 50th and 90th percentile.

    `rms_spread_db` is the distance between the 10th and the 90th percentile of the windows' RMS.
    """

    crest_p10_db: float
    crest_p50_db: float
    crest_p90_db: float
    rms_spread_db: float


class Levels:
    """Peak and power of a stereo signal, channels pooled; and whether its channels are equal."""

    def __init__(self, sample_rate_hz: float) -> None:
        self._cutter = Cutter(2, hop_frames(sample_rate_hz))
        self._peak = 0.0
        self._difference_peak = 0.0
        self._square_sums = np.zeros(2)
        self._between = 0.0
        self._samples = 0
        self._hop_peaks: list[npt.NDArray[np.float32]] = []
        self._hop_powers: list[npt.NDArray[np.float32]] = []

    def push(self, block: npt.NDArray[np.floating]) -> None:
        """Add a block of shape (2, frames)."""
        if block.size == 0:
            return
        self._samples += block.size
        left, right = (float(np.dot(channel, channel)) for channel in block)
        self._square_sums += left, right
        if self.is_mono:  # else there is nothing left to find out
            difference = block[0] - block[1]
            self._difference_peak = max(self._difference_peak, float(difference.max()), -float(difference.min()))
        self._between += float(np.dot(block[0], block[1]))
        hops = self._cutter.push(block)
        peaks = np.maximum(hops.max(axis=-1, initial=0.0), -hops.min(axis=-1, initial=0.0)).max(axis=0)
        rest = block[:, hops.shape[1] * hops.shape[2] :] if hops.shape[1] else block
        self._peak = max(self._peak, float(peaks.max(initial=0.0)), float(np.abs(rest).max(initial=0.0)))
        self._hop_peaks.append(peaks)
        self._hop_powers.append(square_sums(hops).sum(axis=0) / np.float32(2 * hops.shape[-1]))

    @property
    def sample_peak_dbfs(self) -> float:
        return gain_to_db(self._peak)

    @property
    def rms_dbfs(self) -> float:
        """Of all samples of all channels, pauses included; a full-scale sine has −3.01 dBFS."""
        return power_to_db(float(self._square_sums.sum()) / self._samples) if self._samples else SILENCE_DB

    @property
    def crest_factor_db(self) -> float:
        """Sample peak over RMS; 0 for silence."""
        return self.sample_peak_dbfs - self.rms_dbfs if self._peak > 0.0 else 0.0

    @property
    def is_mono(self) -> bool:
        """Whether both channels are equal (true for silence)."""
        return self._difference_peak <= self._peak * _EQUAL_WITHIN

    @property
    def correlation(self) -> float:
        """Of left and right over all samples, −1..1; 1 for silence."""
        norm = float(np.sqrt(self._square_sums.prod()))
        return max(min(self._between / norm, 1.0), -1.0) if norm > 0.0 else 1.0

    @property
    def noise_floor_dbfs(self) -> float:
        """RMS that the quietest twentieth of the 100 ms hops stays under, digital silence left out."""
        powers = np.concatenate(self._hop_powers) if self._hop_powers else np.zeros(0, np.float32)
        sounding = powers[powers > _SILENT_POWER]
        return power_to_db(float(np.percentile(sounding, _FLOOR_PERCENTILE))) if len(sounding) else SILENCE_DB

    def dynamics(self) -> Dynamics | None:
        """Over time; None for silence and for signals shorter than a window."""
        powers = _windows(self._hop_powers).mean(axis=-1, dtype=np.float64)
        peaks = _windows(self._hop_peaks).max(axis=-1, initial=0.0).astype(np.float64)
        plays = powers > powers.max(initial=0.0) * 10.0 ** (_PAUSE_DB / 10.0)
        if not plays.any():
            return None
        crest = 10.0 * np.log10(peaks[plays] ** 2 / powers[plays])
        low, middle, high = np.percentile(crest, _PERCENTILES).tolist()
        quiet, _, loud = np.percentile(10.0 * np.log10(powers[plays]), _PERCENTILES).tolist()
        return Dynamics(crest_p10_db=low, crest_p50_db=middle, crest_p90_db=high, rms_spread_db=loud - quiet)


def _windows(hops: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    values = np.concatenate(hops) if hops else np.zeros(0, np.float32)
    if len(values) < _WINDOW_HOPS:
        return np.zeros((0, _WINDOW_HOPS), np.float32)
    return np.lib.stride_tricks.sliding_window_view(values, _WINDOW_HOPS)
