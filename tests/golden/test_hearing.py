"""What is heard in every situation: playing takes, lanes and channels; where it was measured; no false alarms."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.analysis.session import analyze_session
from dawassist.audio.rates import mixed_rates
from dawassist.audio.tracks import read_track
from dawassist.console.gains import Console
from dawassist.console.render import render_mix
from dawassist.projectfile import ProjectFile
from dawassist.session.findings import TECHNICAL
from dawassist.session.model import Session, Track
from tests.golden.media import tone, write_media
from tests.golden.projects import write
from tests.golden.situations import SITUATIONS


def opened(name: str, folder: Path) -> Session:
    write_media(folder)
    return ProjectFile(write(folder, SITUATIONS[name]())).snapshot()


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


def played(session: Session, name: str, start: float = 0.0, end: float = 1.0) -> np.ndarray:
    return read_track(session, named(session, name), start, end)


def file_of(folder: Path, name: str) -> np.ndarray:
    return np.asarray(soundfile.read(folder / name, dtype="float32", always_2d=True)[0].T)


def analyzed(session: Session) -> Analysis:
    return analyze_session(session, 0.0, max(session.length_seconds, 0.5), voice_guids=())


def of(analysis: Analysis, session: Session, name: str) -> TrackAnalysis:
    found = analysis.track(named(session, name).guid)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_situation_raises_a_technical_alarm_or_stops_the_listening(name: str, tmp_path: Path) -> None:
    session = opened(name, tmp_path)
    analysis = analyzed(session)
    assert not [f for track in analysis.tracks for f in track.findings if f.kind in TECHNICAL]
    assert not [f for f in analysis.findings if f.kind in TECHNICAL]
    lost = {t.track_guid for t in analysis.tracks for f in t.findings if f.kind in ("silent", "media_missing")}
    assert {track.name for track in session.tracks if track.guid in lost} <= {"Empty take"}
    heard = {track.track_guid for track in analysis.tracks}
    assert heard == {track.guid for track in session.tracks if track.items}


def test_the_playing_take_is_heard_with_its_level_and_polarity(tmp_path: Path) -> None:
    session = opened("takes_and_lanes", tmp_path)
    np.testing.assert_allclose(played(session, "Comp")[0], -0.5 * file_of(tmp_path, "snare.wav")[0], atol=1e-6)


def test_the_playing_lane_is_heard_alone(tmp_path: Path) -> None:
    session = opened("takes_and_lanes", tmp_path)
    assert [item.lane_plays for item in named(session, "Lanes").items] == [False, True, False]
    np.testing.assert_allclose(played(session, "Lanes")[0], file_of(tmp_path, "snare.wav")[0], atol=1e-6)


def test_a_muted_item_and_an_empty_take_are_silent(tmp_path: Path) -> None:
    session = opened("takes_and_lanes", tmp_path)
    assert not played(session, "Muted item").any()
    assert played(session, "Muted item", 1.0, 2.0).any()
    assert not played(session, "Empty take").any()


def test_where_it_was_measured_is_said_of_every_track(tmp_path: Path) -> None:
    session = opened("plugins", tmp_path)
    analysis = analyzed(session)
    before = {"Third", "Automated", "Auto release"}
    for track in session.tracks:
        expected = "before_plugins" if track.name in before else "after_chain"
        assert of(analysis, session, track.name).measured_at == expected, track.name
    (found,) = [f for f in analysis.findings if f.kind == "approximate"]
    assert "Pro-L 2 (FabFilter): its processing is not known here" in found.sentence
    assert "VST: ReaComp (Cockos): its Threshold is automated" in found.sentence


def test_a_chain_changes_what_is_measured(tmp_path: Path) -> None:
    """The band that is on raises 1 kHz by 12 dB; the one that is off does nothing."""
    session = opened("plugins", tmp_path)
    analysis = analyzed(session)
    levels = {}
    for name in ("Band off", "Off", "No chain", "Modelled"):
        loudness = of(analysis, session, name).loudness
        assert loudness is not None
        levels[name] = loudness.integrated_lufs
    assert levels["Off"] == levels["No chain"]
    assert levels["Band off"] > levels["No chain"] + 0.5
    assert levels["Modelled"] < levels["No chain"] - 1.0


def test_instruments_subprojects_and_clicks_are_not_heard_and_say_why(tmp_path: Path) -> None:
    for situation, name, word in (
        ("multi_out_instrument", "Kontakt", "MIDI"),
        ("subproject_and_rates", "Intro", "subproject"),
        ("template", "Click", "click"),
    ):
        session = opened(situation, tmp_path)
        found = of(analyzed(session), session, name)
        assert (found.measured_at, found.loudness) == ("not_heard", None)
        assert word in found.findings[0].sentence


def test_buses_without_items_are_not_measured_as_sources(tmp_path: Path) -> None:
    for situation, bus in (("send_fed_bus", "Gtr bus"), ("parallel_crush", "Drum Crush"), ("template", "Vox 2")):
        session = opened(situation, tmp_path)
        assert analyzed(session).track(named(session, bus).guid) is None


def test_a_dual_mono_file_is_mono_and_as_loud_as_the_mono_file(tmp_path: Path) -> None:
    """A mono file feeds both sides: nothing is 3 LU apart."""
    session = opened("dual_mono_and_poly", tmp_path)
    analysis = analyzed(session)
    dual, mono = (of(analysis, session, name) for name in ("Dual mono", "Mono"))
    assert dual.is_mono
    assert mono.is_mono
    assert dual.loudness == mono.loudness


def test_of_a_poly_wav_the_first_two_channels_are_heard(tmp_path: Path) -> None:
    session = opened("dual_mono_and_poly", tmp_path)
    np.testing.assert_allclose(played(session, "Poly"), file_of(tmp_path, "poly.wav")[:2], atol=1e-6)


def test_another_sample_rate_is_said_and_plays_in_tune(tmp_path: Path) -> None:
    session = opened("subproject_and_rates", tmp_path)
    findings = of(analyzed(session), session, "Wrong rate").findings
    assert [finding.kind for finding in findings] == ["media_rate"]
    assert "44100 Hz in a session of 48000 Hz" in findings[0].sentence
    spectrum = np.abs(np.fft.rfft(played(session, "Wrong rate")[0]))
    assert int(np.argmax(spectrum)) == 440
    assert len(mixed_rates(session)) == 1


@pytest.mark.parametrize(
    ("name", "delay_seconds"), [("Room", 0.01), ("Sampled", 0.01), ("Bypassed", 0.0), ("Early", -0.005)]
)
def test_track_delays_in_seconds_samples_and_bypassed(name: str, delay_seconds: float, tmp_path: Path) -> None:
    assert named(opened("inverted_and_delayed", tmp_path), name).delay_seconds == pytest.approx(delay_seconds)


def test_the_mix_hears_polarity_and_delay(tmp_path: Path) -> None:
    """An inverted copy cancels the one that is not delayed."""
    session = opened("inverted_and_delayed", tmp_path)
    names = ("Snare bottom", "Bypassed")
    pair = replace(session, tracks=tuple(t for t in session.tracks if t.name in names))
    mix = np.concatenate([*render_mix(pair, 0.0, 0.5)], axis=1)
    assert np.abs(mix).max() < 1e-6
    late = replace(session, tracks=(named(session, "Room"),))
    mix = np.concatenate([*render_mix(late, 0.0, 0.5)], axis=1)
    np.testing.assert_allclose(mix[0, 480:], file_of(tmp_path, "snare.wav")[0, : 24000 - 480], atol=1e-6)


def test_the_fader_and_both_its_envelopes_multiply(tmp_path: Path) -> None:
    """Fader +6, volume envelope −6, trim envelope −6: the fader offsets the envelopes."""
    session = opened("levels_before_the_plugins", tmp_path)
    lead = named(session, "Lead")
    gains = Console(session).moving_matrices([lead.guid], np.array([0.5]))[0, 0]
    assert gains[0, 0] == pytest.approx(2.0 * 0.5 * 0.5, rel=1e-4)


def test_a_high_rate_session_has_the_loudness_of_the_same_at_48_khz(tmp_path: Path) -> None:
    session = opened("high_rate", tmp_path)
    text = SITUATIONS["high_rate"]().replace("tone96.wav", "tone.wav").replace("SAMPLERATE 96000", "SAMPLERATE 48000")
    low = ProjectFile(write(tmp_path, text)).snapshot()
    levels = []
    for each in (session, low):
        loudness = of(analyzed(each), each, "Lead").loudness
        assert loudness is not None
        levels.append(loudness.integrated_lufs)
    assert levels[0] == pytest.approx(levels[1], abs=0.1)
    assert levels[0] < 20.0 * np.log10(np.std(tone()))
