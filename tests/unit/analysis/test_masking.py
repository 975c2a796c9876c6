"""Masking: tone pairs, known gains and known answers (the proof tests of Hafezi & Reiss 2015), and whole sessions."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.frames import FrameTransform
from dawassist.analysis.hops import HopTransform
from dawassist.analysis.masking import TrackMasking, measure_masking
from dawassist.analysis.masking_measures import (
    excitation,
    k_weights,
    loudness_loss_db,
    mask_to_signal_db,
    masked_amount,
    rank_masking_db,
    session_masking,
    spreading,
    total_loss_db,
    unmasked_share,
)
from dawassist.analysis.spectrum import BandPower, SpectrumMeter
from dawassist.console.gains import Console
from dawassist.session.model import Session
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

RATE = 48000
SECONDS = 4


def tone(frequency_hz: float, level_db: float = 0.0) -> np.ndarray:
    wave = 0.1 * 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency_hz * np.arange(RATE * SECONDS) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def bands_of(signal: np.ndarray) -> BandPower:
    meter = SpectrumMeter(RATE)
    hops = HopTransform(RATE, 2).push(signal)
    meter.push(FrameTransform(RATE, 2).push(hops), hops)
    return meter.band_power()


def masking_of(
    sounds: Mapping[str, np.ndarray], groups: Mapping[str, str] | None = None, **faders_db: float
) -> dict[str, TrackMasking]:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=faders_db.get(name, 0.0))
        for n, name in enumerate(sounds, 1)
    ]
    session: Session = make_session(tracks)
    names = {track.guid: track.name for track in tracks}
    analysis = make_analysis(session, [Sound()] * len(tracks))
    heard = tuple(replace(track, bands=bands_of(sounds[names[track.track_guid]])) for track in analysis.tracks)
    told = {track.guid: (groups or {}).get(track.name, track.guid) for track in tracks}
    found = measure_masking(replace(analysis, tracks=heard), Console(session), groups=told)
    return {
        names[each.track_guid]: replace(
            each, maskers=tuple(replace(m, track_guid=names[m.track_guid]) for m in each.maskers)
        )
        for each in found
    }


def test_a_tone_pair_is_masked_more_the_louder_the_masker() -> None:
    losses = [masking_of({"a": tone(1000), "b": tone(1100)}, b=level)["a"].loss_db for level in (-12, -6, 0, 6, 12)]
    assert np.all(np.diff(losses) > 0.05)


@pytest.mark.parametrize("masker_hz", [2100.0, 470.0, 5000.0])
def test_more_than_an_octave_apart_nothing_is_masked(masker_hz: float) -> None:
    found = masking_of({"a": tone(1000), "b": tone(masker_hz)}, b=12)["a"]
    assert found.loss_db == pytest.approx(0.0, abs=0.01)
    assert found.maskers == ()


def test_rank_masking_of_a_tone_pair_grows_with_the_masker_and_ends_after_an_octave() -> None:
    centers = bands_of(tone(1000)).erb_center_hz
    maskee = bands_of(tone(1000)).erb.mean(axis=0)

    def largest(masker_hz: float, level_db: float) -> float:
        masker = excitation(bands_of(tone(masker_hz, level_db)).erb.mean(axis=0), centers)
        return float(rank_masking_db(masker, maskee, threshold=1).max())

    assert np.all(np.diff([largest(1100, level) for level in (14, 17, 20, 23)]) > 2.9)
    assert largest(2100, 23) == 0.0


def test_a_cut_of_the_masker_lowers_every_measure_by_the_analytic_amount() -> None:
    generator = np.random.default_rng(4)
    masker, maskee = generator.uniform(1, 2, 30), generator.uniform(0.1, 0.2, 30)
    maskee[12], masker[12] = 0.5, 1.0  # the maskee's strongest band, one of the masker's weakest
    cut = masker.copy()
    cut[12] *= 10 ** (-6 / 10)
    before, after = rank_masking_db(masker, maskee)[12], rank_masking_db(cut, maskee)[12]
    assert before == pytest.approx(10 * np.log10(1.0 / 0.5))
    assert after == pytest.approx(max(before - 6.0, 0.0))
    assert rank_masking_db(4 * cut, maskee)[12] == pytest.approx(rank_masking_db(4 * masker, maskee)[12] - 6.0)
    change = loudness_loss_db(maskee, masker)[12] - loudness_loss_db(maskee, cut)[12]
    assert change == pytest.approx(10 * np.log10((1 + 1.0 / 0.5) / (1 + 10**-0.6 / 0.5)))
    assert mask_to_signal_db(maskee, masker)[12] - mask_to_signal_db(maskee, cut)[12] == pytest.approx(6.0)


def test_the_maskers_own_essential_bands_are_never_pointed_at() -> None:
    generator = np.random.default_rng(5)
    for _ in range(50):
        masker, maskee = generator.exponential(size=30), generator.exponential(size=30)
        strongest = np.argsort(-masker)[:9]
        assert not rank_masking_db(masker, maskee)[strongest].any()


def test_without_a_masker_nothing_is_lost() -> None:
    found = masking_of({"a": tone(1000)})["a"]
    assert (found.loss_db, found.bands, found.maskers, found.amount) == (0.0, (), (), 0.0)
    assert not loudness_loss_db(np.ones(3), np.zeros(3)).any()
    assert unmasked_share(np.ones(3), np.zeros(3)) == pytest.approx(np.ones(3))


def test_equal_energy_costs_three_decibels() -> None:
    assert loudness_loss_db(np.ones(2), np.ones(2)) == pytest.approx(3.0103 * np.ones(2), abs=1e-3)
    assert float(total_loss_db(np.ones(2), np.ones(2), np.ones(2))) == pytest.approx(3.0103, abs=1e-3)
    assert float(total_loss_db(np.zeros(2), np.ones(2), np.ones(2))) == 0.0


def test_the_order_of_tracks_changes_nothing() -> None:
    sounds = {"a": tone(1000), "b": tone(1100, 10), "c": tone(950, 5), "d": tone(300)}
    there, back = masking_of(sounds), masking_of(dict(reversed(sounds.items())))
    for name, found in there.items():
        assert back[name].loss_db == pytest.approx(found.loss_db, abs=1e-4)
        assert [m.track_guid for m in back[name].maskers] == [m.track_guid for m in found.maskers]
        assert back[name].amount == pytest.approx(found.amount, abs=1e-4)


def test_it_is_said_who_covers_what_how_often_and_when() -> None:
    half = tone(1050, 20)
    half[:, : RATE * SECONDS // 2] = 0.0
    found = masking_of({"voice": tone(1000), "guitar": half, "bass": tone(100, 20)})["voice"]
    assert [masker.track_guid for masker in found.maskers] == ["guitar"]
    masker = found.maskers[0]
    assert masker.share == pytest.approx(1.0, abs=0.01)
    assert any(abs(band.center_hz - 1000) < 150 for band in masker.bands)
    assert all(0.4 < band.share < 0.6 and band.loss_db > 10 for band in masker.bands)
    assert masker.at_seconds
    assert min(masker.at_seconds) >= SECONDS / 2 - 0.3


def test_faders_count_and_muted_tracks_do_not() -> None:
    sounds = {"a": tone(1000), "b": tone(1100, 6)}
    assert masking_of(sounds, b=-12)["a"].loss_db < masking_of(sounds)["a"].loss_db
    assert masking_of(sounds, b=-150)["a"].loss_db == pytest.approx(0.0, abs=1e-6)


def test_microphones_of_one_source_do_not_mask_each_other() -> None:
    sounds = {"in": tone(80), "out": tone(80, 12)}
    assert masking_of(sounds)["in"].loss_db > 10
    assert masking_of(sounds, groups={"in": "kick", "out": "kick"})["in"].loss_db == pytest.approx(0.0, abs=1e-4)


def test_the_mpeg_measure_counts_bands_above_their_threshold() -> None:
    assert mask_to_signal_db(np.ones(1), np.ones(1)) == pytest.approx([-6.0])
    assert masked_amount(np.array([-10.0, 10.0, 30.0])) == pytest.approx(2.0)
    assert session_masking(np.array([1.0, 2.0])) == pytest.approx(6.0)
    assert session_masking(np.array([])) == 0.0


def test_excitation_spreads_to_both_sides_but_never_over_an_octave() -> None:
    centers = (250.0, 500.0, 900.0, 1000.0, 1150.0, 2100.0)
    matrix = spreading(centers)
    assert np.diag(matrix) == pytest.approx(np.ones(6))
    assert matrix[3, 5] == matrix[0, 2] == 0.0
    assert 0.01 < matrix[3, 4] < 1.0


def test_weights_are_those_of_the_loudness_meter() -> None:
    weights = 10 * np.log10(k_weights((38.1355, 1000.0, 10000.0)))
    assert weights[1] == pytest.approx(0.69, abs=0.05)  # BS.1770: −3.01 LKFS for 0 dBFS at 997 Hz with −0.691
    assert weights[2] == pytest.approx(4.0, abs=0.1)
    assert weights[0] < -5
