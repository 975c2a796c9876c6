"""A small band for hand-made sessions of the technical pass: parts as played, and microphones before them."""

from functools import cache
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfilt

from tests.golden.projects import RATE, write_wave

SECONDS = 12.0
BEAT_SECONDS = 0.5
Part = np.ndarray


def frames(seconds: float = SECONDS, rate: int = RATE) -> int:
    return round(seconds * rate)


@cache
def kick(rate: int = RATE) -> Part:
    """Every beat, never twice the same."""
    chance = np.random.default_rng(1)
    hits = [
        chance.uniform(0.5, 1.0) * np.sin(2 * np.pi * (chance.uniform(52, 58) * at + 3.0 * (1 - np.exp(-30 * at))))
        * np.exp(-chance.uniform(8, 12) * at) + 0.1 * noise(len(at), chance, rate) * np.exp(-200 * at)
        for at in [np.arange(round(0.4 * rate)) / rate] * 24
    ]  # fmt: skip
    return 0.6 * placed(hits, np.arange(24) * BEAT_SECONDS, rate)


def kick_sample(rate: int = RATE) -> Part:
    """One shot at every hit, 1.3 ms after it."""
    at = np.arange(round(0.3 * rate)) / rate
    shot = 0.5 * np.sin(2 * np.pi * (70 * at + 4.0 * (1 - np.exp(-40 * at)))) * np.exp(-14 * at)
    return placed([shot] * 24, np.arange(24) * BEAT_SECONDS + 0.0013, rate)


@cache
def bass(rate: int = RATE) -> Part:
    return notes((41.2, 55.0, 73.4, 46.2), 2, overtones=8, fall=1.3, seed=2, rate=rate)


@cache
def guitar(rate: int = RATE) -> Part:
    return 0.6 * notes((196.0, 246.9, 293.7, 220.0, 329.6), 1, overtones=14, fall=0.9, seed=3, rate=rate)


@cache
def voice(rate: int = RATE) -> Part:
    """Syllables of another pitch each, with breath, and rests between phrases."""
    chance = np.random.default_rng(4)
    syllables = []
    for _ in range(30):
        at = np.arange(round(chance.uniform(0.15, 0.35) * rate)) / rate
        hertz = chance.uniform(180, 320) * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * at))
        turns = np.cumsum(hertz) / rate
        tone = sum(np.exp(-(((k * 240 - 700) / 900) ** 2)) * np.sin(2 * np.pi * k * turns) for k in range(1, 16))
        shape = np.minimum(1, np.minimum(at, at[::-1]) / 0.03) * chance.uniform(0.4, 1.0)
        syllables.append((tone + 0.15 * noise(len(at), chance, rate)) * shape)
    starts = np.cumsum(chance.choice([0.36, 0.4, 0.8], 30)) * 11.0 / 15.0
    return 0.1 * placed(syllables, starts, rate)


def heard(part: Part, *, late: float = 0.0, gain: float = 1.0, room: float = 0.02, seed: int = 9) -> Part:
    """By another microphone: `late` samples, less of the lowest and highest, and a noise of its own 60 dB down."""
    chance = np.random.default_rng(seed)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(2 * len(part)) * late)
    moved = np.fft.irfft(np.fft.rfft(part, 2 * len(part)) * turn)[: len(part)]
    tail = np.exp(-np.arange(4000) / 900) * chance.standard_normal(4000)
    tail[:100] = 0.0
    wet = moved + room * np.convolve(moved, tail)[: len(part)]
    colored = sosfilt(butter(1, (40.0, 9000.0), "bandpass", fs=RATE, output="sos"), wet)
    return gain * (colored + 1e-3 * np.std(part) * chance.standard_normal(len(part)))


def stretches(part: Part, late: tuple[float, ...]) -> Part:
    """A microphone that moves: another distance in each equal stretch."""
    edges = np.linspace(0, len(part), len(late) + 1).astype(int)
    pieces = [heard(part, late=each)[a:b] for each, a, b in zip(late, edges[:-1], edges[1:], strict=True)]
    return np.concatenate(pieces)


def notes(hertz: tuple[float, ...], beats: int, *, overtones: int, fall: float, seed: int, rate: int) -> Part:
    chance = np.random.default_rng(seed)
    count = int(SECONDS / (beats * BEAT_SECONDS))
    played = []
    for _ in range(count):
        at = np.arange(round(0.9 * beats * BEAT_SECONDS * rate)) / rate
        root = chance.choice(hertz)
        tone = sum(
            k**-fall * chance.uniform(0.6, 1.0) * np.sin(2 * np.pi * (k * root * at + chance.random()))
            for k in range(1, overtones + 1)
        )
        played.append(tone * np.exp(-1.5 * at) * np.minimum(1, at[::-1] / 0.01) * chance.uniform(0.5, 1.0))
    return 0.2 * placed(played, np.arange(count) * beats * BEAT_SECONDS, rate)


def placed(sounds: list[Part], starts: np.ndarray, rate: int) -> Part:
    """On a line, as a preamplifier passes them: without what lies below 15 Hz."""
    line = np.zeros(frames(rate=rate))
    for sound, start in zip(sounds, starts, strict=True):
        first = round(start * rate)
        line[first : first + len(sound)] += sound[: max(len(line) - first, 0)]
    return np.asarray(sosfilt(butter(1, 15.0, "highpass", fs=rate, output="sos"), line))


def noise(count: int, chance: np.random.Generator, rate: int) -> Part:
    """The same sound at any rate: made at 48 kHz."""
    made = chance.standard_normal(round(count * RATE / rate))
    return np.interp(np.arange(count) * RATE / rate, np.arange(len(made)), made)


def write_band(folder: Path, **more: Part) -> None:
    """The parts as files, and `more` by name."""
    for name, part in {"kick": kick(), "bass": bass(), "guitar": guitar(), "voice": voice(), **more}.items():
        write_wave(folder, f"{name}.wav", part)
