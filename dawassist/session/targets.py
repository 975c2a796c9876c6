"""Addresses of single controls in a session. An address holds GUIDs and stable idents, never an index alone.

`raw` values of a target are those of REAPER's own interface: a linear gain for faders and send levels, −1..1 for
pans, 0/1 for switches, seconds for delays, 0..1 for FX parameters.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from dawassist.errors import InputError

TrackField = Literal["fader_gain", "pan", "width", "polarity", "mute", "play_offset_seconds"]
SendField = Literal["level_gain", "pan", "mute", "polarity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTarget:
    track_guid: str
    field: TrackField


@dataclass(frozen=True, slots=True, kw_only=True)
class FxTarget:
    track_guid: str
    fx_guid: str
    fx_ident: str
    param_ident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTarget:
    """The `occurrence`-th send (from 0) from a track to a destination."""

    track_guid: str
    destination_guid: str
    occurrence: int
    field: SendField


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTarget:
    """The level of an item, as a linear gain (the sign is the take's polarity and is kept)."""

    track_guid: str
    item_guid: str
    field: Literal["item_gain"] = "item_gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeTarget:
    """A track envelope: the points of `SetEnvelopePoints` go there."""

    track_guid: str
    envelope: Literal["volume", "volume_pre_fx", "pan", "width", "mute"]


Target = TrackTarget | FxTarget | SendTarget | ItemTarget | EnvelopeTarget
_KINDS: dict[str, type[Target]] = {
    "track": TrackTarget, "fx": FxTarget, "send": SendTarget, "item": ItemTarget, "envelope": EnvelopeTarget,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}


def target_to_json(target: Target) -> dict[str, Any]:
    """A JSON object with a `kind` key; `target_from_json` is its inverse."""
    return {"kind": _NAMES[type(target)], **asdict(target)}


def target_from_json(data: dict[str, Any]) -> Target:
    """Raises InputError when `data` names no known kind or has other fields than that kind."""
    fields = dict(data)
    kind = _KINDS.get(fields.pop("kind", ""))
    if kind is None:
        raise InputError(f"A target of kind {data.get('kind')!r} is unknown.", why=f"Known: {', '.join(_KINDS)}.")
    try:
        return kind(**fields)
    except TypeError as error:
        raise InputError(f"The target {data!r} cannot be read.", why=str(error)) from None
