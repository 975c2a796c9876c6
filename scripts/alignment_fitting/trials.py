"""Pairs of tracks whose delay and polarity are known, and what speaks for each answer that could be given of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from benchmarks.support.alignment_sources import source_class
from benchmarks.support.microphones import EASY, HARD, MEDIUM, amplified, delayed, microphones, rms
from benchmarks.support.stems import active_share

from dawassist.analysis.alignment.candidates import candidates
from dawassist.analysis.alignment.evidence import SAME_SAMPLES
from dawassist.analysis.alignment.excerpts import WINDOW_SECONDS
from dawassist.analysis.alignment.onsets import onset_spectra
from dawassist.analysis.alignment.spectra import cross_spectra
from scripts.alignment_fitting.material import RATE_HZ, SAME_SOUND, Signal, Stems
from scripts.alignment_fitting.noises import RATES_HZ, SONG, noises

KINDS = {"easy": 0.2, "medium": 0.22, "hard": 0.3, "amplifier": 0.08, "unrelated": 0.2}
_CONDITIONS = {"easy": EASY, "medium": MEDIUM, "hard": HARD}
_DELAYS, _DELAY_CHANCES = ((20.0, 900.0), (0.0, 20.0), (0.0, 0.0)), (0.7, 0.2, 0.1)
_WINDOWS = (4, 7, 7, 11)
_WEIGHTS = {"sodium": 8.0, "rubidium": 8.0, "demo": 1.5}  # of a song; others count 1
_FIRST_SEED = 1_000_000
_OF_NOISES = {"easy": 0.15, "medium": 0.15, "hard": 0.1, "amplifier": 0.0, "unrelated": 0.6}
_MADE_FROM_HZ = 32000  # the microphones of the benchmark have a high edge of 9 kHz
_LEAST_ACTIVE, _TRIES = 0.25, 40
_OF_LOWS = {"easy": 0.4, "medium": 0.2, "hard": 0.2, "unrelated": 0.2}
_EDGES_HZ, _ORDERS = (60.0, 500.0), (1, 2, 4)
_LEAST_LEFT = 0.1  # of the amplitude of a stem without its highs
_OF_LAYERS = {"medium": 0.4, "hard": 0.6}
_LAYER_DB = (-12.0, 3.0)  # against the rest of what bleeds
_HISS_DB, _WHITE = (-90.0, -30.0), 0.25
_BASS_CHANCE = 0.2
_DRIVES = (1.5, 20.0)
_OTHER_SONG = 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """`features` of each candidate and whether it `is_right`, first dimension candidates; `song` is what is left out
    when a fit is checked."""

    kind: str
    source_class: str
    song: str
    name: str
    features: npt.NDArray[np.float64]
    is_right: npt.NDArray[np.bool_]
    lags: npt.NDArray[np.intp]
    signs: npt.NDArray[np.intp]
    truth: tuple[float, bool] | None


def trial(songs: Mapping[str, Stems], seed: int) -> Trial | None:
    """None where too little is heard."""
    generator = np.random.default_rng(_FIRST_SEED + seed)
    weights = np.array([_WEIGHTS.get(song, 1.0) for song in songs])
    kind = str(generator.choice(list(KINDS), p=list(KINDS.values())))
    length = int(generator.choice(_WINDOWS)) * round(WINDOW_SECONDS * RATE_HZ)
    song = str(generator.choice(list(songs), p=weights / weights.sum()))
    if kind == "unrelated":
        other_song = song
        if generator.random() < _OTHER_SONG:
            other_song = str(generator.choice(list(songs), p=weights / weights.sum()))
        return _unrelated(songs, song, other_song, length, generator)
    return _related(kind, song, songs[song], length, generator)


def trial_of_noises(seed: int) -> Trial | None:
    generator = np.random.default_rng(_FIRST_SEED + seed)
    rate_hz = int(generator.choice(RATES_HZ))
    kind = str(generator.choice(list(_OF_NOISES), p=list(_OF_NOISES.values())))
    length = int(generator.choice(_WINDOWS)) * round(WINDOW_SECONDS * rate_hz)
    songs = {SONG: noises(length, rate_hz, generator)}
    if kind == "unrelated" or rate_hz < _MADE_FROM_HZ:
        return _unrelated(songs, SONG, SONG, length, generator, rate_hz)
    return _related(kind, SONG, songs[SONG], length, generator, rate_hz)


def trial_of_lows(songs: Mapping[str, Stems], seed: int) -> Trial | None:
    """Of sources without highs, as sub basses are; what bleeds into their microphones has all of them."""
    generator = np.random.default_rng(_FIRST_SEED + seed)
    kind = str(generator.choice(list(_OF_LOWS), p=list(_OF_LOWS.values())))
    song, stems = _some_of(songs, generator)
    edge_hz, order = float(np.exp(generator.uniform(*np.log(_EDGES_HZ)))), int(generator.choice(_ORDERS))
    lows = {name: found for name, each in stems.items() if (found := _low(each, edge_hz, order)) is not None}
    if len(lows) < 2:
        return None
    name, another = map(str, generator.permutation(list(lows))[:2])
    if kind == "unrelated":
        if _is_same_sound(name, another):
            return None
        return _judged("low, unrelated", song, f"{name}|{another}", lows[name], lows[another], None)
    rest = [signal for each, signal in stems.items() if each != name and not _is_same_sound(each, name)]
    made = microphones(lows[name], rest, _CONDITIONS[kind], RATE_HZ, generator)
    return _judged(f"low, {kind}", song, name, made.reference, made.other, (made.delay_samples, made.inverted))


def trial_of_layers(songs: Mapping[str, Stems], seed: int) -> Trial | None:
    """Of sounds that are on another track too, as samples often are: they bleed in with a delay of their own."""
    generator = np.random.default_rng(_FIRST_SEED + seed)
    kind = str(generator.choice(list(_OF_LAYERS), p=list(_OF_LAYERS.values())))
    song, stems = _some_of(songs, generator)
    heard = [name for name, signal in stems.items() if active_share(signal) >= _LEAST_ACTIVE]
    if len(heard) < 2:
        return None
    name = str(generator.choice(heard))
    bleed = np.sum([signal for each, signal in stems.items() if each != name], axis=0)
    gain = 10.0 ** (generator.uniform(*_LAYER_DB) / 20.0) * rms(bleed) / max(rms(stems[name]), 1e-9)
    made = microphones(stems[name], [bleed + gain * stems[name]], _CONDITIONS[kind], RATE_HZ, generator)
    return _judged(f"layers, {kind}", song, name, made.reference, made.other, (made.delay_samples, made.inverted))


def trial_of_copies(songs: Mapping[str, Stems], seed: int) -> Trial | None:
    """Of recordings that are there twice, by any fraction of a sample late, with nothing but noise between them."""
    generator = np.random.default_rng(_FIRST_SEED + seed)
    song, stems = _some_of(songs, generator)
    heard = [name for name, signal in stems.items() if active_share(signal) >= _LEAST_ACTIVE]
    if not heard:
        return None
    name = str(generator.choice(heard))
    source = stems[name]
    if generator.random() < _WHITE:
        song, name, source = SONG, "white noise", generator.standard_normal(len(source)).astype(np.float32)
    delay = float(generator.uniform(0.0, 900.0))
    delay = round(delay) if generator.random() < 0.5 else delay
    inverted = bool(generator.random() < 0.5)
    hiss = rms(source) * 10.0 ** (generator.uniform(*_HISS_DB, 2) / 20.0)
    one, other = (
        (signal + level * generator.standard_normal(len(source))).astype(np.float32)
        for signal, level in zip((source, delayed(source, delay)), hiss, strict=True)
    )
    return _judged("copies", song, name, one, -other if inverted else other, (delay, inverted))


def _low(stem: Signal, edge_hz: float, order: int) -> Signal | None:
    """At the level of the stem; None where too little plays."""
    from scipy.signal import butter, sosfilt

    found = np.asarray(sosfilt(butter(order, edge_hz, fs=RATE_HZ, output="sos"), stem), dtype=np.float32)
    level, own = rms(found), rms(stem)
    found *= own / max(level, 1e-9)
    return found if level >= _LEAST_LEFT * own > 0.0 and active_share(found) >= _LEAST_ACTIVE else None


def _unrelated(
    songs: Mapping[str, Stems],
    song: str,
    other_song: str,
    length: int,
    generator: np.random.Generator,
    rate_hz: int = RATE_HZ,
) -> Trial | None:
    names = str(generator.choice(list(songs[song]))), str(generator.choice(list(songs[other_song])))
    if names[0] == names[1] or _is_same_sound(*names):
        return None
    if other_song == song:
        both = _stretch({name: songs[song][name] for name in names}, length, generator)
        one, other = both[names[0]], both[names[1]]
    else:
        one = _stretch(songs[song], length, generator)[names[0]]
        other = _stretch(songs[other_song], length, generator)[names[1]]
    if min(active_share(one), active_share(other)) < _LEAST_ACTIVE:
        return None
    return _judged("unrelated", song, "|".join(names), one, other, None, rate_hz)


def _related(
    kind: str, song: str, whole: Stems, length: int, generator: np.random.Generator, rate_hz: int = RATE_HZ
) -> Trial | None:
    stems = _stretch(whole, length, generator)
    heard = [name for name, signal in stems.items() if active_share(signal) >= _LEAST_ACTIVE]
    basses = [name for name in heard if source_class(name) == "bass"]
    if not heard:
        return None
    wanted = basses if basses and (kind == "amplifier" or generator.random() < _BASS_CHANCE) else heard
    name = str(generator.choice(wanted))
    low, high = _DELAYS[int(generator.choice(len(_DELAYS), p=_DELAY_CHANCES))]
    if kind == "amplifier":
        delay, inverted = float(generator.integers(round(low), round(high) + 1)), bool(generator.random() < 0.5)
        drive = float(np.exp(generator.uniform(*np.log(_DRIVES))))
        reference = stems[name]
        other = (-1.0 if inverted else 1.0) * delayed(amplified(reference, drive, rate_hz), delay)
    else:
        rest = [signal for each, signal in stems.items() if each != name and not _is_same_sound(each, name)]
        condition = replace(_CONDITIONS[kind], delay_samples=(low, high))
        pair = microphones(stems[name], rest, condition, rate_hz, generator)
        reference, other, delay, inverted = pair.reference, pair.other, pair.delay_samples, pair.inverted
    if generator.random() < 0.5:
        reference, other, delay = other, reference, -delay
    return _judged(kind, song, name, reference, other, (delay, inverted), rate_hz)


def _judged(
    kind: str,
    song: str,
    name: str,
    one: Signal,
    other: Signal,
    truth: tuple[float, bool] | None,
    rate_hz: int = RATE_HZ,
) -> Trial | None:
    size = round(WINDOW_SECONDS * rate_hz)
    cuts = [(one[at : at + size], other[at : at + size]) for at in range(0, len(one) - size + 1, size)]
    spectra = cross_spectra(cuts, rate_hz)
    if not spectra.excerpts:
        return None
    found = candidates(spectra, onset_spectra(cuts, rate_hz))
    right = np.zeros(len(found.lags), dtype=bool)
    if truth is not None:
        right = (np.abs(found.lags - truth[0]) <= SAME_SAMPLES) & ((found.signs < 0) == truth[1])
    return Trial(
        kind=kind, source_class=source_class(name), song=song, name=name, features=found.features, is_right=right,
        lags=found.lags, signs=found.signs, truth=truth,
    )  # fmt: skip


def _some_of(songs: Mapping[str, Stems], generator: np.random.Generator) -> tuple[str, dict[str, Signal]]:
    """A song, and a stretch of all its stems."""
    length = int(generator.choice(_WINDOWS)) * round(WINDOW_SECONDS * RATE_HZ)
    song = str(generator.choice(list(songs)))
    return song, _stretch(songs[song], length, generator)


def _stretch(stems: Stems, length: int, generator: np.random.Generator) -> dict[str, Signal]:
    """Of a few random places the one where most of the stems play."""
    whole = max(map(len, stems.values()))
    starts = generator.integers(0, max(whole - length, 0) + 1, size=3).tolist()
    best, most = 0, -1.0
    for start in starts:
        plays = sum(float(np.mean(np.abs(signal[start : start + length : 97]) > 0.003)) for signal in stems.values())
        best, most = (start, plays) if plays > most else (best, most)
    cut = {name: signal[best : best + length] for name, signal in stems.items()}
    return {name: np.pad(signal, (0, length - len(signal))) for name, signal in cut.items()}


def _is_same_sound(one: str, other: str) -> bool:
    return any({one, other} <= same for same in SAME_SOUND)
