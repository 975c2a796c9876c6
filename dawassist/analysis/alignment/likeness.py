"""How much of two signals comes from one source, whatever rooms and microphones made of it.

The magnitude-squared coherence of a bin is the share of its energy that a linear filter makes out of the other signal
(Bendat & Piersol, Random Data, 4th ed., section 6.1), less its bias for so few frames (Carter 1987). Second microphones
of the stems of two CC0 songs (lithium and sodium by ichbinsoftware, EVR), with bleed of −40 to −14 dB and a room 3 to
12 dB under the direct sound, leave −14 dB and less; microphones of two sources that hear each other at −20 to −6 dB
leave −12 dB and more.
"""

import numpy as np

from dawassist.analysis.alignment.spectra import CrossSpectra
from dawassist.units import power_to_db

_LOWEST_HZ, _HIGHEST_HZ = 20.0, 8000.0
_OWN_FRAMES = 0.55  # of Hann frames that overlap by half, how many count as independent (Welch 1967)
_FEWEST_FRAMES = 1.5
_LOWEST = 1e-6


def unlike_db(spectra: CrossSpectra) -> float:
    """What no filter makes of one signal out of the other, relative to it: the larger of both ways."""
    total = spectra.total
    heard = (spectra.frequency_hz >= _LOWEST_HZ) & (spectra.frequency_hz < _HIGHEST_HZ)
    cross, powers = np.abs(total.cross[heard]) ** 2, (total.reference[heard], total.other[heard])
    bias = 1.0 / max(_OWN_FRAMES * total.frames, _FEWEST_FRAMES)
    shares = cross / np.maximum(powers[0] * powers[1], np.finfo(float).tiny)
    coherence = np.clip((shares - bias) / (1.0 - bias), 0.0, 1.0)
    left = [1.0 - float(coherence @ power) / float(power.sum()) if power.any() else 1.0 for power in powers]
    return power_to_db(max(*left, _LOWEST))
