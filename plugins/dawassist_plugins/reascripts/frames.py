"""The wire: frames of reapy's protocol on sockets that never block."""

import contextlib
import socket
import time

MAX_FRAME_BYTES = 8 << 20
MAX_STRANGER_FRAME_BYTES = 64 << 10  # of a client that has not shown the token yet
MAX_UNSENT_BYTES = 32 << 20
FRAME_SECONDS = 1.0
_HEADER = 8
_RECEIVE_BYTES = 1 << 20


class Closed(Exception):
    """The peer is gone, or broke the rules of the protocol."""


class Connection:
    """One client: what came in and is not whole yet, and what waits to go out."""

    def __init__(self, sock: socket.socket, *, is_trusted: bool) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.is_trusted = is_trusted
        self.held_until = 0.0
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._frame_started = 0.0

    @property
    def wants_to_write(self) -> bool:
        return bool(self._outgoing)

    @property
    def is_too_slow(self) -> bool:
        """A frame was begun and not finished within a second; a whole one waits for us. Raises Closed."""
        is_late = bool(self._frame_started) and time.monotonic() - self._frame_started > FRAME_SECONDS
        return is_late and not self.has_frame

    @property
    def has_frame(self) -> bool:
        """A whole frame waits to be taken. Raises Closed when its announced length is impossible."""
        length = self._announced_length()
        return length is not None and len(self._incoming) >= _HEADER + length

    def send(self, payload: bytes) -> None:
        """Queue a frame and send what goes. Raises Closed."""
        if len(self._outgoing) + len(payload) > MAX_UNSENT_BYTES:
            raise Closed
        self._outgoing += len(payload).to_bytes(_HEADER, "little") + payload
        self.flush()

    def flush(self) -> None:
        """Raises Closed."""
        try:
            while self._outgoing:
                sent = self.sock.send(self._outgoing)
                del self._outgoing[:sent]
        except BlockingIOError:
            pass
        except OSError:
            raise Closed from None

    def receive(self) -> None:
        """Take in what has arrived; nothing more while a whole frame waits. Raises Closed."""
        if self.has_frame:
            return
        try:
            data = self.sock.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            raise Closed from None
        if not data:
            raise Closed
        self._frame_started = self._frame_started or time.monotonic()
        self._incoming += data

    def take_frame(self) -> bytes | None:
        """The next whole frame, or None. Raises Closed when its announced length is impossible."""
        if not self.has_frame:
            return None
        end = _HEADER + (self._announced_length() or 0)
        found = bytes(self._incoming[_HEADER:end])
        del self._incoming[:end]
        self._frame_started = time.monotonic() if self._incoming else 0.0
        return found

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()

    def _announced_length(self) -> int | None:
        if len(self._incoming) < _HEADER:
            return None
        length = int.from_bytes(self._incoming[:_HEADER], "little")
        if not 0 < length <= (MAX_FRAME_BYTES if self.is_trusted else MAX_STRANGER_FRAME_BYTES):
            raise Closed
        return length
