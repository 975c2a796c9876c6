"""The joint solve of faders and pans: cold, and again after one lock; and the loudness of a fader vector without audio.

Sessions of synthetic tracks, with a covariance of as many blocks as listening would keep. The baseline of the loudness
sums the same stems with the same faders and meters the sum (pyloudnorm), in the same run. About two minutes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from benchmarks.support.naive_analysis import weight
from benchmarks.support.solve_sessions import project_text, synthetic_analysis
from benchmarks.support.table import Row
from threadpoolctl import threadpool_limits

from dawassist.analysis.covariance import mix_loudness
from dawassist.analysis.model import Analysis, BlockCovariance
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Lock
from dawassist.plan.mix_problem import allowed, mix_problem
from dawassist.plan.mix_state import standing_mix
from dawassist.plan.model import Plan
from dawassist.plan.solver import solve
from dawassist.projectfile import ProjectFile
from dawassist.realize.plan import realize
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio, situation_of

LONGEST_RESOLVE_MS = 200.0
LEAST_RATIO = 300.0
_RATE = 48000
_STEM_TRACKS = 24
_HOP, _BLOCK = 4800, 19200
Found = TypeVar("Found")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tracks", type=int, nargs="+", default=[24, 64, 128])
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--stem-seconds", type=float, default=30.0, help="length of the stems that are summed")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> Iterator[Row]:
    generator = np.random.default_rng(options.seed)
    with threadpool_limits(limits=1, user_api="blas"):
        for tracks in options.tracks:
            yield from _solve_rows(tracks, options.minutes * 60.0, generator)
        yield from _loudness_rows(options.stem_seconds, generator)


def _solve_rows(tracks: int, seconds: float, generator: np.random.Generator) -> Iterator[Row]:
    case = f"{tracks} tracks × {seconds / 60.0:g} min"
    session = _session(project_text(tracks, seconds))
    analysis = synthetic_analysis(session, seconds, generator)
    situation = situation_of(session, analysis, Brief())
    problem, made_ms = _timed(lambda: mix_problem(situation, allowed(situation), opens_pairs=True))
    solution, cold_ms = _timed(lambda: solve(problem))
    locked = replace(situation, brief=Brief(constraints=(Lock(tracks=("3",)),)))
    again, again_ms = _best(lambda: solve(replace(problem, space=allowed(locked)), solution), 3)
    limit = LONGEST_RESOLVE_MS if tracks <= 64 else np.inf
    yield Row(case=case, metric="covariance to small matrices", unit="ms", ours=made_ms)
    yield Row(case=case, metric=f"cold solve, {solution.steps} steps", unit="ms", ours=cold_ms)
    yield Row(
        case=case, metric=f"one lock more, {again.steps} steps", unit="ms", ours=again_ms,
        baselines={"cold": made_ms + cold_ms}, bar=f"≤ {LONGEST_RESOLVE_MS:g} ms" if tracks <= 64 else "",
        ok=again_ms <= limit,
    )  # fmt: skip
    yield from _suggest_rows(case, session, analysis)


def _suggest_rows(case: str, session: Session, analysis: Analysis) -> Iterator[Row]:
    """From the strategy to the plan: the first time, and after one lock and one rejected move."""

    def suggested(brief: Brief) -> Plan:
        return realize(session, analysis, brief, Studio().suggest(session, analysis, brief), strategy=Studio.name)

    standing_mix.cache_clear()
    first, first_ms = _timed(lambda: suggested(Brief()))
    brief = Brief(locked_tracks=frozenset({"3"}), rejected=frozenset({first.recommendations[0].id}))
    again_ms = _best(lambda: suggested(brief), 3)[1]
    yield Row(
        case=case, metric="whole plan, a lock and a rejection more", unit="ms", ours=again_ms,
        baselines={"first plan": first_ms},
    )  # fmt: skip


def _loudness_rows(seconds: float, generator: np.random.Generator) -> Iterator[Row]:
    """A fader vector through the covariance, and through a sum of the stems and a meter."""
    frames = round(seconds * _RATE)
    stems = [
        (generator.normal(size=(frames, 2)) * 10.0 ** (generator.uniform(-40.0, -26.0) / 20.0)).astype(np.float32)
        for _ in range(_STEM_TRACKS)
    ]
    covariance = _covariance(stems)
    gains = 10.0 ** (generator.uniform(-9.0, 6.0, _STEM_TRACKS) / 20.0)
    matrices = gains[:, None, None] * np.eye(2)
    ours, predicted_ms = _best(lambda: mix_loudness(covariance, matrices), 20)
    theirs, rendered_ms = _best(lambda: _rendered(stems, gains), 3)
    case = f"loudness of a fader vector, {_STEM_TRACKS} tracks × {seconds:g} s"
    yield Row(case=case, metric="distance to sum and meter", unit="LU", ours=abs(ours - theirs))
    ratio = rendered_ms / predicted_ms
    yield Row(
        case=case, metric="by covariance", unit="ms", ours=predicted_ms, baselines={"sum and meter": rendered_ms},
        bar=f"≥ {LEAST_RATIO:g} × faster", ok=ratio >= LEAST_RATIO,
    )  # fmt: skip


def _rendered(stems: list[np.ndarray], gains: np.ndarray) -> float:
    import pyloudnorm

    mix = np.zeros_like(stems[0])
    for stem, gain in zip(stems, gains, strict=True):
        mix += np.float32(gain) * stem
    return float(pyloudnorm.Meter(_RATE, filter_class="DeMan").integrated_loudness(mix))


def _covariance(stems: list[np.ndarray]) -> BlockCovariance:
    channels = np.concatenate([weight(stem, _RATE).T for stem in stems]).astype(np.float32)
    starts = range(0, channels.shape[1] - _BLOCK + 1, _HOP)
    tensor = np.array([channels[:, at : at + _BLOCK] @ channels[:, at : at + _BLOCK].T / _BLOCK for at in starts])
    guids = tuple(str(number) for number in range(len(stems)))
    return BlockCovariance(track_guids=guids, tensor=tensor, block_seconds=np.array(starts) / _RATE, is_exact=True)


def _session(text: str) -> Session:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "session.rpp"
        project.write_text(text, encoding="utf-8")
        return ProjectFile(project).snapshot()


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    start = time.perf_counter()
    found = work()
    return found, 1000.0 * (time.perf_counter() - start)


def _best(work: Callable[[], Found], repeats: int) -> tuple[Found, float]:
    runs = [_timed(work) for _ in range(repeats)]
    return runs[0][0], min(milliseconds for _, milliseconds in runs)
