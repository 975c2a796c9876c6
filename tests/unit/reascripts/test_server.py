"""The server survives every client, never waits for one, and refuses what is not on its list."""

import contextlib
import json
import select
import socket
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dawassist_plugins.reascripts import agent, frames, server
from dawassist_plugins.reascripts.server import Server

TOKEN = "t" * 64
_OPEN: list[socket.socket] = []


class Client:
    """A plain socket; the server is ticked while an answer is waited for."""

    def __init__(self, host: Server) -> None:
        self.host = host
        self.socket = socket.create_connection(("127.0.0.1", host.port), timeout=2.0)
        self.socket.setblocking(False)
        _OPEN.append(self.socket)
        self.greeting = self.frame()

    def send(self, data: bytes) -> None:
        self.socket.setblocking(True)
        self.socket.sendall(data)
        self.socket.setblocking(False)

    def ask(self, function: Any, *arguments: Any) -> Any:
        self.send(framed({"function": function, "input": {"args": list(arguments), "kwargs": {}}}))
        return json.loads(self.frame() or b"null")

    def frame(self, ticks: int = 200) -> bytes | None:
        """The next frame; None when the server closed the connection."""
        data = b""
        for _ in range(ticks):
            self.host.tick()
            select.select([self.socket], [], [], 0.01)
            with contextlib.suppress(BlockingIOError):
                received = self.socket.recv(1 << 20)
                if not received:
                    return None
                data += received
            if len(data) >= 8 and len(data) == 8 + int.from_bytes(data[:8], "little"):
                return data[8:]
        raise AssertionError(f"no whole frame came: {data[:100]!r}")


def framed(value: Any) -> bytes:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return len(body).to_bytes(8, "little") + body


def function(module: str, name: str) -> dict[str, Any]:
    return {"__callable__": True, "module_name": module, "name": name}


CALL = function("dawassist_agent", "call")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Server]]:
    monkeypatch.setattr(agent, "call", lambda verb, payload: {"ok": [verb, payload]})
    servers: list[Server] = []

    def start(profile: str = "agent") -> Server:
        servers.append(Server(0, profile, TOKEN if profile == "agent" else ""))
        return servers[-1]

    yield start
    for each in servers:
        each.close()
    while _OPEN:
        _OPEN.pop().close()


