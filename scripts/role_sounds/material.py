"""Where labelled sounds come from: stems named by their maker, MIDI parts, drum one-shots and the demo session.

Every sound belongs to a group (a song, a kit); what is fitted on a group is never scored on it.
"""

import hashlib
import xml.etree.ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from scripts.fluidsynth import RATE_HZ, rendered
from scripts.role_sounds.parts import DRUM_CHANNEL, note_counts, only

Signal = npt.NDArray[np.float32]
_KIT_FOLDER = Path("/usr/share/hydrogen/data/drumkits")
_KITS = (
    "Audiophob", "BJA_Pacific", "ColomboAcousticDrumkit", "ElectricEmpireKit", "ForzeeStereo", "Gimme A Hand 1.0",
    "HardElectro1", "Millo-Drums_v.1",
)  # fmt: skip
_EXCERPT_SECONDS = 25.0
_FEWEST_NOTES = 24
_MOST_PER_ROLE = 8  # MIDI parts
_BEATS = 160
_HITS_PER_KIT = 24

_PROGRAMS = {  # General MIDI level 1, from 0
    "keys": (*range(24), 108), "acoustic_guitar": (24, 25, 105), "electric_guitar": range(26, 32),
    "bass": range(32, 40), "strings": (40, 41, 42, 43, 44, 45, 46, 48, 49), "backing_vocal": (52, 53, 54),
    "brass": range(56, 80), "synth": (50, 51, *range(80, 96)),
}  # fmt: skip
_DRUM_KEYS = {
    "kick": (35, 36), "snare": (37, 38, 40), "tom": (41, 43, 45, 47, 48, 50), "hat": (42, 44, 46),
    "overhead": (49, 51, 52, 53, 55, 57, 59), "percussion": (39, 54, 56, 58, *range(60, 82)),
}  # fmt: skip
STEMS = {
    "lithium": {
        "hat": ("ALT HH", "HATS", "HH GLITCH"), "backing_vocal": ("BGVOX 1", "BGVOX 2", "BGVOX 3", "BGVOX MAIN"),
        "drums": ("BREAK BEAT", "HOUSE BEAT"), "kick": ("KICK", "OFF KICK"), "overhead": ("CRASH FADE",),
        "synth": ("ECHO PAD", "MELODY PAD", "MINILOGUE_SYNTH", "PLUCK"), "snare": ("SNARE BUILD",),
        "bass": ("SY BASS",), "tom": ("TOMS",), "lead_vocal": ("VOX LEAD",),
    },
    "potassium": {
        "backing_vocal": ("BGVOX ALT",), "drums": ("BREAKBEAT", "END DRUMS", "KICK HATS", "TRAP BEAT"),
        "hat": ("HATS",), "keys": ("KEYS", "MALLET"), "synth": ("MINILOGUE_SYNTH",), "snare": ("SNARE",),
        "lead_vocal": ("VOX LEAD",),
    },
    "rubidium": {
        "backing_vocal": ("BGVOX",), "drums": ("DRUMS 2", "DRUMS MAIN", "DRUMS OUTRO"),
        "synth": ("MINILOGUE_SYNTH", "PLUCK"),
    },
    "sodium": {
        "hat": ("ALT HATS", "FAST HATS", "HH BUILD"), "bass": ("BASS STAB", "SY BASS"), "kick": ("HVY KICK", "KICK"),
        "percussion": ("BUILD PRC", "TOPS"), "synth": ("HIGH STABS", "MINILOGUE_SYNTH", "PLUCK"), "drums": ("K & SN",),
    },
}  # fmt: skip
_DEMO = {
    "kick": ("kick_in.ogg", "kick_out.ogg"), "snare": ("snare_top.ogg", "snare_bottom.flac"), "hat": ("hat.ogg",),
    "tom": ("tom.ogg", "floor.ogg"), "overhead": ("overheads.ogg",), "bass": ("bass_di.flac", "bass_amp.flac"),
    "electric_guitar": ("gtr_rhythm.ogg", "gtr_clean.flac"), "keys": ("keys.ogg",),
    "lead_vocal": ("lead_vox.flac", "lead_double.ogg"), "backing_vocal": ("backing_1.ogg", "backing_2.ogg"),
}  # fmt: skip
_HIT_WORDS = (
    ("kick", ("kick", "bass drum", "bassdrum")), ("hat", ("hat", "hh", "hi-hat")), ("tom", ("tom",)),
    ("overhead", ("crash", "ride", "cymbal")),
    ("percussion", ("clap", "cowbell", "tambourine", "conga", "bongo", "djembe", "maraca", "clave", "woodblock")),
    ("snare", ("snare", "stick", "rim")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """`signal` has shape (2, frames) at 48 kHz; `group` is the song or kit."""

    role: str
    group: str
    name: str
    signal: Signal


def stems(folder: Path) -> Iterator[Sound]:
    """The stems of every song under `folder` whose names tell one role."""
    for song, roles in STEMS.items():
        for role, names in roles.items():
            for name in names:
                yield Sound(role=role, group=song, name=name, signal=_read(folder / song / f"{name}.flac"))


def demo_session(media: Path) -> Iterator[Sound]:
    for role, names in _DEMO.items():
        for name in names:
            yield Sound(role=role, group="demo", name=name, signal=_read(media / name))


def midi_parts(folder: Path) -> Iterator[Sound]:
    """Up to 8 parts a role, rendered dry by FluidSynth; the drums also as a whole kit. Chosen by a hash, not by ear."""
    found: dict[str, list[tuple[str, Path, tuple[int, ...]]]] = {}
    for path in folder.glob("*/*.mid"):
        for role, sounds in _parts(path.read_bytes()):
            order = hashlib.sha256(f"{path.name} {role} {sounds}".encode()).hexdigest()
            found.setdefault(role, []).append((order, path, sounds))
    for role, parts in sorted(found.items()):
        for _, path, sounds in sorted(parts)[:_MOST_PER_ROLE]:
            signal = _rendered(path.read_bytes(), role in (*_DRUM_KEYS, "drums"), sounds)
            if signal is not None:
                yield Sound(role=role, group=f"{path.parent.name} {path.stem}", name=str(sounds[0]), signal=signal)


def _parts(content: bytes) -> Iterator[tuple[str, tuple[int, ...]]]:
    counts = note_counts(content)
    for role, keys in _DRUM_KEYS.items():
        if sum(counts.get((DRUM_CHANNEL, key), 0) for key in keys) >= _FEWEST_NOTES:
            yield role, tuple(keys)
    if sum(count for (channel, _), count in counts.items() if channel == DRUM_CHANNEL) >= 8 * _FEWEST_NOTES:
        yield "drums", tuple(range(128))
    programs = {sound for (channel, sound), n in counts.items() if channel != DRUM_CHANNEL and n >= _FEWEST_NOTES}
    for program in sorted(programs):
        for role, members in _PROGRAMS.items():
            if program in members:
                yield role, (program,)


def _rendered(content: bytes, is_drums: bool, sounds: tuple[int, ...]) -> Signal | None:
    def is_wanted(channel: int, key: int, program: int) -> bool:
        return (channel == DRUM_CHANNEL) == is_drums and (key if is_drums else program) in sounds

    return _busiest(np.asarray(rendered(only(content, is_wanted, _BEATS)), dtype=np.float32))


def _busiest(signal: Signal) -> Signal | None:
    """The excerpt with the most seconds in which something sounds; None for silence."""
    seconds = signal[:, : signal.shape[1] // RATE_HZ * RATE_HZ].reshape(2, -1, RATE_HZ)
    power = np.mean(np.square(seconds, dtype=np.float64), axis=(0, 2))
    if not power.any():
        return None
    sounding = (power > 1e-4 * power.max()).astype(int)
    size = min(round(_EXCERPT_SECONDS), len(power))
    start = int(np.argmax(np.convolve(sounding, np.ones(size), "valid")))
    return signal[:, start * RATE_HZ : (start + size) * RATE_HZ]


def drum_hits() -> Iterator[Sound]:
    """One-shots of Debian's hydrogen-drumkits, played as patterns of random steps and velocities."""
    for kit in (_KIT_FOLDER / name / "drumkit.xml" for name in _KITS):
        hits = sorted({(name, file) for name, file in _hits(kit) if _hit_role(name)})
        generator = np.random.default_rng(len(hits))
        for place in generator.permutation(len(hits))[:_HITS_PER_KIT]:
            name, file = hits[place]
            role = _hit_role(name)
            assert role is not None
            yield Sound(role=role, group=kit.parent.name, name=name, signal=_pattern(_read(file), generator))


def _hits(kit: Path) -> Iterator[tuple[str, Path]]:
    for instrument in xml.etree.ElementTree.parse(kit).iter():  # noqa: S314 (an installed Debian package)
        if not instrument.tag.endswith("instrument"):
            continue
        tags = {child.tag.rsplit("}")[-1]: child for child in instrument.iter()}
        name, file = tags.get("name"), tags.get("filename")
        if name is not None and file is not None and name.text and file.text and (kit.parent / file.text).is_file():
            yield name.text, kit.parent / file.text


def _hit_role(name: str) -> str | None:
    return next((role for role, words in _HIT_WORDS if any(word in name.lower() for word in words)), None)


def _pattern(hit: Signal, generator: np.random.Generator) -> Signal:
    """16 bars' worth of steps at a random tempo; a step is played with a chance of the pattern's own."""
    step = round(RATE_HZ * 60.0 / generator.uniform(80.0, 150.0) / 2)
    chance = generator.uniform(0.15, 0.7)
    signal = np.zeros((2, round(_EXCERPT_SECONDS * RATE_HZ)), dtype=np.float32)
    for start in range(0, signal.shape[1], step):
        if generator.random() < chance:
            length = min(hit.shape[1], signal.shape[1] - start)
            signal[:, start : start + length] += np.float32(generator.uniform(0.4, 1.0)) * hit[:, :length]
    return signal


def _read(path: Path) -> Signal:
    import soxr

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    stereo = samples if samples.shape[1] == 2 else np.repeat(samples[:, :1], 2, axis=1)
    return np.ascontiguousarray((stereo if rate == RATE_HZ else soxr.resample(stereo, rate, RATE_HZ)).T)
