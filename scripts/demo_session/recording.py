"""The recording session: the players' dry sounds as the microphones of the session heard them.

Returns one signal per media file, mono (FRAMES,) or stereo (2, FRAMES), at the level it was recorded with.
"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.signal import butter, sosfilt

from scripts.demo_session import song
from scripts.demo_session.instruments import DRUM_CHANNEL, Signal, played
from scripts.demo_session.rooms import Microphone, Point, direct, room
from scripts.demo_session.singing import Singer, sing
from scripts.fluidsynth import RATE_HZ

_KIT: dict[str, Point] = {
    "kick": (0.0, 0.0, 0.3),
    "snare": (-0.35, 0.3, 0.72),
    "hat": (-0.75, 0.25, 0.95),
    "tom": (-0.1, -0.1, 0.85),
    "floor": (0.6, 0.4, 0.65),
    "cymbals": (0.35, -0.25, 1.35),
}
_SNARE_BOTTOM: Point = (-0.35, 0.3, 0.58)
_MICROPHONES = {
    "kick_in": Microphone(place=(0.0, -0.12, 0.3), aim=(0.0, 0.0, 0.3)),
    "kick_out": Microphone(place=(0.0, -0.55, 0.32), aim=(0.0, 0.0, 0.3), directivity=0.4, room_db=-16.0),
    "snare_top": Microphone(place=(-0.41, 0.34, 0.78), aim=(-0.35, 0.3, 0.72)),
    "snare_bottom": Microphone(place=(-0.37, 0.31, 0.5), aim=_SNARE_BOTTOM),
    "hat": Microphone(place=(-0.84, 0.2, 1.06), aim=(-0.75, 0.25, 0.95)),
    "tom": Microphone(place=(-0.13, -0.15, 0.91), aim=(-0.1, -0.1, 0.85)),
    "floor": Microphone(place=(0.66, 0.34, 0.72), aim=(0.6, 0.4, 0.65)),
    "overheads_left": Microphone(place=(-0.85, 0.5, 1.75), aim=(-0.35, 0.1, 0.8), room_db=-13.0),
    "overheads_right": Microphone(place=(0.75, 0.1, 1.78), aim=(0.2, 0.1, 0.8), room_db=-13.0),
    "room_left": Microphone(place=(-1.3, -3.4, 1.6), aim=(0.0, 0.0, 0.8), directivity=0.0, room_db=-1.0),
    "room_right": Microphone(place=(1.4, -3.3, 1.6), aim=(0.0, 0.0, 0.8), directivity=0.0, room_db=-1.0),
}
_PLAYED_DB = {"kick": 3.0, "snare": 1.0, "hat": -9.0, "tom": 1.0, "floor": 2.0, "cymbals": -2.0}
_KIT_PROGRAM, _BASS, _CLEAN_GUITAR, _ELECTRIC_PIANO = 16, 33, 27, 4
_ROOM_SECONDS = 0.55
LEAD = Singer(voice="en-us", transpose=-12, late_seconds=-0.025, seed=11)
DOUBLE = Singer(voice="en-us+f3", transpose=-12, breath=0.2, vibrato_semitones=0.2, late_seconds=-0.008, seed=12)
BACKING = (
    Singer(voice="en-us+f3", breath=0.25, vibrato_semitones=0.2, late_seconds=-0.012, seed=13),
    Singer(voice="en-us+f5", formants=0.96, breath=0.25, vibrato_semitones=0.2, late_seconds=-0.035, seed=14),
)


def recorded() -> Iterator[tuple[str, Signal]]:
    """(name of the media file, signal) of every track of the session."""
    yield from _drums()
    yield from _bass()
    yield (
        "gtr_rhythm",
        _at_peak(_amplified(_mono(played(song.rhythm_guitar(), program=_CLEAN_GUITAR)), drive=30.0), -9.0),
    )
    yield "gtr_clean", _at_peak(_amplified(_mono(played(song.clean_guitar(), program=_CLEAN_GUITAR)), drive=1.5), -14.0)
    yield "keys", _at_peak(played(song.keys(), program=_ELECTRIC_PIANO), -11.0)
    yield from _vocals()


def _drums() -> Iterator[tuple[str, Signal]]:
    pieces = _kit_pieces()
    recorded_db = {"kick_in": -7.0, "kick_out": -10.0, "snare_top": -8.0, "snare_bottom": -13.0, "hat": -15.0}
    recorded_db |= {"tom": -10.0, "floor": -9.0}
    for seed, (name, peak_db) in enumerate(recorded_db.items()):
        yield name, _at_peak(_heard(name, pieces, seed), peak_db)
    for name, peak_db in (("overheads", -11.0), ("room", -13.0)):
        pair = np.stack([_heard(f"{name}_{side}", pieces, 20 + place) for place, side in enumerate(("left", "right"))])
        yield name, _at_peak(pair, peak_db)


def _kit_pieces() -> dict[str, Signal]:
    notes = song.drums()
    pieces = {}
    for piece, wanted in song.DRUM_KEYS.items():
        own = [note for note in notes if note.key in wanted]
        dry = _mono(played(own, program=_KIT_PROGRAM, channel=DRUM_CHANNEL))
        pieces[piece] = dry / np.abs(dry).max() * 10.0 ** (_PLAYED_DB[piece] / 20.0)
    return pieces


def _heard(name: str, pieces: dict[str, Signal], seed: int) -> Signal:
    microphone = _MICROPHONES[name]
    near = [direct(_radiated(piece, name, dry), _place(piece, name), microphone) for piece, dry in pieces.items()]
    sound = np.sum(near, axis=0)
    if microphone.room_db > -60.0:
        sound = sound + room(np.sum([*pieces.values()], axis=0), microphone, seconds=_ROOM_SECONDS, seed=seed)
    return _voiced(name, sound)


def _place(piece: str, microphone: str) -> Point:
    return _SNARE_BOTTOM if (piece, microphone) == ("snare", "snare_bottom") else _KIT[piece]


def _radiated(piece: str, microphone: str, dry: Signal) -> Signal:
    """Under the snare the wires are bright, and the head moves the other way; the engineer flipped that at the preamp,
    so that both microphones add."""
    if (piece, microphone) != ("snare", "snare_bottom"):
        return dry
    return np.asarray(0.5 * _band(dry, 90.0, 900.0) + 1.1 * _band(dry, 2500.0, 14000.0))


def _voiced(name: str, sound: Signal) -> Signal:
    """What the chosen microphones make of it."""
    if name == "kick_in":
        return np.asarray(sound + 0.8 * _band(sound, 2200.0, 7000.0))
    if name == "kick_out":
        return np.asarray(sosfilt(butter(1, 1800.0, fs=RATE_HZ, output="sos"), sound) + 0.5 * _band(sound, 40.0, 90.0))
    if name == "hat":
        return np.asarray(sosfilt(butter(2, 180.0, "highpass", fs=RATE_HZ, output="sos"), sound))
    if name.startswith("overheads"):
        return np.asarray(sosfilt(butter(1, 110.0, "highpass", fs=RATE_HZ, output="sos"), sound))
    return sound


def _bass() -> Iterator[tuple[str, Signal]]:
    """The same performance, direct and from a cabinet with a microphone 4 cm before it."""
    line = _mono(played(song.bass(), program=_BASS))
    line = line / np.abs(line).max()
    yield "bass_di", _at_peak(line, -10.0)
    driven = np.tanh(3.5 * line) + 0.25 * np.tanh(12.0 * _band(line, 500.0, 3000.0))
    cabinet = sosfilt(butter(1, (35.0, 3800.0), "bandpass", fs=RATE_HZ, output="sos"), driven)
    microphone = Microphone(place=(0.0, 0.0, 0.04), aim=(0.0, 0.0, 0.0))
    yield "bass_amp", _at_peak(direct(cabinet, (0.0, 0.0, 0.0), microphone), -12.0)


def _amplified(line: Signal, *, drive: float) -> Signal:
    """A guitar amplifier: a high-passed, driven stage and a cabinet."""
    line = line / np.abs(line).max()
    stage = np.tanh(drive * _band(line, 140.0, 5000.0)) / np.tanh(drive)
    cabinet = _band(stage, 95.0, 4600.0) + 0.5 * _band(stage, 1800.0, 3600.0)
    microphone = Microphone(place=(0.0, 0.0, 0.08), aim=(0.0, 0.0, 0.0), room_db=-24.0)
    return direct(cabinet, (0.0, 0.0, 0.0), microphone) / 12.5 + room(cabinet, microphone, seconds=0.3, seed=7)


def _vocals() -> Iterator[tuple[str, Signal]]:
    parts: tuple[tuple[str, Callable[[], list[song.Sung]], Singer, float], ...] = (
        ("lead_vox", song.lead, LEAD, -8.0),
        ("lead_double", song.lead, DOUBLE, -11.0),
        ("backing_1", song.harmony, BACKING[0], -12.0),
        ("backing_2", song.harmony, BACKING[1], -10.0),
    )
    booth = Microphone(place=(0.0, 0.15, 0.0), aim=(0.0, 0.0, 0.0), room_db=-30.0)
    for seed, (name, melody, singer, peak_db) in enumerate(parts):
        voice = _evened(_band(sing(melody(), singer), 80.0, 15000.0))
        yield name, _at_peak(voice + room(voice, booth, seconds=0.18, seed=40 + seed), peak_db)


def _evened(voice: Signal) -> Signal:
    """Microphone technique and a gentle compressor on the way in: half of the level differences, over 30 ms."""
    decay = np.exp(-1.0 / (0.03 * RATE_HZ))
    level = np.sqrt(np.maximum(sosfilt([[1.0 - decay, 0.0, 0.0, 1.0, -decay, 0.0]], voice**2), 0.0))
    loud = np.percentile(level[level > 0.05 * level.max()], 90)
    return np.asarray(voice * np.maximum(level / loud, 0.05) ** -0.5)


def _band(signal: Signal, low_hz: float, high_hz: float) -> Signal:
    return np.asarray(sosfilt(butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos"), signal))


def _mono(stereo: Signal) -> Signal:
    return np.asarray(stereo.mean(axis=0))


def _at_peak(signal: Signal, peak_dbfs: float) -> Signal:
    """Recorded so that the loudest moment reaches `peak_dbfs`."""
    return np.asarray(signal / np.abs(signal).max() * 10.0 ** (peak_dbfs / 20.0))
