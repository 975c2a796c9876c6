"""Consoles hidden in a bounce and recovered from it: real stems, random faders, pans and equalizers per song and seed.

The bounce is made by pedalboard's filters (scipy for the high-pass), numpy and a compressor of its own, and shares no
code with the console. Baseline: unity faders, center, flat. Tracks that the bounce says nothing about are counted, and
not scored; equalizer curves are scored in the third octaves where a track has energy.
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
_MOST_TRACKS = 24
_THIRDS_HZ = 1000.0 * 2.0 ** (np.arange(-12, 12) / 3.0)  # 62.5 Hz … 12.7 kHz
_QUIET_DB = -50.0  # under a track's loudest third octave: nothing to hear there
Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stems", type=Path, default=Path(__file__).parents[3] / "shared" / "data" / "stems")
    parser.add_argument("--seeds", type=int, default=2, help="hidden consoles per song")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> Iterator[Row]:
    songs = sorted(folder for folder in options.stems.iterdir() if any(folder.glob("*.flac")))
    for reduction_db, bar in ((0.0, 0.5), (3.0, 1.0)):
        scores = [
            _score(song, np.random.default_rng([options.seed, seed, place]), reduction_db)
            for place, song in enumerate(songs)
            for seed in range(options.seeds)
        ]
        case = "linear" if reduction_db == 0.0 else f"{reduction_db:g} dB of master compression"
        yield from _rows(f"{len(scores)} consoles, {case}", scores, bar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    gain_errors_db: Curve
    pan_errors: Curve
    curve_errors_db: Curve  # RMS per track
    hidden_gains_db: Curve
    hidden_pans: Curve
    hidden_curves_db: Curve
    untold: int
    residual_db: float


def _rows(case: str, scores: list[Score], bar: float) -> Iterator[Row]:
    def rms(field: str) -> float:
        return float(np.sqrt(np.mean(np.concatenate([getattr(score, field) for score in scores]) ** 2)))

    gain, pan, curve = rms("gain_errors_db"), rms("pan_errors"), rms("curve_errors_db")
    yield Row(case=case, metric="gain RMSE", unit="dB", ours=gain, baselines={"unity": rms("hidden_gains_db")},
              bar=f"≤ {bar:g} dB", ok=gain <= bar)  # fmt: skip
    yield Row(case=case, metric="pan RMSE", unit="", ours=pan, baselines={"center": rms("hidden_pans")},
              bar="≤ 0.05" if bar < 1.0 else "", ok=pan <= 0.05 or bar >= 1.0)  # fmt: skip
    yield Row(case=case, metric="equalizer curve RMSE", unit="dB", ours=curve,
              baselines={"flat": rms("hidden_curves_db")}, bar="≤ 1 dB", ok=curve <= 1.0)  # fmt: skip
    untold = sum(score.untold for score in scores)
    told = sum(len(score.gain_errors_db) for score in scores)
    yield Row(case=case, metric="tracks told", unit="%", ours=100.0 * told / max(told + untold, 1))
    yield Row(case=case, metric="residual, median", unit="dB", ours=float(np.median([s.residual_db for s in scores])))


def _score(song: Path, generator: np.random.Generator, reduction_db: float) -> Score:
    stems = sorted(song.glob("*.flac"))[:_MOST_TRACKS]
    console = [_hidden(generator) for _ in stems]
    with tempfile.TemporaryDirectory() as folder:
        bounce = Path(folder) / "rough.wav"
        signals = [_read(stem) for stem in stems]
        mix = np.sum([_through(signal, *each) for signal, each in zip(signals, console, strict=True)], axis=0)
        _write(bounce, _compressed(mix, reduction_db))
        session = ProjectFile(_project(Path(folder), stems)).snapshot()
        seconds = signals[0].shape[1] / _RATE
        found = recover_rough_mix(session, bounce, [(0.0, seconds)], [t.guid for t in session.tracks])
    return _compared(session, found, signals, console)


def _compared(session: Session, found: RoughMix, signals: list[Samples], console: list["Hidden"]) -> Score:
    by_guid = {each.track_guid: each for each in found.tracks}
    told = [(by_guid[t.guid], signals[n], console[n]) for n, t in enumerate(session.tracks) if t.guid in by_guid]
    gains, pans, curves, hidden_curves = [], [], [], []
    for track, signal, (gain_db, pan, bands) in told:
        gains.append(track.gain_db - gain_db)
        pans.append(track.pan - pan)
        hidden, heard = _curve_db(bands), _heard(signal)
        recovered = response_db(track.bands, _THIRDS_HZ, _RATE)
        curves.append(np.sqrt(np.mean((recovered - hidden)[heard] ** 2)))
        hidden_curves.append(np.sqrt(np.mean(hidden[heard] ** 2)))
    return Score(
        gain_errors_db=np.array(gains), pan_errors=np.array(pans), curve_errors_db=np.array(curves),
        hidden_gains_db=np.array([each[0] for _, _, each in told]),
        hidden_pans=np.array([each[1] for _, _, each in told]),
        hidden_curves_db=np.array(hidden_curves), untold=len(found.untold_guids), residual_db=found.residual_db,
    )  # fmt: skip


Hidden = tuple[float, float, list[tuple[str, float, float, float]]]  # gain, pan, (kind, Hz, dB, Q)


def _hidden(generator: np.random.Generator) -> Hidden:
    ranges = {"low_shelf": (80, 300), "high_shelf": (3000, 8000), "peak": (200, 5000), "high_pass": (30, 150)}
    kinds = generator.choice(list(ranges), size=generator.integers(0, 4), replace=False)
    bands = []
    for kind in kinds:
        hz = float(np.exp(generator.uniform(*np.log(ranges[kind]))))
        gain_db = 0.0 if kind == "high_pass" else float(generator.uniform(-6.0, 6.0))
        bands.append((str(kind), hz, gain_db, float(generator.uniform(0.7, 2.0)) if kind == "peak" else 0.7071))
    pan = float(generator.choice([0.0, generator.uniform(-1.0, 1.0)]))
    return float(generator.uniform(-9.0, 9.0)), pan, bands


def _through(signal: Samples, gain_db: float, pan: float, bands: list[tuple[str, float, float, float]]) -> Samples:
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
    response = np.abs(np.fft.rfft(_through(impulse, 0.0, 0.0, bands)[0]))
    return np.asarray(20.0 * np.log10(np.interp(_THIRDS_HZ, np.fft.rfftfreq(1 << 15, 1 / _RATE), response) + 1e-9))


def _heard(signal: Samples) -> npt.NDArray[np.bool_]:
    power = (np.abs(np.fft.rfft(signal)) ** 2).sum(axis=0)
    edges = np.searchsorted(np.fft.rfftfreq(signal.shape[1], 1 / _RATE), np.append(_THIRDS_HZ, 2 * _THIRDS_HZ[-1]))
    thirds = np.add.reduceat(power, edges[:-1]) + 1e-30
    return np.asarray(10.0 * np.log10(thirds / thirds.max()) > _QUIET_DB)


def _compressed(mix: Samples, reduction_db: float) -> Samples:
    """Feed-forward, 4:1, 10 ms RMS detector, 100 ms release; the threshold gives that mean reduction where it plays."""
    from scipy.signal import lfilter

    if reduction_db == 0.0:
        return mix
    smooth = np.exp(-1.0 / (0.01 * _RATE))
    power = lfilter([1.0 - smooth], [1.0, -smooth], np.mean(mix.astype(np.float64) ** 2, axis=0))
    level_db = 10.0 * np.log10(power + 1e-12)
    plays = level_db > np.percentile(level_db, 90) - 20.0
    low, high = level_db.min(), level_db.max()
    for _ in range(40):
        threshold = (low + high) / 2.0
        reduced = 0.75 * np.maximum(level_db - threshold, 0.0)
        low, high = (threshold, high) if reduced[plays].mean() > reduction_db else (low, threshold)
    release = np.exp(-1.0 / (0.1 * _RATE))
    return np.asarray(mix * 10.0 ** (-lfilter([1.0 - release], [1.0, -release], reduced) / 20.0), dtype=np.float32)


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
