"""A server with reapy's protocol that never keeps REAPER's main thread waiting and survives every client.

It listens on loopback only. A tick without traffic is one look at the sockets; with traffic it stays at most 4 ms. In
the compatible profile a HOLD keeps the thread at most 2 s.
"""

import contextlib
import json
import select
import socket
import sys
import time
import traceback
from typing import Any

from dawassist_plugins.reascripts import agent, requests
from dawassist_plugins.reascripts.frames import Closed, Connection

LINGER_SECONDS = 0.004
HOLD_SECONDS = 2.0
MAX_CONNECTIONS = 16


class Server:
    """`profile` is "agent" (token, our verbs only) or "compatible" (what a reapy client needs, no token)."""

    def __init__(self, port: int, profile: str, token: str) -> None:
        self._profile = profile
        self._token = token
        self._connections: dict[int, Connection] = {}
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(MAX_CONNECTIONS)
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])

    def tick(self) -> None:
        """Answer what has arrived."""
        for connection in [c for c in self._connections.values() if c.is_too_slow]:
            self._drop(connection)
        if not self._pump(0.0):
            return
        end = time.monotonic() + LINGER_SECONDS
        while True:
            now = time.monotonic()
            held = [c.held_until for c in self._connections.values() if c.held_until > now]
            limit = max([end, *held])
            if now >= limit:
                return
            self._pump(min(limit - now, LINGER_SECONDS))

    def close(self) -> None:
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._listener.close()

    def _pump(self, seconds: float) -> bool:
        """One look at the sockets; True when something could be read."""
        readable = [self._listener, *(c.sock for c in self._connections.values())]
        writable = [c.sock for c in self._connections.values() if c.wants_to_write]
        ready, free, _ = select.select(readable, writable, [], seconds)
        for sock in free:
            self._with(sock, Connection.flush)
        for sock in ready:
            if sock is self._listener:
                self._accept()
            else:
                self._with(sock, self._serve)
        return bool(ready)

    def _with(self, sock: socket.socket, action: Any) -> None:
        connection = self._connections.get(sock.fileno())
        if connection is None:
            return
        try:
            action(connection)
        except Closed:
            self._drop(connection)

    def _accept(self) -> None:
        try:
            sock, address = self._listener.accept()
        except OSError:
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            sock.close()
            return
        connection = Connection(sock)
        self._connections[sock.fileno()] = connection
        with contextlib.suppress(Closed):
            connection.send(str(address).encode())  # the greeting that a reapy client waits for

    def _serve(self, connection: Connection) -> None:
        for raw in connection.receive():
            connection.send(self._answer(connection, raw))

    def _answer(self, connection: Connection, raw: bytes) -> bytes:
        """The reply to one request; whatever happens, there is one."""
        try:
            request = requests.parse(raw)
            if self._profile == "agent":
                requests.check_agent(request, self._token)
            else:
                requests.check_compatible(request)
            return self._carried_out(connection, request, raw)
        except requests.Refused as refusal:
            return _error(f"refused: {refusal}")
        except BaseException:  # noqa: BLE001 - a called function may even raise SystemExit; REAPER must live on
            return _error(traceback.format_exc())

    def _carried_out(self, connection: Connection, request: dict[str, Any], raw: bytes) -> bytes:
        if requests.is_call(request, requests.AGENT_MODULE, "call"):
            arguments = request["input"]["args"]
            return _result(agent.call(arguments[0], arguments[1]))
        if request["function"] in ("HOLD", "RELEASE"):
            connection.held_until = time.monotonic() + HOLD_SECONDS if request["function"] == "HOLD" else 0.0
            return _result(None)
        reapy_json = sys.modules["reapy.tools.json"]  # only in the compatible profile, behind the allow-list
        decoded = reapy_json.loads(raw.decode("utf-8"))
        given = decoded["input"]
        value = decoded["function"](*given["args"], **given["kwargs"])
        return str(reapy_json.dumps({"type": "result", "value": value})).encode()

    def _drop(self, connection: Connection) -> None:
        self._connections.pop(connection.sock.fileno(), None)
        connection.close()


def _result(value: object) -> bytes:
    return json.dumps({"type": "result", "value": value}).encode()


def _error(text: str) -> bytes:
    return json.dumps({"type": "error", "traceback": text}).encode()
