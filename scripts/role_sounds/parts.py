"""One part of the beginning of a MIDI file: other notes are silenced, so that timing and controllers stay."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DRUM_CHANNEL = 9
_NOTE_ON, _PROGRAM, _META, _SYSEX = 0x90, 0xC0, 0xFF, (0xF0, 0xF7)
_TWO_BYTES = (0xC0, 0xD0)  # messages with one data byte
_HEADER = 14
_NOTES_OFF = b"".join(bytes((0, 0xB0 | channel, 123, 0)) for channel in range(16))
_END = _NOTES_OFF + bytes((0, 0xFF, 0x2F, 0))  # of a track


@dataclass(frozen=True, slots=True)
class Event:
    """A channel message: where it and its data bytes lie in the file, its time, kind and channel."""

    start: int
    place: int
    tick: int
    kind: int
    channel: int


def note_counts(content: bytes) -> dict[tuple[int, int], int]:
    """Notes by channel and what tells the sound: the program, or on the drum channel the key."""
    programs: dict[int, int] = {}
    counts: dict[tuple[int, int], int] = {}
    for start, end in _tracks(content):
        for event in _events(content, start, end):
            if event.kind == _PROGRAM:
                programs[event.channel] = content[event.place]
            elif event.kind == _NOTE_ON and content[event.place + 1]:
                sound = content[event.place] if event.channel == DRUM_CHANNEL else programs.get(event.channel, 0)
                counts[event.channel, sound] = counts.get((event.channel, sound), 0) + 1
    return counts


def only(content: bytes, wanted: Callable[[int, int, int], bool], beats: int) -> bytes:
    """The first `beats` of the file with no other notes than those of which `wanted(channel, key, program)` is true."""
    programs: dict[int, int] = {}
    changed = bytearray(content)
    limit = beats * int.from_bytes(content[12:14], "big")
    tracks = []
    for start, end in _tracks(content):
        cut = end
        for event in _events(content, start, end):
            if event.tick > limit:
                cut = event.start
                break
            if event.kind == _PROGRAM:
                programs[event.channel] = content[event.place]
            program = programs.get(event.channel, 0)
            if event.kind == _NOTE_ON and not wanted(event.channel, content[event.place], program):
                changed[event.place + 1] = 0
        tracks.append(bytes(changed[start:cut]) + (_END if cut < end else b""))
    return content[:_HEADER] + b"".join(b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks)


def _tracks(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every track's events. Raises ValueError for what is not a standard MIDI file."""
    if content[:4] != b"MThd":
        raise ValueError("This is not a standard MIDI file.")
    place = _HEADER
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "big")
        if content[place : place + 4] == b"MTrk":
            yield place + 8, min(place + 8 + size, len(content))
        place += 8 + size


def _events(content: bytes, place: int, end: int) -> Iterator[Event]:
    status, tick = 0, 0
    while place < end:
        start = place
        ticks, place = _length(content, place)
        tick += ticks
        if content[place] >= 0x80:
            status, place = content[place], place + 1
        if status == _META or status in _SYSEX:
            size, place = _length(content, place + (status == _META))
            place += size
            continue
        yield Event(start, place, tick, status & 0xF0, status & 0x0F)
        place += 1 if status & 0xF0 in _TWO_BYTES else 2


def _length(content: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and the place after it."""
    value = 0
    while True:
        byte, place = content[place], place + 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
