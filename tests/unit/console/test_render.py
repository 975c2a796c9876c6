"""Rendering the mix and stems in blocks."""

from collections.abc import Iterator

import numpy as np
import pytest

from dawassist.console.gains import Console
from dawassist.console.render import render_mix, render_stem
from dawassist.session.model import Envelope, EnvelopePoint, Session, Track
from dawassist.session.targets import TrackTarget
from tests.sessions import make_guid, make_item, make_session, make_track

RATE = 8000


def ramp_of(
    _session: Session, track: Track, start_seconds: float, end_seconds: float, frames: int
) -> Iterator[np.ndarray]:
    """A signal that tells track and time: number + seconds, the right side half of it."""
    first, end = round(start_seconds * RATE), round(end_seconds * RATE)
    for start in range(first, end, frames):
        left = track.number + np.arange(start, min(start + frames, end)) / RATE
        yield np.stack((left, 0.5 * left)).astype(np.float32)


def rendered(blocks: Iterator[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros((2, 0), dtype=np.float32), *blocks], axis=1)


@pytest.fixture
def made() -> Session:
    item = make_item("a.wav", length_seconds=2.0)
    return make_session(
        [
            make_track(number=1, folder_depth=1, fader_db=-6.0, items=[item]),
            make_track(number=2, pan=0.5, folder_depth=-1, items=[item]),
            make_track(number=3, muted=True, items=[item]),
        ],
        sample_rate_hz=RATE,
    )


@pytest.mark.parametrize("block_frames", [1, 999, 50_000])
def test_the_mix_is_the_sum_of_gains_times_signals(made: Session, block_frames: int) -> None:
    end = 1.0 if block_frames > 1 else 0.01
    mix = rendered(render_mix(made, 0.0, end, block_frames=block_frames, blocks_of=ramp_of))
    console = Console(made)
    expected = sum(
        console.gain_matrix(t.guid) @ rendered(ramp_of(made, t, 0.0, end, 100_000)) for t in made.tracks
    )  # fmt: skip
    np.testing.assert_allclose(mix, expected, rtol=1e-5)
    assert mix.shape == (2, round(end * RATE))
    assert mix.dtype == np.float32


def test_what_if_values_change_the_mix(made: Session) -> None:
    silent = {TrackTarget(track_guid=make_guid(1), field="mute"): 1.0}
    assert not rendered(render_mix(made, 0.0, 1.0, overrides=silent, blocks_of=ramp_of)).any()


def test_a_folders_stem_is_its_own_items_and_its_children_before_its_fader(made: Session) -> None:
    stem = rendered(render_stem(made, make_guid(1), 0.0, 1.0, blocks_of=ramp_of))
    own = rendered(ramp_of(made, made.tracks[0], 0.0, 1.0, 9999))
    child = np.diag([0.5, 1.0]) @ rendered(ramp_of(made, made.tracks[1], 0.0, 1.0, 9999))
    np.testing.assert_allclose(stem, own + child, rtol=1e-5)


def test_a_tracks_stem_is_its_signal_whatever_its_fader_and_mute(made: Session) -> None:
    stem = rendered(render_stem(made, make_guid(3), 0.5, 1.0, blocks_of=ramp_of))
    np.testing.assert_allclose(stem, rendered(ramp_of(made, made.tracks[2], 0.5, 1.0, 9999)))


def test_an_envelope_moves_without_steps_and_block_sizes_do_not_matter() -> None:
    points = (EnvelopePoint(time_seconds=0.0, value=0.0), EnvelopePoint(time_seconds=1.0, value=-150.0))
    fade = Envelope(kind="volume", guid="", active=True, points=points, point_count=2)
    track = make_track(number=1, envelopes=[fade], items=[make_item("a.wav")])
    made = make_session([track], sample_rate_hz=RATE)
    expected = rendered(ramp_of(made, track, 0.0, 1.0, 9999)) * np.linspace(1.0, 0.0, RATE, endpoint=False)
    for block_frames in (777, 8000):
        mix = rendered(render_mix(made, 0.0, 1.0, block_frames=block_frames, blocks_of=ramp_of))
        np.testing.assert_allclose(mix, expected, atol=1e-4)


def test_an_empty_session_or_range_renders_silence_or_nothing(made: Session) -> None:
    assert rendered(render_mix(made, 1.0, 1.0, blocks_of=ramp_of)).shape == (2, 0)
    assert not rendered(render_mix(make_session(sample_rate_hz=RATE), 0.0, 1.0, blocks_of=ramp_of)).any()
