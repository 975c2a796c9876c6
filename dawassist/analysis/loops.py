"""What exactly repeated parts leave when the part before is subtracted: what does not repeat with them.

Hum and noise under a loop stay where the loop goes, since they do not fit its length.
"""

import numpy as np

from dawassist.analysis.low_band import POINTS_PER_SECOND
from dawassist.analysis.low_band_windows import Values

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.25, 9.0  # a beat of 240 BPM, four bars of 107
_LEAST_ALIKE = 0.75  # normalized correlation of a section with itself a loop later: a quarter is left of it
_LEAST_GAIN = 0.316
_TINY = 1e-20


def loop_seconds(section: Values) -> float | None:
    """The length after which a section is most like itself; None for one that does not repeat."""
    from scipy.fft import irfft, next_fast_len, rfft

    first, last = (round(seconds * POINTS_PER_SECOND) for seconds in (_SHORTEST_SECONDS, _LONGEST_SECONDS))
    last = min(last, len(section) // 2)
    if last <= first + 1:
        return None
    length = int(next_fast_len(len(section) + last + 1, real=True))
    products = irfft(np.square(np.abs(rfft(section.astype(np.float64), length))), length)[: last + 1]
    energy = np.concatenate(([0.0], np.cumsum(np.square(section, dtype=np.float64))))
    lags = np.arange(last + 1)
    alike = 2.0 * products / (energy[len(section)] - energy[lags] + energy[len(section) - lags] + _TINY)
    best = first + int(np.argmax(alike[first:last]))
    if alike[best] < _LEAST_ALIKE:
        return None
    before, here, after = alike[best - 1 : best + 2].tolist()
    bend = before - 2.0 * here + after
    return (best + (0.5 * (before - after) / bend if bend < 0.0 else 0.0)) / POINTS_PER_SECOND


def less_loop(section: Values, seconds: float) -> Values:
    """The section, less itself `seconds` before; that much shorter."""
    from scipy.fft import irfft, next_fast_len, rfft

    points = seconds * POINTS_PER_SECOND
    length = int(next_fast_len(len(section) + int(points) + 1, real=True))
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) * points / length)
    before = irfft(rfft(section.astype(np.float64), length) * turn, length)[: len(section)]
    return np.asarray((section - before)[int(points) + 1 :], dtype=np.float32)


def left_by_loop(hertz: float, seconds: float) -> float:
    """How much a sine gains by `less_loop`, in dB, −10 at least: those that fit the loop vanish. 0 for no loop."""
    gain = 2.0 * abs(float(np.sin(np.pi * hertz * seconds))) if seconds else 1.0
    return 20.0 * float(np.log10(max(gain, _LEAST_GAIN)))
