"""Starting and ending: what the script does when REAPER runs it."""

import importlib
import sys
import traceback
from typing import Any

from dawassist_plugins.reascripts import agent, api, discovery_file
from dawassist_plugins.reascripts.server import Server

SECTION = "dawassist"
_running: dict[str, Any] = {}


def start() -> None:
    """Start the server of the configured profile, unless it runs already."""
    if _running:
        return
    profile = _setting("profile") or "agent"
    if profile == "compatible":
        importlib.import_module("reapy.reascript_api")  # reapy must be there before a request names it
    token = discovery_file.new_token(_setting("token_file")) if profile == "agent" else ""
    server = Server(int(_setting("port") or 0), profile, token)
    _running["server"] = server
    sys.modules["__main__"].__dict__["dawassist_server_is_running"] = True
    api.call("SetExtState", SECTION, "server_port", str(server.port), False)
    if profile == "compatible":
        api.call("SetExtState", "reapy", "server_port", str(server.port), False)
    else:
        folder = _setting("discovery_folder") or discovery_file.runtime_folder()
        _running["file"] = discovery_file.write(
            folder, port=server.port, token=token, version=agent.VERSION, project_path=api.project()[1]
        )
    sys.modules["__main__"].RPR_atexit(_code("stop"))
    tick()


def tick() -> None:
    """One turn of the loop. Never raises, comes again until `stop`."""
    if not _running:
        return
    try:
        agent.tick()
        _running["server"].tick()
    except Exception:  # noqa: BLE001 - a lost loop would be a lost connection until REAPER restarts
        traceback.print_exc()
    api.defer(_code("tick"))


def stop() -> None:
    """REAPER ends, or the engineer ended the script."""
    server = _running.pop("server", None)
    if server is not None:
        server.close()
    discovery_file.remove(_running.pop("file", ""))
    for section in (SECTION, "reapy"):
        api.call("DeleteExtState", section, "server_port", False)


def _setting(key: str) -> str:
    return str(api.call("GetExtState", SECTION, key))


def _code(function: str) -> str:
    return f"import sys; sys.modules[{__name__!r}].{function}()"
