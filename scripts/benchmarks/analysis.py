"""Listening to a whole session: `--tracks` stereo files of `--minutes` minutes, 48 kHz, 24 bit, made for the run.

Floor: decoding the files. Practical floor: decoding plus one FFT pass (sample peak, K-weighted power from 100 ms
transforms, Hann spectrum, third octaves). Naive: pyloudnorm and scipy, one measure after the other, on `--subset` of
the tracks, scaled. Everything on two threads, files warm. `--folder` keeps the files for the next run. `--long 1x480
64x120` measures the memory of long sessions, tracks x minutes: their items loop the files (half a second a track-minute
at most on two cores: nothing of it by default).
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from benchmarks.support.naive_analysis import measure_covariance, measure_track
from benchmarks.support.table import Row

from dawassist.analysis import signal_meter
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.masking import measure_masking
from dawassist.analysis.model import Analysis
from dawassist.analysis.session import analyze_session
from dawassist.console.gains import Console
from dawassist.daw import never_cancelled, no_progress
from dawassist.hearing import hear_together
from dawassist.plan.brief import Brief
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session

_RATE = 48000
_WORKERS = 2
_BLOCK = 5 * _RATE
_HOP = 4800


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tracks", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--subset", type=int, default=2, help="tracks that the naive pipeline measures")
    parser.add_argument("--long", nargs="*", default=[], metavar="TRACKSxMINUTES", help="whose memory to measure")
    parser.add_argument("--folder", type=Path, help="where the files are kept; default: made and removed")


def run(options: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        files = make_files(folder, options.tracks, options.minutes)
        seconds = options.minutes * 60.0
        case = f"{options.tracks} stereo tracks × {options.minutes:g} min"
        floor = _median(lambda: _on_two_threads(decode, files))
        practical = _median(lambda: _on_two_threads(transform, files))
        naive = _naive(files, options.subset)
        yield from _first_run(case, folder, files, seconds, floor, practical, naive)
        yield from _later_runs(case, folder, files, seconds, practical)
        for long in options.long:
            yield _long_session(folder, files, *long.split("x"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """One run in a process of its own."""

    wall_seconds: float
    masking_seconds: float
    first_levels_seconds: float
    together_seconds: float
    own_results_seconds: dict[str, float]
    peak_memory_mib: float
    longest_until_cancel_seconds: float  # between two looks at whether to stop
    covariance_error_lu: float
    covariance_is_exact: bool


def listen(project: Path, seconds: float, cache: Path | None, *, true_peak: bool = True) -> Listened:
    """Analyze the project and say what it took."""
    if not true_peak:
        signal_meter.TruePeak.push = lambda _self, _block: None  # type: ignore[method-assign]
    session = ProjectFile(project).snapshot()
    import scipy.fft  # noqa: F401  imported once per process, not per session

    start = time.perf_counter()
    levels: list[float] = []
    looks = [start]
    arrived: dict[str, float] = {}
    analysis = analyze_session(
        session,
        0.0,
        seconds,
        voice_guids=(),
        cache=AnalysisCache(cache) if cache else None,
        workers=_WORKERS,
        levels=lambda _levels: levels.append(time.perf_counter() - start),
        is_cancelled=lambda: looks.append(time.perf_counter()) is not None,
        results=lambda track: arrived.setdefault(track.track_guid, time.perf_counter() - start),
    )
    wall = time.perf_counter() - start
    measure_masking(analysis, Console(session))
    masking = time.perf_counter() - start - wall
    together = _hear_together(session, analysis, AnalysisCache(cache)) if cache else 0.0
    return Listened(
        wall_seconds=wall,
        masking_seconds=masking,
        together_seconds=together,
        first_levels_seconds=levels[0] if levels else wall,
        own_results_seconds=arrived,
        peak_memory_mib=_peak_memory_mib(),
        longest_until_cancel_seconds=float(np.max(np.diff(looks), initial=0.0)),
        covariance_error_lu=abs(analysis.covariance_error_lu),
        covariance_is_exact=bool(analysis.covariance and analysis.covariance.is_exact),
    )


def _hear_together(session: Session, analysis: Analysis, cache: AnalysisCache) -> float:
    """What the tracks are to one another, and its seconds."""
    return _timed(lambda: hear_together(session, analysis, Brief(), cache, no_progress, never_cancelled))


def _first_run(
    case: str, folder: Path, files: list[Path], seconds: float, floor: float, practical: float, naive: float
) -> Iterator[Row]:
    project = write_project(folder, files, seconds)
    levels_only = _apart(listen, project, seconds, None, true_peak=False)
    whole = _apart(listen, project, seconds, None)
    baselines = {
        "decoding": floor,
        "decoding and one FFT pass": practical,
        "pyloudnorm and scipy, scaled": naive,
    }
    measures = levels_only.wall_seconds
    yield Row(case=case, metric="measures and covariance", unit="s", ours=measures, baselines=baselines)
    yield _ratio(case, "measures and covariance", measures / practical, 2.0, "≤ 2 × one FFT pass")
    yield Row(case=case, metric="true peak, besides", unit="s", ours=max(whole.wall_seconds - measures, 0.0))
    masking = {"decoding and one FFT pass": practical}
    yield Row(case=case, metric="masking, besides", unit="s", ours=whole.masking_seconds, baselines=masking)
    faster = naive / whole.wall_seconds
    yield Row(case=case, metric="all of it, faster than naive", unit="×", ours=faster, bar="≥ 10 ×", ok=faster >= 10)
    peak = whole.peak_memory_mib
    yield Row(case=case, metric="peak memory", unit="MiB", ours=peak, bar="≤ 1536 MiB", ok=peak <= 1536)
    first = whole.first_levels_seconds
    yield Row(case=case, metric="first levels", unit="s", ours=first, bar="≤ 1 s", ok=first <= 1.0)
    gap = whole.longest_until_cancel_seconds
    yield Row(case=case, metric="longest until a cancel", unit="s", ours=gap, bar="≤ 0.2 s", ok=gap <= 0.2)
    error = whole.covariance_error_lu
    kind = "exact" if whole.covariance_is_exact else "stretches"
    yield Row(case=case, metric=f"covariance ({kind}) − render", unit="LU", ours=error, bar="≤ 0.1 LU", ok=error <= 0.1)
    quarter = max(len(files) // 4, 1)
    few = _apart(listen, write_project(folder, files[:quarter], seconds), seconds, None, true_peak=False)
    growth = (measures / len(files)) / (few.wall_seconds / quarter)
    yield _ratio(case, f"cost per track, against {quarter} tracks", growth, 1.3, "≤ 1.3 ×")


def _later_runs(case: str, folder: Path, files: list[Path], seconds: float, practical: float) -> Iterator[Row]:
    project = write_project(folder, files, seconds)
    with tempfile.TemporaryDirectory() as cache:
        first = _apart(listen, project, seconds, Path(cache)).together_seconds
        yield Row(case=case, metric="pairs, low end, hits, bleed, besides", unit="s", ours=first)
        second = _apart(listen, project, seconds, Path(cache))
        again = second.wall_seconds
        yield Row(case=case, metric="second run", unit="s", ours=again, bar="≤ 2 s", ok=again <= 2.0)
        whole = again + second.together_seconds
        metric = "second run, with pairs, low end, hits, bleed"
        yield Row(case=case, metric=metric, unit="s", ours=whole, bar="≤ 2 s", ok=whole <= 2.0)
        os.utime(files[0])
        changed = _apart(listen, project, seconds, Path(cache))
        own = max(changed.own_results_seconds.values())
        yield Row(case=case, metric="one changed track, its results", unit="s", ours=own, bar="≤ 1 s", ok=own <= 1.0)
        total = changed.wall_seconds
        yield Row(
            case=case, metric="one changed track, cross-track", unit="s", ours=total,
            baselines={"decoding and one FFT pass": practical}, bar="≤ 1 × one FFT pass", ok=total <= practical,
        )  # fmt: skip


def _long_session(folder: Path, files: list[Path], tracks: str, minutes: str) -> Row:
    count, seconds = int(tracks), float(minutes) * 60.0
    project = write_project(folder, [files[place % len(files)] for place in range(count)], seconds, looped=True)
    peak = _apart(listen, project, seconds, None).peak_memory_mib
    case = f"{count} stereo tracks × {float(minutes):g} min"
    return Row(case=case, metric="peak memory", unit="MiB", ours=peak, bar="≤ 1536 MiB", ok=peak <= 1536)


def _ratio(case: str, metric: str, value: float, limit: float, bar: str) -> Row:
    return Row(case=case, metric=metric, unit="×", ours=value, bar=bar, ok=value <= limit)


def make_files(folder: Path, tracks: int, minutes: float) -> list[Path]:
    """Noise in bands with swells, hits and pauses, every track its own; files that are there are kept."""
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"track{number:03}.wav" for number in range(1, tracks + 1)]
    frames = round(minutes * 60 * _RATE)
    for number, path in enumerate(paths):
        if path.exists() and soundfile.info(path).frames == frames:
            continue
        excerpt = _excerpt(number, 20 * _RATE)
        with soundfile.SoundFile(path, "w", _RATE, 2, "PCM_24") as file:
            for start in range(0, frames, len(excerpt)):
                file.write(excerpt[: frames - start])
    return paths


def _excerpt(seed: int, frames: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    spectrum = np.fft.rfft(generator.standard_normal((2, frames)).astype(np.float32))
    frequencies = np.fft.rfftfreq(frames, 1 / _RATE)
    center = 60.0 * 2 ** generator.uniform(0, 7)
    shape = 1.0 / (1.0 + (np.log2(np.maximum(frequencies, 1.0) / center)) ** 4)
    signal = np.fft.irfft(spectrum * shape, frames)
    decay = np.exp(-np.arange(frames) % int(_RATE * generator.uniform(0.2, 2.0)) / (0.2 * _RATE))
    plays = np.repeat(generator.random(frames // _RATE) < 0.8, _RATE)
    signal *= decay * plays
    return np.asarray((0.3 * signal / np.abs(signal).max()).T, dtype=np.float32)


def write_project(folder: Path, files: list[Path], seconds: float, *, looped: bool = False) -> Path:
    tracks = "".join(
        f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{path.stem}"\n    VOLPAN 0.1 0 -1 -1 1\n'
        f"    <ITEM\n      POSITION 0\n      LENGTH {seconds}\n      LOOP {int(looped)}\n      <SOURCE WAVE\n"
        f'        FILE "{path.name}"\n      >\n    >\n  >\n'
        for number, path in enumerate(files, start=1)
    )
    project = folder / f"session{len(files)}.rpp"
    project.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {_RATE} 1 0\n{tracks}>\n')
    return project


def decode(path: Path) -> None:
    """The floor: every sample as float32."""
    from pedalboard.io import AudioFile

    with AudioFile(str(path)) as file:
        while file.tell() < file.frames:
            file.read(_BLOCK)


def transform(path: Path) -> None:
    """The practical floor."""
    from pedalboard.io import AudioFile
    from scipy.fft import rfft

    weight = np.ones(_HOP // 2 + 1, dtype=np.float32)
    edges = np.unique(np.geomspace(2, _HOP // 2 - 1, 31).astype(int))
    with AudioFile(str(path)) as file:
        while file.tell() < file.frames:
            samples = file.read(_BLOCK)
            hops = samples[:, : samples.shape[1] // _HOP * _HOP].reshape(2, -1, _HOP)
            np.abs(hops).max()
            spectra = rfft(hops)
            (spectra.real**2 + spectra.imag**2) @ weight
            spectra[..., 1:-1] = 0.5 * spectra[..., 1:-1] - 0.25 * (spectra[..., 2:] + spectra[..., :-2])
            np.add.reduceat(spectra.real**2 + spectra.imag**2, edges, axis=-1)


def _naive(files: list[Path], subset: int) -> float:
    chosen = files[: max(subset, 2)]
    per_track = _timed(lambda: _on_two_threads(measure_track, chosen)) / len(chosen)
    per_pair = _timed(lambda: measure_covariance(chosen)) / len(chosen) ** 2
    return per_track * len(files) + per_pair * len(files) ** 2


def _on_two_threads(work: Callable[[Path], object], files: list[Path]) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(work, files))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object]) -> float:
    return float(np.median([_timed(work) for _ in range(3)]))


def _apart(work: Callable[..., Listened], *args: object, **options: object) -> Listened:
    """In a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **options).result()


def _peak_memory_mib() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
