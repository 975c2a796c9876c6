"""The balance in numbers: changed states equal states built anew, automation is followed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.analysis.model import BlockCovariance
from dawassist.plan.mix_state import MixState
from dawassist.session.model import Envelope, EnvelopePoint, Session
from dawassist.session.targets import TrackTarget
from dawassist.units import SILENCE_DB
from tests.sessions import make_guid, make_item, make_session, make_track

COUNT = 4
BLOCKS = 30


def covariance() -> BlockCovariance:
    """Correlated noise, so that cross terms count."""
    chance = np.random.default_rng(3)
    signals = chance.normal(size=(2 * COUNT, 3 * COUNT)) * 0.1
    tensor = np.stack([signals @ np.diag(chance.uniform(0.1, 1.0, 3 * COUNT)) @ signals.T for _ in range(BLOCKS)])
    guids = tuple(make_guid(number) for number in range(1, COUNT + 1))
    return BlockCovariance(
        track_guids=guids, tensor=tensor.astype(np.float32), block_seconds=np.arange(BLOCKS) * 0.1, is_exact=True
    )


def session(*envelopes: Envelope) -> Session:
    tracks = [make_track(number=n, items=[make_item("a.wav")], pan=0.2 * n) for n in range(1, COUNT + 1)]
    tracks[0] = make_track(number=1, items=[make_item("a.wav")], envelopes=envelopes)
    return make_session(tracks)


def ride(*values_db: float) -> Envelope:
    points = tuple(EnvelopePoint(time_seconds=2.0 * n, value=value) for n, value in enumerate(values_db))
    return Envelope(kind="volume", guid="", active=True, points=points, point_count=len(points))


SESSIONS = {"still": session(), "automated": session(ride(0.0, -20.0))}


@pytest.mark.parametrize("kind", SESSIONS)
@settings(max_examples=20)
@given(moves=st.dictionaries(st.integers(1, COUNT), st.tuples(st.floats(0, 4), st.floats(-1, 1)), max_size=COUNT))
def test_a_changed_state_equals_one_built_anew(kind: str, moves: dict[int, tuple[float, float]]) -> None:
    overrides = {}
    for number, (gain, pan) in moves.items():
        overrides[TrackTarget(track_guid=make_guid(number), field="fader_gain")] = gain
        overrides[TrackTarget(track_guid=make_guid(number), field="pan")] = pan
    changed = MixState(SESSIONS[kind], covariance()).changed(overrides)
    fresh = MixState(SESSIONS[kind], covariance(), overrides)
    assert changed.powers == pytest.approx(
        fresh.powers, rel=1e-3, abs=1e-5 * MixState(SESSIONS[kind], covariance()).powers.max()
    )
    for number in range(1, COUNT + 1):
        assert changed.track_lufs[make_guid(number)] == pytest.approx(fresh.track_lufs[make_guid(number)], abs=1e-6)


def test_the_loudness_of_a_part_is_that_of_its_tracks_alone() -> None:
    mix = MixState(SESSIONS["still"], covariance())
    for guid in mix.covariance.track_guids:
        assert mix.part_lufs([guid]) == pytest.approx(mix.track_lufs[guid], abs=1e-3)
    assert mix.part_lufs(mix.covariance.track_guids) == pytest.approx(mix.mix_lufs, abs=1e-3)
    assert mix.part_lufs([]) == SILENCE_DB
    assert mix.margin([]) is None


def test_a_ride_counts() -> None:
    still, automated = (MixState(SESSIONS[kind], covariance()) for kind in ("still", "automated"))
    assert automated.track_lufs[make_guid(1)] < still.track_lufs[make_guid(1)] - 3.0
    assert automated.track_lufs[make_guid(2)] == pytest.approx(still.track_lufs[make_guid(2)])
