"""A server with reapy's protocol that never keeps REAPER's main thread waiting and survives every client.

It listens on loopback only. A tick without traffic is one look at the sockets; with traffic it stays at most 4 ms and
the request in hand. In the compatible profile a HOLD keeps the thread at most 2 s.
"""

import importlib
import json
import selectors
import socket
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
        self._needs_token = profile == "agent"
        self._token = token
        self._connections: dict[socket.socket, Connection] = {}
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(MAX_CONNECTIONS)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()  # REAPER may have more files open than select() can name
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port = int(self._listener.getsockname()[1])

    def tick(self) -> None:
        """Answer what has arrived."""
        start = time.monotonic()
        is_busy = self._pump(0.0, start + LINGER_SECONDS)
        for connection in list(self._connections.values()):
            if self._with(connection, lambda each: each.is_too_slow):
                self._drop(connection)
        if not is_busy:
            return
        while True:
            end = start + (HOLD_SECONDS if self._is_held() else LINGER_SECONDS)
            left = end - time.monotonic()
            if left <= 0.0:
                break
            self._pump(min(left, LINGER_SECONDS), end)
        for connection in self._connections.values():
            connection.held_until = 0.0  # REAPER gets its turn even when a client holds again and again

    def close(self) -> None:
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._selector.close()
        self._listener.close()

    def _is_held(self) -> bool:
        now = time.monotonic()
        return any(connection.held_until > now for connection in self._connections.values())

    def _pump(self, seconds: float, end: float) -> bool:
        """One look at the sockets, and answers until `end`; True when there was something to do."""
        waiting = [c for c in self._connections.values() if self._with(c, lambda each: each.has_frame)]
        ready = self._selector.select(0.0 if waiting else seconds)
        for key, _ in ready:
            if key.fileobj is self._listener:
                self._accept()
                continue
            connection: Connection = key.data
            self._with(connection, Connection.flush)
            self._with(connection, Connection.receive)
            waiting.append(connection)
        for connection in waiting:
            self._with(connection, lambda each: self._serve(each, end))
        return bool(ready or waiting)

    def _with(self, connection: Connection, action: Any) -> Any:
        """What `action` says about a living connection; one that breaks the rules, or is gone, is dropped."""
        if connection.sock not in self._connections:
            return None
        try:
            return action(connection)
        except Closed:
            self._drop(connection)
            return None
        finally:
            self._watch(connection)

    def _accept(self) -> None:
        try:
            sock, address = self._listener.accept()
        except OSError:
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            sock.close()
            return
        connection = Connection(sock, is_trusted=not self._needs_token)
        self._connections[sock] = connection
        self._selector.register(sock, selectors.EVENT_READ, connection)
        greeting = str(address).encode()  # which a reapy client waits for
        self._with(connection, lambda each: each.send(greeting))

    def _watch(self, connection: Connection) -> None:
        """Ask to be told when an answer that did not go out at once can go on."""
        if connection.sock in self._connections:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.wants_to_write else 0)
            if self._selector.get_key(connection.sock).events != events:
                self._selector.modify(connection.sock, events, connection)

    def _serve(self, connection: Connection, end: float) -> None:
        while time.monotonic() < end or self._is_held():
            raw = connection.take_frame()
            if raw is None:
                return
            connection.send(self._answer(connection, raw))

    def _answer(self, connection: Connection, raw: bytes) -> bytes:
        """The reply to one request; whatever happens, there is one."""
        try:
            request = requests.parse(raw)
            if self._needs_token:
                requests.check_agent(request, self._token, is_trusted=connection.is_trusted)
                connection.is_trusted = True
            else:
                requests.check_compatible(request)
            return _carried_out(connection, request)
        except requests.Refused as refusal:
            return _error(f"refused: {refusal}")
        except BaseException:  # noqa: BLE001 - a called function may even raise SystemExit; REAPER must live on
            return _error(traceback.format_exc())

    def _drop(self, connection: Connection) -> None:
        del self._connections[connection.sock]
        self._selector.unregister(connection.sock)
        connection.close()


def _carried_out(connection: Connection, request: dict[str, Any]) -> bytes:
    if request["function"] in ("HOLD", "RELEASE"):
        connection.held_until = time.monotonic() + HOLD_SECONDS if request["function"] == "HOLD" else 0.0
        return _result(None)
    arguments = request["input"]["args"]
    if requests.is_call(request, requests.AGENT_MODULE, "call"):
        return _result(agent.call(arguments[0], arguments[1]))
    function, given, named = requests.resolved(request)
    value = function(*given, **named)
    reapy_json = importlib.import_module("reapy.tools.json")  # only in the compatible profile, behind the allow-list
    return str(reapy_json.dumps({"type": "result", "value": value})).encode()


def _result(value: object) -> bytes:
    return json.dumps({"type": "result", "value": value}).encode()


def _error(text: str) -> bytes:
    return json.dumps({"type": "error", "traceback": text}).encode()
