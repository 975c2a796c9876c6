"""The adapters that must keep the same promises: a project file, and REAPER reached in every supported way.

`DAWASSIST_REAPER=live` adds a real REAPER, which must have the hand-made project open.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dawassist.daw import Daw
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session

HANDMADE = Path(__file__).parent.parent / "golden" / "handmade.rpp"
KINDS = ["file", "stock", "compatible", "agent"] + ["live"] * (os.environ.get("DAWASSIST_REAPER") == "live")


@dataclass
class Adapter:
    """A daw, and what the engineer does meanwhile: `move_fader(track number, linear gain)`."""

    kind: str
    daw: Daw
    move_fader: Callable[[int, float], None]

    def session(self) -> Session:
        return self.daw.snapshot()


@pytest.fixture(params=KINDS)
def adapter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Adapter]:
    project = tmp_path / "handmade.rpp"
    shutil.copy(HANDMADE, project)
    if request.param == "file":
        daw = ProjectFile(project, tmp_path / "out.rpp")
        yield Adapter("file", daw, lambda number, gain: _edit_fader(project, number, gain))
        daw.close()
    elif request.param == "live":
        yield from _live()
    else:
        yield from _standin(request.param, project)


def _edit_fader(project: Path, number: int, gain: float) -> None:
    from dawassist.rpp.tree import parse

    tree = parse(project.read_bytes())
    tree.find_all("TRACK")[number - 1].line("VOLPAN").set_token(1, str(gain))
    project.write_bytes(tree.to_bytes())


def _standin(server: str, project: Path) -> Iterator[Adapter]:
    from dawassist.reaper.live import connect
    from dawassist.standin.launch import Standin

    with Standin(project, server=server) as host:
        ports = {"discovery_folder": host.discovery_folder} if server == "agent" else {"web_port": host.web_port}
        daw = connect(**ports)
        yield Adapter(server, daw, host.move_fader)
        daw.close()


def _live() -> Iterator[Adapter]:
    from dawassist.reaper.live import connect

    daw = connect()

    def ask(number: int, gain: float) -> None:
        input(f"In REAPER set the fader of track {number} to the linear gain {gain}, then press Enter: ")

    yield Adapter("live", daw, ask)
    daw.close()
