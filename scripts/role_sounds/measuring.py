"""Features of labelled sounds as a table; every sound also in a second take with another tone, room and bleed."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from dawassist.analysis.track_meter import TrackMeter
from dawassist.plan.sound_features import Values, sound_features
from scripts.role_sounds.material import RATE_HZ, Signal, Sound


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    role: str
    group: str
    name: str
    features: Values
    voice_share: float | None


def measured(sounds: Iterable[Sound], *, takes: int = 2, hears_voice: bool = True) -> Iterator[Measured]:
    """One row per sound and take; the first take is the sound as it is."""
    for sound in sounds:
        for take in range(takes):
            name = f"{sound.name} / {take}"
            generator = np.random.default_rng(zlib.crc32(f"{sound.group} {name}".encode()))
            signal = sound.signal if take == 0 else _another_take(sound.signal, generator)
            found = measure(signal, hears_voice=hears_voice)
            if found is not None:
                yield Measured(
                    role=sound.role, group=sound.group, name=name, features=found[0], voice_share=found[1]
                )  # fmt: skip


def measure(signal: Signal, *, hears_voice: bool = True) -> tuple[Values, float | None] | None:
    """Features and voice share of a stereo signal at 48 kHz; None for silence."""
    meter = TrackMeter(RATE_HZ, hears_voice=hears_voice)
    for start in range(0, signal.shape[1], RATE_HZ):
        meter.push(signal[:, start : start + RATE_HZ], is_last=start + RATE_HZ >= signal.shape[1])
    heard = meter.analysis("", "after_chain", 0.0, ())
    features = sound_features(heard)
    return None if features is None else (features, heard.voice_share)


def _another_take(signal: Signal, generator: np.random.Generator) -> Signal:
    """Another microphone (shelves), room, some compression, mono half of the time, and the noise of a room."""
    from pedalboard import Compressor, HighShelfFilter, LowShelfFilter, Pedalboard, Reverb

    board = Pedalboard(
        [
            LowShelfFilter(cutoff_frequency_hz=generator.uniform(100, 300), gain_db=generator.uniform(-8, 5)),
            HighShelfFilter(cutoff_frequency_hz=generator.uniform(2000, 6000), gain_db=generator.uniform(-9, 6)),
            Compressor(threshold_db=generator.uniform(-30, -12), ratio=generator.uniform(1, 5)),
            Reverb(room_size=generator.uniform(0.05, 0.5), wet_level=generator.uniform(0, 0.2), dry_level=0.8),
        ]
    )
    if generator.random() < 0.5:
        signal = np.repeat(signal.mean(axis=0, keepdims=True), 2, axis=0)
    peak = max(float(np.abs(signal).max()), 1e-9)
    changed = board(np.asarray(signal / peak * 0.7, dtype=np.float32), RATE_HZ)
    noise = generator.standard_normal(changed.shape) * 10 ** (generator.uniform(-90, -60) / 20)
    return np.asarray(changed + noise, dtype=np.float32)
