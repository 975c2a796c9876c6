"""The client's end of reapy's protocol: one socket, time limits on everything, replies read as plain JSON.

Nothing that arrives is turned into objects or resolved by name. Frames carry no request id, so after any trouble the
connection is closed and never used again.
"""

import json
import socket
import threading
import time
from typing import Any

from dawassist.daw import IsCancelled, never_cancelled
from dawassist.errors import Cancelled, ConnectionStateError, KnownError

GREETING_SECONDS = 1.0
MAX_REPLY_BYTES = 64 << 20
_HEADER = 8
_SEND_SECONDS = 5.0
_LOOK_SECONDS = 0.1  # how often a long wait asks whether it is still wanted


class Lost(ConnectionStateError):
    """The connection broke (state `gone`) or the time was up (`busy`) after a request was sent."""


class Wire:
    """A connection to a server in REAPER. Safe to use from several threads, one request at a time."""

    def __init__(self, port: int) -> None:
        """Raises ConnectionStateError: stale (refused), busy (no greeting in a second), gone (closed at once)."""
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.port = port
        try:
            connected = socket.create_connection(("127.0.0.1", port), timeout=GREETING_SECONDS)
        except OSError:
            raise ConnectionStateError(
                "Nothing answers where REAPER said it listens.",
                state="stale",
                why=f"Port {port} refused.",
                next_step="Run the action “dawassist: Suggest mix” in REAPER again.",
            ) from None
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        try:
            self._receive(time.monotonic() + GREETING_SECONDS)
        except Lost as lost:
            self.close()
            if lost.state != "busy":
                raise ConnectionStateError(
                    lost.what, state=lost.state, why=lost.why, next_step=lost.next_step
                ) from None
            raise ConnectionStateError(
                "REAPER is busy.",
                state="busy",
                why="Its server accepts but does not answer: a dialog or a render is open.",
                next_step="Close the dialog in REAPER, then try again.",
            ) from None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def request(
        self, module: str, name: str, arguments: list[Any], *, seconds: float,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Any:  # fmt: skip
        """Call a function by name.

        Raises Lost when no answer came in time, KnownError when it was refused, Cancelled; after Lost and Cancelled
        the connection is closed, since its next answer would belong to this request.
        """
        function = {"__callable__": True, "module_name": module, "name": name}
        body = json.dumps({"function": function, "input": {"args": arguments, "kwargs": {}}}).encode()
        with self._lock:
            try:
                self._send(body)
                reply = self._receive(time.monotonic() + seconds, is_cancelled)
            except BaseException:
                self.close()
                raise
        return _value(reply)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, body: bytes) -> None:
        if self._socket is None:
            raise Lost("The connection to REAPER is closed.", state="gone", next_step="Connect again.")
        try:
            self._socket.settimeout(_SEND_SECONDS)
            self._socket.sendall(len(body).to_bytes(_HEADER, "little") + body)
        except OSError as error:
            raise _broken(error) from None

    def _receive(self, deadline: float, is_cancelled: IsCancelled = never_cancelled) -> bytes:
        length = int.from_bytes(self._exactly(_HEADER, deadline, is_cancelled), "little")
        if not 0 < length <= MAX_REPLY_BYTES:
            raise Lost("REAPER's server sent an answer of impossible length.", state="gone", why=f"{length} bytes.")
        return self._exactly(length, deadline, is_cancelled)

    def _exactly(self, count: int, deadline: float, is_cancelled: IsCancelled) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            if is_cancelled():
                raise Cancelled
            remaining = deadline - time.monotonic()
            if remaining <= 0 or self._socket is None:
                raise Lost(
                    "REAPER did not answer in time.",
                    state="busy",
                    why="A dialog or a render may be open.",
                    next_step="Close the dialog in REAPER, then try again.",
                )
            try:
                self._socket.settimeout(min(remaining, _LOOK_SECONDS))
                data = self._socket.recv(min(count - len(parts), 1 << 20))
            except TimeoutError:
                continue
            except OSError as error:
                raise _broken(error) from None
            if not data:
                raise Lost(
                    "REAPER closed the connection.",
                    state="gone",
                    why="It quit, or the script was ended.",
                    next_step="Start REAPER, open the session and run “dawassist: Suggest mix”.",
                )
            parts += data
        return bytes(parts)


def _broken(error: OSError) -> Lost:
    return Lost("The connection to REAPER broke.", state="gone", why=f"{error}.", next_step="Try again.")


def _value(reply: bytes) -> Any:
    try:
        found = json.loads(reply.decode("utf-8"), parse_constant=_no_constant)
        kind = found["type"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Lost("REAPER's server sent an answer that cannot be read.", state="gone") from None
    if kind != "result":
        text = str(found.get("traceback", "")).strip().splitlines()
        raise KnownError("REAPER's server refused the request.", why=text[-1] if text else "")
    return found.get("value")


def _no_constant(name: str) -> Any:
    raise ValueError(name)
