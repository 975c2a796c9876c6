"""Predicted against re-rendered: every move of the plans of real sessions, written to a file and rendered again.

Sessions: each song of `--stems` scrambled raw and in progress (as `balance` makes them), with planted faults (as
`repair`), needing tools (uneven leads and basses, rings, noise, passages that sink) and with a rough mix to match, and
the demo session. A prediction says what a move changes; the re-render reads the written .rpp with a parser of its own
and shares no code with the console: pedalboard's and scipy's filters, a compressor sample by sample, a numpy sum,
pyloudnorm's meter. Reverb sends and plug-ins that nobody verified are *modelled*, and not counted; what is not in dB
is printed and not counted. Baseline: a prediction that nothing changes.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from benchmarks.support.balance_trial import write_scrambled
from benchmarks.support.prediction_trial import Compared, compare_plan
from benchmarks.support.repair_sessions import make_session
from benchmarks.support.stems import DEFAULT_STEMS, Song, songs
from benchmarks.support.table import Row
from benchmarks.support.tool_sessions import write_needing_tools, write_rough_mix

from dawassist.plan.brief import Brief

_BAR = 0.3
_KINDS = ("raw", "in progress", "damaged", "tools", "rough mix")
_TOOL_TURNS = 3  # a lead is uneven, sinks or rings by turns


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=DEFAULT_STEMS, help="one folder of audio files per song")
    parser.add_argument("--songs", nargs="*", default=(), help="only these songs; default: all")
    parser.add_argument("--seeds", type=int, default=1, help="sessions of each kind per song")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each song")
    parser.add_argument("--workers", type=int, default=2, help="sessions at a time")
    parser.add_argument("--no-demo", action="store_true", help="leave the demo session out")
    parser.add_argument(
        "--details", action="store_true", help="print every prediction that is off by more than the bar"
    )


def run(options: argparse.Namespace) -> Iterator[Row]:
    yield from rows(_compared(options), is_detailed=options.details)


def rows(compared: list[Compared], *, is_detailed: bool = False) -> Iterator[Row]:
    """One row per kind of move and metric, and one of all that count."""
    by_case: dict[tuple[str, str, str, bool], list[Compared]] = defaultdict(list)
    for each in compared:
        if each.measured is not None:
            by_case[each.kind, each.metric, each.unit, each.is_modelled].append(each)
    for (kind, metric, unit, is_modelled), found in sorted(by_case.items()):
        yield _row(f"{kind}: {metric}{', modelled' if is_modelled else ''}", found, counts=_counts(found[0]), unit=unit)
    counted = [each for each in compared if _counts(each)]
    if counted:
        yield _row("all that count", counted, counts=True, unit="dB")
    untold = sorted({f"{each.kind}: {each.metric}" for each in compared if each.measured is None})
    yield Row(case=f"not measured again{''.join(f'; {case}' for case in untold)}", metric="predictions", unit="",
              ours=sum(each.measured is None for each in compared))  # fmt: skip
    if is_detailed:
        yield from (_detail(each) for each in counted if _error(each) > _BAR)


def _counts(each: Compared) -> bool:
    return each.measured is not None and not each.is_modelled and each.unit == "dB"


def _row(case: str, found: list[Compared], *, counts: bool, unit: str) -> Row:
    errors = [_error(each) for each in found]
    worst = float(np.percentile(errors, 95))
    nothing = float(np.percentile([abs(each.measured or 0.0) for each in found], 95))
    return Row(
        case=case, metric=f"error p95 of {len(found)}, median {np.median(errors):.2f}, max {max(errors):.2f}",
        unit="dB/LU" if unit == "dB" else unit, ours=worst, baselines={"nothing changes": nothing},
        bar=f"≤ {_BAR}" if counts else "", ok=worst <= _BAR or not counts,
    )  # fmt: skip


def _detail(each: Compared) -> Row:
    return Row(case=f"{each.session}: {each.kind}", metric=each.metric, unit="dB/LU", ours=each.predicted,
               baselines={"re-rendered": each.measured or 0.0})  # fmt: skip


def _error(each: Compared) -> float:
    assert each.measured is not None
    return abs(each.predicted - each.measured)


def _compared(options: argparse.Namespace) -> list[Compared]:
    found = songs(options.stems, options.songs)
    with tempfile.TemporaryDirectory(prefix="prediction-cache-") as cache:
        os.environ |= {"DAWASSIST_CACHE_DIR": cache, "OPENBLAS_NUM_THREADS": "1"}
        with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
            jobs = [
                pool.submit(_of_song, song, kind, options.seed, number, options.seconds)
                for song in found
                for kind in _KINDS
                for number in range(options.seeds * (_TOOL_TURNS if kind == "tools" else 1))
            ]
            jobs += [] if options.no_demo else [pool.submit(_of_demo)]
            try:
                return [each for job in jobs for each in job.result()]
            finally:
                pool.shutdown(cancel_futures=True)


def _of_song(song: Song, kind: str, seed: int, number: int, seconds: float) -> list[Compared]:
    with tempfile.TemporaryDirectory(prefix="prediction-") as temporary:
        folder, brief = Path(temporary), Brief()
        if kind == "damaged":  # number 0 of `repair` is its clean one
            path = make_session(song, folder, seed, number + 1, is_clean=False, seconds=seconds).path
        elif kind == "tools":
            path = write_needing_tools(song, seed, number, seconds, folder)
        elif kind == "rough mix":
            path, bounce = write_rough_mix(song, seed, number, seconds, folder)
            brief = Brief(strategy="rough-mix", rough_mix=str(bounce))
        else:
            path, _ = write_scrambled(song, seed, number, kind, seconds, folder)  # type: ignore[arg-type]
        return compare_plan(path, f"{song.name} {kind} {number}", folder, brief)


def _of_demo() -> list[Compared]:
    from dawassist.demo import copy_demo

    with tempfile.TemporaryDirectory(prefix="prediction-") as temporary:
        folder = Path(temporary)
        return compare_plan(copy_demo(folder), "demo", folder)
