"""Hand-made sessions for tests: `make_session(tracks=[make_track(name="Kick", items=[make_item("kick.wav")])])`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dawassist.session.model import (
    Fade,
    Fingerprint,
    Item,
    Send,
    Session,
    Source,
    Take,
    TempoPoint,
    Track,
)


def make_guid(number: int) -> str:
    return f"{{00000000-0000-0000-0000-{number:012d}}}"


MASTER_GUID = "{00000000-0000-0000-0000-00000000FFFF}"


def make_source(path: str, *, kind: str = "WAVE", **fields: Any) -> Source:
    return Source(kind=kind, path=path, **fields)


def make_take(source: Source | str | None = None, **fields: Any) -> Take:
    values: dict[str, Any] = {
        "guid": make_guid(7001),
        "name": "",
        "level_db": 0.0,
        "pan": 0.0,
        "polarity_inverted": False,
        "start_offset_seconds": 0.0,
        "play_rate": 1.0,
        "pitch_semitones": 0.0,
        "preserve_pitch": False,
        "channel_mode": "normal",
        "source": make_source(source) if isinstance(source, str) else source,
    }
    return Take(**{**values, **fields})


def make_fade(length_seconds: float = 0.0, *, shape: int = 0, curvature: float = 0.0) -> Fade:
    return Fade(length_seconds=length_seconds, shape=shape, curvature=curvature)


def make_item(
    source: Source | str | None = None, *, take: Take | None = None, takes: Sequence[Take] = (), **fields: Any
) -> Item:
    """An item of 1 s at 0 s with one take of `source`, unless told otherwise."""
    all_takes = tuple(takes) or ((take,) if take else (make_take(source),))
    values: dict[str, Any] = {
        "guid": make_guid(8001),
        "position_seconds": 0.0,
        "length_seconds": 1.0,
        "level_db": 0.0,
        "muted": False,
        "looped": False,
        "locked": False,
        "fade_in": make_fade(),
        "fade_out": make_fade(),
        "active_take": 0,
        "takes": all_takes,
    }
    return Item(**{**values, **fields})


def make_send(destination_guid: str, **fields: Any) -> Send:
    values: dict[str, Any] = {
        "destination_guid": destination_guid, "level_db": -20.0, "pan": 0.0, "muted": False,
        "polarity_inverted": False, "mono": False, "tap": "post_fader", "source_channel": 0, "destination_channel": 0,
    }  # fmt: skip
    return Send(**{**values, **fields})


def make_track(**fields: Any) -> Track:
    number = fields.get("number", 1)
    values: dict[str, Any] = {
        "guid": make_guid(number),
        "number": number,
        "name": "",
        "color": None,
        "fader_db": 0.0,
        "pan": 0.0,
        "width": 1.0,
        "pan_mode": "balance",
        "dual_pan": (-1.0, 1.0),
        "pan_law_db": None,
        "polarity_inverted": False,
        "delay_seconds": 0.0,
        "muted": False,
        "solo": "none",
        "channel_count": 2,
        "folder_depth": 0,
        "automation_mode": "trim_read",
        "fx_enabled": True,
        "main_send": True,
        "record_armed": False,
        "freeze_count": 0,
        "selected": False,
        "locked": False,
        "groups": 0,
        "vca_follower": False,
    }
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    return Track(**{**values, **given})


def make_session(
    tracks: Sequence[Track] = (), *, folder: Path | str = "", sample_rate_hz: int = 48000, **fields: Any
) -> Session:
    """A session of `tracks` saved as `session.rpp` in `folder`."""
    ends = [item.position_seconds + item.length_seconds for track in tracks for item in track.items]
    values: dict[str, Any] = {
        "fingerprint": Fingerprint(project_path=f"{folder}/session.rpp" if folder else "", instance="", change_count=0),
        "sample_rate_hz": sample_rate_hz,
        "tempo": (TempoPoint(time_seconds=0.0, bpm=120.0, numerator=4, denominator=4),),
        "markers": (),
        "pan_law_db": 0.0,
        "pan_law_compensated": False,
        "play_rate": 1.0,
        "length_seconds": max(ends, default=0.0),
        "time_selection": None,
        "tracks": tuple(tracks),
        "master": make_track(guid=MASTER_GUID, number=0),
    }
    return Session(**{**values, **fields})
