"""Every state of the connection has its sentence, decided with files and raw sockets only."""

import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dawassist.errors import ConnectionStateError
from dawassist.reaper import discovery, doctor, installation
from dawassist.reaper.installation import install, plan_installation
from dawassist.standin.launch import Standin

HANDMADE = Path(__file__).parents[2] / "golden" / "handmade.rpp"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No REAPER of the person who runs the tests takes part."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(discovery, "STOCK_WEB_PORT", 1)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Accepts by backlog and never greets, as a REAPER with an open dialog does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def refusing_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def announce(folder: Path, port: int, *, pid: int | None = None) -> Path:
    import psutil

    folder.mkdir(exist_ok=True)
    own = os.getpid() if pid is None else pid
    started = psutil.Process(os.getpid()).create_time()
    data = {"pid": own, "started": started, "port": port, "token": "t", "version": "1", "project_path": "/song.rpp"}
    path = folder / f"{own}.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def sentences(folder: Path, reaper_folder: Path | None = None, web_port: int | None = None) -> str:
    checks = doctor.examine(reaper_folder=reaper_folder, discovery_folder=folder, web_port=web_port)
    return "\n".join(f"{check.mark} {check.sentence}" for check in checks)


def test_nothing_set_up_names_the_three_ways_on(tmp_path: Path) -> None:
    text = sentences(tmp_path / "nobody")
    assert "✕ No REAPER was found." in text
    assert "not set up" in text
    assert "dawassist demo" in text


def test_set_up_but_not_started_names_the_action(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "REAPER"
    folder.mkdir()
    (folder / "reaper.ini").write_bytes(b"[REAPER]\n")
    library = tmp_path / "libpython.so"
    library.write_bytes(b"")
    install(plan_installation(folder, library), running=lambda: ())
    monkeypatch.setattr("dawassist.reaper.resource_folder.standard_folders", lambda *_arguments: (folder,))
    text = sentences(tmp_path / "nobody")
    assert "✓ The server and agent script is installed and current." in text
    assert "✓ The action “dawassist: Suggest mix” is registered." in text
    assert "not started" in text
    (folder / installation.SERVER_SCRIPT).write_bytes(b"old")
    (folder / "reaper-kb.ini").write_bytes(b"")
    library.unlink()
    text = sentences(tmp_path / "nobody")
    assert "of another version" in text
    assert "is not registered" in text
    assert "which does not exist" in text


def test_a_web_interface_without_a_password_is_named_as_a_danger(tmp_path: Path) -> None:
    folder = tmp_path / "REAPER"
    folder.mkdir()
    ini = b"[REAPER]\ncsurf_0=HTTP 0 2307 '' 'index.html' 0 ''\n"
    (folder / "reaper.ini").write_bytes(ini)
    library = tmp_path / "libpython.so"
    library.write_bytes(b"")
    install(plan_installation(folder, library), running=lambda: ())
    text = sentences(tmp_path / "nobody", folder)
    assert "port 2307 on every network interface" in text


def test_a_dead_process_is_gone(tmp_path: Path) -> None:
    announce(tmp_path / "run", 1, pid=2**22 - 3)
    text = sentences(tmp_path / "run")
    assert "that process has ended" in text
    assert "(gone)" in text


def test_a_refused_port_is_stale_and_a_silent_one_busy(tmp_path: Path, refusing_port: int, silent_port: int) -> None:
    path = announce(tmp_path / "run", refusing_port)
    assert "(stale)" in sentences(tmp_path / "run")
    path.unlink()
    announce(tmp_path / "run", silent_port)
    text = sentences(tmp_path / "run")
    assert "(busy)" in text
    assert "dialog or a render" in text


def test_damaged_and_foreign_announcements_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "1.json").write_text("{", encoding="utf-8")
    (folder / "2.json").write_text("[]", encoding="utf-8")
    assert discovery.instances(folder) == ()


def test_several_reapers_are_listed_and_one_can_be_chosen(tmp_path: Path) -> None:
    announce(tmp_path / "run", 1)
    one = discovery.instances(tmp_path / "run")[0]
    with pytest.raises(ConnectionStateError, match="Several REAPERs"):
        discovery.choose((one, one), None)
    assert discovery.choose((one,), str(os.getpid())) == one
    with pytest.raises(ConnectionStateError, match="There is no REAPER 7"):
        discovery.choose((one,), "7")


def test_a_running_host_is_ready_and_a_stock_server_is_told_to_be_open(tmp_path: Path) -> None:
    project = Path(shutil.copy(HANDMADE, tmp_path / "song.rpp"))
    with Standin(project, server="agent") as host:
        text = sentences(host.discovery_folder)
        assert "it answers." in text
        assert "✓ Connected" in text
    with Standin(project, server="stock") as host:
        text = sentences(tmp_path / "nobody", web_port=host.web_port)
        assert "✓ Connected" in text
        assert "has no password" in text


def test_looking_never_leaves_a_thread_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    sentences(tmp_path / "nobody")
    assert threading.active_count() == before
