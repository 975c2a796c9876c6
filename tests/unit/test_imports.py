"""Importing the package is light: no socket, no thread, nothing heavy."""

import subprocess
import sys

import pytest

_HEAVY = ("PyQt6", "pedalboard", "reapy", "rtmidi", "scipy", "soundfile", "soxr", "psutil", "platformdirs")


def run(code: str) -> str:
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return found.stdout.strip()


@pytest.mark.parametrize(
    "module", ["dawassist", "dawassist.session.model", "dawassist.plan.model", "dawassist.transaction", "dawassist.cli"]
)
def test_light_modules_import_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {_HEAVY!r} if name in sys.modules])"
    assert run(code) == "[]"


def test_importing_opens_no_socket_and_starts_no_thread() -> None:
    code = (
        "import socket, threading\n"
        "def refuse(*a, **k): raise AssertionError('a socket was opened')\n"
        "socket.socket = refuse\n"
        "import dawassist, dawassist.assistant, dawassist.cli.parser\n"
        "print(threading.active_count())"
    )
    assert run(code) == "1"


def test_the_core_works_without_qt() -> None:
    code = "import sys; sys.modules['PyQt6'] = None; import dawassist.assistant, dawassist.cli.parser; print('ok')"
    assert run(code) == "ok"
