"""What engineers do on purpose, and what instruments do: tracks that look like faults and are none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from benchmarks.support.microphones import EASY, colored, microphones
from benchmarks.support.stems import RATE, Signal, active_rms, mono
from demo_session.plugins import compressor, equalizer

_NOTES_HZ = (49.0, 61.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One track to be: `samples` (1 or 2, frames); what lies before `recorded_seconds` was not recorded.

    `sends` and `envelope` are those of `TrackSpec`.
    """

    name: str
    samples: Signal
    fader_db: float = 0.0
    pan: float = 0.0
    inverted: bool = False
    fx: tuple[tuple[str, ...], ...] = ()
    recorded_seconds: float = 0.0
    sends: tuple[tuple[str, float], ...] = ()
    envelope: tuple[tuple[float, float], ...] = ()


Confounder = Callable[[Strip, np.random.Generator], list[Strip]]


def double_tracked(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """The part played twice, panned apart: the second is never more than some 20 ms and a few cents off."""
    second = _played_again(mono(strip.samples), generator)
    return [
        replace(strip, name=f"{strip.name} dbl L", samples=mono(strip.samples)[None], pan=-0.9),
        replace(strip, name=f"{strip.name} dbl R", samples=second[None], pan=0.9),
    ]


def double_in_place(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """The part played twice, both where they are."""
    second = _played_again(mono(strip.samples), generator)
    return [strip, replace(strip, name=f"{strip.name} dbl", samples=second[None], fader_db=-6.0)]


def parallel_compressed(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """The same file again, with a compressor on the copy."""
    hard = compressor(
        threshold_db=-40.0, ratio=generator.uniform(4.0, 12.0), attack_ms=1.0, release_ms=80.0, makeup_db=12.0
    )
    return [strip, replace(strip, name=f"{strip.name} crush", fader_db=-8.0, fx=(hard,))]


def parallel_printed(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """The same recording again, compressed and saturated into its own file."""
    level = max(active_rms(strip.samples), 1e-6)
    printed = np.tanh(strip.samples / level * generator.uniform(2.0, 5.0)) * level
    return [strip, replace(strip, name=f"{strip.name} crush", samples=np.asarray(printed, np.float32), fader_db=-8.0)]


def parallel_equalized(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """The same file again, for another tone beside it."""
    tone = equalizer((8, generator.uniform(800.0, 4000.0), 8.0, 1.5))
    return [strip, replace(strip, name=f"{strip.name} air", fader_db=-6.0, fx=(tone,))]


def mid_and_side(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """A figure of eight beside its mid microphone: the same file left and, turned over, right."""
    side = _played_again(mono(strip.samples), generator) * 0.5
    return [
        replace(strip, name=f"{strip.name} mid", samples=mono(strip.samples)[None]),
        replace(strip, name=f"{strip.name} side L", samples=side[None], pan=-1.0),
        replace(strip, name=f"{strip.name} side R", samples=side[None], pan=1.0, inverted=True),
    ]


def wide(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """A synth spread by modulated delays until its sides are nearly against each other: correlation to −0.85."""
    middle = mono(strip.samples)
    side = _played_again(middle, generator)
    depth = generator.uniform(1.5, 3.5)
    spread = np.stack((middle + depth * side, middle - depth * side)) / (1.0 + depth)
    return [replace(strip, name=f"{strip.name} wide synth", samples=np.asarray(spread, np.float32))]


def distorted(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """Driven until it squares, on purpose: an amplifier or a fuzz."""
    level = max(active_rms(strip.samples), 1e-6)
    driven = np.clip(strip.samples / level * generator.uniform(3.0, 10.0), -1.0, 1.0)
    if generator.random() < 0.5:
        driven = np.tanh(2.0 * driven)
    name = str(generator.choice(["Gtr amp", "Fuzz gtr", "Dist lead gtr", "Synth dirty"]))
    return [replace(strip, name=name, samples=np.asarray(0.5 * driven, np.float32), fader_db=-8.0)]


def low_notes(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """A bass on G1 and B1, 49 and 61.7 Hz, held or plucked."""
    frames = strip.samples.shape[-1]
    held = generator.uniform(0.3, 4.0)
    decay = generator.choice([0.0, 0.5, 3.0])
    at = np.arange(round(held * RATE)) / RATE
    fade = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.01) * np.exp(-decay * at)
    notes = []
    while sum(map(len, notes)) < frames:
        hertz = generator.choice(_NOTES_HZ)
        tone = sum(order**-1.2 * np.sin(2.0 * np.pi * order * hertz * at + order) for order in range(1, 9))
        notes.append(tone * fade * generator.uniform(0.7, 1.0))
        notes.append(np.zeros(round(generator.choice([0.0, 0.05, 0.4]) * RATE)))
    line = np.concatenate(notes)[:frames]
    return [strip, Strip(name="Bass 49", samples=np.asarray(0.1 * line[None], np.float32))]


def held_drone(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """One low note through the whole stretch, moving as oscillators do."""
    at = np.arange(strip.samples.shape[-1]) / RATE
    hertz = generator.choice(_NOTES_HZ)
    beating = sum(np.sin(2.0 * np.pi * hertz * (1.0 + cents / 1731.0) * at) for cents in (-6.0, 0.0, 7.0))
    overtones = sum(order**-1.0 * np.sin(2.0 * np.pi * order * hertz * at) for order in range(2, 7))
    sound = 0.05 * (beating + overtones) * (1.0 + 0.3 * np.sin(2.0 * np.pi * 0.2 * at))
    return [strip, Strip(name="Drone", samples=np.asarray(sound[None], np.float32))]


def sparse(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """Plays once, for a second or two."""
    samples = np.zeros_like(strip.samples)
    length = round(generator.uniform(1.0, 2.5) * RATE)
    loudest = int(np.argmax(np.abs(mono(strip.samples))))
    start = min(max(loudest - length // 2, 0), samples.shape[-1] - length)
    samples[..., start : start + length] = strip.samples[..., start : start + length]
    return [replace(strip, name=f"{strip.name} once", samples=samples)]


def quiet(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """Recorded low, for a fader that is up: ghost notes, breaths, a distant tone."""
    gain = 10.0 ** (-generator.uniform(18.0, 30.0) / 20.0)
    return [replace(strip, name=f"{strip.name} soft", samples=np.asarray(gain * strip.samples, np.float32))]


def aligned_pair(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """Two microphones of one source that are in time and the same way round."""
    source = mono(strip.samples)
    heard = microphones(source, (), replace(EASY, delay_samples=(0.0, 0.0)), RATE, generator)
    other = -heard.other if heard.inverted else heard.other
    return [
        replace(strip, name=f"{strip.name} mic 1", samples=heard.reference[None]),
        replace(strip, name=f"{strip.name} mic 2", samples=other[None], fader_db=-3.0),
    ]


def distant_room(strip: Strip, generator: np.random.Generator) -> list[Strip]:
    """A room microphone some meters away, which is late because rooms are."""
    source = mono(strip.samples)
    far = replace(EASY, delay_samples=(400.0, 900.0), direct_to_room_db=-6.0)
    heard = microphones(source, (), far, RATE, generator)
    other = -heard.other if heard.inverted else heard.other
    return [strip, Strip(name="Room", samples=np.asarray(0.5 * other[None], np.float32))]


CONFOUNDERS: dict[str, Confounder] = {
    made.__name__: made
    for made in (
        double_tracked, double_in_place, parallel_compressed, parallel_printed, parallel_equalized, mid_and_side, wide,
        distorted, low_notes, held_drone, sparse, quiet, aligned_pair, distant_room,
    )
}  # fmt: skip


def _played_again(part: Signal, generator: np.random.Generator) -> Signal:
    """The part with timing that wanders by ±15 ms within bars, its own dynamics and another tone."""
    frames = len(part)
    knots = max(round(frames / RATE / 0.35), 4)
    places = np.linspace(0.0, frames - 1.0, knots)
    wander = np.interp(np.arange(frames), places, generator.normal(0.0, 0.012, knots) * RATE)
    dynamics = np.interp(np.arange(frames), places, 10.0 ** (generator.normal(0.0, 1.5, knots) / 20.0))
    again = np.interp(np.arange(frames) + wander + generator.uniform(0.002, 0.015) * RATE, np.arange(frames), part)
    return colored(np.asarray(again * dynamics, dtype=np.float32), RATE)
