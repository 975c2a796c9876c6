"""What compressors and gates share: a level detector and a gain that follows it in small steps.

Gains are computed once per step of about 1/8,000 s and followed in straight lines between; a gain acts one step after
the level it comes from. Steps are counted from the start of the signal, so that the size of blocks does not matter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.console.biquads import BUTTERWORTH_Q, Filter, Samples, biquad

Levels = npt.NDArray[np.float64]
_STEPS_PER_SECOND = 8_000
_SMALLEST_POWER = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSettings:
    """0 ms is a peak detector. `high_pass_hz` and `low_pass_hz` are 0 when off."""

    rms_size_ms: float = 0.0
    high_pass_hz: float = 0.0
    low_pass_hz: float = 0.0


def step_frames(sample_rate_hz: int) -> int:
    return max(round(sample_rate_hz / _STEPS_PER_SECOND), 1)


class LevelDetector:
    """The level that both channels have in common: the mean of their squares, as a peak or a moving mean."""

    def __init__(self, settings: DetectorSettings, sample_rate_hz: int) -> None:
        self._step_frames = step_frames(sample_rate_hz)
        edges = (("high_pass", settings.high_pass_hz), ("low_pass", settings.low_pass_hz))
        sections = [biquad(kind, hz, BUTTERWORTH_Q, 0.0, sample_rate_hz) for kind, hz in edges if hz > 0.0]  # type: ignore[arg-type]
        self._filter = Filter(np.array(sections).reshape(-1, 6))
        frames = settings.rms_size_ms / 1000.0 * sample_rate_hz
        self._keep = float(np.exp(-1.0 / frames)) if frames > 0.0 else 0.0
        self._mean = np.zeros(1)
        self._waiting = np.zeros(0)

    def push(self, block: Samples) -> Levels:
        """The level in dB of every step that is complete at the end of `block`, (2, frames)."""
        heard = self._filter.push(block)
        power = np.concatenate((self._waiting, self._averaged(np.einsum("cn,cn->n", heard, heard) / 2.0)))
        steps = len(power) // self._step_frames
        self._waiting = power[steps * self._step_frames :]
        stepped = power[: steps * self._step_frames].reshape(steps, self._step_frames).max(axis=1)
        return np.asarray(10.0 * np.log10(np.maximum(stepped, _SMALLEST_POWER)))

    def _averaged(self, power: Levels) -> Levels:
        if not self._keep or not len(power):
            return power
        from scipy.signal import sosfilt

        section = np.array([[1.0 - self._keep, 0.0, 0.0, 1.0, -self._keep, 0.0]])
        mean, state = sosfilt(section, power, zi=np.array([[self._mean[0], 0.0]]))
        self._mean = np.where(state[0, :1] < _SMALLEST_POWER * _SMALLEST_POWER, 0.0, state[0, :1])
        return np.asarray(mean)


class GainRamp:
    """Gains per frame from gains per step."""

    def __init__(self, sample_rate_hz: int, start_gain: float) -> None:
        self._step_frames = step_frames(sample_rate_hz)
        self._place = 0
        self._last = np.array([start_gain, start_gain])

    def push(self, frames: int, step_gains: Levels) -> Levels:
        """One gain per frame, given the gains of the steps that these frames complete."""
        nodes = np.concatenate((self._last, step_gains))
        at = (self._place + np.arange(frames)) / self._step_frames
        self._last = nodes[len(nodes) - 2 :]
        self._place = (self._place + frames) % self._step_frames
        if nodes.min() == nodes.max():
            return np.full(frames, nodes[0])
        return np.asarray(np.interp(at, np.arange(len(nodes)), nodes))


class DelayLine:
    """The signal `frames` later."""

    def __init__(self, frames: int) -> None:
        self._kept = np.zeros((2, frames))

    def push(self, block: Samples) -> Samples:
        if not self._kept.shape[1]:
            return block
        joined = np.concatenate((self._kept, block), axis=1)
        self._kept = joined[:, block.shape[1] :]
        return joined[:, : block.shape[1]]


def keep_per_step(time_ms: float, sample_rate_hz: int) -> float:
    """How much of a difference is left after one step, for a time constant (63 %) in ms; 0 for 0 ms."""
    frames = time_ms / 1000.0 * sample_rate_hz
    return float(np.exp(-step_frames(sample_rate_hz) / frames)) if frames > 0.0 else 0.0
