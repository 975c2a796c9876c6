"""Few bands and one gain out of a measured curve."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.equalizer_fit import FittedBand, Measured, fit_equalizer, response, response_db

RATE = 48000
HZ = 1000.0 * 2.0 ** (np.arange(-24, 22) / 6.0)
EVENLY = np.ones(len(HZ))
LOW_CUT = FittedBand(kind="high_pass", cutoff_frequency_hz=110.0, gain_db=0.0, q=0.707)
DIP = FittedBand(kind="peak", cutoff_frequency_hz=420.0, gain_db=-4.0, q=1.4)
AIR = FittedBand(kind="high_shelf", cutoff_frequency_hz=6000.0, gain_db=3.0, q=0.707)


@pytest.mark.parametrize("bands", [(), (DIP,), (AIR,), (LOW_CUT, DIP), (LOW_CUT, DIP, AIR)])
def test_bands_and_gain_are_found_again(bands: tuple[FittedBand, ...]) -> None:
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(HZ))
    hidden = response_db(bands, HZ, RATE)
    found = fit_equalizer(Measured(frequency_hz=HZ, curve_db=-7.0 + hidden + noise, weights=EVENLY), RATE)
    assert found.gain_db == pytest.approx(-7.0, abs=0.2)
    assert np.abs(response_db(found.bands, HZ, RATE) - hidden).max() < 0.5
    assert sorted(band.kind for band in found.bands) == sorted(band.kind for band in bands)


def test_what_is_not_known_does_not_count() -> None:
    weights = np.where(HZ < 4000.0, 1.0, 0.0)
    curve = np.where(HZ < 4000.0, 2.0, -40.0)
    found = fit_equalizer(Measured(frequency_hz=HZ, curve_db=curve, weights=weights), RATE)
    assert found.gain_db == pytest.approx(2.0, abs=0.01)
    assert found.bands == ()


def test_a_response_is_that_of_the_filter_in_time() -> None:
    from scipy.signal import sosfreqz

    from dawassist.console.biquads import biquad

    section = biquad(DIP.kind, DIP.cutoff_frequency_hz, DIP.q, DIP.gain_db, RATE)
    _, response = sosfreqz(section[None], worN=HZ, fs=RATE)
    assert response_db([DIP], HZ, RATE) == pytest.approx(20.0 * np.log10(np.abs(response)), abs=1e-6)


def test_the_phase_tells_a_shelf_from_a_gain_where_a_track_lives_inside_of_it() -> None:
    """From 6 kHz on, a shelf at 2.5 kHz is as good as level: the curve alone says +5 dB."""
    shelf = FittedBand(kind="high_shelf", cutoff_frequency_hz=2500.0, gain_db=6.0, q=0.707)
    hz = HZ[HZ > 6000.0]
    through = 10.0 ** (-7.0 / 20.0) * response([shelf], hz, RATE)
    level = Measured(frequency_hz=hz, curve_db=20.0 * np.log10(np.abs(through)), weights=np.ones(len(hz)))
    whole = replace(level, phase_neper=np.angle(through), phase_weights=np.ones(len(hz)))
    alone, both = (fit_equalizer(each, RATE).gain_db - -7.0 for each in (level, whole))
    assert alone > 5.0
    assert abs(both) < 2.0
