"""Loudness without rendering agrees with rendering and measuring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.analysis import covariance as covariance_module
from dawassist.analysis.covariance import CovarianceMeter, mix_loudness, track_loudness
from dawassist.analysis.k_weighting import KWeighting
from dawassist.analysis.model import BlockCovariance
from dawassist.analysis.signal_meter import measure
from dawassist.units import SILENCE_DB

RATE = 8000
HOP = 800
TRACKS = 4


def session_signals(seed: int, seconds: int = 6) -> np.ndarray:
    """Correlated tracks (bleed) of different levels with pauses, shape (2n, frames)."""
    generator = np.random.default_rng(seed)
    own = generator.standard_normal((2 * TRACKS, seconds * RATE))
    own *= np.repeat(generator.choice([0.0, 0.02, 0.3], (2 * TRACKS, seconds * 2)), RATE // 2, axis=1)
    return (generator.uniform(-0.5, 1.0, (2 * TRACKS, 2 * TRACKS)) @ own).astype(np.float32)


def covariance_of(signals: np.ndarray) -> BlockCovariance:
    weighted = KWeighting(RATE, len(signals)).filter(signals).astype(np.float32)
    hops = signals.shape[-1] // HOP
    meter = CovarianceMeter(len(signals), hops)
    for hop in range(hops):
        meter.push(weighted[:, hop * HOP : (hop + 1) * HOP])
    return meter.finish(tuple(f"{{{place}}}" for place in range(len(signals) // 2)), 10.0)


def rendered(signals: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    return sum(gain @ signals[2 * place : 2 * place + 2] for place, gain in enumerate(matrices))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_faders_and_pans_are_predicted_within_a_hundredth_of_a_lu(seed: int) -> None:
    signals = session_signals(seed)
    matrices = np.random.default_rng(seed).uniform(-1.0, 1.0, (TRACKS, 2, 2))
    predicted = mix_loudness(covariance_of(signals), matrices)
    assert predicted == pytest.approx(measure(rendered(signals, matrices), RATE).integrated_lufs, abs=0.01)


def test_every_track_alone_is_predicted() -> None:
    signals = session_signals(7)
    matrices = np.random.default_rng(7).uniform(-1.0, 1.0, (TRACKS, 2, 2))
    alone = track_loudness(covariance_of(signals), matrices)
    for place in range(TRACKS):
        one = rendered(signals[2 * place : 2 * place + 2], matrices[place : place + 1])
        assert alone[place] == pytest.approx(measure(one, RATE).integrated_lufs, abs=0.01)


def test_moving_gains_may_differ_per_block() -> None:
    signals = session_signals(3)
    covariance = covariance_of(signals)
    still = np.random.default_rng(3).uniform(-1.0, 1.0, (TRACKS, 2, 2))
    moving = np.broadcast_to(still, (len(covariance.block_seconds), TRACKS, 2, 2))
    assert mix_loudness(covariance, moving) == pytest.approx(mix_loudness(covariance, still), abs=1e-4)


def test_opposite_polarities_cancel() -> None:
    pair = np.concatenate((session_signals(5)[:2],) * 2)
    matrices = np.stack((np.eye(2), -np.eye(2)))
    assert mix_loudness(covariance_of(pair), matrices) == SILENCE_DB


def test_blocks_start_every_100_ms_of_the_project() -> None:
    covariance = covariance_of(session_signals(1))
    assert covariance.is_exact
    np.testing.assert_allclose(covariance.block_seconds[:3], [10.0, 10.1, 10.2])
    assert covariance.tensor.shape == (57, 2 * TRACKS, 2 * TRACKS)


def test_evenly_spaced_blocks_are_kept_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = session_signals(2, seconds=30)
    whole = covariance_of(signals)
    monkeypatch.setattr(covariance_module, "MEMORY_LIMIT_BYTES", 4 * (2 * TRACKS) ** 2 * 100)
    some = covariance_of(signals)
    assert not some.is_exact
    assert len(some.tensor) == 100
    assert (some.block_seconds[0], some.block_seconds[-1]) == (whole.block_seconds[0], whole.block_seconds[-1])
    matrices = np.stack([np.eye(2)] * TRACKS)
    assert mix_loudness(some, matrices) == pytest.approx(mix_loudness(whole, matrices), abs=0.5)


def test_less_than_one_block_has_no_loudness() -> None:
    covariance = covariance_of(session_signals(1)[:, : 3 * HOP])
    assert len(covariance.tensor) == 0
    assert mix_loudness(covariance, np.stack([np.eye(2)] * TRACKS)) == SILENCE_DB
