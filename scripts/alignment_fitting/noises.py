"""Sources that nobody played: strokes of new noise at every beat, and melodies in two voices, at any sample rate."""

import numpy as np
from benchmarks.support.alignment_sources import melody_pair

from scripts.alignment_fitting.material import Signal, Stems

SONG = "noises"
RATES_HZ = (16000, 32000, 44100, 48000, 96000)
_STROKES_PER_SECOND, _DECAY_SECONDS = (1.5, 8.0), (0.01, 0.15)
_SAME_BEAT = 0.6
_EDGE_SHARE = (0.01, 0.8)  # of half the sample rate
_DRUMS = 4


def noises(frames: int, rate_hz: int, generator: np.random.Generator) -> Stems:
    beat = _between(_STROKES_PER_SECOND, generator)
    stems = {f"noise {number}": _strokes(frames, rate_hz, beat, generator) for number in range(_DRUMS)}
    voices = melody_pair(frames / rate_hz + 1.0, rate_hz, generator)
    return stems | {f"voice {number}": voice[:frames] for number, voice in enumerate(voices)}


def _strokes(frames: int, rate_hz: int, beat: float, generator: np.random.Generator) -> Signal:
    from scipy.signal import butter, sosfilt

    own = beat if generator.random() < _SAME_BEAT else _between(_STROKES_PER_SECOND, generator)
    since = (np.arange(frames) % round(rate_hz / own)) / rate_hz
    sound = generator.standard_normal(frames) * np.exp(-since / _between(_DECAY_SECONDS, generator))
    if generator.random() < 0.5:
        way = str(generator.choice(["lowpass", "highpass"]))
        sound = sosfilt(butter(1, _between(_EDGE_SHARE, generator), way, output="sos"), sound)
    return np.asarray(0.2 * sound / np.abs(sound).max(), dtype=np.float32)


def _between(limits: tuple[float, float], generator: np.random.Generator) -> float:
    return float(np.exp(generator.uniform(*np.log(limits))))
