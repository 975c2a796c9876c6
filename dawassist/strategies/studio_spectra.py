"""The spectrum of a track while it plays, and what a filter makes of it: equalizer moves are judged by them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.masking_measures import k_weights
from dawassist.analysis.spectrum import BandPower

Values = npt.NDArray[np.float64]
_PAUSE_DB = -30.0  # frames further under the loudest are pauses
_HALF_BAND = 2.0 ** (1.0 / 6.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlayingSpectrum:
    """Mean power per third octave, (bands,), of the frames in which the track plays."""

    center_hz: Values
    power: Values

    @property
    def lowest_hz(self) -> Values:
        """Lower edges of the bands."""
        return self.center_hz / _HALF_BAND

    @property
    def highest_hz(self) -> Values:
        """Upper edges of the bands."""
        return self.center_hz * _HALF_BAND

    def loudness_change_lu(self, power_gain: Values) -> float:
        """What a filter with that power gain per band does to the K-weighted level."""
        weighted = k_weights(tuple(self.center_hz.tolist())) * self.power
        return float(10.0 * np.log10((weighted @ power_gain) / weighted.sum()))


def playing_spectrum(bands: BandPower, above_hz: float) -> PlayingSpectrum | None:
    """Of the frames in which what lies above `above_hz` plays; None where nothing does."""
    center_hz = np.array(bands.center_hz)
    own = bands.third_octave[:, center_hz / _HALF_BAND >= above_hz].sum(axis=1)
    plays = own > max(float(own.max(initial=0.0)) * 10.0 ** (_PAUSE_DB / 10.0), 1e-12)
    if not plays.any():
        return None
    return PlayingSpectrum(center_hz=center_hz, power=bands.third_octave[plays].mean(axis=0, dtype=np.float64))


def high_pass_power(frequency_hz: Values, cutoff_frequency_hz: float) -> Values:
    """Power gain of a second-order Butterworth high-pass (12 dB per octave, −3 dB at its cutoff)."""
    ratio = (frequency_hz / cutoff_frequency_hz) ** 4
    return np.asarray(ratio / (1.0 + ratio))


def bell_power(frequency_hz: Values, center_hz: float, gain_db: float, q: float) -> Values:
    """Power gain of a peaking band: H(s) = (s² + s·A/Q + 1) / (s² + s/(A·Q) + 1), A = 10^(gain/40)."""
    amplitude = 10.0 ** (gain_db / 40.0)
    detuned = (frequency_hz / center_hz - center_hz / frequency_hz) ** 2
    return np.asarray((detuned + (amplitude / q) ** 2) / (detuned + 1.0 / (amplitude * q) ** 2))
