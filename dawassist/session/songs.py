"""Regions that look like songs: a live set or an album in one project, each song to be judged for itself.

The parts of one song are regions too. They are shorter, they are called verse and chorus, or they follow each other
without a pause and at one tempo.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dawassist.session.model import Marker, Session

SHORTEST_SECONDS = 60.0
LONG_SECONDS = 120.0  # parts of songs are shorter
_GAP_SECONDS = 0.5
_SAME_TEMPO_BPM = 0.5
_MOST = 0.5  # of the neighbors are parted by a pause or another tempo
_PART_OF_A_SONG = re.compile(
    r"\b(intro|outro|verse|vers|strophe|pre-?chorus|chorus|refrain|hook|bridge|solo|break|drop|build|middle ?8|coda|"
    r"tag|interlude|breakdown|part|section|take|loop)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    name: str
    start_seconds: float
    end_seconds: float


def songs_of(session: Session) -> tuple[Song, ...]:
    """In the order of time; empty unless there are at least two."""
    regions = _without_those_around(
        sorted((m for m in session.markers if m.end_seconds is not None), key=lambda m: (m.start_seconds, -_end(m)))
    )
    long_enough = [m for m in regions if _end(m) - m.start_seconds >= SHORTEST_SECONDS]
    whole = [m for m in long_enough if not _PART_OF_A_SONG.search(m.name)]
    neighbors = list(pairwise(whole))
    if not neighbors or any(_end(one) > other.start_seconds for one, other in neighbors):
        return ()
    parted = sum(_are_parted(session, one, other) for one, other in neighbors)
    if parted < _MOST * len(neighbors) and any(_end(m) - m.start_seconds < LONG_SECONDS for m in whole):
        return ()
    return tuple(
        Song(name=m.name or f"Region {m.number}", start_seconds=m.start_seconds, end_seconds=_end(m)) for m in whole
    )


def _end(marker: Marker) -> float:
    return marker.start_seconds if marker.end_seconds is None else marker.end_seconds


def _without_those_around(regions: Sequence[Marker]) -> list[Marker]:
    """Without a region that holds several others which are long enough to be songs: the whole set, a side of an album.

    Of a song that holds its parts, the song is kept.
    """
    songs = [m for m in regions if _end(m) - m.start_seconds >= SHORTEST_SECONDS and not _PART_OF_A_SONG.search(m.name)]
    around = [m for m in songs if sum(_holds(m, other) for other in songs if other is not m) > 1]
    return [m for m in regions if m not in around]


def _holds(one: Marker, other: Marker) -> bool:
    return one.start_seconds <= other.start_seconds and _end(other) <= _end(one)


def _are_parted(session: Session, one: Marker, other: Marker) -> bool:
    gap = other.start_seconds - _end(one) >= _GAP_SECONDS
    tempo = abs(_bpm(session, one.start_seconds) - _bpm(session, other.start_seconds)) > _SAME_TEMPO_BPM
    return gap or tempo


def _bpm(session: Session, at_seconds: float) -> float:
    before = [point.bpm for point in session.tempo if point.time_seconds <= at_seconds + 1e-6]
    return before[-1] if before else session.tempo[0].bpm
