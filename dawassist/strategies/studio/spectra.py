"""The spectrum of a track while it plays, and what a filter makes of it: equalizer moves are judged by them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.equalizer_fit import FittedBand, response_db
from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.low_end import LowEnd
from dawassist.analysis.masking_measures import k_weights
from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.spectrum import BandPower
from dawassist.plan.mix_state import MixState

Values = npt.NDArray[np.float64]
_PAUSE_DB = -30.0  # frames further under the loudest are pauses
_HALF_BAND = 2.0 ** (1.0 / 6.0)
_STEPS = 12  # of a third octave
_LOWEST_HZ, _HIGHEST = 1.0, 0.49  # the highest as a share of the sample rate
_HALF_BLOCK_SECONDS = 0.2
_EARLIER_SECONDS = 0.05  # a frame's low end is heard for 300 ms, of which 100 lie before what it stands for


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


def filtered_lufs(
    mix: MixState,
    measured: TrackAnalysis,
    start_seconds: float,
    filters: Sequence[FittedBand],
    low_end: LowEnd | None = None,
) -> float:
    """The integrated loudness of a track alone at the master, its gates included, behind filters in series.

    Every block changes as its third octaves do, K-weighted. How a filter acts within a band is told by `low_end`, all
    of the track's, where it was heard, and else by a spectrum that is even within the band. `start_seconds`: of the
    analysis.
    """
    bands = measured.bands
    assert bands is not None
    weights, weighted_gain = _within_bands(np.array(bands.center_hz), filters, mix.session.sample_rate_hz, low_end)
    frames: Values = bands.third_octave.astype(np.float64)
    middles = np.asarray(start_seconds + (np.arange(len(frames)) + 0.5) * bands.frame_seconds - _EARLIER_SECONDS, float)
    blocks: Values = np.asarray(mix.covariance.block_seconds + _HALF_BLOCK_SECONDS)
    before, after = (_around(frames @ each, middles, blocks, bands.frame_seconds) for each in (weights, weighted_gain))
    ratio = np.where(before > 0.0, after / np.maximum(before, 1e-30), 1.0)
    return gated_lufs(mix.part_powers([measured.track_guid]) * ratio, mix.covariance.weights)


def level_change_db(low_end: LowEnd, filters: Sequence[FittedBand], below_hz: float, sample_rate_hz: int) -> float:
    """What filters in series do to the energy of one track below a frequency."""
    below = low_end.frequency_hz < below_hz
    power, hertz = _power(low_end)[below], np.maximum(low_end.frequency_hz[below], _LOWEST_HZ)
    gain = 10.0 ** (response_db(filters, hertz, sample_rate_hz) / 10.0)
    return float(10.0 * np.log10(max(power @ gain, 1e-30) / max(power.sum(), 1e-30)))


def _within_bands(
    center_hz: Values, filters: Sequence[FittedBand], sample_rate_hz: int, low_end: LowEnd | None
) -> tuple[Values, Values]:
    """Per band the mean K-weighting, and the mean of it times the filters' power gain."""
    steps = 2.0 ** ((np.arange(_STEPS) + 0.5) / (3.0 * _STEPS) - 1.0 / 6.0)
    hertz = np.minimum(center_hz[:, None] * steps, _HIGHEST * sample_rate_hz)
    power = np.repeat(np.ones(_STEPS)[None] / _STEPS, len(center_hz), axis=0)
    if low_end is not None:
        heard = np.interp(hertz, low_end.frequency_hz, _power(low_end)) * steps  # as much as a step is wide
        known = (hertz.max(axis=1) < low_end.frequency_hz[-1]) & (heard.sum(axis=1) > 0.0)
        power[known] = heard[known] / heard[known].sum(axis=1, keepdims=True)
    weights = k_weights(tuple(hertz.ravel().tolist())).reshape(hertz.shape) * power
    gain = 10.0 ** (response_db(filters, hertz.ravel(), sample_rate_hz).reshape(hertz.shape) / 10.0)
    return weights.sum(axis=1), (weights * gain).sum(axis=1)


def _around(frames: Values, middles: Values, at_seconds: Values, frame_seconds: float) -> Values:
    """The mean of the frames within 200 ms of some places; longer frames are followed in straight lines."""
    sums = np.concatenate(([0.0], np.cumsum(frames))) * frame_seconds
    edges = np.concatenate(([middles[0] - frame_seconds / 2.0], middles + frame_seconds / 2.0))
    half = max(_HALF_BLOCK_SECONDS, frame_seconds / 2.0)
    return np.asarray(np.interp(at_seconds + half, edges, sums) - np.interp(at_seconds - half, edges, sums))


def _power(low_end: LowEnd) -> Values:
    """Of both channels, per bin."""
    return np.asarray(np.trace(low_end.spectra, axis1=1, axis2=2).real, dtype=np.float64)
