"""Which REAPERs are there and in which state, decided with files and raw sockets."""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from dawassist.errors import ConnectionStateError, SetupError
from dawassist.reaper import discovery, installation, resource_folder
from dawassist.reaper.discovery import Instance

STARTED = psutil.Process().create_time() + 1.0
DEAD_PID = 2**22 + 1  # above the kernel's limit


def announce(folder: Path, *, pid: int = os.getpid(), port: int = 1, started: float = STARTED, **more: Any) -> None:
    content = {"pid": pid, "started": started, "port": port, "token": "t", "version": "1", "project_path": "/song.rpp"}
    (folder / f"{pid}.json").write_text(json.dumps({**content, **more}), encoding="utf-8")


def state(found: tuple[Instance, ...], wanted: str | None = None) -> ConnectionStateError:
    with pytest.raises(ConnectionStateError) as caught:
        discovery.choose(found, wanted)
    assert caught.value.next_step
    return caught.value


def test_announcements_are_read_and_damaged_ones_passed_over(tmp_path: Path) -> None:
    announce(tmp_path)
    for name, text in (("1.json", "{"), ("2.json", "[]"), ("3.json", '{"pid": 3}'), ("4.json", "null")):
        (tmp_path / name).write_text(text)
    (tmp_path / "5.json").write_bytes(b"\xff")
    (tmp_path / "6.json").mkdir()
    (found,) = discovery.instances(tmp_path)
    assert (found.pid, found.port, found.project_path) == (os.getpid(), 1, "/song.rpp")
    assert discovery.instances(tmp_path / "missing") == ()


def test_a_file_of_somebody_else_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(tmp_path)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert discovery.instances(tmp_path) == ()


def test_the_folder_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAWASSIST_DISCOVERY_FOLDER", str(tmp_path))
    assert discovery.default_folder() == tmp_path
    monkeypatch.delenv("DAWASSIST_DISCOVERY_FOLDER")
    assert discovery.default_folder().name.startswith("dawassist")


class TestChoosing:
    def test_the_living_one_is_taken(self, tmp_path: Path) -> None:
        announce(tmp_path)
        announce(tmp_path, pid=DEAD_PID)
        assert discovery.choose(discovery.instances(tmp_path), None).pid == os.getpid()

    def test_only_dead_ones_are_gone(self, tmp_path: Path) -> None:
        announce(tmp_path, pid=DEAD_PID)
        assert state(discovery.instances(tmp_path)).state == "gone"

    def test_another_process_under_the_old_number_is_not_it(self, tmp_path: Path) -> None:
        announce(tmp_path, started=STARTED - 1000.0)
        assert state(discovery.instances(tmp_path)).state == "gone"

    def test_a_process_that_may_not_be_looked_at_is_believed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(_pid: int) -> None:
            raise psutil.AccessDenied

        announce(tmp_path)
        monkeypatch.setattr(psutil, "Process", denied)
        assert discovery.choose(discovery.instances(tmp_path), None).pid == os.getpid()

    def test_a_process_that_has_ended_and_waits_to_be_buried_is_gone(self, tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.read()  # until it ends; it is not waited for
            while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
                pass
            announce(tmp_path, pid=child.pid, started=time.time())
            assert state(discovery.instances(tmp_path)).state == "gone"

    def test_several_need_a_choice(self, tmp_path: Path) -> None:
        announce(tmp_path)
        announce(tmp_path, pid=os.getppid(), project_path="")
        found = discovery.instances(tmp_path)
        error = state(found)
        assert f"{os.getpid()}: /song.rpp" in error.why
        assert f"{os.getppid()}: unsaved project" in error.why
        assert discovery.choose(found, str(os.getppid())).pid == os.getppid()

    def test_an_unknown_choice_is_told_with_those_there_are(self, tmp_path: Path) -> None:
        assert state((), "77").why == "None has announced itself."
        announce(tmp_path)
        assert str(os.getpid()) in state(discovery.instances(tmp_path), "77").why

    def test_none_is_not_started_or_not_set_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        manifest = tmp_path / installation.MANIFEST
        monkeypatch.setattr(resource_folder, "find_resource_folder", lambda: tmp_path)
        assert state(()).state == "not_set_up"
        manifest.parent.mkdir(parents=True)
        manifest.write_text("{}")
        assert state(()).state == "not_started"

        def nowhere() -> Path:
            raise SetupError("no REAPER")

        monkeypatch.setattr(resource_folder, "find_resource_folder", nowhere)
        assert state(()).state == "not_set_up"


def test_states_of_a_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_GREETING_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        announce(tmp_path, port=port)
        (instance,) = discovery.instances(tmp_path)
        assert discovery.state_of(instance) == "busy"

        def greet() -> None:
            for _ in range(2):  # the first waits in the queue since the look above
                client, _ = listener.accept()
                with client:
                    client.sendall(b"hello")

        monkeypatch.setattr(discovery, "_GREETING_SECONDS", 5.0)
        thread = threading.Thread(target=greet)
        thread.start()
        assert discovery.state_of(instance) == "ready"
        thread.join()
    assert discovery.state_of(instance) == "stale"
    announce(tmp_path, pid=DEAD_PID)
    assert [discovery.state_of(i) for i in discovery.instances(tmp_path) if i.pid == DEAD_PID] == ["gone"]


class Web:
    """REAPER's web interface as a test tells it: `pages` by path, or a raw answer."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.raw: bytes | None = None
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_given: Any) -> None:
                return None

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if outer.raw is not None:
                    self.wfile.write(outer.raw)
                    return
                if self.path.startswith("/_/_RS"):
                    outer.pages["server_port"] = "2306"
                key = self.path.rpartition("/")[2]
                body = f"EXTSTATE\treapy\t{key}\t{outer.pages.get(key, '')}\n".encode()
                self.send_response(200 if "missing" not in outer.pages else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()
    yield site
    site.close()


class TestStock:
    """The port of a reapy server, by REAPER's web interface."""

    @pytest.mark.parametrize(
        ("value", "port"), [("2306", 2306), ("2306.0", 2306), ("", None), ("abc", None), ("-1", None), ("9" * 9, None)]
    )
    def test_the_published_port(self, value: str, port: int | None, web: Web) -> None:
        web.pages["server_port"] = value
        assert discovery.stock_server_port(web.port) == port

    @pytest.mark.parametrize("raw", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"])
    def test_a_web_server_that_is_none(self, raw: bytes, web: Web) -> None:
        web.raw = raw
        assert discovery.stock_server_port(web.port) is None

    def test_no_web_server_and_a_page_that_is_missing(self, web: Web) -> None:
        web.pages.update(missing="", server_port="2306")
        assert discovery.stock_server_port(web.port) is None
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        assert discovery.stock_server_port(port) is None

    def test_a_proxy_is_not_asked(self, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        web.pages["server_port"] = "2306"
        assert discovery.stock_server_port(web.port) == 2306

    def test_a_server_that_was_set_up_and_not_started_is_started(self, web: Web) -> None:
        web.pages["activate_reapy_server"] = '"_RSabc123"'
        assert discovery.start_stock_server(web.port) == 2306
        assert "/_/_RSabc123" in web.asked

    def test_an_action_that_is_none_is_not_run_and_one_that_fails_is_given_up(
        self, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        web.pages["activate_reapy_server"] = '"_RS/../SET"'
        assert discovery.start_stock_server(web.port) is None
        assert all("SET" not in path for path in web.asked)
        monkeypatch.setattr(discovery, "_START_SECONDS", 0.15)
        web.pages["activate_reapy_server"] = '"_XYZ"'
        assert discovery.start_stock_server(web.port) is None
