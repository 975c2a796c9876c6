"""Faults by one rule of thumb each, as scripts and forums have them. The same answers as the assistant's findings."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from benchmarks.support.stems import RATE, Signal, mono, stretch

from dawassist.session.model import Session, Track

Alarm = tuple[str, frozenset[str]]  # class and tracks
_FULL_SCALE = 0.999
_DC = 0.001  # −60 dBFS
_DEAD_DBFS = -60.0
_HUM_OVER_DB = 10.0
_RUMBLE_BELOW_DB = -40.0
_OFF_CENTER_DB = 3.0
_DEAD_SIDE_DB = 40.0
_SAME, _EQUAL = 0.3, 0.99  # correlation
_BLOCK = 16384
_LONGEST = 1000


def naive_alarms(session: Session, folder: Path, seconds: float) -> set[Alarm]:
    """Peak at full scale, mean, level, bins at mains frequencies, energy under 25 Hz, pan; raw cross-correlation."""
    playing = [(track, _file(folder, track, seconds)) for track in session.tracks if track.items]
    found = {(kind, frozenset({track.guid})) for track, samples in playing for kind in _of_one(track, samples)}
    return found | set(_of_pairs([(track.guid, mono(samples)) for track, samples in playing]))


def _file(folder: Path, track: Track, seconds: float) -> Signal:
    source = track.items[0].takes[0].source
    assert source is not None
    return stretch(folder / source.path, 0.0, seconds)


def _of_one(track: Track, samples: Signal) -> Iterator[str]:
    levels = [_db(float(np.sqrt(np.mean(np.square(side, dtype=np.float64))))) for side in samples]
    if np.abs(samples).max() >= _FULL_SCALE:
        yield "clipping"
    if np.abs(samples.mean(axis=1, dtype=np.float64)).max() >= _DC:
        yield "dc"
    if max(levels) < _DEAD_DBFS:
        yield "dead_channel"
        return
    if abs(levels[0] - levels[1]) > _DEAD_SIDE_DB:
        yield "dead_side"
    elif abs(levels[0] - levels[1]) > _OFF_CENTER_DB or abs(track.pan) > 0.3:
        yield "off_center"
    if float(np.corrcoef(samples)[0, 1]) < 0.0:
        yield "stereo_polarity"
    power = np.abs(np.fft.rfft(mono(samples))) ** 2
    frequency_hz = np.fft.rfftfreq(samples.shape[1], 1.0 / RATE)
    for mains_hz in (50.0, 60.0):
        away = np.abs(frequency_hz - mains_hz)
        near, around = power[away < 0.5].mean(), power[(away > 2.0) & (away < 6.0)].mean()
        if 10.0 * np.log10(max(near, 1e-20) / max(around, 1e-20)) > _HUM_OVER_DB:
            yield "hum"
            break
    if 10.0 * np.log10(max(power[frequency_hz < 25.0].sum(), 1e-20) / power.sum()) > _RUMBLE_BELOW_DB:
        yield "rumble"


def _of_pairs(heard: list[tuple[str, Signal]]) -> Iterator[Alarm]:
    blocks = {guid: _spectra(signal) for guid, signal in heard}
    energies = {guid: max(float(np.sum(np.square(signal, dtype=np.float64))), 1e-12) for guid, signal in heard}
    for place, (one, _) in enumerate(heard):
        for other, _ in heard[place + 1 :]:
            cross = np.fft.irfft(np.sum(blocks[one].conj() * blocks[other], axis=0))
            cross = np.concatenate((cross[-_LONGEST:], cross[: _LONGEST + 1])) / np.sqrt(
                energies[one] * energies[other]
            )
            peak = int(np.argmax(np.abs(cross)))
            both = frozenset({one, other})
            if abs(cross[peak]) >= _EQUAL:
                yield "duplicate", both
            elif abs(cross[peak]) >= _SAME:
                if cross[peak] < 0.0:
                    yield "polarity", both
                if peak != _LONGEST:
                    yield "delay", both


def _spectra(signal: Signal) -> npt.NDArray[np.complex128]:
    whole = signal[: len(signal) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    return np.fft.rfft(whole, 2 * _BLOCK)


def _db(amplitude: float) -> float:
    return 20.0 * float(np.log10(max(amplitude, 1e-10)))
