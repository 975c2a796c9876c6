"""Chains of plug-ins as they run: block after block, in time, from any place in the project."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.console.compressor import CompressorSettings
from dawassist.console.dynamics import DetectorSettings
from dawassist.console.equalizer import EqualizerBand, EqualizerSettings
from dawassist.console.gate import GateSettings
from dawassist.console.inserts import Chain, Insert, VolumeSettings
from dawassist.session.model import Envelope, EnvelopeKind, EnvelopePoint, Track
from tests.sessions import make_track

RATE = 48000
EQUALIZER = EqualizerSettings(
    bands=(
        EqualizerBand(kind="high_pass", cutoff_frequency_hz=80.0, gain_db=0.0, bandwidth_octaves=1.9),
        EqualizerBand(kind="peak", cutoff_frequency_hz=2400.0, gain_db=5.0, bandwidth_octaves=1.0),
    )
)
COMPRESSOR = CompressorSettings(
    threshold_db=-24.0, ratio=4.0, attack_ms=3.0, release_ms=80.0, knee_db=6.0, look_ahead_ms=1.7,
    detector=DetectorSettings(rms_size_ms=5.0, high_pass_hz=60.0),
)  # fmt: skip
GATE = GateSettings(threshold_db=-45.0, attack_ms=1.0, release_ms=50.0, hold_ms=20.0, hysteresis_db=-3.0)
VOLUME = VolumeSettings(gain_db=6.0, ceiling_db=-1.0)
EVERY = (
    Insert(settings=GATE),
    Insert(settings=EQUALIZER),
    Insert(settings=COMPRESSOR, wet=0.6),
    Insert(settings=VOLUME),
)


def envelope(kind: EnvelopeKind, *points: tuple[float, float]) -> Envelope:
    found = tuple(EnvelopePoint(time_seconds=seconds, value=value) for seconds, value in points)
    return Envelope(kind=kind, guid="", active=True, points=found, point_count=len(found))


MOVING = make_track(
    envelopes=[
        envelope("volume_pre_fx", (0.1, 0.0), (0.3, -12.0)),
        envelope("pan_pre_fx", (0.0, -1.0), (0.4, 1.0)),
        envelope("width_pre_fx", (0.0, 1.0), (0.5, 0.0)),
    ]
)


def chain(*inserts: Insert, track: Track | None = None) -> Chain:
    return Chain(track=track or make_track(), sample_rate_hz=RATE, inserts=inserts, unmodelled=())


def bursts(seconds: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    frames = int(seconds * RATE)
    loudness = np.repeat(10.0 ** (rng.uniform(-70.0, -3.0, frames // 2400 + 1) / 20.0), 2400)[:frames]
    return (rng.standard_normal((2, frames)) * loudness).astype(np.float32)


def source_of(signal: np.ndarray) -> Callable[[float, float, int], Iterator[np.ndarray]]:
    """Reads `signal`, which begins at 0 s, as a track's items; silence around it."""

    def blocks(start_seconds: float, end_seconds: float, block_frames: int) -> Iterator[np.ndarray]:
        first, end = round(start_seconds * RATE), round(end_seconds * RATE)
        for begin in range(first, end, block_frames):
            count = min(block_frames, end - begin)
            block = np.zeros((2, count), dtype=np.float32)
            here = signal[:, max(begin, 0) : max(begin + count, 0)]
            place = max(-begin, 0)
            block[:, place : place + here.shape[1]] = here
            yield block

    return blocks


def played(
    made: Chain, signal: np.ndarray, start: float = 0.0, end: float | None = None, frames: int = 4800
) -> np.ndarray:
    last = signal.shape[1] / RATE if end is None else end
    return np.concatenate([*made.blocks(source_of(signal), start, last, frames)], axis=1)


@settings(deadline=None)
@given(st.lists(st.integers(0, 7000), min_size=1, max_size=6), st.sampled_from([*range(4), 4]))
def test_the_size_of_blocks_does_not_matter(sizes: list[int], which: int) -> None:
    made = chain(*(EVERY if which == 4 else EVERY[which : which + 1]), track=MOVING)
    signal = bursts(0.5)
    whole = made.start(0.0).process(signal)
    running, parts, at = made.start(0.0), [], 0
    for size in (*sizes, signal.shape[1]):
        parts.append(running.process(signal[:, at : at + size]))
        at = min(at + size, signal.shape[1])
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-6)
    assert parts[0].dtype == np.float32


