"""The song: tempo, form, chords, and every note that is played or sung. Written for this demo; times are in beats."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

BPM = 108.0
BEATS_PER_BAR = 4
INTRO_BARS, VERSE_BARS, CHORUS_BARS, END_BARS = 2, 8, 8, 1
VERSE_BAR = INTRO_BARS
CHORUS_BAR = INTRO_BARS + VERSE_BARS
END_BAR = CHORUS_BAR + CHORUS_BARS
RING_OUT_SECONDS = 1.3
_CHORDS = {"Em": (52, 55, 59), "C": (48, 52, 55), "G": (43, 47, 50), "D": (50, 54, 57)}
_FORM = ("Em C" + " Em C G D" * 2 + " C D Em G C D G G" + " G").split()
_KICK, _SNARE, _HAT, _OPEN_HAT, _TOM, _FLOOR, _CRASH, _RIDE = 36, 38, 42, 46, 48, 43, 49, 51
DRUM_KEYS = {
    "kick": (_KICK,),
    "snare": (_SNARE,),
    "hat": (_HAT, _OPEN_HAT),
    "tom": (_TOM,),
    "floor": (_FLOOR,),
    "cymbals": (_CRASH, _RIDE),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A MIDI note: start and length in beats, velocity 1..127."""

    beat: float
    beats: float
    key: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Sung:
    """A sung syllable in espeak-ng's phonemes."""

    phonemes: str
    beat: float
    beats: float
    key: int


def beat_seconds(beat: float) -> float:
    return beat * 60.0 / BPM


def bar_seconds(bar: float) -> float:
    return beat_seconds(bar * BEATS_PER_BAR)


LENGTH_SECONDS = bar_seconds(END_BAR + END_BARS) + RING_OUT_SECONDS


def drums() -> list[Note]:
    """The kit: half-open intro, a dry verse, a wide chorus, fills at the ends of the parts."""
    played: list[tuple[float, int, int]] = []
    for bar in range(END_BAR):
        start = bar * BEATS_PER_BAR
        in_chorus = bar >= CHORUS_BAR
        has_fill = bar in (1, CHORUS_BAR - 1, END_BAR - 1)
        pattern = _chorus_bar() if in_chorus else _verse_bar(bar)
        played += [(start + beat, key, vel) for beat, key, vel in pattern if not (has_fill and beat >= 2.0)]
        if has_fill:
            played += [(start + beat, key, vel) for beat, key, vel in _fill()]
        if bar in (VERSE_BAR, CHORUS_BAR, CHORUS_BAR + 4):
            played.append((start, _CRASH, 112))
    end = END_BAR * BEATS_PER_BAR
    played += [(end, _KICK, 118), (end, _CRASH, 116), (end, _SNARE, 100)]
    return _humanized([Note(beat, 0.4, key, vel) for beat, key, vel in played], seed=1, timing=0.008, dynamics=5)


def _verse_bar(bar: int) -> Iterator[tuple[float, int, int]]:
    yield from ((0.0, _KICK, 112), (2.5, _KICK, 98), (1.0, _SNARE, 108), (3.0, _SNARE, 110))
    if bar % 2:
        yield from ((1.75, _KICK, 88), (3.75, _SNARE, 40))
    yield from ((0.5 * step, _HAT, 88 if step % 2 == 0 else 66) for step in range(8))


def _chorus_bar() -> Iterator[tuple[float, int, int]]:
    yield from ((0.0, _KICK, 118), (0.5, _KICK, 96), (2.0, _KICK, 112), (2.5, _KICK, 100))
    yield from ((1.0, _SNARE, 118), (3.0, _SNARE, 120))
    yield from ((0.5 * step, _RIDE, 92 if step % 2 == 0 else 74) for step in range(8))
    yield (3.5, _OPEN_HAT, 80)


def _fill() -> Iterator[tuple[float, int, int]]:
    yield from ((2.0, _SNARE, 104), (2.25, _SNARE, 84), (2.5, _TOM, 112), (2.75, _TOM, 100))
    yield from ((3.0, _TOM, 108), (3.25, _FLOOR, 112), (3.5, _FLOOR, 118), (3.75, _FLOOR, 108), (2.0, _KICK, 104))


