"""Envelopes of the agent's JSON in physical units: dB for volumes, positive to the right for pans."""

from collections.abc import Mapping
from typing import Any

from dawassist.session.model import Envelope, EnvelopeKind, EnvelopePoint
from dawassist.units import gain_to_db, physical

_BY_NAME: dict[str, EnvelopeKind] = {
    "Volume": "volume", "Volume (Pre-FX)": "volume_pre_fx", "Trim Volume": "trim_volume", "Pan": "pan",
    "Pan (Pre-FX)": "pan_pre_fx", "Width": "width", "Width (Pre-FX)": "width_pre_fx", "Mute": "mute",
}  # fmt: skip
_BY_TAG: dict[str, EnvelopeKind] = {"AUXVOLENV": "send_volume", "AUXPANENV": "send_pan", "AUXMUTEENV": "send_mute"}
_OF_TAKES: dict[str, EnvelopeKind] = {
    "Volume": "take_volume", "Volume (Pre-FX)": "take_volume", "Pan": "take_pan", "Pan (Pre-FX)": "take_pan",
    "Mute": "take_mute", "Pitch": "take_pitch",
}  # fmt: skip
_VOLUMES = frozenset({"volume", "volume_pre_fx", "trim_volume", "send_volume", "take_volume"})
_PANS = frozenset({"pan", "pan_pre_fx", "send_pan", "take_pan"})


def read_envelope(data: Mapping[str, Any], *, take: bool = False) -> Envelope:
    kind = _kind(data, take=take)
    return Envelope(
        kind=kind,
        guid=data["guid"].upper(),
        active=bool(data["active"]),
        points=tuple(
            EnvelopePoint(
                time_seconds=physical(time_seconds),
                value=_value(value, kind),
                shape=int(shape),
                tension=physical(tension),
            )
            for time_seconds, value, shape, tension in data["points"]
        ),
        point_count=max(int(data["count"]), int(data["automation_items"])),
        parameter_ident=data.get("parameter", ""),
        fader_scaling=bool(data["scaling"]),
        automation_item_count=int(data["automation_items"]),
    )


def _kind(data: Mapping[str, Any], *, take: bool) -> EnvelopeKind:
    if "fx" in data:
        return "fx_parameter"
    if take:
        return _OF_TAKES.get(data["name"], "other")
    return _BY_TAG.get(data["tag"]) or _BY_NAME.get(data["name"], "other")


def _value(value: float, kind: EnvelopeKind) -> float:
    if kind in _VOLUMES:
        return physical(gain_to_db(value))
    return physical(-value if kind in _PANS else value)
