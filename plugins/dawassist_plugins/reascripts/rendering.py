"""REAPER's own stem render of chosen tracks, before their faders; the engineer's settings and selection come back.

The render blocks REAPER's main thread. It starts at a tick of its own, so that the request is answered before.
"""

import base64
from typing import Any

from dawassist_plugins.reascripts import api, targets
from dawassist_plugins.reascripts.api import call

_RENDER_AND_CLOSE = 42230
_PRE_FADER_STEMS = 2 | 8192
_WHOLE_PROJECT = 1
_NUMBERS = (
    "RENDER_SETTINGS",
    "RENDER_BOUNDSFLAG",
    "RENDER_SRATE",
    "RENDER_CHANNELS",
    "RENDER_NORMALIZE",
    "RENDER_TAILFLAG",
)
_TEXTS = ("RENDER_FILE", "RENDER_PATTERN", "RENDER_FORMAT")
_WAV_FLOAT = base64.b64encode(b"evaw" + bytes([32, 0, 1])).decode()
_state: dict[str, Any] = {"state": "idle"}


def start(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"folder": …, "tracks": [guid, …]}``; the render begins at the next tick."""
    session = targets.Session()
    tracks = [session.track(guid) for guid in payload["tracks"]]
    _state.clear()
    _state.update(state="rendering", folder=payload["folder"], tracks=tracks, guids=payload["tracks"])
    api.defer(f"import sys; sys.modules[{__name__!r}].run()")
    return {"state": "rendering"}


def status(_payload: dict[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in _state.items() if key in ("state", "files", "error")}


def run() -> None:
    """Render all tracks in one go. Never raises."""
    saved_numbers = {name: call("GetSetProjectInfo", 0, name, 0.0, False) for name in _NUMBERS}
    saved_texts = {name: call("GetSetProjectInfo_String", 0, name, "", False)[3] for name in _TEXTS}
    selected = [track for track in api.all_tracks() if api.track_value(track, "I_SELECTED")]
    try:
        _configure(str(_state["folder"]))
        _select(_state["tracks"])
        call("Main_OnCommandEx", _RENDER_AND_CLOSE, 0, 0)
        files = str(call("GetSetProjectInfo_String", 0, "RENDER_TARGETS", "", False)[3]).split(";")
        _state.update(state="done", files=_by_track(files))
    except Exception as error:  # noqa: BLE001 - becomes the state
        _state.update(state="failed", error=f"{type(error).__name__}: {error}")
    finally:
        for name, value in saved_numbers.items():
            call("GetSetProjectInfo", 0, name, value, True)
        for name, text in saved_texts.items():
            call("GetSetProjectInfo_String", 0, name, text, True)
        _select(selected)


def _configure(folder: str) -> None:
    numbers = {"RENDER_SETTINGS": _PRE_FADER_STEMS, "RENDER_BOUNDSFLAG": _WHOLE_PROJECT, "RENDER_CHANNELS": 2,
               "RENDER_NORMALIZE": 0, "RENDER_TAILFLAG": 0}  # fmt: skip
    for name, value in numbers.items():
        call("GetSetProjectInfo", 0, name, float(value), True)
    texts = {"RENDER_FILE": folder, "RENDER_PATTERN": "$tracknumber-$track", "RENDER_FORMAT": _WAV_FLOAT}
    for name, text in texts.items():
        call("GetSetProjectInfo_String", 0, name, text, True)


def _select(tracks: list[str]) -> None:
    for track in api.all_tracks():
        call("SetTrackSelected", track, track in tracks)


def _by_track(files: list[str]) -> dict[str, str]:
    """REAPER lists the stems in track order."""
    numbers = {guid: api.track_value(track, "IP_TRACKNUMBER") for guid, track in zip(_state["guids"], _state["tracks"])}  # noqa: B905
    order = sorted(numbers, key=lambda guid: numbers[guid])
    return dict(zip(order, files))  # noqa: B905 - a stem that REAPER left out is missing, which the client says
