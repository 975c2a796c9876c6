"""Delay and polarity between two microphones simulated from real stems: ours, plain correlation, textbook GCC-PHAT.

Conditions as in Perez Gonzalez & Reiss 2008 and ours: random polarity, 20–900 samples, another microphone's coloration,
a room, bleed. Right means within two samples and of the right polarity. The probability that ours claims was fitted on
the songs sodium and rubidium, which are never scored here; every other song of `--stems` is.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from benchmarks.support.alignment_trial import CASES, Case, Stems, Trial, cut, heard, related, unrelated
from benchmarks.support.microphones import delayed
from benchmarks.support.stems import DEFAULT_STEMS, RATE, Song, songs
from benchmarks.support.table import Row

from dawassist.analysis.alignment.estimator import CERTAIN, align
from dawassist.analysis.alignment.excerpts import WINDOW_SECONDS

FITTED_ON = frozenset({"sodium", "rubidium"})
_EXCERPTS = 8
_UNRELATED_SHARE = 1 / 3
_FRACTIONAL = 40
_WORKERS = 2
_UNRELATED_WAYS = 4
_UNRELATED, _FRACTIONS = 1000, 2000  # number of a generator, after those of the cases


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=DEFAULT_STEMS, help="a folder with a folder of stems per song")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=int, default=600)


def run(options: argparse.Namespace) -> Iterator[Row]:
    scored = tuple(song for song in songs(options.stems) if song.name not in FITTED_ON)
    if not scored:
        raise SystemExit(f"{options.stems} holds only songs that the thresholds were fitted on; give other stems.")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    count = max(round(options.trials * _UNRELATED_SHARE), 1)
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_trials, scored, options.seed, number, worker, max(round(case.share * options.trials), 1))
            for number, case in enumerate(CASES)
            for worker in range(_WORKERS)
        ]
        claims = [pool.submit(_claimed, scored, options.seed, worker, count) for worker in range(_WORKERS)]
        trials = [trial for job in jobs for trial in job.result()]
        yield from _condition_rows(trials)
        yield from _class_rows(trials)
        yield from _physical_rows(trials)
        yield from _unrelated_rows([claim for job in claims for claim in job.result()], count)
    yield _fraction_row(np.random.default_rng([options.seed, _FRACTIONS]))


def _pool(scored: Sequence[Song], seed: int) -> list[Stems]:
    return [heard(scored[number % len(scored)], seed, number) for number in range(max(_EXCERPTS, len(scored)))]


def _trials(scored: Sequence[Song], seed: int, case: int, worker: int, count: int) -> list[Trial]:
    """Every `_WORKERS`th of `count` trials, one excerpt after the other."""
    suiting = [(stems, names) for stems in _pool(scored, seed) if (names := _suiting(CASES[case], stems))]
    found = []
    for number in range(worker, count if suiting else 0, _WORKERS):
        generator = np.random.default_rng([seed, case, number])
        stems, names = suiting[number % len(suiting)]
        found.append(related(CASES[case], stems, str(generator.choice(names)), generator))
    return found


def _suiting(case: Case, stems: Stems) -> list[str]:
    return [name for name in stems if case.suits(name)]


def _claimed(scored: Sequence[Song], seed: int, worker: int, count: int) -> list[bool]:
    """Of every `_WORKERS`th of `count` unrelated pairs that something is claimed of: whether a flip is."""
    pool = _pool(scored, seed)
    numbers = range(worker, count, _WORKERS)
    found = [unrelated(n % _UNRELATED_WAYS, pool, np.random.default_rng([seed, _UNRELATED, n])) for n in numbers]
    return [each.inverted for each in found if each is not None and each.is_certain]


def _condition_rows(trials: Sequence[Trial]) -> Iterator[Row]:
    bars = {"easy": (1.0, 0.95), "medium": (0.98, 0.85), "hard": (0.98, 0.5)}
    for case in CASES:
        own = [trial for trial in trials if trial.case == case.name]
        title = f"{case.name} ({len(own)} trials)"
        if case.is_bass:
            wrong = sum(trial.is_certain and not trial.is_right for trial in own)
            safe = 1.0 - wrong / len(own)
            yield Row(
                case=title, metric="correct or abstained", unit="", ours=safe, baselines=_baselines(own),
                bar="≥ 0.98", ok=safe >= 0.98,
            )  # fmt: skip
            yield Row(case=title, metric="coverage", unit="", ours=_coverage(own))
            continue
        least, coverage = bars.get(case.name, (0.0, 0.0))
        yield from _rows_of(title, own, least, coverage)


def _class_rows(trials: Sequence[Trial]) -> Iterator[Row]:
    for kind in sorted({trial.source_class for trial in trials}):
        own = [trial for trial in trials if trial.source_class == kind]
        yield from _rows_of(f"source: {kind} ({len(own)} trials)", own, 0.0, 0.0)
    claimed = [trial for trial in trials if trial.is_certain]
    right = sum(trial.is_right for trial in claimed) / max(len(claimed), 1)
    said = float(np.mean([trial.confidence for trial in claimed])) if claimed else 0.0
    yield Row(
        case=f"all that is claimed ({len(claimed)})",
        metric="probability said − share right",
        unit="",
        ours=said - right,
    )


def _rows_of(title: str, own: Sequence[Trial], least: float, coverage: float) -> Iterator[Row]:
    claimed = [trial for trial in own if trial.is_certain]
    right = sum(trial.is_right for trial in claimed)
    precision, covered = right / max(len(claimed), 1), _coverage(own)
    yield Row(
        case=title, metric="precision", unit="", ours=precision, baselines=_baselines(own),
        bar=f"≥ {least:g}" if least else "", ok=precision >= least,
    )  # fmt: skip
    yield Row(case=title, metric="precision, lower 95 % bound", unit="", ours=lower_bound(right, len(claimed)))
    yield Row(
        case=title, metric="coverage", unit="", ours=covered, bar=f"≥ {coverage:g}" if coverage else "",
        ok=covered >= coverage,
    )  # fmt: skip


def _baselines(own: Sequence[Trial]) -> dict[str, float]:
    return {
        "plain correlation": float(np.mean([trial.plain_is_right for trial in own])),
        "textbook GCC-PHAT": float(np.mean([trial.gcc_is_right for trial in own])),
        "ours, made to answer always": float(np.mean([trial.is_right for trial in own])),
    }


def _coverage(own: Sequence[Trial]) -> float:
    return float(np.mean([trial.is_certain for trial in own]))


def lower_bound(right: int, total: int) -> float:
    """Clopper and Pearson's, one-sided at 95 %."""
    from scipy.stats import beta

    return float(beta.ppf(0.05, right, total - right + 1)) if right else 0.0


