"""Loudness without rendering agrees with rendering and measuring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.analysis import covariance as covariance_module
from dawassist.analysis.covariance import CovarianceMeter, mix_loudness, track_loudness
from dawassist.analysis.covariance_columns import HopColumns
from dawassist.analysis.covariance_rows import RowProducts
from dawassist.analysis.cutting import square_sums
from dawassist.analysis.k_weighting import KWeighting
from dawassist.analysis.loudness import RunningGate, hop_frames
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


def covariance_of(
    signals: np.ndarray, *, known: BlockCovariance | None = None, places: tuple[int, ...] | list[int] = (),
    mixed: np.ndarray | None = None,
) -> BlockCovariance:  # fmt: skip
    weighting = KWeighting(RATE, len(signals))
    hops = signals.shape[-1] // HOP
    weighted = weighting.push(signals)
    meter = CovarianceMeter(len(signals), hops, HOP)
    if known is not None:
        assert meter.reuse(known, places, np.ones(hops, dtype=bool))
    loud = np.ones(hops, dtype=bool)
    if mixed is not None:
        mixed_hops = rendered(weighted.reshape(len(signals), -1), mixed).reshape(2, hops, HOP)
        loud = RunningGate().passing(square_sums(mixed_hops.astype(np.float32)).sum(axis=0))
    taken = np.empty((*weighted.shape[:2], meter.columns.count), dtype=np.float32)
    meter.columns.take(weighted, 0, taken)
    if meter.rows is not None:
        meter.push_rows(RowProducts(RATE, len(signals), meter.columns).push(signals, taken[meter.rows]))
    else:
        meter.push(taken, loud)
    return meter.finish(tuple(f"{{{place}}}" for place in range(len(signals) // 2)), 10.0)


def rendered(signals: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    return sum(gain @ signals[2 * place : 2 * place + 2] for place, gain in enumerate(matrices))


@settings(max_examples=20)
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


@pytest.mark.parametrize("entries", [75, 40, 12])
def test_stretches_are_averaged_when_memory_is_short(monkeypatch: pytest.MonkeyPatch, entries: int) -> None:
    signals = session_signals(2, seconds=30)
    whole = covariance_of(signals)
    monkeypatch.setattr(covariance_module, "MEMORY_LIMIT_BYTES", 4 * (2 * TRACKS) ** 2 * entries)
    some = covariance_of(signals)
    assert whole.is_exact
    assert not some.is_exact
    assert len(some.tensor) <= entries
    assert some.weights.sum() == 300
    matrices = np.stack([np.eye(2)] * TRACKS)
    assert mix_loudness(some, matrices) == pytest.approx(mix_loudness(whole, matrices), abs=0.1)


def test_quiet_parts_stay_out_of_the_loudness_of_long_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = session_signals(4, seconds=60)
    signals *= np.repeat(np.tile([1.0, 1e-3], 30), RATE)[: signals.shape[-1]].astype(np.float32)
    matrices = np.stack([np.eye(2)] * TRACKS)
    whole = mix_loudness(covariance_of(signals), matrices)
    monkeypatch.setattr(covariance_module, "MEMORY_LIMIT_BYTES", 4 * (2 * TRACKS) ** 2 * 20)
    assert mix_loudness(covariance_of(signals, mixed=matrices), matrices) == pytest.approx(whole, abs=0.1)


def test_bands_add_up_to_the_whole() -> None:
    covariance = covariance_of(session_signals(6))
    assert covariance.bands is not None
    per_block = covariance.bands.tensor.sum(axis=0)
    np.testing.assert_allclose(per_block[:14], covariance.tensor[:56:4], rtol=1e-3, atol=1e-7)


def test_a_band_holds_its_own_tones() -> None:
    seconds = np.arange(2 * RATE) / RATE
    tones = [np.sin(2 * np.pi * hz * seconds) for hz in (60.0, 60.0, 600.0, 600.0)]
    covariance = covariance_of(np.stack(tones).astype(np.float32))
    assert covariance.bands is not None
    power = np.diagonal(covariance.bands.tensor.mean(axis=1), axis1=-2, axis2=-1)
    shares = power / power.sum(axis=0)
    assert (shares[0, :2] > 0.98).all()
    assert (shares[2, 2:] > 0.98).all()


@pytest.mark.parametrize("limit_blocks", [10**6, 30, 10])
def test_only_the_products_of_a_new_track_are_computed_again(
    monkeypatch: pytest.MonkeyPatch, limit_blocks: int
) -> None:
    monkeypatch.setattr(covariance_module, "MEMORY_LIMIT_BYTES", 4 * (2 * TRACKS) ** 2 * limit_blocks)
    before, after = session_signals(8), session_signals(8)
    after[2:4] = session_signals(9)[2:4]
    known = covariance_of(before)
    again = covariance_of(after, known=known, places=[0, -1, 2, 3])
    expected = covariance_of(after)
    np.testing.assert_allclose(again.tensor, expected.tensor, atol=1e-6)
    assert again.bands is not None
    assert expected.bands is not None
    np.testing.assert_allclose(again.bands.tensor, expected.bands.tensor, atol=1e-6)


@pytest.mark.parametrize(("rate", "folded"), [(8000, False), (22050, False), (22050, True)])
def test_products_of_new_channels_do_not_need_the_others_weighted(rate: int, folded: bool) -> None:
    hop = hop_frames(rate)
    signals = np.random.default_rng(rate).standard_normal((4, 10 * hop)).astype(np.float32)
    columns = HopColumns(hop, folded=folded)
    taken = np.empty((4, 10, columns.count), dtype=np.float32)
    columns.take(KWeighting(rate, 4).push(signals), 0, taken)
    meter = RowProducts(rate, 4, columns)
    new = taken[[1, 2]]
    parts = [meter.push(signals[:, : 3 * hop], new[:, :3]), meter.push(signals[:, 3 * hop :], new[:, 3:])]
    expected = [[new[:, at, band] @ taken[:, at, band].T for at in range(10)] for band in columns.bands]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, atol=2e-6)


def test_folded_columns_keep_the_power_of_a_mix_and_of_what_cancels() -> None:
    hop = hop_frames(22050)
    noise = np.random.default_rng(1).standard_normal((3, 20 * hop)).astype(np.float32)
    signals = np.stack((noise[0], -noise[0] + 0.01 * noise[1], noise[2]))
    weighted = KWeighting(22050, 3).push(signals)
    columns = HopColumns(hop, folded=True)
    taken = np.empty((3, 20, columns.count), dtype=np.float32)
    columns.take(weighted, 0, taken)
    assert columns.count < 0.6 * hop
    for mix in ([1.0, 1.0, 0.0], [0.5, 0.0, 1.0], [0.0, 0.0, 1.0]):
        power, folded = (np.square(np.tensordot(mix, each, 1)).sum() for each in (weighted, taken))
        assert 10 * np.log10(folded / power) == pytest.approx(0.0, abs=0.1)


def test_less_than_one_block_has_no_loudness() -> None:
    covariance = covariance_of(session_signals(1)[:, : 3 * HOP])
    assert len(covariance.tensor) == 0
    assert mix_loudness(covariance, np.stack([np.eye(2)] * TRACKS)) == SILENCE_DB
