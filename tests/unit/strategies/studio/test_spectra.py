"""What equalizers do to a track's loudness and low end, told from its spectra, against the filtered sound."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy.signal import sosfilt

from dawassist.analysis.equalizer_fit import FittedBand
from dawassist.analysis.low_end_whole import hear_whole_low_end
from dawassist.analysis.session import analyze_session
from dawassist.console.biquads import biquad
from dawassist.plan.mix_state import MixState
from dawassist.session.model import Session
from dawassist.strategies.studio.spectra import filtered_lufs, level_change_db
from tests.sessions import make_guid, make_item, make_session, make_track

RATE, SECONDS = 16000, 12.0
GUID = make_guid(1)
HIGH_PASS = FittedBand(kind="high_pass", cutoff_frequency_hz=110.0, gain_db=0.0, q=0.71)
BELL = FittedBand(kind="peak", cutoff_frequency_hz=1000.0, gain_db=-9.0, q=1.0)
SHELF = FittedBand(kind="high_shelf", cutoff_frequency_hz=2500.0, gain_db=6.0, q=0.71)
Mono = npt.NDArray[np.float64]


def phrases() -> Mono:
    """Noise that sings by turns, over a noise under 60 Hz that never stops."""
    chance = np.random.default_rng(2)
    noise = chance.standard_normal(round(SECONDS * RATE))
    sung = np.repeat([1.0, 0.0, 0.4, 0.0, 1.0, 0.1], round(SECONDS * RATE) // 6)
    low = sosfilt(biquad("low_pass", 40.0, 0.71, 0.0, RATE)[None], chance.standard_normal(len(noise)))
    return np.asarray(0.1 * sung * sosfilt(biquad("high_pass", 150.0, 0.71, 0.0, RATE)[None], noise) + 0.6 * low)


def session_of(folder: Path, signal: Mono) -> Session:
    soundfile.write(folder / "1.wav", signal, RATE, subtype="FLOAT")
    track = make_track(number=1, items=[make_item("1.wav", length_seconds=SECONDS)])
    return make_session([track], folder=folder, sample_rate_hz=RATE)


def lufs(folder: Path, signal: Mono) -> float:
    found = analyze_session(session_of(folder, signal), 0.0, SECONDS).mix_loudness
    assert found is not None
    return found.integrated_lufs


@pytest.mark.parametrize("bands", [(HIGH_PASS,), (BELL,), (SHELF, BELL), (HIGH_PASS, SHELF)])
def test_loudness_behind_filters_is_that_of_the_filtered_sound(tmp_path: Path, bands: tuple[FittedBand, ...]) -> None:
    signal = phrases()
    sections = np.array([biquad(b.kind, b.cutoff_frequency_hz, b.q, b.gain_db, RATE) for b in bands])
    filtered = lufs(tmp_path, np.asarray(sosfilt(sections, signal)))
    session = session_of(tmp_path, signal)
    analysis = analyze_session(session, 0.0, SECONDS)
    measured = analysis.track(GUID)
    assert measured is not None
    assert analysis.covariance is not None
    low_end = hear_whole_low_end(session, {GUID: [(0.0, SECONDS)]})
    predicted = filtered_lufs(MixState(session, analysis.covariance), measured, 0.0, bands, low_end)
    assert predicted == pytest.approx(filtered, abs=0.3)


def test_what_a_high_pass_leaves_under_a_frequency_is_what_the_filter_leaves(tmp_path: Path) -> None:
    signal = phrases()
    found = hear_whole_low_end(session_of(tmp_path, signal), {GUID: [(0.0, SECONDS)]})
    assert found is not None
    section = biquad("high_pass", 110.0, 0.71, 0.0, RATE)[None]
    hertz = np.fft.rfftfreq(len(signal), 1.0 / RATE)
    before, after = (
        float((np.abs(np.fft.rfft(each)[hertz < 75.0]) ** 2).sum()) for each in (signal, sosfilt(section, signal))
    )
    predicted = level_change_db(found, (HIGH_PASS,), 75.0, RATE)
    assert predicted == pytest.approx(10.0 * np.log10(after / before), abs=0.1)
    assert predicted < -10.0
