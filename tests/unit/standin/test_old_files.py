"""Projects of old REAPERs, which hold no GUIDs."""

import re
from pathlib import Path

from dawassist.standin.project import Project

GUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
OLD = """<REAPER_PROJECT 0.1
<TRACK
NAME a
<FXCHAIN
BYPASS 0
<JS "Guitar/phaser"
0.5 440.0 - -
>
>
<ITEM
POSITION 0
LENGTH 1
<SOURCE WAVE
FILE "a.wav"
>
>
>
<TRACK
NAME b
>
>
"""


def test_everything_gets_a_guid_at_load_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "old.rpp"
    path.write_text(OLD)
    project = Project(path)
    first, second = project.tracks
    (item,) = first.items
    (take,) = item.takes
    assert take is not None
    made = [first, second, first.fx[0], item, take]
    guids = [each.guid for each in made]
    assert all(GUID.fullmatch(guid) for guid in guids)
    assert len(set(guids)) == len(guids)
    assert [each.guid for each in made] == guids


def test_making_them_is_no_change_of_the_project(tmp_path: Path) -> None:
    path = tmp_path / "old.rpp"
    path.write_text(OLD)
    project = Project(path)
    assert all(track.guid for track in project.tracks)
    assert project.tree.to_bytes() == OLD.encode()
    assert not project.history.done
