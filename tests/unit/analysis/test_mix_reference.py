"""A reference beside the mix: tone, loudness and lead of both, measured alike."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from dawassist.analysis import mix_reference
from dawassist.analysis.mix_reference import hear_mix, hear_reference, mix_sound
from dawassist.analysis.reference import MixSound, ReferenceComparison
from dawassist.errors import Cancelled
from tests.sessions import make_item, make_session, make_track

RATE = 24000


def noise(seed: int, low_hz: float, high_hz: float) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((2, RATE))
    return np.asarray(0.1 * sosfilt(butter(2, (low_hz, high_hz), "bandpass", fs=RATE, output="sos"), made))


def seconds(lead_db: float, *, bright: bool = False, wide: bool = True) -> list[np.ndarray]:
    """A wide band and a voice in the middle."""
    made = []
    for seed in range(8):
        band = noise(seed, 60, 9000)
        band = band if wide else np.repeat(band[:1], 2, axis=0)
        voice = np.repeat(noise(100 + seed, 400, 3000)[:1], 2, axis=0)
        mix = band + 10.0 ** (lead_db / 20.0) * voice
        mix = mix + 2.0 * sosfilt(butter(1, 5000, "highpass", fs=RATE, output="sos"), mix) if bright else mix
        made.append(mix.astype(np.float32))
    return made


@pytest.fixture
def a_voice_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(windows: Sequence[np.ndarray], _rate: int) -> list[float]:
        return [1.0] * len(windows)

    monkeypatch.setattr(mix_reference, "voice_shares", told)


def compared(reference: Sequence[np.ndarray], mix: Sequence[np.ndarray]) -> ReferenceComparison:
    one, other = mix_sound(reference, -9.0, RATE), mix_sound(mix, -16.0, RATE)
    return ReferenceComparison(name="Ref", track_guid="", reference=one, mix=other)


@pytest.mark.usefixtures("a_voice_is_heard")
def test_a_lead_that_stands_out_further_is_told_and_tone_is_not() -> None:
    found = compared(seconds(6.0), seconds(0.0))
    assert found.lead_db is not None
    assert 2.0 < found.lead_db <= 6.0
    nothing = compared(seconds(0.0), seconds(0.0))
    assert nothing.lead_db == pytest.approx(0.0)
    assert nothing.tone_db == pytest.approx((0.0,) * len(nothing.tone_db))


@pytest.mark.usefixtures("a_voice_is_heard")
def test_a_brighter_reference_has_more_above_and_less_below() -> None:
    found = compared(seconds(0.0, bright=True), seconds(0.0))
    tone = dict(zip(found.reference.center_hz, found.tone_db, strict=True))
    assert tone[8000.0] - tone[250.0] == pytest.approx(9.0, abs=1.5)  # a shelf of three times at 5 kHz


@pytest.mark.usefixtures("a_voice_is_heard")
def test_without_sides_there_is_no_center_to_tell() -> None:
    found = mix_sound(seconds(0.0, wide=False), -9.0, RATE)
    assert found.lead_db is None
    assert "mono" in found.no_lead


def test_without_a_voice_there_is_no_lead() -> None:
    found: MixSound = mix_sound(seconds(0.0), -9.0, RATE)
    assert found.lead_db is None
    assert found.no_lead.startswith("A voice is told in")


def test_a_cancel_is_looked_for_before_every_second_of_every_track_and_every_voice(tmp_path: Path) -> None:
    """The mix of two tracks is read in 8 seconds, and a voice looked for in each; what is read of the whole reference
    comes in blocks. Wherever the cancel comes, it ends there."""
    soundfile.write(tmp_path / "band.wav", np.concatenate(seconds(0.0), axis=1).T, RATE, subtype="FLOAT")
    tracks = [make_track(number=n, items=[make_item("band.wav", length_seconds=8.0)]) for n in (1, 2)]
    session = make_session(tracks, folder=tmp_path, sample_rate_hz=RATE)
    guids, looks = [track.guid for track in session.tracks], [0]

    def look(stop_at: int) -> bool:
        looks[0] += 1
        return looks[0] == stop_at

    hear_mix(session, guids, [(0.0, 8.0)], -16.0, is_cancelled=lambda: look(0))
    assert looks[0] >= 8 * (2 + 1 + 1)
    looks[0] = 0
    hear_reference(session, session.tracks[0], 8.0, RATE, is_cancelled=lambda: look(0))
    blocks, voices = 11, 8
    assert looks[0] >= blocks + 8 + voices
    for stop_at in (1, 15, looks[0]):
        looks[0] = 0
        with pytest.raises(Cancelled):
            hear_reference(session, session.tracks[0], 8.0, RATE, is_cancelled=lambda stop=stop_at: look(stop))
