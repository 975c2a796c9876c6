"""What transactions created and is still as they left it: only that may be taken away again.

The project keeps, per created object, the id of its transaction and a digest of its state at the end of it.
"""

import hashlib
import json
from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import call

SECTION = "dawassist"
MAX_OBJECTS = 512
_KEY = "created"
_BUFFER = 1 << 20
_DIGITS = 5
_TRACK_VALUES = ("D_VOL", "D_PAN", "D_WIDTH", "B_MUTE", "B_PHASE", "I_FOLDERDEPTH", "B_MAINSEND", "I_NCHAN", "I_FXEN")
_SEND_VALUES = ("D_VOL", "D_PAN", "B_MUTE", "B_PHASE", "B_MONO", "I_SENDMODE", "I_SRCCHAN", "I_DSTCHAN")


def record(identity: str, states: dict[str, str]) -> None:
    """Remember digests by name of the object, as the work of a transaction."""
    kept = {**_load(), **{name: {"by": identity, "state": state} for name, state in states.items()}}
    _store(dict(list(kept.items())[-MAX_OBJECTS:]))


def forget(names: list[str]) -> None:
    kept = _load() if names else {}
    if any(name in kept for name in names):
        _store({name: entry for name, entry in kept.items() if name not in names})


def why_not_removed(name: str, identity: str, state: str) -> str:
    """Why an object must stay; "" when that transaction created it and nothing changed since."""
    entry = _load().get(name, {})
    if entry.get("by") != identity:
        return "It does not carry the mark of that transaction and stays."
    return "" if entry.get("state") == state else "It was changed since and stays."


def fx_state(track: str, fx: int) -> str:
    """Digest of a plug-in: which one, switched on, its parameters, its envelopes, its bands."""
    count = int(call("TrackFX_GetNumParams", track, fx))
    values = [round(float(call("TrackFX_GetParamNormalized", track, fx, k)), _DIGITS) for k in range(count)]
    automated = [k for k in range(count) if not api.is_null(call("GetFXEnvelope", track, fx, k, False))]
    switches = [int(call("TrackFX_GetEnabled", track, fx)), int(call("TrackFX_GetOffline", track, fx))]
    return _digest([api.fx_config(track, fx, "fx_ident"), values, automated, switches, api.fx_bands(track, fx)])


def send_state(track: str, category: int, index: int) -> str:
    """Digest of a send (category 0) or receive (−1)."""
    values = [
        round(float(call("GetTrackSendInfo_Value", track, category, index, name)), _DIGITS) for name in _SEND_VALUES
    ]
    envelopes = [
        bool(call("GetTrackSendInfo_Value", track, category, index, f"P_ENV:<{tag}"))
        for tag in ("VOLENV", "PANENV", "MUTEENV")
    ]
    return _digest([values, envelopes])


def track_state(track: str) -> str:
    """Digest of a track with all that it holds and receives."""
    fx = [fx_state(track, place) for place in range(int(call("TrackFX_GetCount", track)))]
    sends = [send_state(track, 0, place) for place in range(int(call("GetTrackNumSends", track, 0)))]
    receives = [
        [api.send_source(track, place), send_state(track, -1, place)]
        for place in range(int(call("GetTrackNumSends", track, -1)))
    ]
    values = [round(api.track_value(track, name), _DIGITS) for name in _TRACK_VALUES]
    counts = [int(call("CountTrackMediaItems", track)), int(call("CountTrackEnvelopes", track))]
    return _digest([api.track_string(track, "P_NAME"), values, counts, fx, sends, sorted(receives)])


def _digest(state: list[Any]) -> str:
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def _load() -> dict[str, Any]:
    try:
        found = json.loads(api.text("GetProjExtState", 4, 0, SECTION, _KEY, "", _BUFFER) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _store(kept: dict[str, Any]) -> None:
    call("SetProjExtState", 0, SECTION, _KEY, json.dumps(kept) if kept else "")
