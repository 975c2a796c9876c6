"""What a measured result depends on, as a short key: equal keys mean equal results."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from dawassist.audio.paths import media_path
from dawassist.errors import KnownError
from dawassist.session.model import Session, Track

ANALYZER_VERSION = 13  # raise it whenever a result changes for equal sound
_HEARD_ENVELOPES = ("volume_pre_fx", "pan_pre_fx", "width_pre_fx")


def track_key(
    session: Session, track: Track, start_seconds: float, end_seconds: float, *, hears_voice: bool, stem: Path | None
) -> str:
    """Media content, items, chain and range of one track, at its fader input.

    A file's content is told by its path, size and time of change.
    """
    return key_of(
        "track",
        track.guid,
        track.display_name,
        [asdict(item) for item in track.items],
        [asdict(fx) for fx in track.fx],
        [asdict(envelope) for envelope in track.envelopes if envelope.kind in _HEARD_ENVELOPES],
        [track.fx_enabled, track.delay_seconds, session.sample_rate_hz, start_seconds, end_seconds, hears_voice],
        [*media_contents(session, (track,)), _content(stem)],
    )


def sound_key(session: Session, track: Track) -> str:
    """Of all that a track plays, as `track_key`; what part of it is heard, and when, is told besides."""
    return track_key(session, track, 0.0, 0.0, hears_voice=False, stem=None)


def media_contents(session: Session, tracks: Iterable[Track]) -> list[list[object]]:
    """Path, size and time of change of every file that the tracks play."""
    takes = (take for track in tracks for item in track.items for take in item.takes)
    sources = {take.source.path for take in takes if take.source and take.source.path}
    return [_content(_place(session, source)) for source in sorted(sources)]


def session_key(
    session: Session, track_keys: Iterable[str], start_seconds: float, end_seconds: float
) -> tuple[str, str]:
    """Keys of the covariance of these tracks, and of the mix that the session's settings make of them.

    The first names a place that is overwritten as the tracks change.
    """
    stage = asdict(session)
    for name in ("fingerprint", "findings"):
        stage.pop(name, None)
    for track in stage["tracks"]:
        track.pop("items", None)
    place = key_of("covariance", session.fingerprint.project_path, session.sample_rate_hz, start_seconds, end_seconds)
    return place, key_of("mix", list(track_keys), stage)


def pairs_key(session: Session, start_seconds: float, end_seconds: float) -> str:
    """Of the place, overwritten as tracks change, for the pairs that carry the same source."""
    return key_of("pairs", session.fingerprint.project_path, session.sample_rate_hz, start_seconds, end_seconds)


def _place(session: Session, source: str) -> Path | None:
    try:
        return media_path(session.media_folder, source)
    except KnownError:
        return None


def _content(path: Path | None) -> list[object]:
    try:
        stat = path.stat() if path else None
    except OSError:
        stat = None
    return [str(path), stat.st_size, stat.st_mtime_ns] if stat else [str(path)]


def key_of(*parts: object) -> str:
    """A short text that differs when a part or the analyzer differs."""
    text = json.dumps([ANALYZER_VERSION, *parts], default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
