"""Notes to sound, of the length of the session."""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scripts.demo_session.song import BPM, LENGTH_SECONDS, Note
from scripts.fluidsynth import RATE_HZ, rendered

FRAMES = round(LENGTH_SECONDS * RATE_HZ)
DRUM_CHANNEL = 9
_TICKS_PER_BEAT = 960
Signal = npt.NDArray[np.float64]


def played(notes: Sequence[Note], *, program: int, channel: int = 0) -> Signal:
    """A dry stereo rendering, shape (2, FRAMES), float; `channel` 9 is the drum channel."""
    samples = rendered(_midi_file(notes, program, channel))
    out = np.zeros((2, FRAMES))
    frames = min(FRAMES, samples.shape[1])
    out[:, :frames] = samples[:, :frames]
    return out


def _midi_file(notes: Sequence[Note], program: int, channel: int) -> bytes:
    events = [(0, bytes([0xC0 | channel, program]))]
    for note in notes:
        on, off = round(note.beat * _TICKS_PER_BEAT), round((note.beat + note.beats) * _TICKS_PER_BEAT)
        events.append((on, bytes([0x90 | channel, note.key, note.velocity])))
        events.append((off, bytes([0x80 | channel, note.key, 0])))
    tempo = b"\x00\xff\x51\x03" + round(60e6 / BPM).to_bytes(3, "big")
    body, now = bytearray(tempo), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1][0] & 0xF0 == 0x90)):
        body += _variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, _TICKS_PER_BEAT)
    return header + b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _variable_length(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(0x80 | value & 0x7F)
    return bytes(reversed(parts))
