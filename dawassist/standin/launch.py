"""Starting a stand-in host as a process of its own, talking to its back door, and ending it."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dawassist.errors import KnownError
from dawassist.standin.servers import ServerKind

_START_SECONDS = 20.0
_END_SECONDS = 10.0


class Standin:
    """A context manager; or `start` and `stop`. The process never outlives it."""

    def __init__(
        self,
        session: Path,
        *,
        server: ServerKind = "agent",
        hz: float = 30.0,
        faults: Sequence[str] = (),
        save: Path | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dawassist-host-")
        self.discovery_folder = Path(self._folder.name) / "discovery"
        self.token_file = Path(self._folder.name) / "token"
        self._command = [
            sys.executable, "-m", "dawassist.standin", str(session), "--server", server, "--hz", str(hz),
            "--discovery-folder", str(self.discovery_folder), "--token-file", str(self.token_file),
            *(text for fault in faults for text in ("--fault", fault)),
            *(("--save", str(save)) if save else ()),
        ]  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self.web_port = 0
        self.server_port = 0
        self.pid = 0

    def start(self) -> Self:
        """Raises KnownError when the host does not come up."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment()
        )
        watchdog = threading.Timer(_START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            watchdog.cancel()
        if not line:
            self._process.kill()
            _, errors = self._process.communicate()
            self._folder.cleanup()
            raise KnownError("The stand-in host did not start.", why=errors.strip()[-2000:] or "It gave no reason.")
        ports = json.loads(line)
        self.web_port, self.server_port, self.pid = ports["web_port"], ports["server_port"], ports["pid"]
        return self

    def stop(self) -> str:
        """End the process; returns what it wrote to stderr."""
        process, self._process = self._process, None
        if process is None:
            return ""
        process.terminate()
        try:
            _, errors = process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
        self._folder.cleanup()
        return errors

    def poke(self, *words: object) -> Any:
        """What a person does meanwhile, see `dawassist.standin.web`: ``poke("fader", 3, 0.5)``."""
        path = "/".join(urllib.parse.quote(str(word), safe="") for word in words)
        url = f"http://127.0.0.1:{self.web_port}/_standin/{path}"
        with urllib.request.urlopen(url, timeout=_END_SECONDS) as answer:
            return json.loads(answer.read())

    def move_fader(self, track_number: int, gain: float) -> None:
        self.poke("fader", track_number, gain)

    def stats(self) -> dict[str, list[float]]:
        """Milliseconds per tick: `cpu_ms` and `wall_ms`."""
        found: dict[str, list[float]] = self.poke("stats")
        return found

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    """The child finds this very package, installed or not."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
