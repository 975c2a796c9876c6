"""What runs in `__main__` as a ReaScript: reapy's own server script, or ours in one of its profiles."""

import socket
from pathlib import Path
from typing import Any, Literal

from dawassist.standin.host import START_SERVER_ACTION, Host

ServerKind = Literal["stock", "compatible", "agent"]


def prepare(host: Host, kind: ServerKind, port: int, *, token_file: str, discovery_folder: str) -> None:
    """Register the action that starts the server; `host.actions[START_SERVER_ACTION]()` runs it."""
    chosen = port or _free_port()
    if kind == "stock":
        _loopback_only(chosen)
        host.ext_state[("reapy", "activate_reapy_server")] = f'"{START_SERVER_ACTION}"'
        host.actions[START_SERVER_ACTION] = lambda: _run_stock(host)
        return
    settings = {"profile": kind, "port": str(port), "token_file": token_file, "discovery_folder": discovery_folder}
    host.ext_state |= {("dawassist", key): value for key, value in settings.items()}
    host.actions[START_SERVER_ACTION] = lambda: _run_ours(host)


def server_port(host: Host) -> int:
    """Where the running server listens; 0 when none does."""
    for section in ("dawassist", "reapy"):
        text = host.ext_state.get((section, "server_port"), "")
        if text:
            return int(float(text))
    return 0


def _run_stock(host: Host) -> None:
    import reapy.reascripts.activate_reapy_server as original

    path = Path(str(original.__file__))
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    exec(code, host.namespace)  # noqa: S102 - REAPER runs a ReaScript in __main__


def _run_ours(host: Host) -> None:
    from dawassist_plugins.bundle import bundled_script

    code = compile(bundled_script(), "dawassist_server.py", "exec")
    exec(code, host.namespace)  # noqa: S102 - REAPER runs a ReaScript in __main__


def _loopback_only(port: int) -> None:
    """reapy binds every interface and a fixed port; here it may reach this machine only."""
    import reapy.config as config
    import reapy.tools.network.socket as reapy_socket

    def bind(self: Any, address: tuple[str, int]) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", address[1]))

    setattr(reapy_socket.Socket, "bind", bind)  # noqa: B010 - the type checker rightly calls this a trick
    setattr(config, "REAPY_SERVER_PORT", port)  # noqa: B010


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
