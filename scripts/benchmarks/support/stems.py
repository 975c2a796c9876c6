"""Songs as folders of stems, and excerpts of them in which enough plays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float32]
RATE = 48000
DEFAULT_STEMS = Path(__file__).resolve().parents[3].parent / "shared/data/stems"
_SUFFIXES = frozenset({".flac", ".wav", ".aif", ".aiff", ".ogg"})
_TRIES, _TRIES_FOR_WANTED = 4, 24
_BEFORE_OTHERS = 10.0
_AUDIBLE_DBFS = -50.0
_BLOCK_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    name: str
    files: tuple[Path, ...]


def songs(folder: Path, only: Sequence[str] = ()) -> tuple[Song, ...]:
    """Every folder of audio files below `folder`, or `folder` itself. Raises SystemExit when there is none."""
    places = [place for place in sorted(folder.iterdir()) if place.is_dir()] if folder.is_dir() else []
    found = [song for place in places if (song := _song(place)).files and (not only or song.name in only)]
    if not found and folder.is_dir() and (song := _song(folder)).files:
        found = [song]
    if not found:
        raise SystemExit(f"No stems in {folder}: give --stems a folder with one folder of audio files per song.")
    return tuple(found)


def excerpt(
    song: Song, seconds: float, generator: np.random.Generator, *, wanted: Sequence[str] = ()
) -> dict[str, Signal]:
    """The stems that are heard in a stretch of the song, (2, frames) each at `RATE`, by name.

    Of a few random stretches the one in which the stems play most; those whose names hold a word of `wanted` before
    all others.
    """
    plays = _plays(song)
    blocks = max(round(seconds / _BLOCK_SECONDS), 1)
    tries = _TRIES_FOR_WANTED if wanted else _TRIES
    starts = generator.integers(max(min(map(len, plays.values())) - blocks, 0) + 1, size=tries)
    shares = [[float(np.mean(each[start : start + blocks])) for each in plays.values()] for start in starts]
    weights = [_BEFORE_OTHERS if any(word in path.stem.lower() for word in wanted) else 1.0 for path in plays]
    best = int(np.argmax([float(np.dot(weights, each)) for each in shares]))
    heard = [path for path, share in zip(plays, shares[best], strict=True) if share > 0.0]
    return {path.stem: stretch(path, float(starts[best]) * _BLOCK_SECONDS, seconds) for path in heard}


def stretch(path: Path, start_seconds: float, seconds: float) -> Signal:
    """(2, frames) at `RATE`, filled with silence where the file ends."""
    import soundfile

    with soundfile.SoundFile(path) as file:
        file.seek(min(round(start_seconds * file.samplerate), file.frames))
        samples = file.read(round(seconds * file.samplerate), dtype="float32", always_2d=True).T
        rate = file.samplerate
    if rate != RATE:
        import soxr

        samples = soxr.resample(samples.T, rate, RATE).T
    both = samples[:2] if len(samples) > 1 else np.repeat(samples, 2, axis=0)
    frames = round(seconds * RATE)
    return np.ascontiguousarray(np.pad(both, ((0, 0), (0, max(frames - both.shape[1], 0))))[:, :frames])


def active_share(signal: Signal) -> float:
    """Share of 400 ms blocks that are above −50 dBFS."""
    return float(np.mean(is_active(signal)))


def is_active(signal: Signal) -> npt.NDArray[np.bool_]:
    size = round(_BLOCK_SECONDS * RATE)
    blocks = signal[..., : signal.shape[-1] // size * size].reshape(*signal.shape[:-1], -1, size)
    power = np.mean(np.square(blocks), axis=-1)
    return np.asarray((power if power.ndim == 1 else power.max(axis=0)) > 10.0 ** (_AUDIBLE_DBFS / 10.0))


def active_rms(signal: Signal) -> float:
    """RMS of the blocks that are heard, over all channels."""
    size = round(_BLOCK_SECONDS * RATE)
    heard = np.repeat(is_active(signal), size)
    chosen = signal[..., : len(heard)][..., heard]
    return float(np.sqrt(np.mean(np.square(chosen, dtype=np.float64)))) if chosen.size else 0.0


def mono(signal: Signal) -> Signal:
    return np.asarray(signal.mean(axis=0) if signal.ndim == 2 else signal, dtype=np.float32)


def named_like(names: Mapping[str, Signal], words: Sequence[str]) -> list[str]:
    """The names that hold one of the words."""
    return [name for name in names if any(word in name.lower() for word in words)]


def _song(folder: Path) -> Song:
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in _SUFFIXES)
    return Song(name=folder.name, files=tuple(files))


@lru_cache(maxsize=8)
def _plays(song: Song) -> dict[Path, npt.NDArray[np.bool_]]:
    """When each stem is heard, in blocks of 400 ms: every file is read once per process."""
    import soundfile

    found = {}
    for path in song.files:
        info = soundfile.info(path)
        blocks = soundfile.blocks(path, round(_BLOCK_SECONDS * info.samplerate), dtype="float32", always_2d=True)
        powers = [float(np.mean(np.square(block), axis=0).max()) for block in blocks]
        found[path] = np.array(powers) > 10.0 ** (_AUDIBLE_DBFS / 10.0)
    return found
