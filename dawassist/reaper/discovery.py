"""Which REAPERs are there, and in which state: decided with files and raw sockets, before anything is imported."""

import json
import os
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dawassist.errors import ConnectionStateError

State = Literal["not_set_up", "not_started", "gone", "stale", "busy", "ready", "stock"]
STOCK_WEB_PORT = 2307
_WEB_SECONDS = 0.5
_GREETING_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running REAPER that announced itself: its process, and where its server listens."""

    pid: int
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
    return port_state(instance.port) if is_alive(instance.pid) else "gone"


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
    url = f"http://127.0.0.1:{web_port}/_/GET/EXTSTATE/reapy/server_port"
    try:
        with urllib.request.urlopen(url, timeout=_WEB_SECONDS) as answer:
            text = answer.read(4096).decode("utf-8", "replace")
    except (OSError, urllib.error.URLError, ValueError):
        return None
    value = text.rstrip("\n").split("\t")[-1]
    try:
        return int(float(value))
    except ValueError:
        return None


def choose(found: tuple[Instance, ...], wanted: str | None) -> Instance:
    """The one to talk to. Raises ConnectionStateError with the state and the next step."""
    if wanted is not None:
        found = tuple(instance for instance in found if str(instance.pid) == wanted)
    living = [instance for instance in found if is_alive(instance.pid)]
    if len(living) > 1:
        listed = "; ".join(f"{i.pid}: {i.project_path or 'unsaved project'}" for i in living)
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


def is_alive(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))


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
