"""The acceptance tests of a mixing engineer, without listeners: each song raw, scrambled and finished, with its plan.

Raw and scrambled sessions are those of `balance` (levels off by ±9 dB in the recordings or the faders), in busses the
latter with rhythm and voices in folders with a compressor; finished ones are the artist's own stems at unity. What is
measured is rendered from the written files without our console. A row shows the worst value over the sessions after the
plan, and before it. Limits marked † are judgement: the songs of `--calibration` are printed without a bar, to see what
their artist's balances have, and are never scored. Not here, since stems show nothing of it: kit (gain, crest, arrival;
see `repair`, `alignment`), bleed truth (stems bleed into nothing), what a return holds below 150 Hz (a reverb is
modelled); nor speech, for which no row was made. How far under the dry track a reverb is counts as modelled.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.support.mix_trial import Check, State, run_checks
from benchmarks.support.stems import DEFAULT_STEMS, songs
from benchmarks.support.table import Row

_WORKERS = 2
_STATES: tuple[State, ...] = ("raw", "scrambled", "in busses", "finished")
_CALIBRATION = ("lithium", "sodium")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=DEFAULT_STEMS, help="one folder of audio files per song")
    parser.add_argument("--songs", nargs="*", default=(), help="only these songs; default: all")
    parser.add_argument("--calibration", nargs="*", default=_CALIBRATION, help="songs that are not scored")
    parser.add_argument("--seeds", type=int, default=2, help="sessions of each state per song")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each song")


def run(options: argparse.Namespace) -> Iterator[Row]:
    found = _checked(options)
    for is_scored in (True, False):
        for state in _STATES:
            chosen = [c for (song, of), checks in found if of == state for c in checks
                      if (song not in options.calibration) == is_scored]  # fmt: skip
            yield from rows(state if is_scored else f"calibration, {state}", chosen, is_scored=is_scored)


def rows(case: str, checks: list[Check], *, is_scored: bool) -> Iterator[Row]:
    """One row per check, with the worst of its values."""
    by_name: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        by_name[check.name].append(check)
    for name, found in by_name.items():
        missed = sum(not each.ok for each in found)
        worst = max(found, key=lambda each: each.after - each.limit)
        before = [each.before for each in found if each.before is not None]
        yield Row(
            case=f"{case}: {name}", metric=f"worst; {missed} of {len(found)} miss it", unit=worst.unit,
            ours=worst.after, baselines={"before, worst": max(before)} if before else {},
            bar=f"≤ {worst.limit:g}" if is_scored else "", ok=not missed or not is_scored,
        )  # fmt: skip


def _checked(options: argparse.Namespace) -> list[tuple[tuple[str, State], list[Check]]]:
    found = songs(options.stems, options.songs)
    with tempfile.TemporaryDirectory(prefix="mix-cache-") as cache:
        os.environ |= {"DAWASSIST_CACHE_DIR": cache, "OPENBLAS_NUM_THREADS": "1"}
        with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
            jobs = [
                ((song.name, state), pool.submit(run_checks, song, options.seed, number, state, options.seconds))
                for song in found
                for state in _STATES
                for number in range(options.seeds)
            ]
            try:
                return [(of, job.result()) for of, job in jobs]
            finally:
                pool.shutdown(cancel_futures=True)
