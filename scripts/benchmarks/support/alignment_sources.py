"""Kinds of sources by the names of stems, and melodies in two voices."""

import numpy as np
from benchmarks.support.microphones import Signal

_WORDS = (
    ("bass", ("bass", "808", "sub")),
    ("drums", ("kick", "snare", "hat", "hh", "beat", "drum", "tom", "crash", "tops", "perc", "prc", "ride", "oh")),
    ("voices", ("vox", "voc", "voice", "choir")),
)  # fmt: skip
_NOTE_SECONDS = 0.25
_SCALE = (0, 3, 5, 7, 10, 12)
_ROOT_HZ = 110.0


def source_class(name: str) -> str:
    """By words of the name; everything else is keys, synthesizers and effects."""
    lower = name.lower()
    return next((kind for kind, words in _WORDS if any(word in lower for word in words)), "keys and synthesizers")


def melody_pair(seconds: float, rate: int, generator: np.random.Generator) -> tuple[Signal, Signal]:
    """Two instruments that play the same notes at the same time: a sawtooth and a square wave of free oscillators."""
    steps = int(seconds / _NOTE_SECONDS)
    notes = generator.choice(_SCALE, steps)
    length = round(_NOTE_SECONDS * rate)
    hz = np.repeat(_ROOT_HZ * 2.0 ** (notes / 12.0), length)
    fade = np.tile(np.exp(-np.arange(length) / (0.1 * rate)), steps)
    voices = []
    for is_square in (False, True):
        detuned = hz * 2.0 ** (generator.normal(0.0, 4.0) / 1200.0)
        phase = (np.cumsum(detuned) / rate + generator.random()) % 1.0
        wave = np.where(phase < 0.5, 1.0, -1.0) if is_square else 2.0 * phase - 1.0
        voices.append((0.2 * wave * fade + 1e-4 * generator.standard_normal(len(wave))).astype(np.float32))
    return voices[0], voices[1]
