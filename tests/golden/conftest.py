"""Every hand-made session is read twice: from its file, and by the agent inside a host that has it open."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dawassist.projectfile import ProjectFile
from dawassist.reaper.decoding import session_from_json
from dawassist.session.model import Fingerprint, Fx, Session
from dawassist.standin import binding
from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist_plugins.reascripts import agent, receipts, rendering, settling, snapshot
from tests.golden import band
from tests.golden.band import heard, write_band
from tests.golden.projects import write

NOWHERE = Fingerprint(project_path="", instance="", change_count=0)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[str], Session]:
    """The session of a project's text, saved in `tmp_path`."""
    return lambda text: ProjectFile(write(tmp_path, text)).snapshot()


@pytest.fixture
def host_of(tmp_path: Path) -> Iterator[Callable[[Path], Host]]:
    """A host in this very process with a project open; the agent's functions act on it."""
    names = sys.modules["__main__"].__dict__
    before, module_before = dict(names), sys.modules.get("reaper_python")

    def open_project(path: Path) -> Host:
        host = Host(Project(path), tmp_path)
        binding.install(host)
        return host

    try:
        yield open_project
    finally:
        for kept in (receipts._stored, receipts._marked_in, snapshot._current, settling._watched, rendering._jobs):
            kept.clear()
        agent._alone["is_deferred"] = False
        names.clear()
        names.update(before)
        sys.modules.pop("reaper_python", None)
        if module_before is not None:
            sys.modules["reaper_python"] = module_before


def read_by_agent() -> Session:
    reading = snapshot.Snapshot()
    reading.work(60.0)
    assert reading.text is not None, reading.error
    return replace(session_from_json(json.loads(reading.text), "1"), fingerprint=NOWHERE)


def known_to_files(session: Session) -> Session:
    """Without where it is and without the parameters of third-party plug-ins, which only a host knows."""
    return replace(
        session,
        fingerprint=NOWHERE,
        tracks=tuple(replace(t, fx=tuple(_known(fx) for fx in t.fx)) for t in session.tracks),
    )


def _known(fx: Fx) -> Fx:
    return fx if "(Cockos)" in fx.name else replace(fx, parameters=None)


@pytest.fixture(scope="session")
def band_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The band, and microphones: the second of the voice is 90 samples (1.9 ms) late and inverted."""
    place = tmp_path_factory.mktemp("band")
    write_band(
        place,
        voice_2=heard(band.voice(), late=90, gain=-0.9),
        kick_sample=band.kick_sample(),
        dual=np.stack((band.guitar(), band.guitar())),
        boom=band.stretches(band.voice(), (110.0, 420.0, 260.0)),
        still=heard(band.voice(), late=260.0),
    )
    return place
