"""How sound gets from a source to a microphone: distance, direction, and a generated room."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, sosfilt

from scripts.fluidsynth import RATE_HZ

SPEED_OF_SOUND_M_PER_S = 343.0
_NEAREST_M = 0.04
_PATH_FRAMES = 2048
Signal = npt.NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Microphone:
    """Where it stands and points, in meters. `directivity`: 0 omnidirectional, 0.5 cardioid. `room` is the level of the
    room's response relative to the direct sound at 1 m, in dB."""

    place: Point
    aim: Point
    directivity: float = 0.5
    room_db: float = -60.0


def direct(source: Signal, place: Point, microphone: Microphone) -> Signal:
    """The direct sound: delayed by distance / 343 m/s, 1/distance, the cardioid's pattern, duller off axis."""
    distance, cosine = _geometry(place, microphone)
    pattern = 1.0 - microphone.directivity + microphone.directivity * cosine
    gain = max(pattern, 0.12) / max(distance, _NEAREST_M)
    delayed = fftconvolve(source, _fractional_delay(distance / SPEED_OF_SOUND_M_PER_S * RATE_HZ))[: len(source)]
    return gain * (delayed if pattern > 0.75 else _duller(delayed, pattern))


def room(source: Signal, microphone: Microphone, *, seconds: float, seed: int) -> Signal:
    """The room as this microphone hears it: early reflections, then noise that decays by 60 dB in `seconds`."""
    chance = np.random.default_rng(seed)
    frames = round(1.1 * seconds * RATE_HZ)
    times = np.arange(frames) / RATE_HZ
    late = chance.normal(0.0, 1.0, frames) * 10.0 ** (-3.0 * times / seconds) * (1.0 - np.exp(-times / 0.012))
    response = sosfilt(butter(1, 5200.0, fs=RATE_HZ, output="sos"), late)
    for _ in range(14):
        at = int(chance.uniform(0.006, 0.045) * RATE_HZ)
        response[at] += chance.choice((-1.0, 1.0)) * 12.0 * 10.0 ** (-3.0 * at / RATE_HZ / seconds)
    response = sosfilt(butter(2, 90.0, "highpass", fs=RATE_HZ, output="sos"), response)
    response *= 10.0 ** (microphone.room_db / 20.0) / np.sqrt(np.sum(response**2))
    return np.asarray(fftconvolve(source, response)[: len(source)])


def distance_m(place: Point, microphone: Microphone) -> float:
    return _geometry(place, microphone)[0]


def _geometry(place: Point, microphone: Microphone) -> tuple[float, float]:
    """Distance, and the cosine between the microphone's axis and the source."""
    arrival = np.subtract(place, microphone.place)
    axis = np.subtract(microphone.aim, microphone.place)
    distance = float(np.linalg.norm(arrival))
    cosine = float(arrival @ axis / max(distance * float(np.linalg.norm(axis)), 1e-9))
    return distance, cosine


def _fractional_delay(frames: float) -> Signal:
    """A windowed sinc."""
    taps = np.arange(_PATH_FRAMES)
    window = np.clip(1.0 - np.abs(taps - frames) / 32.0, 0.0, None)
    return np.asarray(np.sinc(taps - frames) * window)


def _duller(signal: Signal, pattern: float) -> Signal:
    edge_hz = 3500.0 + 9000.0 * max(pattern, 0.0)
    return np.asarray(sosfilt(butter(1, edge_hz, fs=RATE_HZ, output="sos"), signal))