def _physical_rows(trials: Sequence[Trial]) -> Iterator[Row]:
    errors = np.abs([trial.rise_error_db for trial in trials if trial.rise_error_db is not None])
    case = f"low end of corrected pairs ({len(errors)})"
    worst = float(errors.max(initial=0.0))
    yield Row(case=case, metric="predicted − real, largest", unit="dB", ours=worst, bar="≤ 0.3 dB", ok=worst <= 0.3)
    yield Row(case=case, metric="predicted − real, 95th percentile", unit="dB", ours=float(np.quantile(errors, 0.95)))


def _unrelated_rows(flips: Sequence[bool], count: int) -> Iterator[Row]:
    case = f"unrelated pairs ({count})"
    yield Row(case=case, metric="polarity flips proposed", unit="", ours=sum(flips), bar="0", ok=not any(flips))
    yield Row(case=case, metric="delays claimed", unit="", ours=len(flips))


def _fraction_row(generator: np.random.Generator) -> Row:
    """White noise, delayed by fractions of a sample, with noise 40 dB under it in both."""
    worst = 0.0
    for _ in range(_FRACTIONAL):
        source = generator.standard_normal(round(4 * WINDOW_SECONDS * RATE)).astype(np.float32)
        samples = float(generator.uniform(0.0, 900.0))
        one, other = (
            signal + 0.01 * generator.standard_normal(len(source)).astype(np.float32)
            for signal in (source, delayed(source, samples))
        )
        found = align(cut(one, other), RATE)
        worst = max(worst, abs(found.delay_samples - samples) if found and found.confidence >= CERTAIN else np.inf)
    return Row(
        case=f"fractional delays ({_FRACTIONAL})", metric="largest error", unit="samples", ours=worst,
        bar="≤ 0.1 samples", ok=worst <= 0.1,
    )  # fmt: skip