@pytest.mark.parametrize("insert", EVERY)
def test_silence_stays_silent_and_nothing_becomes_not_a_number(insert: Insert) -> None:
    running = chain(insert).start(0.0)
    for block in (bursts(0.2), np.zeros((2, 3 * RATE), dtype=np.float32), 100.0 * bursts(0.2)):
        found = running.process(block)
        assert np.isfinite(found).all()
        if not block.any():
            assert np.abs(found[:, -RATE:]).max() < 1e-9


def test_latency_is_taken_out() -> None:
    late = replace(COMPRESSOR, threshold_db=0.0, look_ahead_ms=25.0)
    made = chain(Insert(settings=late), Insert(settings=late, wet=0.5))
    assert made.latency_samples == 2400
    quiet = 0.01 * bursts(0.4)
    np.testing.assert_allclose(played(made, quiet), quiet, atol=1e-6)
    assert played(made, quiet).shape == quiet.shape


def test_starting_in_the_middle_hears_what_came_before() -> None:
    made = chain(*EVERY, track=MOVING)
    signal = bursts(3.0)
    whole = played(made, signal)
    late = played(made, signal, 1.5, 2.0)
    np.testing.assert_allclose(late, whole[:, round(1.5 * RATE) : 2 * RATE], atol=1e-4)


def test_a_chain_without_anything_passes_every_bit_and_before_zero_too() -> None:
    signal = bursts(0.3)
    assert np.array_equal(played(chain(), signal, -0.1, 0.3)[:, 4800:], signal)


def test_wet_mixes_the_delayed_dry_signal() -> None:
    insert = Insert(settings=replace(COMPRESSOR, look_ahead_ms=10.0))
    signal = bursts(0.4)
    wet, half = (played(chain(replace(insert, wet=wet)), signal) for wet in (1.0, 0.5))
    np.testing.assert_allclose(half, 0.5 * wet + 0.5 * signal, atol=1e-6)


def test_volume_and_its_ceiling() -> None:
    loud = np.array([[0.1, 0.5, -0.9], [0.0, -0.5, 0.9]], dtype=np.float32)
    found = chain(Insert(settings=VOLUME)).start(0.0).process(loud)
    np.testing.assert_allclose(found, np.clip(loud * 10 ** (6 / 20), -(10 ** (-1 / 20)), 10 ** (-1 / 20)), rtol=1e-6)


def test_pre_fx_envelopes_act_before_the_plug_ins_on_the_projects_time_line() -> None:
    fade = make_track(delay_seconds=0.1, envelopes=[envelope("volume_pre_fx", (0.2, 0.0), (0.3, -150.0))])
    ones = np.ones((2, RATE // 2), dtype=np.float32)
    found = played(chain(track=fade), ones, -0.1, 0.4)  # the track's items, 0.1 s earlier than they are heard
    heard_at = np.arange(found.shape[1]) / RATE
    expected = np.interp(heard_at, [0.2, 0.3], [1.0, 0.0]) * (heard_at >= 0.1)
    np.testing.assert_allclose(found[0], expected, atol=1e-3)
    half = replace(COMPRESSOR, threshold_db=-12.0, knee_db=0.0, look_ahead_ms=0.0, detector=DetectorSettings())
    quiet = make_track(envelopes=[envelope("volume_pre_fx", (0.0, -12.0))])
    np.testing.assert_allclose(played(chain(Insert(settings=half), track=quiet), ones), 10 ** (-12 / 20), rtol=1e-5)


def test_a_pre_fx_pan_and_width_move_the_sides() -> None:
    signal = np.stack((np.ones(RATE), np.zeros(RATE))).astype(np.float32)
    panned = played(chain(track=make_track(envelopes=[envelope("pan_pre_fx", (0.0, 1.0))])), signal)
    assert not panned.any()
    narrow = played(chain(track=make_track(envelopes=[envelope("width_pre_fx", (0.0, 0.0))])), signal)
    np.testing.assert_allclose(narrow, 0.5)
