"""One track being listened to: its blocks, its meter, and what went wrong on the way."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import Finding, MeasuredAt, TrackAnalysis
from dawassist.analysis.signal_meter import CHANNELS, SignalMeter
from dawassist.errors import KnownError
from dawassist.session.model import Track
from dawassist.units import SILENCE_DB

Samples = npt.NDArray[np.float32]


class Listener:
    """Fills buffers with a track's samples and their K-weighted form. Never raises: trouble becomes a finding.

    After trouble the rest of the track is silence. One thread at a time may use a listener.
    """

    def __init__(
        self, track: Track, blocks: Iterator[Samples], *, sample_rate_hz: int, start_seconds: float, measured_at: MeasuredAt
    ) -> None:
        self.track = track
        self._blocks = blocks
        self._meter = SignalMeter(sample_rate_hz)
        self._start_seconds = start_seconds
        self._measured_at = measured_at
        self._sample_rate_hz = sample_rate_hz
        self._frames = 0
        self._findings: list[Finding] = []

    def read(self, samples: Samples, weighted: Samples) -> None:
        """Read the next block into `samples` and weight it into `weighted`, both (2, frames)."""
        samples[:] = 0.0
        try:
            block = next(self._blocks, None)
        except KnownError as error:
            self._find("media_damaged", str(error))
            block = None
        if block is not None:
            samples[:, : block.shape[-1]] = self._finite(block)
        weighted[:] = self._meter.push(samples)
        self._frames += samples.shape[-1]

    def analysis(self, findings: tuple[Finding, ...] = ()) -> TrackAnalysis:
        """What was measured. `findings` come first, then those of listening."""
        loudness = self._meter.loudness()
        if loudness.integrated_lufs <= SILENCE_DB:
            self._find("silent", f"{self.track.display_name} has no sound above −70 LUFS in the analyzed range.")
        return TrackAnalysis(
            track_guid=self.track.guid,
            measured_at=self._measured_at,
            loudness=loudness,
            activity=self._meter.activity(self._start_seconds),
            is_mono=self._meter.is_mono,
            findings=(*findings, *self._findings),
        )

    def _finite(self, block: Samples) -> Samples:
        """Samples that are not numbers become silence, and the first of them a finding."""
        if np.isfinite(block.sum(dtype=np.float64)):
            return block
        is_bad = ~np.isfinite(block).all(axis=0)
        seconds = self._start_seconds + (self._frames + int(np.argmax(is_bad))) / self._sample_rate_hz
        self._find("media_damaged", f"{self.track.display_name} has samples that are not numbers, from {seconds:.2f} s.")
        return np.where(is_bad, np.float32(0.0), block)

    def _find(self, kind: str, sentence: str) -> None:
        if all(finding.kind != kind for finding in self._findings):
            self._findings.append(Finding(kind=kind, track_guid=self.track.guid, sentence=sentence))
