"""Envelopes of takes are heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.audio.tracks import TrackReader
from dawassist.session.model import Envelope, EnvelopeKind, EnvelopePoint, Take
from tests.sessions import make_item, make_session, make_take, make_track

RATE = 8000


def envelope(kind: EnvelopeKind, *points: tuple[float, float], **fields: object) -> Envelope:
    found = tuple(EnvelopePoint(time_seconds=seconds, value=value, shape=0) for seconds, value in points)
    values = {"kind": kind, "guid": "", "active": True, "points": found, "point_count": len(found), **fields}
    return Envelope(**values)  # type: ignore[arg-type]


def reader(folder: Path, take: Take) -> TrackReader:
    """Ones for two seconds, in an item at 0.5 s."""
    soundfile.write(folder / "ones.wav", np.ones((2 * RATE, 2), dtype=np.float32), RATE, subtype="FLOAT")
    item = make_item(take=take, position_seconds=0.5, length_seconds=2.0)
    session = make_session([make_track(items=[item])], folder=folder, sample_rate_hz=RATE)
    return TrackReader(session, session.tracks[0])


def played(folder: Path, take: Take, frames: int = 1000) -> np.ndarray:
    return np.concatenate([*reader(folder, take).blocks(0.5, 2.5, frames)], axis=1)


def test_a_volume_envelope_counts_from_the_items_start_and_multiplies(tmp_path: Path) -> None:
    take = make_take("ones.wav", level_db=-6.0206, envelopes=(envelope("take_volume", (0.5, 0.0), (1.5, -150.0)),))
    expected = 0.5 * np.interp(np.arange(2 * RATE) / RATE, [0.5, 1.5], [1.0, 0.0])
    np.testing.assert_allclose(played(tmp_path, take)[0], expected, atol=1e-4)


def test_a_pan_envelope_adds_to_the_takes_pan(tmp_path: Path) -> None:
    take = make_take("ones.wav", pan=0.25, envelopes=(envelope("take_pan", (0.0, 0.25)),))
    left, right = played(tmp_path, take)
    np.testing.assert_allclose(left, 0.5, atol=1e-6)
    np.testing.assert_allclose(right, 1.0, atol=1e-6)


def test_a_mute_envelope_silences(tmp_path: Path) -> None:
    steps = tuple(
        EnvelopePoint(time_seconds=seconds, value=value, shape=1) for seconds, value in ((0.0, 1.0), (1.0, 0.0))
    )
    found = played(tmp_path, make_take("ones.wav", envelopes=(envelope("take_mute", points=steps, point_count=2),)))
    assert (found[:, : RATE - 50] == 1.0).all()
    assert not found[:, RATE + 50 :].any()


def test_block_sizes_do_not_matter(tmp_path: Path) -> None:
    moving = (
        envelope("take_volume", (0.1, 0.0), (0.3, -20.0), (0.7, 3.0)),
        envelope("take_pan", (0.0, -1.0), (2.0, 1.0)),
    )
    take = make_take("ones.wav", envelopes=moving)
    np.testing.assert_allclose(played(tmp_path, take, 37), played(tmp_path, take, 16000), atol=1e-6)


def test_an_inactive_envelope_does_nothing(tmp_path: Path) -> None:
    off = envelope("take_volume", (0.0, -20.0), active=False)
    found = reader(tmp_path, make_take("ones.wav", envelopes=(off,)))
    assert (np.concatenate([*found.blocks(0.5, 2.5)], axis=1) == 1.0).all()
    assert found.findings == []


@pytest.mark.parametrize(
    "take",
    [
        make_take("ones.wav", envelopes=(envelope("take_pitch", (0.0, 1.0)),)),
        make_take("ones.wav", play_rate=0.5, preserve_pitch=False, envelopes=(envelope("take_volume", (0.0, 1.0)),)),
        make_take("ones.wav", envelopes=(envelope("take_volume", points=(), point_count=200_000),)),
    ],
)
def test_one_that_is_not_followed_is_said(take: Take, tmp_path: Path) -> None:
    (found,) = reader(tmp_path, take).findings
    assert found.kind == "automation"
    assert "take envelopes that are not followed" in found.sentence
