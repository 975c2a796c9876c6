"""One trial of alignment: two microphones of a stem, or two stems that do not belong together, and what is said.

Each trial has a generator of its own, so that it is the same wherever and in whatever order it runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from benchmarks.support.alignment_sources import melody_pair, source_class
from benchmarks.support.microphones import EASY, HARD, MEDIUM, Condition, Pair, Signal, amplified, delayed, microphones
from benchmarks.support.stems import RATE, Song, active_share, excerpt, mono

from dawassist.analysis.alignment.estimator import Alignment, align
from dawassist.analysis.alignment.evidence import SAME_SAMPLES
from dawassist.analysis.alignment.excerpts import WINDOW_SECONDS
from dawassist.analysis.alignment.spectra import CrossSpectra

_SECONDS = 7 * WINDOW_SECONDS
_LEAST_ACTIVE = 0.25
_LOW_END_HZ = (20.0, 500.0)
_DRIVES = (1.5, 20.0)
_AMPLIFIED_SHARE = 0.5
Stems = Mapping[str, Signal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`rise_error_db`: the predicted gain of the low end less that of the corrected sum; None if none is claimed."""

    case: str
    source_class: str
    is_right: bool
    is_certain: bool
    plain_is_right: bool
    gcc_is_right: bool
    confidence: float
    rise_error_db: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`share` of the trials; `condition` makes two signals of a source and the stems beside it."""

    name: str
    share: float
    condition: Condition
    is_bass: bool = False

    def suits(self, name: str) -> bool:
        return not self.is_bass or source_class(name) == "bass"


CASES = (
    Case(name="easy", share=0.2, condition=EASY),
    Case(name="medium", share=0.25, condition=MEDIUM),
    Case(name="hard", share=0.25, condition=HARD),
    Case(name="polarity only, 0 samples", share=0.08, condition=replace(MEDIUM, delay_samples=(0.0, 0.0))),
    Case(name="0–20 samples", share=0.08, condition=replace(MEDIUM, delay_samples=(0.0, 20.0))),
    Case(name="bass and DI/amplifier", share=0.14, condition=MEDIUM, is_bass=True),
)


@cache
def heard(song: Song, seed: int, number: int) -> Stems:
    """Mono stems that play for a good part of stretch `number` of the song."""
    found = excerpt(song, _SECONDS, np.random.default_rng([seed, number]))
    return {name: mono(stem) for name, stem in found.items() if active_share(stem) >= _LEAST_ACTIVE}


def related(case: Case, stems: Stems, name: str, generator: np.random.Generator) -> Trial:
    if case.is_bass and generator.random() < _AMPLIFIED_SHARE:
        pair = _amplifier(stems[name], case.condition, generator)
    else:
        rest = [signal for other, signal in stems.items() if other != name]
        pair = microphones(stems[name], rest, case.condition, RATE, generator)
    found = align(cut(pair.reference, pair.other), RATE)

    def right(lag: float, is_inverted: bool) -> bool:
        return abs(lag - pair.delay_samples) <= SAME_SAMPLES and is_inverted == pair.inverted

    return Trial(
        case=case.name,
        source_class=source_class(name),
        is_right=found is not None and right(found.delay_samples, found.inverted),
        is_certain=found is not None and found.is_certain,
        plain_is_right=found is not None and right(*_peak(found.spectra, lambda cross: cross)),
        gcc_is_right=found is not None and right(*_peak(found.spectra, lambda cross: cross / (np.abs(cross) + 1e-12))),
        confidence=found.confidence if found else 0.0,
        rise_error_db=_rise_error_db(pair, found) if found and found.is_certain else None,
    )


def unrelated(way: int, pool: list[Stems], generator: np.random.Generator) -> Alignment | None:
    """By turns two stems of one song, two of a kind of one song, stems of any songs, two voices of one melody."""
    while way < 3:
        first = pool[int(generator.integers(len(pool)))]
        second = first if way < 2 else pool[int(generator.integers(len(pool)))]
        one, other = str(generator.choice(list(first))), str(generator.choice(list(second)))
        if one != other and (way != 1 or source_class(one) == source_class(other)):
            return align(cut(first[one], second[other]), RATE)
    return align(cut(*melody_pair(_SECONDS, RATE, generator)), RATE)


def cut(one: Signal, other: Signal) -> list[tuple[Signal, Signal]]:
    """Into excerpts as a session is heard in."""
    size = round(WINDOW_SECONDS * RATE)
    return [(one[at : at + size], other[at : at + size]) for at in range(0, len(one) - size + 1, size)]


def _amplifier(source: Signal, condition: Condition, generator: np.random.Generator) -> Pair:
    """A DI and its amplifier: no bleed, no room."""
    low, high = condition.delay_samples
    delay, inverted = float(generator.integers(round(low), round(high) + 1)), bool(generator.random() < 0.5)
    drive = float(np.exp(generator.uniform(*np.log(_DRIVES))))
    other = (-1.0 if inverted else 1.0) * delayed(amplified(source, drive, RATE), delay)
    return Pair(reference=source, other=other, delay_samples=delay, inverted=inverted)


def _peak(spectra: CrossSpectra, weighted: Callable[[np.ndarray], np.ndarray]) -> tuple[float, bool]:
    curve = spectra.correlation(weighted(spectra.total.cross))
    place = int(np.argmax(np.abs(curve)))
    return float(place - spectra.search), bool(curve[place] < 0.0)


def _rise_error_db(pair: Pair, found: Alignment) -> float:
    corrected = (-1.0 if found.inverted else 1.0) * delayed(pair.other, -found.delay_samples)
    rise_db = _low_end_db(pair.reference + corrected) - _low_end_db(pair.reference + pair.other)
    return found.low_end_gain_db - rise_db


def _low_end_db(signal: Signal) -> float:
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequency_hz = np.fft.rfftfreq(len(signal), 1.0 / RATE)
    return float(10.0 * np.log10(power[(frequency_hz >= _LOW_END_HZ[0]) & (frequency_hz < _LOW_END_HZ[1])].sum()))