def bass() -> list[Note]:
    """Eighths on the root, with a fifth and a step into the next chord at the end of each bar."""
    notes: list[Note] = []
    for bar, chord in enumerate(_FORM[:END_BAR]):
        root = _bass_root(chord)
        coming = _bass_root(_FORM[bar + 1])
        step = _neighbor(coming, -1 if coming > root else 1)
        keys = [root, root, root, root, root + 7 if bar % 2 else root, root, root, step]
        for place, key in enumerate(keys):
            length = 0.46 if bar >= CHORUS_BAR or place % 2 == 0 else 0.3
            notes.append(Note(bar * 4 + 0.5 * place, length, key, 104 if place % 4 == 0 else 90))
    notes.append(Note(END_BAR * 4.0, 4.0, _bass_root("G"), 108))
    return _humanized(notes, seed=2, timing=0.007, dynamics=6)


def rhythm_guitar() -> list[Note]:
    """Power chords: short in the verse, ringing in the chorus."""
    notes: list[Note] = []
    for bar, chord in enumerate(_FORM):
        root = _guitar_root(chord)
        in_chorus = bar >= CHORUS_BAR
        strokes = ((0.0, 1.4), (1.5, 0.9), (2.5, 1.4)) if in_chorus else tuple((0.5 * i, 0.2) for i in range(8))
        for beat, length in ((0.0, 4.0),) if bar == END_BAR else strokes:
            velocity = 112 if in_chorus else (92 if beat % 1.0 == 0.0 else 74)
            notes += _strum(bar * 4 + beat, length, (root, root + 7, root + 12), velocity, 0.008)
    return _humanized(notes, seed=3, timing=0.006, dynamics=5)


def clean_guitar() -> list[Note]:
    """Silent in the intro; a picked figure in the verse, open chords in the chorus."""
    notes: list[Note] = []
    for bar, chord in enumerate(_FORM):
        if bar < VERSE_BAR:
            continue
        low, third, fifth = _CHORDS[chord]
        if bar < CHORUS_BAR:
            figure = (low, fifth, third + 12, fifth, low + 12, fifth, third + 12, fifth)
            notes += [Note(bar * 4 + 0.5 * i, 0.9, key, 92 - 10 * (i % 2)) for i, key in enumerate(figure)]
        else:
            beats = (0.0,) if bar == END_BAR else (0.0, 1.0, 1.5, 2.5, 3.0)
            for beat in beats:
                chord_keys = (low, fifth, low + 12, third + 12, fifth + 12)
                notes += _strum(bar * 4 + beat, 4.0 if bar == END_BAR else 0.8, chord_keys, 96, 0.012)
    return _humanized(notes, seed=4, timing=0.008, dynamics=6)


def keys() -> list[Note]:
    """Electric piano: held chords in the verse, pushed ones in the chorus."""
    notes: list[Note] = []
    for bar, chord in enumerate(_FORM):
        voicing = [key + 12 if key + 12 < 70 else key for key in _CHORDS[chord]] + [_CHORDS[chord][0] + 24]
        in_chorus = CHORUS_BAR <= bar < END_BAR
        for beat, length in ((0.0, 1.4), (1.5, 2.4)) if in_chorus else ((0.0, 3.8),):
            notes += [Note(bar * 4 + beat, length, key, 84 if in_chorus else 70) for key in voicing]
    return _humanized(notes, seed=5, timing=0.009, dynamics=6)


