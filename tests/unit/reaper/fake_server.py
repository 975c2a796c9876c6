"""A server that answers as a test tells it to: a thread behind a loopback socket, for the client's end of the wire."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

Reply = bytes | None  # None: no answer comes


class FakeServer:
    """`answer(request, connection number)` gives raw bytes to send; `greeting` None keeps silent."""

    def __init__(self, answer: Callable[[dict[str, Any], int], Reply], *, greeting: bytes | None = b"hello") -> None:
        self._answer = answer
        self._greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.requests: list[dict[str, Any]] = []
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends every connection, as a REAPER that quits."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5.0)
        self.drop()

    def drop(self) -> None:
        for each in tuple(self._open):  # not one that connects again meanwhile
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        threads = []
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                break
            self._open.append(client)
            threads.append(threading.Thread(target=self._serve, args=(client, len(self._open)), daemon=True))
            threads[-1].start()

    def _serve(self, client: socket.socket, number: int) -> None:
        try:
            if self._greeting is not None:
                client.sendall(framed(self._greeting))
            while True:
                header = client.recv(8, socket.MSG_WAITALL)
                if not header:
                    return
                body = client.recv(int.from_bytes(header, "little"), socket.MSG_WAITALL)
                request = json.loads(body)
                self.requests.append(request)
                reply = self._answer(request, number)
                if reply is not None:
                    client.sendall(reply)
        except OSError:
            return


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(8, "little") + body


def result(value: Any) -> bytes:
    return framed(json.dumps({"type": "result", "value": value}).encode())


def error(text: str) -> bytes:
    return framed(json.dumps({"type": "error", "traceback": text}).encode())


def verb_of(request: dict[str, Any]) -> str:
    function = request["function"]["name"]
    return (
        str(request["input"]["args"][0]) if function == "call" else f"{request['function']['module_name']}.{function}"
    )
