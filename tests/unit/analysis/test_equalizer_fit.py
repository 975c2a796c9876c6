"""Few bands and one gain out of a measured curve."""

import numpy as np
import pytest

from dawassist.analysis.equalizer_fit import FittedBand, fit_equalizer, response_db

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
    found = fit_equalizer(-7.0 + hidden + noise, EVENLY, HZ, RATE)
    assert found.gain_db == pytest.approx(-7.0, abs=0.2)
    assert np.abs(response_db(found.bands, HZ, RATE) - hidden).max() < 0.5
    assert sorted(band.kind for band in found.bands) == sorted(band.kind for band in bands)


def test_what_is_not_known_does_not_count() -> None:
    weights = np.where(HZ < 4000.0, 1.0, 0.0)
    curve = np.where(HZ < 4000.0, 2.0, -40.0)
    found = fit_equalizer(curve, weights, HZ, RATE)
    assert found.gain_db == pytest.approx(2.0, abs=0.01)
    assert found.bands == ()


def test_a_response_is_that_of_the_filter_in_time() -> None:
    from scipy.signal import sosfreqz

    from dawassist.console.biquads import biquad

    section = biquad(DIP.kind, DIP.cutoff_frequency_hz, DIP.q, DIP.gain_db, RATE)
    _, response = sosfreqz(section[None], worN=HZ, fs=RATE)
    assert response_db([DIP], HZ, RATE) == pytest.approx(20.0 * np.log10(np.abs(response)), abs=1e-6)