_EIGHTHS = (*((0.5 + 0.5 * place, 0.5) for place in range(12)), (6.5, 1.1))
_VERSE = (
    ("l'eIt at n'aIt D@ s'I ti h'Vmz @ l'Vn DI 'Emp ti str'i:t", (64, 64, 67, 66, 64, 62, 64, 67, 67, 66, 64, 62, 64)),
    ("'aI kan h'i@ D@ st'at Ik s'IN IN s'Vft 'Vn d3 maI f'i:t", (67, 67, 71, 69, 67, 66, 67, 66, 66, 69, 67, 66, 62)),
    ("'Ev ri w'In doU b'3:n IN g'oUld Iz s'Vm wVn 'El sIz h'oUm", (64, 64, 67, 69, 71, 69, 67, 67, 67, 66, 64, 62, 64)),
    ("w'eIt IN 'On D@ k'O: n3 w'ID @ s'Ig n@l In maI f'oUn", (67, 67, 71, 69, 67, 66, 67, 69, 69, 67, 66, 64, 66)),
)
_LINE_BEATS = (
    (0.0, 0.5), (0.5, 0.5), (1.0, 0.5), (1.5, 1.0), (2.5, 0.5), (3.0, 1.0),
    (4.0, 0.5), (4.5, 0.5), (5.0, 0.5), (5.5, 0.5), (6.0, 0.5), (6.5, 1.2),
)  # fmt: skip
_LAST_BEATS = (
    (0.0, 0.5), (0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (2.0, 1.0), (3.0, 0.5),
    (3.5, 0.5), (4.0, 0.5), (4.5, 0.5), (5.0, 0.5), (5.5, 2.2),
)  # fmt: skip
_CHORUS = (
    ("k'a ri m'i: h'oUm t@ n'aIt and h'oUld m'i: Tr'u: D@ r'eIn", (67, 71, 72, 72, 71, 72, 69, 74, 74, 72, 71, 69)),
    ("k'a ri m'i: h'oUm @ g'En Vn t'Il 'aI n'oU maI n'eIm", (67, 71, 72, 71, 69, 71, 67, 74, 74, 72, 71, 71)),
    ("t'El m'i: D@ l'aIt wIl st'eI D@ m'O:n IN Iz D@ s'eIm", (67, 71, 72, 72, 71, 72, 69, 74, 74, 72, 71, 69)),
    ("n'oU b@ di Iz l'Ost n'oU b@ di Iz @ l'oUn", (71, 71, 69, 67, 67, 66, 64, 62, 64, 66, 67)),
)
_SCALE = (0, 2, 4, 6, 7, 9, 11)  # G major


def lead() -> list[Sung]:
    """Late at night the city hums along the empty street … / Carry me home tonight …"""
    return _lines(_VERSE, VERSE_BAR, (_EIGHTHS,) * 4) + _chorus()


def harmony() -> list[Sung]:
    """The chorus a third below the lead."""
    return [Sung(s.phonemes, s.beat, s.beats, _third_below(s.key)) for s in _chorus()]


def _chorus() -> list[Sung]:
    return _lines(_CHORUS, CHORUS_BAR, (_LINE_BEATS,) * 3 + (_LAST_BEATS,))


def _lines(
    text: tuple[tuple[str, tuple[int, ...]], ...], bar: int, beats: tuple[tuple[tuple[float, float], ...], ...]
) -> list[Sung]:
    """Lines of two bars each."""
    sung: list[Sung] = []
    for line, ((syllables, pitches), places) in enumerate(zip(text, beats, strict=True)):
        start = (bar + 2 * line) * BEATS_PER_BAR
        for syllable, (beat, length), key in zip(syllables.split(), places, pitches, strict=True):
            sung.append(Sung(syllable, start + beat, length, key))
    return sung


def _neighbor(key: int, direction: int) -> int:
    """The next note of the scale."""
    return next(key + direction * step for step in (1, 2) if (key + direction * step) % 12 in _SCALE)


def _third_below(key: int) -> int:
    degree = _SCALE.index(key % 12)
    return key - (_SCALE[degree] - _SCALE[degree - 2]) % 12


def _bass_root(chord: str) -> int:
    root = _CHORDS[chord][0] - 12
    return root - 12 if root >= 40 else root if root >= 28 else root + 12


def _guitar_root(chord: str) -> int:
    return _CHORDS[chord][0]


def _strum(beat: float, beats: float, chord_keys: tuple[int, ...], velocity: int, spread: float) -> list[Note]:
    return [Note(beat + spread * place, beats, key, velocity - 3 * place) for place, key in enumerate(chord_keys)]


def _humanized(notes: list[Note], *, seed: int, timing: float, dynamics: float) -> list[Note]:
    """Timing (standard deviation in beats) and velocity wander as a player's."""
    chance = np.random.default_rng(seed)
    return [
        Note(
            max(0.02, note.beat + 0.02 + float(np.clip(chance.normal(0.0, timing), -0.02, 0.02))),
            note.beats,
            note.key,
            int(np.clip(note.velocity + chance.normal(0.0, dynamics), 1, 127)),
        )
        for note in notes
    ]
