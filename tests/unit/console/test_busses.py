"""Tracks behind the plug-ins of busses, against the sum that REAPER makes: filtered and compressed as a whole."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from scipy.signal import butter, lfilter

from dawassist.console.busses import BusStage
from dawassist.console.compressor import Compressor, CompressorSettings
from dawassist.console.equalizer import EqualizerBand, EqualizerSettings
from dawassist.console.gains import Console
from dawassist.console.inserts import Insert, VolumeSettings
from dawassist.console.mixing import Mixer
from dawassist.console.render import render_mix
from dawassist.session.model import Session, Track
from tests.sessions import make_guid, make_item, make_send, make_session, make_track

RATE = 8000
BUS, KICK, HAT, CRUSH, LEAD = (make_guid(number) for number in range(1, 6))
LOW_CUT = Insert(
    settings=EqualizerSettings(
        bands=(EqualizerBand(kind="high_pass", cutoff_frequency_hz=200.0, gain_db=0.0, bandwidth_octaves=1.9),),
    )
)
SQUEEZE = CompressorSettings(threshold_db=-24.0, ratio=4.0, attack_ms=3.0, release_ms=80.0)


def kit(**bus: object) -> Session:
    item = [make_item("a.wav", length_seconds=1.0)]
    return make_session(
        [
            make_track(guid=BUS, number=1, folder_depth=1, **bus),
            make_track(guid=KICK, number=2, fader_db=-3.0, items=item),
            make_track(guid=HAT, number=3, pan=0.6, folder_depth=-1, items=item),
            make_track(guid=CRUSH, number=4, fader_db=-6.0),
            make_track(guid=LEAD, number=5, items=item),
        ],
        sample_rate_hz=RATE,
    )


def played(
    _session: Session, track: Track, start_seconds: float, end_seconds: float, frames: int
) -> Iterator[np.ndarray]:
    generator = np.random.default_rng(track.number)
    whole = generator.standard_normal((2, 2 * RATE)).astype(np.float32) * 0.2
    whole *= np.repeat(generator.random(40) ** 2, RATE // 20).astype(np.float32)
    first, end = round(start_seconds * RATE), round(end_seconds * RATE)
    for start in range(first, end, frames):
        yield whole[:, start : min(start + frames, end)]


def signals(session: Session) -> dict[str, np.ndarray]:
    return {t.guid: next(played(session, t, 0.0, 1.0, RATE)).astype(float) for t in session.tracks}


def mixed(session: Session, inserts: Mapping[str, tuple[Insert, ...]], frames: int = 1000) -> np.ndarray:
    blocks = render_mix(session, 0.0, 1.0, block_frames=frames, blocks_of=played, inserts=inserts)
    return np.concatenate([*blocks], axis=1)


def arriving(session: Session, bus: str, *guids: str) -> np.ndarray:
    console, found = Console(session), signals(session)
    return np.asarray(sum(console.gain_matrix(guid, into=bus) @ found[guid] for guid in guids))


def out_of(session: Session, bus: str) -> np.ndarray:
    return Console(session).gain_matrix(bus)


def compressed(signal: np.ndarray, settings: CompressorSettings = SQUEEZE) -> np.ndarray:
    """The whole sum through one compressor, in time."""
    compressor = Compressor(settings, RATE)
    late = compressor.latency_samples
    return compressor.push(np.concatenate((signal, np.zeros((2, late))), axis=1))[:, late:]


def test_a_low_cut_on_a_folder_is_heard_on_its_tracks_alone() -> None:
    session = kit()
    numerator, denominator = butter(2, 200.0, "high", fs=RATE)
    octaves = 2.0 / np.log(2.0) * np.arcsinh(np.sqrt(0.5))
    band = EqualizerBand(kind="high_pass", cutoff_frequency_hz=200.0, gain_db=0.0, bandwidth_octaves=octaves)
    mix = mixed(session, {BUS: (Insert(settings=EqualizerSettings(bands=(band,))),)})
    expected = lfilter(numerator, denominator, arriving(session, BUS, KICK, HAT)) + signals(session)[LEAD]
    np.testing.assert_allclose(mix, expected, atol=1e-5)


@pytest.mark.parametrize("look_ahead_ms", [0.0, 5.0])
def test_a_bus_compressor_works_on_the_sum_of_its_tracks(look_ahead_ms: float) -> None:
    session = kit(fader_db=-2.0, pan=0.3)
    settings = CompressorSettings(
        threshold_db=-24.0, ratio=4.0, attack_ms=3.0, release_ms=80.0, look_ahead_ms=look_ahead_ms
    )
    whole = compressed(arriving(session, BUS, KICK, HAT), settings)
    expected = out_of(session, BUS) @ whole + signals(session)[LEAD]
    assert np.abs(whole).max() < 0.7 * np.abs(arriving(session, BUS, KICK, HAT)).max()
    for frames in (8000, 777):
        np.testing.assert_allclose(mixed(session, {BUS: (Insert(settings=settings),)}, frames), expected, atol=1e-5)


def test_a_parallel_bus_is_added_to_the_dry_folder() -> None:
    session = kit(sends=(make_send(CRUSH, level_db=-4.0),))
    to_crush = arriving(session, CRUSH, KICK, HAT)
    dry = out_of(session, BUS) - Console(session).gain_matrix(CRUSH) @ Console(session).gain_matrix(BUS, into=CRUSH)
    expected = (
        dry @ arriving(session, BUS, KICK, HAT) + out_of(session, CRUSH) @ compressed(to_crush) + signals(session)[LEAD]
    )
    np.testing.assert_allclose(mixed(session, {CRUSH: (Insert(settings=SQUEEZE),)}), expected, atol=1e-5)


def test_chains_and_nested_busses_work_one_after_the_other() -> None:
    session = kit(main_send=False, sends=(make_send(CRUSH),))
    wet = Insert(settings=SQUEEZE, wet=0.5)
    inner = arriving(session, BUS, KICK, HAT)
    inner = 0.5 * compressed(inner) + 0.5 * inner
    outer = Console(session).gain_matrix(BUS, into=CRUSH) @ (0.5 * inner)
    expected = out_of(session, CRUSH) @ compressed(outer) + signals(session)[LEAD]
    trim = Insert(settings=VolumeSettings(gain_db=20.0 * np.log10(0.5), ceiling_db=6.0))
    inserts = {BUS: (wet, trim), CRUSH: (Insert(settings=SQUEEZE),)}
    np.testing.assert_allclose(mixed(session, inserts), expected, atol=1e-5)


def test_what_a_bus_gets_of_muted_tracks_drives_nothing() -> None:
    session = kit()
    tracks = [
        t if t.guid != HAT else make_track(guid=HAT, number=3, folder_depth=-1, muted=True) for t in session.tracks
    ]
    muted = make_session(tracks, sample_rate_hz=RATE)
    expected = compressed(arriving(muted, BUS, KICK)) + signals(muted)[LEAD]
    np.testing.assert_allclose(mixed(muted, {BUS: (Insert(settings=SQUEEZE),)}), expected, atol=1e-5)


def test_moves_behind_the_bus_and_filters_before_it_need_no_second_hearing() -> None:
    """The stage is that of the session as it stands; the gains are those after a move."""
    before, after = kit(), kit(fader_db=-7.0)
    for inserts in ({BUS: (Insert(settings=SQUEEZE),)}, {BUS: (LOW_CUT,)}):
        guids = [t.guid for t in before.tracks]
        samples = np.concatenate([signals(before)[guid] for guid in guids]).astype(np.float32)
        heard = BusStage(Console(before), guids, inserts).hear_all(samples, 0.0)
        own = [place for place, guid in enumerate(guids) if guid in (KICK, HAT, LEAD)]
        rows = [row for place in own for row in (2 * place, 2 * place + 1)]
        mix = Mixer(Console(after), [guids[place] for place in own], RATE).mix(heard[rows], 0.0)
        np.testing.assert_allclose(mix, mixed(after, inserts), atol=1e-5)
