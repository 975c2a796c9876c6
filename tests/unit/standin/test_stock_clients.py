"""Unmodified reapy, object layer included, in a process of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dawassist.rpp.tree import parse
from dawassist.standin.launch import Standin

HANDMADE = Path(__file__).parents[2] / "golden" / "handmade.rpp"
CLIENT = Path(__file__).parent / "reapy_client.py"


def ask(host: Standin, action: str) -> dict[str, Any]:
    command = [sys.executable, str(CLIENT), str(host.web_port), action]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    answer: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("server", ["stock", "compatible"])
def test_a_stock_client_lists_the_session_and_sets_a_fader(server: str, tmp_path: Path) -> None:
    project = Path(shutil.copy(HANDMADE, tmp_path / "song.rpp"))
    saved = tmp_path / "saved.rpp"
    with Standin(project, server=server, save=saved) as host:  # type: ignore[arg-type]
        found = ask(host, "list")
        assert found["tracks"] == ["Drums", "Kick", "Snare top", "Bass", "Lead vocal", "Keys", "Reverb", "Cue"]
        assert found["fx"][1] == ["VST: ReaEQ (Cockos)", "VST: ReaComp (Cockos)"]
        assert found["parameters"] == ["Threshold", "Ratio", "Attack"]
        assert found["threshold"] == pytest.approx(0.25)
        assert found["items"] == [[0.5, 7.5], [8.0, 4.0]]
        assert found["take"] == "kick.wav"
        assert found["sends"] == [0, 0, 1, 1, 2, 0, 0, 0]
        assert found["envelopes"] == ["Volume", "Pan"]
        assert (found["markers"], found["regions"]) == (1, 1)
        assert found["selected"] == ["Lead vocal"]
        assert ask(host, "set") == {"fader": 0.25}
    before, after = HANDMADE.read_bytes().splitlines(), saved.read_bytes().splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(b"    VOLPAN 0.70794578438414 0 -1 -1 1", b"    VOLPAN 0.25 0 -1 -1 1")]


def test_an_unchanged_session_saves_byte_for_byte(tmp_path: Path) -> None:
    saved = tmp_path / "saved.rpp"
    with Standin(HANDMADE, server="stock", save=saved):
        pass
    assert saved.read_bytes() == HANDMADE.read_bytes()
    parse(saved.read_bytes())


def test_a_client_without_the_token_is_refused(tmp_path: Path) -> None:
    from dawassist.errors import KnownError
    from dawassist.reaper.wire import Wire

    with Standin(HANDMADE, server="agent") as host:
        for module, name, arguments in (
            ("reapy.reascript_api", "CountTracks", [0]),
            ("builtins", "eval", ["1+1"]),
            ("dawassist_agent", "call", ["hello", {}, ""]),
        ):
            wire = Wire(host.server_port)
            with pytest.raises(KnownError):
                wire.request(module, name, list(arguments), seconds=5.0)
            wire.close()
        token = host.token_file.read_text()
        assert host.token_file.stat().st_mode & 0o777 == 0o600
        wire = Wire(host.server_port)
        assert wire.request("dawassist_agent", "call", ["hello", {}, token], seconds=5.0)["ok"]["version"]
        wire.close()
