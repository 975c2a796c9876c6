"""A gate with the controls of ReaGate.

Known from public measurements: the laws of its controls (`fxmaps`). Not verified on a real REAPER: the detector (as
in `console.compressor`), that it closes at threshold + hysteresis, and that the gain opens and closes as a one-pole
in amplitude.
"""

from dataclasses import dataclass, field

import numpy as np

from dawassist.console.biquads import Samples
from dawassist.console.dynamics import (
    DelayLine,
    DetectorSettings,
    GainRamp,
    LevelDetector,
    Levels,
    keep_per_step,
    step_frames,
)
from dawassist.units import SILENCE_DB, db_to_gain

_SHUT = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """It opens above the threshold and begins to close `hold_ms` after the level fell under threshold + hysteresis.

    At −150 dB it is always open.
    """

    threshold_db: float
    attack_ms: float
    release_ms: float
    hold_ms: float = 0.0
    hysteresis_db: float = 0.0  # ≤ 0
    look_ahead_ms: float = 0.0
    wet_db: float = 0.0
    dry_db: float = -150.0
    detector: DetectorSettings = field(default_factory=DetectorSettings)


class Gate:
    def __init__(self, settings: GateSettings, sample_rate_hz: int) -> None:
        self._settings = settings
        self.latency_samples = round(settings.look_ahead_ms / 1000.0 * sample_rate_hz)
        self._detector = LevelDetector(settings.detector, sample_rate_hz)
        self._delay = DelayLine(self.latency_samples)
        self._attack = 1.0 - keep_per_step(settings.attack_ms, sample_rate_hz)
        self._release = 1.0 - keep_per_step(settings.release_ms, sample_rate_hz)
        self._hold_steps = round(settings.hold_ms / 1000.0 * sample_rate_hz / step_frames(sample_rate_hz))
        self._wet, self._dry = db_to_gain(settings.wet_db), db_to_gain(settings.dry_db)
        self._held = 0
        self._is_open = settings.threshold_db <= SILENCE_DB
        self._gain = float(self._is_open)
        self._ramp = GainRamp(sample_rate_hz, self._gain)

    def push(self, block: Samples) -> Samples:
        gains = self.gains(block)
        return self._delay.push(block) * gains

    def gains(self, block: Samples) -> Levels:
        """What the block, `latency_samples` late, is multiplied with, per frame."""
        gains = self._ramp.push(block.shape[-1], self._followed(self._detector.push(block)))
        return np.asarray(self._dry + self._wet * gains)

    def _followed(self, levels_db: Levels) -> Levels:
        opens_db = self._settings.threshold_db
        if opens_db <= SILENCE_DB:
            return np.ones(len(levels_db))
        closes_db = opens_db + min(self._settings.hysteresis_db, 0.0)
        if not self._is_open and self._gain == 0.0 and not (levels_db > opens_db).any():
            return np.zeros(len(levels_db))
        gain, found = self._gain, []
        for level in levels_db.tolist():
            if level > opens_db or (self._is_open and level >= closes_db):
                self._is_open, self._held = True, self._hold_steps
            elif self._held > 0:
                self._held -= 1
            else:
                self._is_open = False
            gain += (1.0 - gain) * self._attack if self._is_open else -gain * self._release
            found.append(gain)
        self._gain = gain if gain > _SHUT else 0.0
        return np.array(found)
