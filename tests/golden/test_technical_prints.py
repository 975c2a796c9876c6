"""A recorder's own mix beside its single tracks, all in one file of many channels."""

from pathlib import Path

import numpy as np

from tests.golden import band
from tests.golden.band import SECONDS
from tests.golden.projects import item, project, track, write_wave
from tests.golden.technical import Told

NAMES = ("Mix", "Lav 1", "Lav 2", "Boom")


def recorder(folder: Path, *, muted: str = "") -> str:
    """Channel 1 is the sum of channels 2 to 4, at other levels and with a noise 30 dB under it."""
    parts = [band.voice(), band.guitar(), band.bass()]
    chance = np.random.default_rng(3)
    mix = 0.8 * parts[0] + 0.5 * parts[1] + 0.6 * parts[2]
    mix = mix + 10 ** (-30 / 20) * np.std(mix) * chance.standard_normal(len(mix))
    write_wave(folder, "poly.wav", np.stack([mix, *parts]))
    modes = (3, 4, 5, 6)  # left, right, mono 3, mono 4
    return project(
        *(
            track(
                name,
                items=[item("poly.wav", length=SECONDS, channel_mode=mode)],
                mute_solo="1 0 0" if name == muted else "0 0 0",
            )
            for name, mode in zip(NAMES, modes, strict=True)
        )
    )


def test_a_mix_that_plays_beside_its_single_tracks_is_told_and_kept_out(tmp_path: Path) -> None:
    told = Told(tmp_path, recorder(tmp_path))
    assert told.faults == {("duplicate", frozenset({1, 2}))}
    (finding,) = told.findings
    assert finding.sentence.startswith("Mix is the sum of 2 Lav 1, 3 Lav 2 and 4 Boom, residual -")
    assert all(move.track_number != 1 for move in told.plan.recommendations)
    assert told.technical_moves == set()


def test_a_mix_whose_parts_are_muted_in_place_of_it_is_no_fault(tmp_path: Path) -> None:
    assert Told(tmp_path, recorder(tmp_path, muted="Mix")).faults == set()
    assert Told(tmp_path, recorder(tmp_path, muted="Lav 1")).faults == set()


def test_every_channel_of_a_file_is_heard_where_its_take_says(tmp_path: Path) -> None:
    from dawassist.audio.tracks import read_track

    told = Told(tmp_path, recorder(tmp_path))
    heard = [read_track(told.session, each, 0.0, 2.0)[0] for each in told.session.tracks]
    for signal, part in zip(heard[1:], (band.voice(), band.guitar(), band.bass()), strict=True):
        np.testing.assert_allclose(signal, part[: len(signal)], atol=1e-3)
