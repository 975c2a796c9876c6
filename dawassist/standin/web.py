"""The web interface: the few commands that reapy uses, and our back door for what a person does meanwhile.

``/_/…`` is REAPER's (several commands separated by ``;``), ``/_standin/…`` is ours.
"""

import http.server
import json
import threading
import time
import urllib.parse
from typing import Any

from dawassist.standin.host import START_SERVER_ACTION, Host
from dawassist.standin.project import Project


def serve(host: Host, port: int) -> http.server.ThreadingHTTPServer:
    """Start answering on loopback in a thread; `server_port` of the result is the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            return None

        def do_GET(self) -> None:
            path = urllib.parse.unquote(self.path)
            if path.startswith("/_standin/"):
                body = json.dumps(_back_door(host, path.removeprefix("/_standin/")))
            else:
                commands = path.removeprefix("/_/").split(";") if path.startswith("/_/") else []
                body = "".join(_command(host, command) for command in commands)
            content = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
    return server


def _command(host: Host, command: str) -> str:
    words = command.split("/")
    if words[:2] == ["GET", "EXTSTATE"] and len(words) >= 4:
        value = host.ext_state.get((words[2], words[3]), "")
        return f"EXTSTATE\t{words[2]}\t{words[3]}\t{_escaped(value)}\n"
    if words[:2] == ["SET", "EXTSTATE"] and len(words) >= 4:
        host.ext_state[(words[2], words[3])] = "/".join(words[4:])
    elif command == START_SERVER_ACTION:
        host.ask(host.actions[command])
    return ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _back_door(host: Host, text: str) -> Any:
    """``fader/3/0.5``, ``undo``, ``record``, ``play``, ``stop``, ``freeze/2``, ``loudness-off/1.5``, ``stats`` …"""
    name, *arguments = text.split("/")
    if name == "stats":
        return {"cpu_ms": host.ticks.cpu_ms, "wall_ms": host.ticks.wall_ms}
    return host.ask(lambda: _act(host, name, arguments))


def _act(host: Host, name: str, arguments: list[str]) -> Any:
    project = host.project
    history = project.history
    if name == "fader":
        history.begin()
        project.track_by_number(int(arguments[0])).set("D_VOL", float(arguments[1]))
        history.end("Change track volume", 1)
    elif name == "rename":
        history.begin()
        project.track_by_number(int(arguments[0])).rename(arguments[1])
        history.end("Rename track", 1)
    elif name == "solo":
        project.track_by_number(int(arguments[0])).set("I_SOLO", float(arguments[1]))
    elif name == "undo":
        return history.undo()
    elif name in ("record", "play", "stop"):
        project.transport = {"record": 5, "play": 1, "stop": 0}[name]
    elif name == "freeze":
        host.frozen_until = time.monotonic() + float(arguments[0])
    elif name in ("loudness-off", "statistics"):
        _change_loudness(host, name, arguments[0])
    elif name == "tab":
        _switch_tab(host)
    elif name == "label":
        return history.done[-1].label if history.done else ""
    elif name == "points":
        return len(history.done)
    elif name == "reset-stats":
        host.ticks.cpu_ms.clear()
        host.ticks.wall_ms.clear()
    else:
        return None
    return True


def _change_loudness(host: Host, name: str, value: str) -> None:
    """Make the dry-run loudness wrong by some LU, or switch the statistics that it is read from."""
    if name == "loudness-off":
        host.loudness_error_lu = float(value)
    else:
        host.keeps_statistics = value == "on"


def _switch_tab(host: Host) -> None:
    """Another project comes to the front: a copy of this one under another name."""
    if host.other_tab is None:
        host.other_tab = Project(host.project.path)
        host.other_tab.path = host.project.path.with_name("other.rpp")
    host.project, host.other_tab = host.other_tab, host.project
