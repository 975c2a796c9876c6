"""The raw value that a session holds at a target, in the units of `session.targets`."""

from dawassist.session.model import Fx, Session, Track
from dawassist.session.targets import EnvelopeTarget, FxTarget, ItemTarget, SendTarget, Target, TrackTarget
from dawassist.units import db_text, db_to_gain, gain_to_db, pan_text


def raw_value(session: Session, target: Target) -> float | None:
    """The value, or None when the target is not there, is an envelope, or cannot be known (opaque plug-in state)."""
    track = session.track(target.track_guid)
    if track is None or isinstance(target, EnvelopeTarget):
        return None
    if isinstance(target, TrackTarget):
        return _track_value(track, target)
    if isinstance(target, FxTarget):
        return _fx_value(track, target)
    if isinstance(target, SendTarget):
        return _send_value(track, target)
    return _item_value(track, target)


def raw_text(target: Target, raw: float) -> str:
    """A raw value as REAPER prints it."""
    field = "" if isinstance(target, FxTarget | EnvelopeTarget) else target.field
    if field.endswith("_gain"):
        return db_text(gain_to_db(raw))
    if field in ("pan", "width"):
        return pan_text(raw) if field == "pan" else f"{raw * 100:.0f}%"
    if field in ("polarity", "mute"):
        return "on" if raw else "off"
    return f"{raw * 1000:.2f} ms" if field == "play_offset_seconds" else f"{raw:.4f}"


def _track_value(track: Track, target: TrackTarget) -> float:
    values = {
        "fader_gain": db_to_gain(track.fader_db),
        "pan": track.pan,
        "width": track.width,
        "polarity": float(track.polarity_inverted),
        "mute": float(track.muted),
        "play_offset_seconds": track.delay_seconds,
    }
    return values[target.field]


def _fx_value(track: Track, target: FxTarget) -> float | None:
    fx = next((fx for fx in _every_fx(track.fx) if fx.guid == target.fx_guid), None)
    if fx is None or fx.parameters is None:
        return None
    return next((p.normalized for p in fx.parameters if p.ident == target.param_ident), None)


def _every_fx(chain: tuple[Fx, ...]) -> list[Fx]:
    found = list(chain)
    for fx in found:  # grows while containers are unfolded
        found.extend(fx.children)
    return found


def _send_value(track: Track, target: SendTarget) -> float | None:
    sends = [send for send in track.sends if send.destination_guid == target.destination_guid]
    if target.occurrence >= len(sends):
        return None
    send = sends[target.occurrence]
    values = {
        "level_gain": db_to_gain(send.level_db),
        "pan": send.pan,
        "mute": float(send.muted),
        "polarity": float(send.polarity_inverted),
    }
    return values[target.field]


def _item_value(track: Track, target: ItemTarget) -> float | None:
    item = next((item for item in track.items if item.guid == target.item_guid), None)
    return None if item is None else db_to_gain(item.level_db)