@pytest.fixture
def reapy_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules of a reapy that believes to be inside REAPER, as far as a request can reach them."""
    api = types.ModuleType("reapy.reascript_api")
    api.__dict__.update(__all__=["CountTracks", "Explode", "Odd"], CountTracks=lambda _project: 3)
    api.__dict__.update(Explode=_explode, Odd=lambda: object(), _get_api_names=lambda: ["CountTracks"])
    core = types.ModuleType("reapy.core.track.track")

    class Track:
        def __init__(self, identity: str) -> None:
            self.identity = identity

        @property
        def name(self) -> str:
            return f"name of {self.identity}"

        class Inner:
            pass

        def rename(self, name: str) -> str:
            return f"{self.identity} is {name}"

    Track.__module__ = core.__name__
    core.__dict__.update(Track=Track, get_projects=lambda: ["one"], open_project=lambda: "opened")
    package = types.ModuleType("reapy.core")
    package.__dict__["Track"] = Track
    codec = types.ModuleType("reapy.tools.json")
    codec.__dict__["dumps"] = json.dumps
    for module in (api, core, package, codec, types.ModuleType("reapy"), types.ModuleType("reapy.tools")):
        monkeypatch.setitem(sys.modules, module.__name__, module)


def _explode() -> None:
    raise SystemExit("a called function ends the program")


def test_a_client_is_greeted_and_answered(started: Callable[[str], Server]) -> None:
    client = Client(started("agent"))
    assert client.greeting is not None
    assert client.greeting.startswith(b"('127.0.0.1', ")
    assert client.ask(CALL, "poll", {}, TOKEN) == {"type": "result", "value": {"ok": ["poll", {}]}}


def test_it_listens_on_loopback_only(started: Callable[[str], Server]) -> None:
    host = started("agent")
    assert host._listener.getsockname()[0] == "127.0.0.1"


def test_the_token_is_needed_in_the_first_request_of_each_connection(started: Callable[[str], Server]) -> None:
    host = started("agent")
    client = Client(host)
    for arguments in (
        ["poll", {}],
        ["poll", {}, ""],
        ["poll", {}, TOKEN[:-1]],
        ["poll", {}, 7],
        ["poll", {}, "\ud800"],
    ):
        assert client.ask(CALL, *arguments)["type"] == "error"
    assert client.ask(CALL, "hello", {}, TOKEN)["type"] == "result"
    assert client.ask(CALL, "poll", {})["type"] == "result"
    assert Client(host).ask(CALL, "poll", {})["type"] == "error"


@pytest.mark.parametrize(
    "asked",
    ["HOLD", "RELEASE", function("builtins", "exec"), function("os", "getpid"), function("reapy.reascript_api", "X"),
     function("dawassist_agent", "agent.call"), None, 3, [], {"module_name": "dawassist_agent"}],
)  # fmt: skip
def test_the_agent_profile_answers_our_entry_point_only(asked: Any, started: Callable[[str], Server]) -> None:
    answer = Client(started("agent")).ask(asked, "poll", {}, TOKEN)
    assert answer["type"] == "error"
    assert answer["traceback"].startswith("refused: ")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b"NaN", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 5000, b"9" * 5000,
     b'{"a":' * 100 + b"1" + b"}" * 100, b'{"function": "HOLD"}', b'{"function": {}, "input": []}',
     b'{"function": {"module_name": "dawassist_agent", "name": "call"}, "input": {"args": 3}}',
     b'{"function": {"module_name": "dawassist_agent", "name": "call"}, "input": {"args": []}}'],
)  # fmt: skip
def test_a_request_that_is_none_is_answered_with_an_error(body: bytes, started: Callable[[str], Server]) -> None:
    host = started("agent")
    client = Client(host)
    client.send(framed(body))
    if not body:  # a length of zero says goodbye
        assert client.frame() is None
    else:
        assert json.loads(client.frame() or b"")["type"] == "error"
    assert Client(host).ask(CALL, "poll", {}, TOKEN)["type"] == "result"


@pytest.mark.parametrize("header", [(0).to_bytes(8, "little"), (1 << 63).to_bytes(8, "little"), b"\xff" * 8])
def test_an_impossible_length_ends_the_connection(header: bytes, started: Callable[[str], Server]) -> None:
    host = started("agent")
    client = Client(host)
    client.send(header)
    assert client.frame() is None
    assert Client(host).ask(CALL, "poll", {}, TOKEN)["type"] == "result"


def test_a_stranger_cannot_send_a_long_frame_and_a_friend_can(started: Callable[[str], Server]) -> None:
    host = started("agent")
    stranger = Client(host)
    stranger.send((frames.MAX_STRANGER_FRAME_BYTES + 1).to_bytes(8, "little"))
    assert stranger.frame() is None
    friend = Client(host)
    friend.ask(CALL, "hello", {}, TOKEN)
    assert friend.ask(CALL, "notes_set", {"value": "x" * 100_000})["type"] == "result"


@pytest.mark.parametrize("begun", [b"\x10\x00\x00\x00", (100).to_bytes(8, "little") + b"0123456789"])
def test_half_a_frame_keeps_nobody_waiting_and_is_dropped_after_a_second(
    begun: bytes, started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")
    slow, other = Client(host), Client(host)
    slow.send(begun)
    assert other.ask(CALL, "hello", {}, TOKEN)["type"] == "result"
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1.5)
    host.tick()
    monkeypatch.undo()
    assert slow.frame() is None
    assert other.ask(CALL, "poll", {})["type"] == "result"


def test_a_frame_that_drips_in_has_one_second_from_its_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    monkeypatch.setattr(socket.socket, "setsockopt", lambda *_: None)  # a pair of sockets has no TCP options
    connection = frames.Connection(here, is_trusted=True)
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for _ in range(3):
        there.send(b"x")
        connection.receive()
        clock[0] += 0.4
    assert connection.is_too_slow
    here.close()
    there.close()


def test_a_whole_frame_that_waits_behind_a_long_render_is_answered(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")
    client = Client(host)
    assert client.ask(CALL, "hello", {}, TOKEN)["type"] == "result"
    now = time.monotonic()
    clock = iter([now, now, now + 0.1])  # the tick's time is over as soon as the request came in
    client.send(framed({"function": CALL, "input": {"args": ["poll", {}], "kwargs": {}}}))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock, now + 5.0))
    host.tick()
    monkeypatch.undo()
    monkeypatch.setattr(time, "monotonic", lambda real=time.monotonic: real() + 5.0)
    assert json.loads(client.frame() or b"")["type"] == "result"


def test_a_late_frame_of_impossible_length_ends_its_connection_only(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")
    bad, other = Client(host), Client(host)
    assert other.ask(CALL, "hello", {}, TOKEN)["type"] == "result"
    now = time.monotonic()
    clock = iter([now, now, now + 0.1])
    bad.send((1 << 60).to_bytes(8, "little"))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock, now + 5.0))
    host.tick()
    monkeypatch.undo()
    assert bad.frame() is None
    assert other.ask(CALL, "poll", {})["type"] == "result"


def test_a_connection_that_waits_to_be_served_takes_in_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    monkeypatch.setattr(socket.socket, "setsockopt", lambda *_: None)
    connection = frames.Connection(here, is_trusted=True)
    there.send(framed({}) + framed({}))
    connection.receive()
    there.send(b"more")
    connection.receive()
    assert [connection.take_frame(), connection.take_frame(), connection.take_frame()] == [b"{}", b"{}", None]
    connection.receive()
    connection.receive()  # nothing more there
    here.close()
    with pytest.raises(frames.Closed):
        connection.receive()
    there.close()


def test_a_header_in_two_parts_is_put_together(started: Callable[[str], Server]) -> None:
    host = started("agent")
    client = Client(host)
    whole = framed({"function": CALL, "input": {"args": ["poll", {}, TOKEN], "kwargs": {}}})
    client.send(whole[:3])
    host.tick()
    client.send(whole[3:])
    assert json.loads(client.frame() or b"")["type"] == "result"


def test_a_client_that_is_gone_before_its_answer_disturbs_nobody(started: Callable[[str], Server]) -> None:
    host = started("agent")
    leaving, other = Client(host), Client(host)
    leaving.send(framed({"function": CALL, "input": {"args": ["poll", {}, TOKEN], "kwargs": {}}}))
    leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    leaving.socket.close()
    assert other.ask(CALL, "poll", {}, TOKEN)["type"] == "result"


def test_a_client_that_is_gone_before_it_is_greeted_disturbs_nobody(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")

    def gone(_self: socket.socket) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched, socket.create_connection(("127.0.0.1", host.port)):
        patched.setattr(socket.socket, "accept", gone)
        host.tick()
    assert Client(host).ask(CALL, "poll", {}, TOKEN)["type"] == "result"


def test_the_seventeenth_client_is_turned_away(started: Callable[[str], Server]) -> None:
    host = started("agent")
    clients = [Client(host) for _ in range(server.MAX_CONNECTIONS)]
    assert Client(host).greeting is None
    assert clients[0].ask(CALL, "poll", {}, TOKEN)["type"] == "result"


def test_a_flood_of_requests_is_spread_over_ticks(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")
    client = Client(host)
    client.ask(CALL, "hello", {}, TOKEN)
    answered = []
    monkeypatch.setattr(agent, "call", lambda verb, _payload: answered.append(verb))
    one = framed({"function": CALL, "input": {"args": ["poll", {}], "kwargs": {}}})
    monkeypatch.setattr(server, "LINGER_SECONDS", 0.0)
    client.send(one * 50)
    for _ in range(20):
        host.tick()
    assert len(answered) < 50  # with no time to linger a tick answers none to one
    monkeypatch.setattr(server, "LINGER_SECONDS", 1.0)
    for _ in range(60):
        host._pump(0.0, time.monotonic() + 1.0)
    assert len(answered) == 50


def test_answers_that_are_never_read_end_the_connection(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = started("agent")
    client = Client(host)
    client.ask(CALL, "hello", {}, TOKEN)
    monkeypatch.setattr(agent, "call", lambda _verb, _payload: "x" * (6 << 20))
    client.send(framed({"function": CALL, "input": {"args": ["poll", {}], "kwargs": {}}}) * 30)
    for _ in range(40):
        host.tick()
    assert not host._connections


def test_an_answer_larger_than_the_socket_takes_arrives_whole(
    started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(started("agent"))
    monkeypatch.setattr(agent, "call", lambda _verb, _payload: "x" * (7 << 20))
    assert len(client.ask(CALL, "poll", {}, TOKEN)["value"]) == 7 << 20


def test_a_failing_agent_is_an_error_reply(started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(started("agent"))
    monkeypatch.setattr(agent, "call", lambda _verb, _payload: object())
    assert "not JSON serializable" in client.ask(CALL, "poll", {}, TOKEN)["traceback"]


@pytest.mark.usefixtures("reapy_inside")
class TestCompatible:
    """What an unmodified reapy client needs, and nothing else."""

    def test_functions_of_reaper_methods_and_properties_are_answered(self, started: Callable[[str], Server]) -> None:
        client = Client(started("compatible"))
        track = {"__reapy__": True, "class": "Track", "args": ["T1"], "kwargs": {}}
        module = "reapy.core.track.track"
        answers = [
            client.ask(function("reapy.reascript_api", "CountTracks"), 0),
            client.ask(function("reapy.reascript_api", "_get_api_names")),
            client.ask(function(module, "Track.name.fget"), track),
            client.ask(function(module, "Track.rename"), track, {"__slice__": True, "args": [1, 2, None]}),
            client.ask(function(module, "get_projects")),
            client.ask(CALL, "poll", {}),
        ]
        values = [answer["value"] for answer in answers]
        expected: list[Any] = [3, ["CountTracks"], "name of T1", "T1 is slice(1, 2, None)", ["one"]]
        assert values == [*expected, {"ok": ["poll", {}]}]

    @pytest.mark.parametrize(
        ("module", "name"),
        [("builtins", "eval"), ("os", "system"), ("reapy.reascript_api", "__builtins__"), ("reapy", "core"),
         ("reapy.core.track.track", "open_project"), ("reapy.core.track.track", "Track"),
         ("reapy.core.track.track", "Track.__init__"), ("reapy.core.track.track", "Track.name"),
         ("reapy.core.track.track", "Track.name.fget.__globals__"), ("reapy.core.track.track", "Track.name.getter"),
         ("reapy.core.track.track", "Track.rename.__globals__"), ("reapy.core.never.imported", "X.y"),
         ("reapy.core.track.track", "Nobody.name"), ("reapy.core.track.track", "Track.Inner"),
         ("reapy.core.track.track", "get_projects.x"), (3, 4)],
    )  # fmt: skip
    def test_everything_else_is_refused(self, module: Any, name: Any, started: Callable[[str], Server]) -> None:
        answer = Client(started("compatible")).ask(function(module, name))
        assert answer["traceback"].startswith("refused: ")

    @pytest.mark.parametrize("asked", [None, 3, "eval", [], {"module_name": "reapy.reascript_api"}])
    def test_what_names_no_function_is_refused(self, asked: Any, started: Callable[[str], Server]) -> None:
        assert Client(started("compatible")).ask(asked)["traceback"].startswith("refused: ")

    def test_arguments_keep_their_shape(self, started: Callable[[str], Server]) -> None:
        track = {"__reapy__": True, "class": "Track", "args": [["T", {"a": [1]}]]}
        answer = Client(started("compatible")).ask(function("reapy.core.track.track", "Track.name.fget"), track)
        assert answer["value"] == "name of ['T', {'a': [1]}]"

    @pytest.mark.parametrize(
        "argument",
        [function("os", "getpid"), {"__reapy__": True, "class": "Popen"}, [{"x": function("builtins", "eval")}],
         {"__reapy__": True, "class": "Track", "args": [function("builtins", "eval")]}],
    )  # fmt: skip
    def test_arguments_cannot_smuggle_functions_or_classes(
        self, argument: Any, started: Callable[[str], Server]
    ) -> None:
        answer = Client(started("compatible")).ask(function("reapy.reascript_api", "CountTracks"), argument)
        assert answer["traceback"].startswith("refused: ")

    def test_a_called_function_that_ends_the_program_is_an_error_reply(self, started: Callable[[str], Server]) -> None:
        client = Client(started("compatible"))
        assert "SystemExit" in client.ask(function("reapy.reascript_api", "Explode"))["traceback"]
        assert "not JSON" in client.ask(function("reapy.reascript_api", "Odd"))["traceback"]
        assert client.ask(function("reapy.reascript_api", "CountTracks"), 0)["value"] == 3

    def test_a_hold_ends_with_release_with_its_client_or_after_two_seconds(
        self, started: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "HOLD_SECONDS", 0.05)
        host = started("compatible")
        client = Client(host)
        assert client.ask("HOLD") == {"type": "result", "value": None}
        assert client.ask("RELEASE") == {"type": "result", "value": None}
        client.send(framed({"function": "HOLD"}))
        host.tick()
        assert not host._is_held()
        client.send(framed({"function": "HOLD"}) + framed({"function": "RELEASE"}))
        host.tick()
        assert not host._is_held()
        client.send(framed({"function": "HOLD"}))
        client.socket.shutdown(socket.SHUT_RDWR)
        host.tick()
        assert not host._is_held()
