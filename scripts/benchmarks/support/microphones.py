"""Second microphones of a source, simulated from its stem: delay, polarity, coloration, room and bleed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float32]
_ROOM_SECONDS, _DECAY_SECONDS, _ROOM_GAP_SECONDS = 0.3, 0.35, 0.002
_LOW_HZ, _HIGH_HZ = 60.0, 9000.0
_DRIVEN_HZ, _CABINET_HZ = (500.0, 3000.0), (35.0, 3800.0)
_MARGIN = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Bleed of the other stems in each microphone and the direct sound against the room's tail, in dB."""

    name: str
    bleed_db: tuple[float, float]
    direct_to_room_db: float
    delay_samples: tuple[float, float] = (20.0, 900.0)


EASY = Condition(name="easy", bleed_db=(-40.0, -40.0), direct_to_room_db=12.0)
MEDIUM = Condition(name="medium", bleed_db=(-20.0, -12.0), direct_to_room_db=3.0)
HARD = Condition(name="hard", bleed_db=(-12.0, -6.0), direct_to_room_db=-3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two microphones, mono; `other` is `delay_samples` later than `reference`, and upside down if `inverted`."""

    reference: Signal
    other: Signal
    delay_samples: float
    inverted: bool


def microphones(
    source: Signal, rest: Sequence[Signal], condition: Condition, rate: int, generator: np.random.Generator
) -> Pair:
    """Both microphones of a mono source; `rest` are the other stems of its song, of the same length."""
    low, high = condition.delay_samples
    delay = float(generator.integers(round(low), round(high) + 1))
    inverted = bool(generator.random() < 0.5)
    wet = room(source, condition.direct_to_room_db, rate, generator)
    other = (-1.0 if inverted else 1.0) * delayed(colored(wet, rate), delay)
    if rest:
        bleed = np.sum(rest, axis=0)
        own = rms(source)
        first, second = (10.0 ** (db / 20.0) * own / max(rms(bleed), 1e-9) for db in condition.bleed_db)
        reference = source + first * bleed
        other = other + second * (rms(other) / max(own, 1e-9)) * delayed(bleed, float(generator.integers(50, 701)))
    else:
        reference = source
    return Pair(
        reference=np.asarray(reference, dtype=np.float32), other=np.asarray(other, dtype=np.float32),
        delay_samples=delay, inverted=inverted,
    )  # fmt: skip


def room(signal: Signal, direct_to_room_db: float, rate: int, generator: np.random.Generator) -> Signal:
    """The direct sound with an exponential tail of white noise after it."""
    from scipy.signal import fftconvolve

    seconds = np.arange(round(_ROOM_SECONDS * rate)) / rate
    tail = generator.standard_normal(len(seconds)) * np.exp(-6.9 * seconds / _DECAY_SECONDS)
    tail[seconds < _ROOM_GAP_SECONDS] = 0.0
    tail *= 10.0 ** (-direct_to_room_db / 20.0) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return np.asarray(fftconvolve(signal, tail)[: len(signal)], dtype=np.float32)


def colored(signal: Signal, rate: int) -> Signal:
    """Another microphone: a band-pass of first order, in minimum phase as microphones are."""
    from scipy.signal import butter, sosfilt

    return np.asarray(sosfilt(butter(1, (_LOW_HZ, _HIGH_HZ), "bandpass", fs=rate, output="sos"), signal), np.float32)


def amplified(signal: Signal, drive: float, rate: int) -> Signal:
    """An instrument amplifier: a driven stage and the band-pass of a cabinet. `drive` is the gain into a tanh."""
    from scipy.signal import butter, sosfilt

    level = signal / max(float(np.abs(signal).max()), 1e-9)
    bright = sosfilt(butter(2, _DRIVEN_HZ, "bandpass", fs=rate, output="sos"), level)
    driven = np.tanh(drive * level) + 0.25 * np.tanh(3.0 * drive * bright)
    return np.asarray(sosfilt(butter(1, _CABINET_HZ, "bandpass", fs=rate, output="sos"), driven), np.float32)


def delayed(signal: Signal, samples: float) -> Signal:
    """Later by any number of samples, the same length; the end is cut off."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(len(signal) + int(abs(samples)) + _MARGIN, real=True)
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) * samples / size).astype(np.complex64)
    return np.asarray(irfft(rfft(signal, size) * turn, size)[: len(signal)], dtype=np.float32)


def rms(signal: Signal) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
