"""Every meter of one track, fed together so that each sample is read and transformed once."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.clipping import ClippingMeter
from dawassist.analysis.dc_offset import dc_offset
from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.frames import FrameTransform
from dawassist.analysis.hops import Hops
from dawassist.analysis.hum import hum
from dawassist.analysis.loudness import integrated_lufs
from dawassist.analysis.low_band import LowBandMeter
from dawassist.analysis.model import MeasuredAt, TrackAnalysis
from dawassist.analysis.onsets import OnsetMeter
from dawassist.analysis.rumble import rumble
from dawassist.analysis.signal_meter import CHANNELS, SignalMeter
from dawassist.analysis.spectrum import SpectrumMeter
from dawassist.analysis.voice import VoiceMeter
from dawassist.session.findings import Finding

Samples = npt.NDArray[np.float32]


class TrackMeter:
    """Consecutive stereo blocks in, a `TrackAnalysis` out. Memory hardly grows with length: 1000 bytes a second."""

    def __init__(self, sample_rate_hz: int, *, hears_voice: bool) -> None:
        self._signal = SignalMeter(sample_rate_hz)
        self._frames = FrameTransform(sample_rate_hz, CHANNELS)
        self._spectrum = SpectrumMeter(sample_rate_hz)
        self._low_band = LowBandMeter()
        self._clipping = ClippingMeter(sample_rate_hz)
        self._onsets = OnsetMeter(sample_rate_hz)
        self._voice = VoiceMeter(sample_rate_hz) if hears_voice else None

    def push(self, samples: Samples, *, is_last: bool) -> Samples:
        """Add finite samples, (2, frames); returns the hops they complete, as `KWeighting` gives them."""
        self.push_samples(samples, is_last=is_last)
        return self.push_spectra(samples, is_last=is_last)

    def push_samples(self, samples: Samples, *, is_last: bool) -> None:
        """One half of `push`, which another thread may do beside `push_spectra`: what samples tell as they are."""
        self._signal.push_samples(samples)
        self._clipping.push(samples, is_mono=self._signal.levels.is_mono)
        self._onsets.push(samples)
        if self._voice is not None:
            self._voice.push(samples)
        if is_last:
            self._clipping.finish(is_mono=self._signal.levels.is_mono)

    def push_spectra(self, samples: Samples, *, is_last: bool) -> Samples:
        """The other half: how loud it is, and what it is made of."""
        weighted = self._push_hops(self._signal.transform.push(samples))
        if is_last:
            self._push_hops(self._signal.transform.finish())
            last = self._frames.finish()
            self._spectrum.finish(last)
            self._low_band.push(last)
        return weighted

    def _push_hops(self, hops: Hops) -> Samples:
        frames = self._frames.push(hops)
        self._spectrum.push(frames, hops)
        self._low_band.push(frames)
        return self._signal.push_hops(hops)

    def loudness_so_far(self) -> float:
        """Integrated LUFS of what was pushed."""
        return integrated_lufs(self._signal.hop_powers())

    def analysis(
        self, track_guid: str, measured_at: MeasuredAt, start_seconds: float, findings: tuple[Finding, ...]
    ) -> TrackAnalysis:
        """Of everything pushed; the first sample lay at `start_seconds`."""
        return TrackAnalysis(
            track_guid=track_guid,
            measured_at=measured_at,
            loudness=self._signal.loudness(),
            activity=self._signal.activity(start_seconds),
            is_mono=self._signal.levels.is_mono,
            findings=findings,
            spectrum=self._spectrum.spectrum(),
            bands=self._spectrum.band_power(),
            dynamics=self._signal.levels.dynamics(),
            onsets=self._onsets.onsets(),
            levels=self._onsets.level_curve(),
            stereo=self._signal.stereo(),
            disturbances=self._disturbances(),
            voice_share=None if self._voice is None else self._voice.voice_share(),
        )

    def _disturbances(self) -> Disturbances:
        low_band = self._low_band.low_band()
        return Disturbances(
            noise_floor_dbfs=self._signal.levels.noise_floor_dbfs,
            dc=dc_offset(low_band),
            rumble=rumble(low_band, self._signal.levels.rms_dbfs),
            hum=hum(low_band),
            clipping=self._clipping.clipping(),
        )
