"""The client's end of the protocol: time limits on everything, plain JSON only, one request per answer."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dawassist.errors import Cancelled, ConnectionStateError, KnownError
from dawassist.reaper import wire
from dawassist.reaper.wire import Lost, Wire
from tests.unit.reaper.fake_server import FakeServer, error, framed, result

Start = Callable[..., FakeServer]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[FakeServer] = []

    def started(answer: Any = lambda _request, _number: result("yes"), **more: Any) -> FakeServer:
        servers.append(FakeServer(answer, **more))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


def ask(connection: Wire, seconds: float = 5.0, **more: Any) -> Any:
    return connection.request("module", "name", [1, {"a": None}], seconds=seconds, **more)


def test_a_request_is_what_reapy_sends(start: Start) -> None:
    server = start()
    connection = Wire(server.port)
    assert ask(connection) == "yes"
    assert server.requests == [
        {
            "function": {"__callable__": True, "module_name": "module", "name": "name"},
            "input": {"args": [1, {"a": None}], "kwargs": {}},
        }
    ]
    connection.close()
    connection.close()


def test_nobody_listening_is_stale() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionStateError) as caught:
        Wire(port)
    assert caught.value.state == "stale"
    assert "Suggest mix" in caught.value.next_step


def test_no_greeting_is_busy(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "GREETING_SECONDS", 0.05)
    with pytest.raises(ConnectionStateError) as caught:
        Wire(start(greeting=None).port)
    assert caught.value.state == "busy"


def test_a_server_that_hangs_up_at_once_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        with pytest.raises(ConnectionStateError) as caught:
            Wire(listener.getsockname()[1])
        thread.join()
    assert caught.value.state == "gone"


def test_an_answer_that_does_not_come_closes_the_connection(start: Start) -> None:
    connection = Wire(start(lambda _request, _number: None).port)
    with pytest.raises(Lost) as caught:
        ask(connection, seconds=0.05)
    assert caught.value.state == "busy"
    assert not connection.is_open
    with pytest.raises(Lost, match="is closed"):
        ask(connection)


@pytest.mark.parametrize(
    "reply",
    [(0).to_bytes(8, "little"), (1 << 63).to_bytes(8, "little"), framed(b"no json"), framed(b"[]"), framed(b"{}"),
     framed(b'{"type": "result", "value": NaN}'), framed(b"\xff"), framed(b"[" * 100_000)],
)  # fmt: skip
def test_an_answer_that_is_none_is_lost(reply: bytes, start: Start) -> None:
    connection = Wire(start(lambda _request, _number: reply).port)
    with pytest.raises(Lost) as caught:
        ask(connection)
    assert caught.value.state == "gone"
    connection.close()


def test_an_answer_in_drops_arrives_within_its_time(start: Start) -> None:
    whole = result("x" * 3_000_000)
    connection = Wire(start(lambda _request, _number: whole).port)
    assert len(ask(connection)) == 3_000_000
    connection.close()


def test_a_refusal_keeps_the_connection(start: Start) -> None:
    connection = Wire(start(lambda _request, _number: error("Traceback\nValueError: no")).port)
    for _ in range(2):
        with pytest.raises(KnownError, match="ValueError: no"):
            ask(connection)
    connection.close()
    silent = Wire(start(lambda _request, _number: framed(b'{"type": "error"}')).port)
    with pytest.raises(KnownError, match="refused the request"):
        ask(silent)
    silent.close()


def test_a_server_that_ends_is_gone(start: Start) -> None:
    server = start(lambda _request, _number: None)
    connection = Wire(server.port)
    threading.Timer(0.05, server.drop).start()
    with pytest.raises(Lost) as caught:
        ask(connection)
    assert caught.value.state == "gone"


def test_a_connection_that_was_reset_is_gone(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Wire(start().port)

    def reset(*_given: Any) -> bytes:
        raise ConnectionResetError("reset by peer")

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "recv", reset)
        with pytest.raises(Lost, match="reset by peer"):
            ask(connection)
    connection = Wire(start().port)
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "sendall", reset)
        with pytest.raises(Lost, match="reset by peer"):
            ask(connection)


def test_a_long_wait_can_be_cancelled(start: Start) -> None:
    connection = Wire(start(lambda _request, _number: None).port)
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        ask(connection, seconds=60.0, is_cancelled=lambda: time.monotonic() - begin > 0.05)
    assert not connection.is_open


def test_two_threads_get_their_own_answers(start: Start) -> None:
    connection = Wire(start(lambda request, _number: result(request["input"]["args"][0])).port)
    found: dict[int, list[Any]] = {}

    def many(number: int) -> None:
        found[number] = [connection.request("m", "n", [number], seconds=5.0) for _ in range(30)]

    threads = [threading.Thread(target=many, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number] * 30 for number in range(4)}
    connection.close()
