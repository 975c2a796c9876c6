"""Sessions of real stems that need tools: an uneven lead or bass, noise under what is played, a ring, a sinking lead.

In progress: faders are set, and pads go to a reverb already. The lead takes turns.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from benchmarks.rough_mix import hidden_console, through_console
from benchmarks.support.confounders import Strip
from benchmarks.support.repair_sessions import strip_of, write_session
from benchmarks.support.stems import RATE, Signal, Song, active_rms, active_share, excerpt
from demo_session.plugins import reverb
from demo_session.project import TrackSpec

_WANTED = ("vox lead", "sy bass", "snare")
_WET = ("pluck", "pad", "mallet", "stab")
_ENOUGH = 0.15
_PHRASE_SECONDS, _SOFT_SECONDS = 1.5, 0.05
_UNEVEN_DB = 9.0
_SINKS_DB, _SINKS_SECONDS = 12.0, 5.0
_RING_DB, _RING_Q = 24.0, 14.0
_NOISE_HZ = (22.0, 50.0)
_NOISE_UNDER_DB = (6.0, 18.0)
_BUS = TrackSpec(
    key="Reverb", name="Reverb", color=(0, 0, 0),
    fx=(reverb(room_size=0.5, dampening=0.5, initial_delay_ms=20.0, high_pass_hz=200.0),),
)  # fmt: skip


def write_needing_tools(song: Song, seed: int, number: int, seconds: float, folder: Path) -> Path:
    """The session as `folder`/session.rpp; the same for the same song, seed and number."""
    chance = np.random.default_rng([seed, number, 7, *song.name.encode()])
    stems = excerpt(song, seconds, chance, wanted=_WANTED)
    strips = [
        replace(strip_of(name, stem), fader_db=round(float(chance.uniform(-9.0, -3.0)), 1))
        for name, stem in stems.items()
        if active_share(stem) >= _ENOUGH
    ]
    return write_session(folder, song.name, [_planted(each, chance, number) for each in strips], [_BUS])


def write_rough_mix(song: Song, seed: int, number: int, seconds: float, folder: Path) -> tuple[Path, Path]:
    """A session with faders at 0, and the bounce of a console that is hidden from it."""
    import soundfile

    chance = np.random.default_rng([seed, number, 11, *song.name.encode()])
    stems = excerpt(song, seconds, chance)
    strips = [strip_of(name, stem) for name, stem in stems.items() if active_share(stem) >= _ENOUGH]
    parts = [through_console(np.resize(strip.samples, (2, strip.samples.shape[1])), *hidden_console(chance))
             for strip in strips]  # fmt: skip
    bounce = folder / "rough.wav"
    soundfile.write(bounce, np.sum(parts, axis=0).T, RATE, "FLOAT")
    return write_session(folder, song.name, strips), bounce


def _planted(strip: Strip, chance: np.random.Generator, number: int) -> Strip:
    name = strip.name.lower()
    if "vox lead" in name:
        return _lead(strip, chance, number)
    if "bass" in name:
        return replace(strip, samples=_uneven(strip.samples, chance))
    if "bgvox" in name:
        return replace(strip, samples=_noisy(strip.samples, chance))
    if "hats" in name:
        return replace(strip, samples=_noisy(strip.samples.mean(axis=0, keepdims=True), chance))
    if "snare" in name:
        return replace(strip, samples=_ringing(strip.samples, chance))
    if any(word in name for word in _WET):
        return replace(strip, sends=(("Reverb", -12.0),))
    return strip


def _lead(strip: Strip, chance: np.random.Generator, number: int) -> Strip:
    """By turns uneven with noise under it, sinking, ringing; with a volume envelope, so that it can be ridden."""
    strip = replace(strip, envelope=((0.0, 0.0),))
    if number % 3 == 0:
        return replace(strip, samples=_uneven(_noisy(strip.samples, chance), chance))
    if number % 3 == 1:
        return replace(strip, samples=_sunk(strip.samples, chance))
    return replace(strip, samples=_ringing(strip.samples, chance))


def _uneven(samples: Signal, chance: np.random.Generator) -> Signal:
    """Phrases louder and softer, as nobody rode the fader."""
    count = int(samples.shape[-1] / RATE / _PHRASE_SECONDS) + 2
    gains_db = chance.permutation(np.resize([-_UNEVEN_DB, 0.0, _UNEVEN_DB], count))
    edges = np.arange(count) * _PHRASE_SECONDS
    nodes = np.stack([edges + _SOFT_SECONDS, edges + _PHRASE_SECONDS - _SOFT_SECONDS], axis=1).ravel()
    curve_db = np.interp(np.arange(samples.shape[-1]) / RATE, nodes, np.repeat(gains_db, 2))
    return _kept_level(samples, samples * 10.0 ** (curve_db / 20.0))


def _sunk(samples: Signal, chance: np.random.Generator) -> Signal:
    """A passage that the singer sang softly."""
    seconds = samples.shape[-1] / RATE
    start = chance.uniform(0.2 * seconds, 0.8 * seconds - _SINKS_SECONDS)
    nodes = [start - 0.2, start, start + _SINKS_SECONDS, start + _SINKS_SECONDS + 0.2]
    curve_db = np.interp(np.arange(samples.shape[-1]) / RATE, nodes, [0.0, -_SINKS_DB, -_SINKS_DB, 0.0])
    return np.asarray(samples * 10.0 ** (curve_db / 20.0), dtype=np.float32)


def _ringing(samples: Signal, chance: np.random.Generator) -> Signal:
    """A resonance that stays whatever is played."""
    from scipy.signal import iirpeak, lfilter

    b, a = iirpeak(float(np.exp(chance.uniform(*np.log((400.0, 2500.0))))), _RING_Q, fs=RATE)
    return _kept_level(samples, samples + (10.0 ** (_RING_DB / 20.0) - 1.0) * lfilter(b, a, samples))


def _noisy(samples: Signal, chance: np.random.Generator) -> Signal:
    """With the noise of a stage under what is played."""
    from scipy.signal import butter, sosfilt

    noise = sosfilt(butter(4, _NOISE_HZ, "bandpass", fs=RATE, output="sos"), chance.standard_normal(samples.shape[-1]))
    level = active_rms(samples) * 10.0 ** (-chance.uniform(*_NOISE_UNDER_DB) / 20.0)
    return np.asarray(samples + level / np.sqrt(np.mean(noise**2)) * noise, dtype=np.float32)


def _kept_level(before: Signal, after: np.ndarray) -> Signal:
    changed = np.asarray(after, dtype=np.float32)
    return np.asarray(changed * (active_rms(before) / max(active_rms(changed), 1e-9)), dtype=np.float32)
