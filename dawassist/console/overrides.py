"""A session with some controls at other values: the "what if" of predictions and auditions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dawassist.errors import NotModelled
from dawassist.session.model import Send, Session, Track
from dawassist.session.targets import SendTarget, Target, TrackTarget
from dawassist.units import gain_to_db

Overrides = Mapping[Target, float]
"""Raw values, in the units of `session.targets`."""


def with_overrides(session: Session, overrides: Overrides) -> Session:
    """`session` with the raw values of `overrides` in place of its own.

    Targets on tracks or sends that the session lacks are ignored. Raises NotModelled for plug-in parameters, items and
    envelopes: the console begins at the fader input.
    """
    by_track: dict[str, dict[Target, float]] = {}
    for target, raw in overrides.items():
        if not isinstance(target, TrackTarget | SendTarget):
            raise NotModelled(f"The console cannot predict a change of {type(target).__name__}.")
        by_track.setdefault(target.track_guid, {})[target] = raw
    if not by_track:
        return session
    return replace(
        session,
        tracks=tuple(_track_with(t, by_track[t.guid]) if t.guid in by_track else t for t in session.tracks),
        master=_track_with(session.master, by_track.get(session.master.guid, {})),
    )


def _track_with(track: Track, values: Mapping[Target, float]) -> Track:
    fields: dict[str, Any] = {}
    sends = list(track.sends)
    for target, raw in values.items():
        if isinstance(target, TrackTarget):
            fields.update(_track_fields(target, raw))
        elif isinstance(target, SendTarget):
            places = [i for i, send in enumerate(sends) if send.destination_guid == target.destination_guid]
            if target.occurrence < len(places):
                place = places[target.occurrence]
                sends[place] = _send_with(sends[place], target, raw)
    return replace(track, sends=tuple(sends), **fields)


def _track_fields(target: TrackTarget, raw: float) -> dict[str, Any]:
    match target.field:
        case "fader_gain":
            return {"fader_db": gain_to_db(raw)}
        case "polarity":
            return {"polarity_inverted": bool(raw)}
        case "mute":
            return {"muted": bool(raw)}
        case "play_offset_seconds":
            return {"delay_seconds": raw}
        case "pan" | "width":
            return {target.field: raw}


def _send_with(send: Send, target: SendTarget, raw: float) -> Send:
    match target.field:
        case "level_gain":
            return replace(send, level_db=gain_to_db(raw))
        case "pan":
            return replace(send, pan=raw)
        case "mute":
            return replace(send, muted=bool(raw))
        case "polarity":
            return replace(send, polarity_inverted=bool(raw))
