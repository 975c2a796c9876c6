"""Reading and writing the media files of the session."""

from pathlib import Path

import numpy as np
import soundfile

from scripts.demo_session.instruments import Signal
from scripts.fluidsynth import RATE_HZ

_FULL_SCALE = 32768
_OGG_BLOCK = 1 << 16
_OGG_COMPRESSION = 0.5  # quality 5


def write(path: Path, signal: Signal, rate_hz: int = RATE_HZ) -> None:
    """16-bit FLAC or WAV, or Ogg Vorbis, by the name's ending; `signal` is (frames,) or (2, frames)."""
    frames = signal.T
    if path.suffix != ".ogg":
        steps = np.clip(np.round(frames * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
        smallest = {"compression_level": 1.0} if path.suffix == ".flac" else {}
        soundfile.write(path, steps, rate_hz, subtype="PCM_16", **smallest)
        return
    with soundfile.SoundFile(
        path, "w", rate_hz, signal.ndim, format="OGG", subtype="VORBIS", compression_level=_OGG_COMPRESSION
    ) as file:
        for start in range(0, len(frames), _OGG_BLOCK):
            file.write(frames[start : start + _OGG_BLOCK])


def read(path: Path) -> Signal:
    """(frames,) for mono, (2, frames) for stereo."""
    samples, rate_hz = soundfile.read(path)
    if rate_hz != RATE_HZ:
        raise ValueError(f"{path} runs at {rate_hz} Hz instead of {RATE_HZ}.")
    return np.asarray(samples.T)
