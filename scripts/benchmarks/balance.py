"""Scrambled balances of real stems: how far ours, and plain rules, end from the artist's own balance.

Levels of every song in `--stems` are scrambled by ±9 dB, `--seeds` times in two states (see `support.balance_trial`):
raw (in the recordings) and in progress (in the faders, over recordings whose levels tell nothing). Stems as they are
with scrambled faders would be no test: faders at 0 are the answer there. The truth is the unity sum of the stems.
`studio` is the session after all that `suggest` proposes, `target` what its solver aims at. The error of a session is
the mean of |d − median of d| over its tracks, d the level less the artist's, in LU. Intervals: 95 %, whole songs drawn
with replacement. An artist's balance of electronica is one of many that would do; role priors come from other music.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from benchmarks.support.balance_trial import Balanced, State, run_balance
from benchmarks.support.engineer_levels import interval_by_song
from benchmarks.support.stems import DEFAULT_STEMS, songs
from benchmarks.support.table import Row

_WORKERS = 2
_STATES: tuple[State, ...] = ("raw", "in progress")
_BASELINES = ("unity", "equal loudness", "role prior")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=DEFAULT_STEMS, help="one folder of audio files per song")
    parser.add_argument("--songs", nargs="*", default=(), help="only these songs; default: all")
    parser.add_argument("--seeds", type=int, default=5, help="scrambles per song and state")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each song")


def run(options: argparse.Namespace) -> Iterator[Row]:
    results = _trials(options)
    for state in _STATES:
        yield from rows(state, [each for each in results if each.state == state])


def rows(state: State, results: Sequence[Balanced]) -> Iterator[Row]:
    names = [each.song for each in results]
    errors = {name: np.array([each.errors_db[name] for each in results]) for name in results[0].errors_db}
    means = {name: float(np.mean(values)) for name, values in errors.items()}
    case = f"{state}, {len(results)} sessions of {len(set(names))} songs"
    baselines = {name: means[name] for name in _BASELINES}
    for name, label in (("proposed", "studio"), ("target", "target")):
        is_ahead = means[name] < min(baselines.values())
        bar, ok = ("< every baseline", is_ahead) if name == "proposed" else ("", True)
        low, high = interval_by_song(names, errors[name])
        metric = f"{label} [{low:.2f}, {high:.2f}]"
        yield Row(case=case, metric=metric, unit="LU", ours=means[name], baselines=baselines, bar=bar, ok=ok)
    for name in _BASELINES:
        ahead = errors[name] - errors["proposed"]
        low, high = interval_by_song(names, ahead)
        yield Row(case=f"{state}, studio nearer than", metric=f"{name} [{low:.2f}, {high:.2f}]", unit="LU",
                  ours=float(np.mean(ahead)))  # fmt: skip
    for song in sorted(set(names)):
        of_song = np.array([name == song for name in names])
        by_song = {name: float(np.mean(errors[name][of_song])) for name in (*_BASELINES, "target")}
        yield Row(case=f"{state}, {song}", metric="studio", unit="LU",
                  ours=float(np.mean(errors["proposed"][of_song])), baselines=by_song)  # fmt: skip
    yield from _moves(state, results)


def _moves(state: State, results: Sequence[Balanced]) -> Iterator[Row]:
    moves, nearer = sum(each.moves for each in results), sum(each.nearer for each in results)
    case = f"{state}, {moves} level moves"
    yield Row(case=case, metric="bring a track nearer", unit="%", ours=100.0 * nearer / max(moves, 1))
    yield Row(case=case, metric="most cards shown first", unit="", ours=max(each.shown for each in results))
    taken = 100.0 * float(np.mean([each.is_taken_so for each in results]))
    yield Row(case=state, metric="sessions taken for what they are", unit="%", ours=taken)


def _trials(options: argparse.Namespace) -> list[Balanced]:
    found = songs(options.stems, options.songs)
    with tempfile.TemporaryDirectory(prefix="balance-cache-") as cache:
        os.environ |= {"DAWASSIST_CACHE_DIR": cache, "OPENBLAS_NUM_THREADS": "1"}
        with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
            jobs = [
                pool.submit(run_balance, song, options.seed, number, state, options.seconds)
                for song in found
                for state in _STATES
                for number in range(options.seeds)
            ]
            try:
                return [job.result() for job in jobs]
            finally:
                pool.shutdown(cancel_futures=True)
