"""What tells a role by sound: the spectrum, and a voice."""

import numpy as np
import pytest

from dawassist.analysis.frames import FrameTransform
from dawassist.analysis.hops import HopTransform
from dawassist.analysis.session import analyze_session
from dawassist.analysis.spectrum import Spectrum, SpectrumMeter
from dawassist.analysis.voice import VoiceMeter
from dawassist.demo import demo_session_path
from dawassist.projectfile import ProjectFile

RATE = 48000


def tone(frequency_hz: float, seconds: float = 1.0) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(RATE * seconds)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def spectrum_of(signal: np.ndarray) -> Spectrum | None:
    meter = SpectrumMeter(RATE)
    hops = HopTransform(RATE, 2).push(signal)
    meter.push(FrameTransform(RATE, 2).push(hops), hops)
    return meter.spectrum()


@pytest.mark.parametrize(("frequency_hz", "share"), [(60.0, 1.0), (110.0, 1.0), (1000.0, 0.0), (5000.0, 0.0)])
def test_low_end_is_what_lies_below_250_hz(frequency_hz: float, share: float) -> None:
    spectrum = spectrum_of(tone(frequency_hz, 3.0))
    assert spectrum is not None
    assert spectrum.low_end_share == pytest.approx(share, abs=0.01)
    loudest = spectrum.center_hz[int(np.argmax(spectrum.power))]
    assert loudest == pytest.approx(frequency_hz, rel=0.13)


def test_two_tones_of_one_level_share_the_power() -> None:
    spectrum = spectrum_of(tone(100.0) + tone(2000.0))
    assert spectrum is not None
    assert spectrum.low_end_share == pytest.approx(0.5, abs=0.02)


def test_too_short_a_signal_has_no_spectrum_and_no_voice() -> None:
    assert spectrum_of(tone(100.0, 0.01)) is None
    assert VoiceMeter(RATE).voice_share() == 0.0


def test_tones_and_noise_are_no_voice() -> None:
    for signal in (tone(220.0), np.random.default_rng(1).normal(0, 0.1, (2, RATE)).astype(np.float32)):
        meter = VoiceMeter(RATE)
        for _ in range(3):
            meter.push(signal)
        assert meter.voice_share() < 0.2


def test_the_demo_lead_is_a_voice_and_the_bass_is_none() -> None:
    session = ProjectFile(demo_session_path()).snapshot()
    names = {track.name: track.guid for track in session.tracks}
    wanted = {names["Lead Vox"], names["Bass DI"]}
    analysis = analyze_session(session, 10.0, 30.0, track_guids=wanted, voice_guids=wanted)
    shares = {name: analysis.track(names[name]).voice_share for name in ("Lead Vox", "Bass DI")}  # type: ignore[union-attr]
    assert shares["Lead Vox"] > 0.45 > shares["Bass DI"]  # type: ignore[operator]


def test_the_voice_is_searched_only_where_it_is_asked_for() -> None:
    session = ProjectFile(demo_session_path()).snapshot()
    guid = next(track.guid for track in session.tracks if track.name == "Lead Vox")
    analysis = analyze_session(session, 10.0, 12.0, track_guids={guid}, voice_guids=set())
    assert analysis.track(guid).voice_share is None  # type: ignore[union-attr]
