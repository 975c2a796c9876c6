"""The agent: our verbs. Every answer is plain JSON.

``{"ok": …}``; ``{"refused": sentence}``, after which nothing was changed; ``{"failed": traceback}``, after which it is
not known how far it went.
"""

import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from dawassist_plugins.reascripts import api, rendering, settling, snapshot, track_state, transaction
from dawassist_plugins.reascripts.addresses import Addresses, Gone

VERSION = "2"
NOTES_SECTION = "dawassist"
_RECORDING = 4
_alone = {"is_deferred": False}


def call(verb: str, payload: dict[str, Any], _token: str = "") -> dict[str, Any]:
    """Carry out a verb. Never raises."""
    action = _VERBS.get(verb)
    if action is None:
        return {"refused": f"The agent in REAPER does not know the request {verb!r}. Update it with dawassist setup."}
    try:
        return {"ok": action(payload)}
    except (transaction.Refusal, Gone) as refusal:
        return {"refused": str(refusal)}
    except Exception:  # noqa: BLE001 - nothing that we do may end the server's loop
        return {"failed": traceback.format_exc(limit=-2)}
    finally:
        _go_on_alone()


def tick() -> None:
    """Go on with what is in progress: 5 ms of reading, a look at plug-ins just written, one track's render."""
    snapshot.go_on()
    settling.go_on()
    rendering.go_on()


def tick_alone() -> None:
    """A tick in a server that knows nothing of us."""
    _alone["is_deferred"] = False
    tick()
    _go_on_alone()


def _go_on_alone() -> None:
    """Without our own server nobody ticks us: keep a deferred call going while there is work."""
    is_ticked = "dawassist_server_is_running" in sys.modules["__main__"].__dict__
    is_busy = snapshot.is_in_progress() or settling.is_in_progress() or rendering.is_in_progress()
    if is_busy and not is_ticked and not _alone["is_deferred"]:
        _alone["is_deferred"] = True
        api.defer(f"import sys; sys.modules[{__name__!r}].tick_alone()")


def _hello(_payload: dict[str, Any]) -> dict[str, Any]:
    pointer, path = api.project()
    return {
        "version": VERSION,
        "reaper": str(api.call("GetAppVersion")),
        "project_path": path,
        "change_count": int(api.call("GetProjectStateChangeCount", pointer)),
    }


def _poll(_payload: dict[str, Any]) -> dict[str, Any]:
    pointer, path = api.project()
    state = int(api.call("GetPlayStateEx", pointer))
    words = "recording" if state & _RECORDING else "paused" if state & 2 else "playing" if state & 1 else "stopped"
    count = int(api.call("GetProjectStateChangeCount", pointer))
    return {"project_path": path, "change_count": count, "transport": words, "time": time.time()}


def _notes_get(payload: dict[str, Any]) -> str:
    return str(api.call("GetProjExtState", 0, NOTES_SECTION, str(payload["key"]), "", 1 << 20)[4])


def _notes_set(payload: dict[str, Any]) -> bool:
    api.call("SetProjExtState", 0, NOTES_SECTION, str(payload["key"]), str(payload["value"]))
    return True


def _locate(payload: dict[str, Any]) -> bool:
    api.call("SetEditCurPos2", 0, float(payload["time_seconds"]), True, True)
    if payload.get("play"):
        api.call("OnPlayButtonEx", 0)
    return True


def _format(payload: dict[str, Any]) -> str:
    """The text of a plug-in's parameter at a value, without setting it; "" where the plug-in cannot say."""
    track, fx, parameter = Addresses().parameter(payload["target"])
    found = api.call(
        "TrackFX_FormatParamValueNormalized", track, fx, parameter, float(payload["value"]), "", api.BUFFER
    )
    return str(found[5]) if found[0] else ""


_VERBS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "hello": _hello,
    "poll": _poll,
    "snapshot_start": snapshot.start,
    "snapshot_poll": snapshot.poll,
    "apply": transaction.apply,
    "status": transaction.status,
    "format": _format,
    "notes_get": _notes_get,
    "notes_set": _notes_set,
    "locate": _locate,
    "render_start": rendering.start,
    "loudness_start": rendering.start_loudness,
    "render_status": rendering.status,
    "render_stop": rendering.stop,
    "track_state": track_state.read,
}
