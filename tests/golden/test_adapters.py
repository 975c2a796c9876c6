"""Every situation is the same session, whether it is read from the file or from a running host."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dawassist.projectfile import ProjectFile
from dawassist.standin.host import Host
from tests.golden.conftest import known_to_files, read_by_agent
from tests.golden.projects import write
from tests.golden.situations import PAN_LAWS, PAN_MODES, SITUATIONS, pan_laws


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_file_and_the_host_give_equal_sessions(name: str, tmp_path: Path, host_of: Callable[[Path], Host]) -> None:
    path = write(tmp_path, SITUATIONS[name]())
    host_of(path)
    assert known_to_files(read_by_agent()) == known_to_files(ProjectFile(path).snapshot())


@pytest.mark.parametrize("law", PAN_LAWS)
@pytest.mark.parametrize("mode", PAN_MODES)
def test_every_pan_law_and_mode_is_read_alike(
    law: str, mode: str, tmp_path: Path, host_of: Callable[[Path], Host]
) -> None:
    path = write(tmp_path, pan_laws(law, mode))
    host_of(path)
    assert known_to_files(read_by_agent()) == known_to_files(ProjectFile(path).snapshot())
