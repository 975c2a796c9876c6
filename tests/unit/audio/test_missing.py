"""Media that is missing, empty or damaged is one line of the Session check."""

from pathlib import Path

import numpy as np
import soundfile

from dawassist.audio.missing import silent_files
from dawassist.plan.wording import sentence_faults
from tests.sessions import make_item, make_session, make_track


def test_files_that_are_not_there_or_hold_nothing_are_one_line_with_the_first_three(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "kick.wav", np.zeros(64), 48000)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "damaged.wav").write_bytes(b"not a sound")
    names = ("kick.wav", "gone.wav", "empty.wav", "damaged.wav", "lost.wav")
    tracks = [make_track(number=n, name=name[:-4], items=[make_item(name)]) for n, name in enumerate(names, start=1)]
    (found,) = silent_files(make_session(tracks, folder=tmp_path))
    assert found.sentence == (
        "4 files are not there or cannot be read, so that items are silent: gone.wav on 2 gone, empty.wav on 3 empty, "
        "damaged.wav on 4 damaged and 1 more."
    )
    assert (found.kind, found.track_guid) == ("session_check", tracks[1].guid)
    assert sentence_faults(found.sentence) == []


def test_a_file_that_plays_is_no_finding_and_neither_is_a_muted_take_that_does_not(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "kick.wav", np.zeros(64), 48000)
    track = make_track(items=[make_item("kick.wav"), make_item("gone.wav", active_take=-1)])
    assert silent_files(make_session([track], folder=tmp_path)) == ()
