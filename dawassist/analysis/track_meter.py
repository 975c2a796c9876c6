"""Every meter of one track, fed together so that each sample is read and transformed once."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.clipping import ClippingMeter
from dawassist.analysis.dc_offset import dc_offset
from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.frames import FrameTransform
from dawassist.analysis.hum import hum
from dawassist.analysis.loudness import HOP_SECONDS, integrated_lufs
from dawassist.analysis.low_band import LowBandMeter
from dawassist.analysis.model import MeasuredAt, TrackAnalysis
from dawassist.analysis.onsets import OnsetMeter
from dawassist.analysis.rumble import rumble
from dawassist.analysis.signal_meter import CHANNELS, SignalMeter
from dawassist.analysis.spectrum import SpectrumMeter
from dawassist.analysis.voice import VoiceMeter
from dawassist.session.findings import Finding

Samples = npt.NDArray[np.float32]
_HOPS_PER_FRAME = 2


class TrackMeter:
    """Consecutive stereo blocks in, a `TrackAnalysis` out. Memory hardly grows with length: 1000 bytes a second."""

    def __init__(self, sample_rate_hz: int, *, hears_voice: bool) -> None:
        self._signal = SignalMeter(sample_rate_hz)
        self._frames = FrameTransform(sample_rate_hz, CHANNELS)
        frame_size = self._frames.frame_size
        self._spectrum = SpectrumMeter(sample_rate_hz, frame_size, _HOPS_PER_FRAME * HOP_SECONDS)
        self._low_band = LowBandMeter(frame_size)
        self._clipping = ClippingMeter(sample_rate_hz)
        self._onsets = OnsetMeter(sample_rate_hz)
        self._voice = VoiceMeter(sample_rate_hz) if hears_voice else None

    def push(self, samples: Samples, *, is_last: bool) -> Samples:
        """Add finite samples, (2, frames); returns the hops they complete, as `KWeighting` gives them."""
        self.push_tone(samples, is_last=is_last)
        return self.push_level(samples, is_last=is_last)

    def push_level(self, samples: Samples, *, is_last: bool) -> Samples:
        """One half of `push`, which another thread may do beside `push_tone`: how loud it is."""
        weighted = self._signal.push(samples)
        self._clipping.push(samples, is_mono=self._signal.levels.is_mono)
        self._onsets.push(samples)
        if is_last:
            self._clipping.finish(is_mono=self._signal.levels.is_mono)
            self._signal.finish()
        return weighted

    def push_tone(self, samples: Samples, *, is_last: bool) -> None:
        """The other half: what it is made of."""
        frames = self._frames.push(samples)
        self._spectrum.push(frames)
        self._low_band.push(frames)
        if self._voice is not None:
            self._voice.push(samples)
        if is_last:
            last = self._frames.finish()
            self._spectrum.push(last)
            self._low_band.push(last)

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
