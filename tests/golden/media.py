"""The sound of the hand-made sessions: one second each, made of tones and noise."""

from pathlib import Path

import numpy as np

from tests.golden.projects import RATE, write_wave

_AT = np.arange(RATE) / RATE


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(RATE)


def tone(rate: int = RATE, hertz: float = 440.0) -> np.ndarray:
    return 0.25 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)


def burst() -> np.ndarray:
    """Noise that comes and goes, four times."""
    return 0.2 * _noise(5) * np.exp(-8.0 * (_AT % 0.25))


def write_media(folder: Path) -> None:
    """All files that the situations play."""
    kick = np.sin(2 * np.pi * 55.0 * _AT) * np.exp(-6.0 * (_AT % 0.5))
    snare = 0.3 * _noise(1) * np.exp(-12.0 * (_AT % 0.5))
    bass = 0.4 * np.sin(2 * np.pi * 82.4 * _AT)
    guitar = 0.2 * np.sign(np.sin(2 * np.pi * 196.0 * _AT))
    for name, samples in {
        "kick": kick, "snare": snare, "bass": bass, "guitar": guitar, "tone": tone(), "burst": burst(),
        "mix": np.stack((kick + bass, kick + 0.9 * bass)), "dual_mono": np.stack((tone(), tone())),
        "poly": np.stack([tone(hertz=200.0 * channel) for channel in range(1, 7)]),
    }.items():  # fmt: skip
        write_wave(folder, f"{name}.wav", samples)
    write_wave(folder, "tone96.wav", tone(96000), 96000)
    write_wave(folder, "slow.wav", tone(44100), 44100)
