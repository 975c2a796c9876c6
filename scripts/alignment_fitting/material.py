"""Songs that alignment is fitted on, as stems in mono: none of them is ever scored."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from scripts.fluidsynth import rendered
from scripts.role_sounds.material import drum_hits
from scripts.role_sounds.parts import DRUM_CHANNEL, note_counts, only

Signal = npt.NDArray[np.float32]
Stems = Mapping[str, Signal]
RATE_HZ = 48000
FITTED_ON = ("sodium", "rubidium")
SAME_SOUND = (frozenset({"KICK", "K & SN"}), frozenset({"lead_vox", "lead_double"}))
_DEMO = (
    "kick_in.ogg", "snare_top.ogg", "bass_di.flac", "gtr_rhythm.ogg", "gtr_clean.flac", "keys.ogg", "lead_vox.flac",
    "lead_double.ogg", "backing_1.ogg",
)  # fmt: skip
_MIDI_SONGS = 14
_MOST_PARTS, _FEWEST_PARTS, _FEWEST_NOTES = 6, 4, 40
_BEATS, _LONGEST_SECONDS = 96, 40
_BASSES = range(32, 40)  # General MIDI programs, from 0
_DRUMS = {"drums kick": (35, 36), "drums snare": (37, 38, 39, 40), "drums hat": (42, 44, 46)}
_FEWEST_HITS = 3


def all_songs(data: Path, media: Path) -> Iterator[tuple[str, Stems]]:
    for name in FITTED_ON:
        files = sorted((data / "stems" / name).glob("*.flac"))
        yield name, {path.stem: _read(path) for path in files}
    yield "demo", _of_one_length({Path(name).stem: _read(media / name) for name in _DEMO})
    yield from _kits()
    yield from _midi_songs(data / "midi")


def _kits() -> Iterator[tuple[str, Stems]]:
    kits: dict[str, dict[str, Signal]] = {}
    for sound in drum_hits():
        kits.setdefault(sound.group, {})[f"drums {sound.name}"] = sound.signal.mean(axis=0)
    for kit, hits in sorted(kits.items())[::2]:
        if len(hits) >= _FEWEST_HITS:
            yield kit, dict(list(hits.items())[:_MOST_PARTS])


def _midi_songs(folder: Path) -> Iterator[tuple[str, Stems]]:
    """Some files with several parts, chosen by a hash and not by ear, played dry by FluidSynth."""
    order = sorted(folder.glob("*/*.mid"), key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())
    left = _MIDI_SONGS
    for path in order:
        content = path.read_bytes()
        parts = _parts(content)
        if len(parts) < _FEWEST_PARTS:
            continue
        stems = {name: _rendered(content, is_drums, sounds) for name, is_drums, sounds in parts}
        heard = {name: signal for name, signal in stems.items() if len(signal) and np.abs(signal).max() > 1e-3}
        if len(heard) >= _FEWEST_PARTS:
            yield path.stem, _of_one_length(heard)
            left -= 1
        if not left:
            return


def _parts(content: bytes) -> list[tuple[str, bool, tuple[int, ...]]]:
    counts = note_counts(content)
    melodic = sorted(
        ((n, sound) for (channel, sound), n in counts.items() if channel != DRUM_CHANNEL and n >= _FEWEST_NOTES),
        reverse=True,
    )
    found = [(f"{'bass' if sound in _BASSES else 'part'} {sound}", False, (sound,)) for _, sound in melodic]
    found = sorted(dict.fromkeys(found), key=lambda part: not part[0].startswith("bass"))[:_MOST_PARTS]
    for name, keys in _DRUMS.items():
        if sum(counts.get((DRUM_CHANNEL, key), 0) for key in keys) >= _FEWEST_NOTES:
            found.append((name, True, keys))
    return found


def _rendered(content: bytes, is_drums: bool, sounds: tuple[int, ...]) -> Signal:
    def is_wanted(channel: int, key: int, program: int) -> bool:
        return (channel == DRUM_CHANNEL) == is_drums and (key if is_drums else program) in sounds

    samples = rendered(only(content, is_wanted, _BEATS))
    return np.asarray(samples.mean(axis=0)[: _LONGEST_SECONDS * RATE_HZ], dtype=np.float32)


def _of_one_length(stems: Mapping[str, Signal]) -> Stems:
    length = max(map(len, stems.values()))
    return {name: np.pad(signal, (0, length - len(signal))) for name, signal in stems.items()}


def _read(path: Path) -> Signal:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE_HZ:
        raise RuntimeError(f"{path} is at {rate} Hz; {RATE_HZ} Hz is expected.")
    return np.asarray(samples.mean(axis=1), dtype=np.float32)
