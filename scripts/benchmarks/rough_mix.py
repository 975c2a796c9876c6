"""Consoles hidden in a bounce and recovered from it: real stems, random faders, pans and equalizers per song and seed.

The bounce is made by pedalboard's filters (scipy for the high-pass), numpy and compressors of its own, and shares no
code with the console. Sessions have 8, 16 and 24 tracks; where a song has fewer, near-duplicates of its tracks fill it
up: 12 ms later and swaying. Baseline: unity faders, center, flat. Tracks that the bounce says nothing about are
counted, and not scored; equalizer curves are scored in the third octaves where a track has energy (within 50 dB of its
loudest).

A gain and an equalizer that lie under all of a track's energy are the same sound. The bar counts the gain as it was
hidden; *level in the mix* is what is heard: the power of the track through both consoles, summed over its own spectrum.

Forty seconds of every song are heard.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from benchmarks.support.table import Row

from dawassist.analysis.equalizer_fit import response_db
from dawassist.analysis.recovered_console import RoughMix
from dawassist.analysis.rough_mix import recover_rough_mix
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session

_RATE = 48000
_SIZES = (8, 16, 24)
_THIRDS_HZ = 1000.0 * 2.0 ** (np.arange(-12, 12) / 3.0)  # 62.5 Hz … 12.7 kHz
_QUIET_DB = -50.0  # under a track's loudest third octave: nothing to hear there
_HEARD_HZ = (55.0, 13500.0)
Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=Path(__file__).parents[3] / "shared" / "data" / "stems")
    parser.add_argument("--seeds", type=int, default=2, help="hidden consoles per song")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> Iterator[Row]:
    songs = sorted(folder for folder in options.stems.iterdir() if any(folder.glob("*.flac")))
    for case, bar in (("linear", 0.5), ("3 dB of master compression", 1.0)):
        scores = []
        for place, song in enumerate(songs):
            for seed in range(options.seeds):
                generator = np.random.default_rng([options.seed, seed, place])
                compressor = "" if case == "linear" else ("slow", "fast")[(seed + place) % 2]
                scores.append(_score(song, generator, compressor))
        yield from _rows(f"{len(scores)} consoles, {case}", scores, bar)
        for size in _SIZES:
            own = [score for score in scores if score.size == size]
            if own:
                gain_db = _rms(own, "gain_errors_db")
                yield Row(case=f"{size} tracks, {case}", metric="gain RMSE", unit="dB", ours=gain_db)
        yield from _double_rows(case, scores)
    foreign = [
        _score(song, np.random.default_rng([options.seed, 100, place]), "", is_moving=True)
        for place, song in enumerate(songs)
    ]
    yield from _foreign_rows(foreign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    size: int
    gain_errors_db: Curve
    level_errors_db: Curve
    pan_errors: Curve
    curve_errors_db: Curve  # RMS per track
    hidden_gains_db: Curve
    hidden_pans: Curve
    hidden_curves_db: Curve
    is_double: npt.NDArray[np.bool_]
    untold: int
    untold_doubles: int
    residual_db: float
    hidden_residual_db: float


def _rms(scores: list[Score], field: str) -> float:
    return float(np.sqrt(np.mean(np.concatenate([getattr(score, field) for score in scores]) ** 2)))


def _rows(case: str, scores: list[Score], bar: float) -> Iterator[Row]:
    gain, pan, curve = (_rms(scores, field) for field in ("gain_errors_db", "pan_errors", "curve_errors_db"))
    unity = {"unity": _rms(scores, "hidden_gains_db")}
    yield Row(case=case, metric="gain RMSE", unit="dB", ours=gain, baselines=unity, bar=f"≤ {bar:g} dB", ok=gain <= bar)
    yield Row(case=case, metric="level in the mix RMSE", unit="dB", ours=_rms(scores, "level_errors_db"))
    errors = np.abs(np.concatenate([score.gain_errors_db for score in scores]))
    yield Row(case=case, metric="gain error, p95 of tracks", unit="dB", ours=float(np.percentile(errors, 95)))
    yield Row(case=case, metric="gain error, worst track", unit="dB", ours=float(errors.max()))
    yield Row(case=case, metric="pan RMSE", unit="", ours=pan, baselines={"center": _rms(scores, "hidden_pans")},
              bar="≤ 0.05" if bar < 1.0 else "", ok=pan <= 0.05 or bar >= 1.0)  # fmt: skip
    yield Row(case=case, metric="equalizer curve RMSE", unit="dB", ours=curve,
              baselines={"flat": _rms(scores, "hidden_curves_db")}, bar="≤ 1 dB", ok=curve <= 1.0)  # fmt: skip
    untold = sum(score.untold for score in scores)
    told = sum(len(score.gain_errors_db) for score in scores)
    yield Row(case=case, metric="tracks told", unit="%", ours=100.0 * told / max(told + untold, 1))
    yield Row(case=case, metric="residual, median", unit="dB", ours=float(np.median([s.residual_db for s in scores])))


def _double_rows(case: str, scores: list[Score]) -> Iterator[Row]:
    errors = np.concatenate([score.gain_errors_db[score.is_double] for score in scores])
    untold = sum(score.untold_doubles for score in scores)
    if len(errors) + untold:
        case = f"{len(errors) + untold} near-duplicates and what they double, {case}"
        yield Row(case=case, metric="told", unit="%", ours=100.0 * len(errors) / (len(errors) + untold))
    if len(errors):
        yield Row(case=case, metric="gain RMSE", unit="dB", ours=float(np.sqrt(np.mean(errors**2))))


def _foreign_rows(scores: list[Score]) -> Iterator[Row]:
    """Reverbs on some tracks and faders that move: what no static move explains, hidden and reported."""
    case = f"{len(scores)} consoles with reverb and moving faders"
    reported, hidden = (np.array([getattr(s, f) for s in scores]) for f in ("residual_db", "hidden_residual_db"))
    yield Row(case=case, metric="residual reported", unit="dB", ours=float(reported.mean()),
              baselines={"hidden": float(hidden.mean())})  # fmt: skip
    apart = float(np.abs(reported - hidden).mean())
    yield Row(case=case, metric="residual, mean |reported − hidden|", unit="dB", ours=apart)
    yield Row(case=case, metric="gain RMSE (mean of moving faders)", unit="dB", ours=_rms(scores, "gain_errors_db"),
              baselines={"unity": _rms(scores, "hidden_gains_db")})  # fmt: skip
    yield Row(case=case, metric="pan RMSE", unit="", ours=_rms(scores, "pan_errors"))


def _score(song: Path, generator: np.random.Generator, compressor: str, *, is_moving: bool = False) -> Score:
    with tempfile.TemporaryDirectory() as folder:
        stems, signals, doubled = _session_of(song, Path(folder))
        console = [hidden_console(generator) for _ in stems]
        parts = [through_console(signal, *each) for signal, each in zip(signals, console, strict=True)]
        foreign = _foreign(parts, generator) if is_moving else np.zeros_like(parts[0])
        mix = np.sum(parts, axis=0)
        bounce = Path(folder) / "rough.wav"
        _write(bounce, _compressed(mix + foreign, compressor))
        session = ProjectFile(_project(Path(folder), stems)).snapshot()
        seconds = signals[0].shape[1] / _RATE
        found = recover_rough_mix(session, bounce, [(0.0, seconds)], [t.guid for t in session.tracks])
        return _compared(session, found, signals, console, doubled, _share_db(foreign, mix + foreign))


def _session_of(song: Path, folder: Path) -> tuple[list[Path], list[Samples], set[int]]:
    """Files and signals, cut or filled up with near-duplicates to the nearest size; the places of those and theirs."""
    stems = sorted(song.glob("*.flac"))
    size = min(_SIZES, key=lambda each: abs(each - len(stems)))
    stems = stems[:size]
    signals = [_read(stem) for stem in stems]
    missing = size - len(stems)
    loudest = sorted(range(len(stems)), key=lambda place: -float(np.mean(signals[place] ** 2)))[:missing]
    for place in loudest:
        signals.append(_doubled(signals[place]))
        stems.append(folder / f"{stems[place].stem} double.wav")
        _write(stems[-1], signals[-1])
    return stems, signals, {*loudest, *range(size - missing, size)}


def _doubled(signal: Samples) -> Samples:
    """12 ms later, swaying by 0.4 ms at 0.3 Hz, as a second take does."""
    at = np.arange(signal.shape[1])
    from_frame = at - _RATE * (0.012 + 0.0004 * np.sin(2.0 * np.pi * 0.3 * at / _RATE))
    return np.stack([np.interp(from_frame, at, side, left=0.0) for side in signal]).astype(np.float32)


def _foreign(parts: list[Samples], generator: np.random.Generator) -> Samples:
    """What a third of the tracks send to a reverb, and the moves of a third of the faders around their mean."""
    from pedalboard import Reverb

    found = np.zeros_like(parts[0])
    at = np.arange(parts[0].shape[1]) / _RATE
    for place in generator.choice(len(parts), len(parts) // 3, replace=False).tolist():
        wet = Reverb(room_size=0.6, wet_level=0.12, dry_level=0.0)(parts[place], _RATE)
        found += np.asarray(wet, dtype=np.float32)
    for place in generator.choice(len(parts), len(parts) // 3, replace=False).tolist():
        ride = 10.0 ** (generator.uniform(-3.0, 3.0) * np.sin(2.0 * np.pi * at / generator.uniform(8.0, 30.0)) / 20.0)
        power = np.mean(parts[place] ** 2, axis=0)
        mean = float((ride * power).sum() / max(float(power.sum()), 1e-30))
        found += ((ride - mean) * parts[place]).astype(np.float32)
    return found


def _share_db(part: Samples, whole: Samples) -> float:
    hz = np.fft.rfftfreq(whole.shape[1], 1 / _RATE)
    heard = (hz >= _HEARD_HZ[0]) & (hz < _HEARD_HZ[1])
    powers = [float((np.abs(np.fft.rfft(each)[:, heard]) ** 2).sum()) for each in (part, whole)]
    return float(10.0 * np.log10(powers[0] / powers[1] + 1e-12))


def _compared(
    session: Session, found: RoughMix, signals: list[Samples], console: list["Hidden"], doubled: set[int],
    share_db: float,
) -> Score:  # fmt: skip
    by_guid = {each.track_guid: each for each in found.tracks}
    told = [n for n, t in enumerate(session.tracks) if t.guid in by_guid]
    gains, levels, pans, curves, hidden_curves = [], [], [], [], []
    for place in told:
        track, (gain_db, pan, bands) = by_guid[session.tracks[place].guid], console[place]
        power = _thirds(signals[place])
        heard = 10.0 * np.log10(power / power.max()) > _QUIET_DB
        hidden, recovered = _curve_db(bands), response_db(track.bands, _THIRDS_HZ, _RATE)
        gains.append(track.gain_db - gain_db)
        through = [float((power * 10.0 ** (each / 10.0)).sum()) for each in (recovered, hidden)]
        levels.append(gains[-1] + 10.0 * np.log10(through[0] / through[1]))
        pans.append(track.pan - pan)
        curves.append(np.sqrt(np.mean((recovered - hidden)[heard] ** 2)))
        hidden_curves.append(np.sqrt(np.mean(hidden[heard] ** 2)))
    return Score(
        size=len(signals), gain_errors_db=np.array(gains), level_errors_db=np.array(levels), pan_errors=np.array(pans),
        curve_errors_db=np.array(curves), hidden_gains_db=np.array([console[n][0] for n in told]),
        hidden_pans=np.array([console[n][1] for n in told]), hidden_curves_db=np.array(hidden_curves),
        is_double=np.array([n in doubled for n in told], dtype=np.bool_), untold=len(found.untold_guids),
        untold_doubles=len(doubled - set(told)), residual_db=found.residual_db, hidden_residual_db=share_db,
    )  # fmt: skip


Hidden = tuple[float, float, list[tuple[str, float, float, float]]]  # gain, pan, (kind, Hz, dB, Q)


def hidden_console(generator: np.random.Generator) -> Hidden:
    """A gain, a pan and up to three equalizer bands."""
    ranges = {"low_shelf": (80, 300), "high_shelf": (3000, 8000), "peak": (200, 5000), "high_pass": (30, 150)}
    kinds = generator.choice(list(ranges), size=generator.integers(0, 4), replace=False)
    bands = []
    for kind in kinds:
        hz = float(np.exp(generator.uniform(*np.log(ranges[kind]))))
        gain_db = 0.0 if kind == "high_pass" else float(generator.uniform(-6.0, 6.0))
        bands.append((str(kind), hz, gain_db, float(generator.uniform(0.7, 2.0)) if kind == "peak" else 0.7071))
    pan = float(generator.choice([0.0, generator.uniform(-1.0, 1.0)]))
    return float(generator.uniform(-9.0, 9.0)), pan, bands


def through_console(
    signal: Samples, gain_db: float, pan: float, bands: list[tuple[str, float, float, float]]
) -> Samples:
    """(2, frames) behind them."""
    from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter
    from scipy.signal import butter, sosfilt

    made = {"low_shelf": LowShelfFilter, "high_shelf": HighShelfFilter, "peak": PeakFilter}
    for kind, hz, band_db, q in bands:
        if kind == "high_pass":
            signal = np.asarray(sosfilt(butter(2, hz, "highpass", fs=_RATE, output="sos"), signal), np.float32)
        else:
            signal = made[kind](cutoff_frequency_hz=hz, gain_db=band_db, q=q)(signal, _RATE)
    sides = np.array([[min(1.0 - pan, 1.0)], [min(1.0 + pan, 1.0)]])
    return np.asarray(10.0 ** (gain_db / 20.0) * sides * signal, dtype=np.float32)


def _curve_db(bands: list[tuple[str, float, float, float]]) -> Curve:
    impulse = np.zeros((2, 1 << 15), dtype=np.float32)
    impulse[:, 0] = 1.0
    response = np.abs(np.fft.rfft(through_console(impulse, 0.0, 0.0, bands)[0]))
    return np.asarray(20.0 * np.log10(np.interp(_THIRDS_HZ, np.fft.rfftfreq(1 << 15, 1 / _RATE), response) + 1e-9))


def _thirds(signal: Samples) -> Curve:
    """Power per third octave."""
    power = (np.abs(np.fft.rfft(signal)) ** 2).sum(axis=0)
    edges = np.append(_THIRDS_HZ, _THIRDS_HZ[-1] * 2.0 ** (1.0 / 3.0)) / 2.0 ** (1.0 / 6.0)
    places = np.searchsorted(np.fft.rfftfreq(signal.shape[1], 1 / _RATE), edges)
    return np.asarray(np.add.reduceat(power, places)[:-1] + 1e-30)


def _compressed(mix: Samples, kind: str) -> Samples:
    """4:1 with the threshold that gives 3 dB of mean reduction where it plays.

    `slow`: feed-forward, 10 ms RMS, both channels linked, 100 ms each way. `fast`: pedalboard's, each channel for
    itself, peak, 10 ms and 150 ms.
    """
    if not kind:
        return mix
    power = np.mean(mix.astype(np.float64) ** 2, axis=0)
    at = np.arange(0, len(power) - _RATE // 10, _RATE // 10)
    short = np.add.reduceat(power, at)
    plays = np.repeat(short > np.percentile(short, 90) / 100.0, _RATE // 10)[: len(power)]
    power = power[: len(plays)]
    low, high = -60.0, 0.0
    found = mix
    for _ in range(16 if kind == "slow" else 9):
        threshold = (low + high) / 2.0
        found = (_slow if kind == "slow" else _fast)(mix, threshold)
        gain_db = 10.0 * np.log10((np.mean(found[:, : len(plays)] ** 2, axis=0) + 1e-12) / (power + 1e-12))
        low, high = (threshold, high) if -gain_db[plays].mean() > 3.0 else (low, threshold)
    return found


def _slow(mix: Samples, threshold_db: float) -> Samples:
    from scipy.signal import lfilter

    smooth, release = (float(np.exp(-1.0 / (seconds * _RATE))) for seconds in (0.01, 0.1))
    power = lfilter([1.0 - smooth], [1.0, -smooth], np.mean(mix.astype(np.float64) ** 2, axis=0))
    reduced = 0.75 * np.maximum(10.0 * np.log10(power + 1e-12) - threshold_db, 0.0)
    return np.asarray(mix * 10.0 ** (-lfilter([1.0 - release], [1.0, -release], reduced) / 20.0), dtype=np.float32)


def _fast(mix: Samples, threshold_db: float) -> Samples:
    from pedalboard import Compressor

    return np.asarray(Compressor(threshold_db, 4.0, attack_ms=10.0, release_ms=150.0)(mix, _RATE), dtype=np.float32)


def _read(path: Path) -> Samples:
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != _RATE:
        import soxr

        samples = soxr.resample(samples, rate, _RATE)
    return np.ascontiguousarray(np.repeat(samples.T, 2, axis=0) if samples.shape[1] == 1 else samples.T[:2])


def _write(path: Path, mix: Samples) -> None:
    import soundfile

    soundfile.write(path, mix.T, _RATE, subtype="FLOAT")


def _project(folder: Path, stems: list[Path]) -> Path:
    import soundfile

    tracks = "".join(
        f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{stem.stem}"\n    <ITEM\n      POSITION 0\n'
        f'      LENGTH {soundfile.info(stem).duration}\n      <SOURCE WAVE\n        FILE "{stem.resolve()}"\n      >\n'
        "    >\n  >\n"
        for number, stem in enumerate(stems, start=1)
    )
    project = folder / "rough.rpp"
    project.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {_RATE} 1 0\n{tracks}>\n', encoding="utf-8")
    return project
