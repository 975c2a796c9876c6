"""Mixed sample rates are seen in the headers, before anything is heard."""

from pathlib import Path

import numpy as np
import soundfile

from dawassist.audio.rates import mixed_rates
from tests.sessions import make_item, make_session, make_track


def write(folder: Path, name: str, rate: int) -> None:
    soundfile.write(folder / name, np.zeros(64), rate)


def test_one_line_says_how_many_files_have_which_rate_and_where_the_first_stranger_is(tmp_path: Path) -> None:
    for name, rate in (("kick.wav", 48000), ("snare.wav", 48000), ("bass.wav", 44100)):
        write(tmp_path, name, rate)
    names = ("kick.wav", "snare.wav", "bass.wav", "missing.wav")
    tracks = [make_track(number=n, name=name[:-4], items=[make_item(name)]) for n, name in enumerate(names, start=1)]
    (found,) = mixed_rates(make_session(tracks, folder=tmp_path))
    assert found.sentence == (
        "Files in a session of 48000 Hz: 2 at 48000 Hz, 1 at 44100 Hz; REAPER converts, the first is bass.wav "
        "on 3 bass."
    )
    assert (found.kind, found.track_guid) == ("session_check", tracks[2].guid)


def test_files_of_the_session_rate_are_no_finding(tmp_path: Path) -> None:
    write(tmp_path, "a.wav", 96000)
    track = make_track(items=[make_item("a.wav"), make_item("a.wav")])
    assert mixed_rates(make_session([track], folder=tmp_path, sample_rate_hz=96000)) == ()
