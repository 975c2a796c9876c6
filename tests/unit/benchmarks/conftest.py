"""A song of synthetic stems, small enough to make sessions of in no time."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.support.stems import RATE, Song, songs

SECONDS = 3.0


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Song:
    """Six stems of 4 s: five that play throughout, one that plays for a moment."""
    folder = tmp_path_factory.mktemp("stems")
    generator = np.random.default_rng(7)
    frames = 4 * RATE
    beat = np.exp(-6.0 * (np.arange(frames) / RATE % 0.5))
    for name, low, high in (
        ("KICK", 40, 200), ("VOX LEAD", 150, 2500), ("SY BASS", 35, 400), ("PAD", 200, 2500), ("HATS", 800, 9000),
        ("CRASH", 2000, 9000),
    ):  # fmt: skip
        spectrum = np.fft.rfft(generator.standard_normal((2, frames)))
        frequency_hz = np.fft.rfftfreq(frames, 1.0 / RATE)
        spectrum[:, (frequency_hz < low) | (frequency_hz > high)] = 0.0
        sound = np.fft.irfft(spectrum, frames)
        sound = 0.3 * (sound + 0.2 * sound[::-1]) / np.abs(sound).max()
        sound = sound * beat if name in ("KICK", "HATS") else sound
        if name == "CRASH":
            sound[:, RATE // 2 :] = 0.0
        if name in ("KICK", "SY BASS"):
            sound[1] = sound[0]
        place = folder / "Iron"
        place.mkdir(exist_ok=True)
        soundfile.write(place / f"{name}.flac", sound.T, RATE)
    (found,) = songs(Path(folder))
    return found
