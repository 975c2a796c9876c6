"""The wire: frames of reapy's protocol on sockets that never block."""

import contextlib
import socket
import time

MAX_FRAME_BYTES = 8 << 20
MAX_BUFFERED_BYTES = 32 << 20
FRAME_SECONDS = 1.0
_HEADER = 8


class Closed(Exception):
    """The peer is gone, or broke the rules of the protocol."""


class Connection:
    """One client: what came in and is not whole yet, and what waits to go out."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.is_trusted = False
        self.held_until = 0.0
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._frame_started = 0.0

    @property
    def wants_to_write(self) -> bool:
        return bool(self._outgoing)

    def send(self, payload: bytes) -> None:
        """Queue a frame and send what goes. Raises Closed."""
        if len(self._outgoing) + len(payload) > MAX_BUFFERED_BYTES:
            raise Closed
        self._outgoing += len(payload).to_bytes(_HEADER, "little") + payload
        self.flush()

    def flush(self) -> None:
        try:
            while self._outgoing:
                sent = self.sock.send(self._outgoing)
                del self._outgoing[:sent]
        except BlockingIOError:
            pass
        except OSError:
            raise Closed from None

    def receive(self) -> list[bytes]:
        """The whole frames that have arrived. Raises Closed: peer gone, frame too long or too slow."""
        try:
            data = self.sock.recv(1 << 20)
        except BlockingIOError:
            return []
        except OSError:
            raise Closed from None
        if not data:
            raise Closed
        self._incoming += data
        frames = []
        while len(self._incoming) >= _HEADER:
            length = int.from_bytes(self._incoming[:_HEADER], "little")
            if not 0 < length <= MAX_FRAME_BYTES:
                raise Closed
            if len(self._incoming) < _HEADER + length:
                break
            frames.append(bytes(self._incoming[_HEADER : _HEADER + length]))
            del self._incoming[: _HEADER + length]
        self._frame_started = time.monotonic() if self._incoming else 0.0
        return frames

    @property
    def is_too_slow(self) -> bool:
        """A frame was begun and not finished within a second."""
        return bool(self._frame_started) and time.monotonic() - self._frame_started > FRAME_SECONDS

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()
