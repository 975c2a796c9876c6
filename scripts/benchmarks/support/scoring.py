"""Precision, recall and F1 of planted faults by tercile of severity, with intervals by song."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one class in one session: a planted fault with its severity, or a false alarm (None)."""

    song: str
    severity: float | None
    is_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2.0 * self.precision * self.recall / both if both else 0.0  # not a number where recall is none


def score(outcomes: Sequence[Outcome], tercile_edges: tuple[float, float], terciles: Sequence[int]) -> Score:
    """Of the planted faults in these terciles (0 lowest), against all false alarms of the class.

    Where none is planted there, F1 is not a number.
    """
    planted = [each for each in outcomes if each.severity is not None]
    chosen = [each for each in planted if int(np.searchsorted(tercile_edges, each.severity, "left")) in terciles]
    found = sum(each.is_found for each in chosen)
    false = sum(each.severity is None for each in outcomes)
    return Score(
        precision=found / (found + false) if found + false else 0.0,
        recall=found / len(chosen) if chosen else math.nan,
    )


def tercile_edges(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    severities = [each.severity for each in outcomes if each.severity is not None]
    low, high = np.quantile(severities, (1 / 3, 2 / 3)) if severities else (0.0, 0.0)
    return float(low), float(high)


def interval_by_song(
    outcomes: Sequence[Outcome], measure: Callable[[Sequence[Outcome]], float], seed: int
) -> tuple[float, float]:
    """95 % bootstrap interval of a measure, whole songs drawn with replacement; of one song its outcomes are drawn."""
    by_song: dict[str, list[Outcome]] = {}
    for each in outcomes:
        by_song.setdefault(each.song, []).append(each)
    groups = list(by_song.values()) if len(by_song) > 1 else [[each] for each in outcomes]
    if not groups:
        return 0.0, 0.0
    generator = np.random.default_rng(seed)
    drawn = [
        measure([each for place in generator.integers(len(groups), size=len(groups)) for each in groups[place]])
        for _ in range(_RESAMPLES)
    ]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return float(low), float(high)
