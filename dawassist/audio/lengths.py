"""Files that play at another rate than they were recorded at: told by their length against that of their peers.

A file of 48 kHz whose header says 44.1 kHz plays 8.8 % too long and a tone and a half flat; files of one recording have
one length, so that the odd one shows.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dawassist.audio.media import MediaProblem, open_media
from dawassist.audio.paths import media_path
from dawassist.audio.rates import playing_files
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Session, Track
from dawassist.units import clock_text

_MOST_FILES = 400
_FEWEST_PEERS = 3
_RATIOS = (48.0 / 44.1, 44.1 / 48.0)  # 1.088 and 0.919; twice and half as long are common among parts
_TOLERANCE = 0.0005  # of the length: one recording stops on all its tracks at once
_SHORTEST_SECONDS = 20.0  # loops and hits are cut to any length
_CONFIDENCE = 0.93


class _File(NamedTuple):
    name: str
    track: Track
    seconds: float


def odd_lengths(session: Session) -> tuple[Finding, ...]:
    """Findings of the kind ``media_rate`` for files whose length is that of three or more others times such a ratio."""
    files = _files(session)
    return tuple(found for file in files if (found := _odd(file, files)) is not None)


def _files(session: Session) -> list[_File]:
    found = []
    for path, track in playing_files(session)[:_MOST_FILES]:
        try:
            with open_media(media_path(session.media_folder, path)) as media:
                seconds = media.duration_seconds
        except MediaProblem:
            continue
        if seconds >= _SHORTEST_SECONDS:
            found.append(_File(path.replace("\\", "/").rpartition("/")[2], track, seconds))
    return found


def _odd(file: _File, files: Sequence[_File]) -> Finding | None:
    alike = sum(_is_close(other.seconds, file.seconds) for other in files)
    for ratio in _RATIOS:
        peers = [other for other in files if _is_close(other.seconds * ratio, file.seconds)]
        if len(peers) >= max(_FEWEST_PEERS, alike + 1):
            return _finding(file, peers, file.seconds / peers[0].seconds)
    return None


def _is_close(seconds: float, other: float) -> bool:
    return abs(seconds - other) <= _TOLERANCE * other


def _finding(file: _File, peers: Sequence[_File], ratio: float) -> Finding:
    text = (
        f"{file.name} lasts {clock_text(file.seconds)}, {len(peers)} files beside it {clock_text(peers[0].seconds)}: a "
        f"ratio of {ratio:.4f}, as of a recording that plays at the wrong sample rate."
    )
    return Finding(
        kind="media_rate",
        track_guid=file.track.guid,
        sentence=text,
        other_guid=peers[0].track.guid,
        confidence=_CONFIDENCE,
        evidence=(Evidence(text=text, value=ratio, unit="ratio"),),
    )
