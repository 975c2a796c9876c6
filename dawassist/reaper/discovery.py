"""Which REAPERs are there, and in which state: decided with files and raw sockets, before anything is imported."""

import http.client
import json
import os
import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dawassist.errors import ConnectionStateError

State = Literal["not_set_up", "not_started", "gone", "stale", "busy", "ready", "stock"]
STOCK_WEB_PORT = 2307
_WEB_SECONDS = 0.5
_GREETING_SECONDS = 1.0
_START_SECONDS = 2.0
_CLOCK_SECONDS = 2.0  # how far two clocks may differ about when a process began
_ACTION = re.compile(r"_[0-9A-Za-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running REAPER that announced itself: its process, and where its server listens."""

    pid: int
    started: float  # Unix time of the announcement: its process began before
    port: int
    token: str
    version: str
    project_path: str
    file: Path


def default_folder() -> Path:
    """Where servers announce themselves; `DAWASSIST_DISCOVERY_FOLDER` overrides it."""
    from dawassist_plugins.reascripts.discovery_file import runtime_folder

    return Path(os.environ.get("DAWASSIST_DISCOVERY_FOLDER") or runtime_folder())


def instances(folder: Path) -> tuple[Instance, ...]:
    """Every announcement, of living and of dead processes; a damaged or foreign file is passed over."""
    found = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
                continue
            data = json.loads(file.read_text(encoding="utf-8"))
            found.append(
                Instance(
                    pid=int(data["pid"]),
                    started=float(data["started"]),
                    port=int(data["port"]),
                    token=str(data["token"]),
                    version=str(data["version"]),
                    project_path=str(data["project_path"]),
                    file=file,
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def state_of(instance: Instance) -> State:
    """gone (dead process), stale (refused), busy (no greeting in 1 s), ready."""
    return port_state(instance.port) if is_alive(instance) else "gone"


def port_state(port: int) -> State:
    """stale, busy or ready, by connecting and waiting for the greeting at most a second."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_GREETING_SECONDS) as probe:
            probe.settimeout(_GREETING_SECONDS)
            return "ready" if probe.recv(1) else "busy"
    except TimeoutError:
        return "busy"
    except OSError:
        return "stale"


def stock_server_port(web_port: int) -> int | None:
    """The port that a reapy server published in REAPER's web interface; None when there is none."""
    value = _ext_state(web_port, "server_port")
    return int(float(value)) if re.fullmatch(r"[0-9]{1,5}(\.0)?", value) else None


def start_stock_server(web_port: int) -> int | None:
    """Run the action that reapy's own set-up registered; the port of the started server, or None."""
    action = _ext_state(web_port, "activate_reapy_server").strip('"')
    if not _ACTION.fullmatch(action):
        return None
    _web(web_port, f"/_/{action}")
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        port = stock_server_port(web_port)
        if port is not None:
            return port
        time.sleep(0.1)
    return None


def _ext_state(web_port: int, key: str) -> str:
    return _web(web_port, f"/_/GET/EXTSTATE/reapy/{key}").rstrip("\n").split("\t")[-1]


def _web(web_port: int, path: str) -> str:
    """One answer of REAPER's web interface, past any proxy; "" when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", web_port, timeout=_WEB_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read(4096).decode("utf-8", "replace") if answer.status == 200 else ""
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def choose(found: tuple[Instance, ...], wanted: str | None) -> Instance:
    """The one to talk to. Raises ConnectionStateError with the state and the next step."""
    living = [instance for instance in found if is_alive(instance)]
    listed = "; ".join(f"{i.pid}: {i.project_path or 'unsaved project'}" for i in living)
    if wanted is not None:
        chosen = [instance for instance in living if str(instance.pid) == wanted]
        if chosen:
            return chosen[0]
        raise ConnectionStateError(
            f"There is no REAPER {wanted}.",
            state="gone",
            why=f"Running: {listed}." if listed else "None has announced itself.",
            next_step="Choose another with --instance, or leave it away.",
        )
    if len(living) > 1:
        raise ConnectionStateError(
            "Several REAPERs are running.", state="ready", why=f"{listed}.", next_step="Choose one with --instance."
        )
    if living:
        return living[0]
    if found:
        raise ConnectionStateError(
            "REAPER is gone.",
            state="gone",
            why=f"Process {found[0].pid} that announced itself has ended.",
            next_step="Start REAPER, open the session and run “dawassist: Suggest mix”.",
        )
    raise _not_found()


def is_alive(instance: Instance) -> bool:
    """The process that announced itself still runs, and not another one under its old number."""
    import psutil

    try:
        process = psutil.Process(instance.pid)
        began = process.create_time()
        return bool(began <= instance.started + _CLOCK_SECONDS and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, ValueError):
        return False


def _not_found() -> ConnectionStateError:
    from dawassist.errors import SetupError
    from dawassist.reaper.installation import MANIFEST
    from dawassist.reaper.resource_folder import find_resource_folder

    try:
        is_set_up = (find_resource_folder() / MANIFEST).is_file()
    except SetupError:
        is_set_up = False
    if is_set_up:
        return ConnectionStateError(
            "REAPER's part of dawassist is not started.",
            state="not_started",
            next_step="In REAPER open the session and run the action “dawassist: Suggest mix”.",
        )
    return ConnectionStateError(
        "dawassist is not set up in REAPER yet.",
        state="not_set_up",
        next_step="Run dawassist setup, or try dawassist demo, or open a file: dawassist suggest SESSION.rpp.",
    )
