"""What another microphone or an amplifier does to the phase, taken away before a delay is read.

Microphones and cabinets are close to minimum phase: the phase of what they change follows from its magnitude by the
Hilbert transform (Oppenheim & Schafer, Discrete-Time Signal Processing, §12.2); what remains is delay and polarity.
What rolls off below the source turns it too: under the lowest that is heard, the fitted first-order roll-off goes on.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import CrossSpectra, Excerpt, Powers, smoothed

_LOW_HZ, _HIGH_HZ = 30.0, 14000.0
_HEARD = 1e-4  # of the strongest bin, in both signals
_ROLL_OFF_HZ = (10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0, 120.0, 150.0)
_ROLL_OFF_OCTAVES = 2.0  # above the lowest that is heard, in which it is fitted
_LEFT_BY_ROLL_OFF = 0.6  # of the variance of the level: a fit that leaves more is that of a room
_TINY = 1e-30


def straightened(spectra: CrossSpectra) -> CrossSpectra:
    """The same spectra without the phase that belongs to the smoothed magnitude from reference to other."""
    turn = np.exp(-1j * _coloration_phase(spectra))
    parts = tuple(map(partial(_turned, turn=turn), spectra.excerpts))
    return replace(spectra, excerpts=parts)


def _turned(part: Excerpt, turn: npt.NDArray[np.complex128]) -> Excerpt:
    return replace(part, cross=part.cross * turn)


def _coloration_phase(spectra: CrossSpectra) -> Powers:
    """In radians, shape (bins,), of the third-octave mean of the response; bands that are not heard continue it."""
    total = spectra.total
    reference, other = smoothed(total.reference), smoothed(total.other)
    magnitude = smoothed(np.abs(total.cross)) / (reference + _TINY)
    heard = (spectra.frequency_hz >= _LOW_HZ) & (spectra.frequency_hz <= _HIGH_HZ) & (magnitude > 0.0)
    heard &= (reference > _HEARD * total.reference.max()) & (other > _HEARD * total.other.max())
    bins = np.flatnonzero(heard)
    if not len(bins):
        return np.zeros(len(magnitude))
    everywhere = np.log(np.arange(len(magnitude)) + 1.0)
    level = np.interp(everywhere, everywhere[bins], np.log(magnitude[bins]))
    first = int(bins[0])
    level[:first] += _rolled_off(spectra.frequency_hz, level, bins, first)
    return _minimum_phase(level, spectra.frame)


def _rolled_off(frequency_hz: Powers, level: Powers, bins: npt.NDArray[np.intp], first: int) -> Powers:
    """What a roll-off of first order, in either signal, adds below bin `first`; zeros where none is seen."""
    near = bins[frequency_hz[bins] <= frequency_hz[first] * 2.0**_ROLL_OFF_OCTAVES]
    weights = 1.0 / (np.arange(len(near)) + len(near) / 4.0)
    low_hz = frequency_hz[: near[-1] + 1]
    shapes = np.array([_roll_off(low_hz, corner_hz) for corner_hz in _ROLL_OFF_HZ])
    shapes = np.concatenate([np.zeros((1, len(low_hz))), shapes, -shapes])
    left = level[near] - shapes[:, near]
    left = np.average((left - np.average(left, axis=1, weights=weights)[:, None]) ** 2, axis=1, weights=weights)
    best = int(left.argmin())
    if left[best] > _LEFT_BY_ROLL_OFF * left[0]:
        return np.zeros(first)
    return np.asarray(shapes[best, :first] - shapes[best, first])


def _roll_off(frequency_hz: Powers, corner_hz: float) -> Powers:
    """Logarithm of the magnitude; the bin at 0 Hz continues the one above it."""
    return np.asarray(-0.5 * np.log1p((corner_hz / np.maximum(frequency_hz, frequency_hz[1])) ** 2))


def _minimum_phase(log_magnitude: Powers, frame: int) -> Powers:
    from scipy.fft import irfft, rfft

    cepstrum = irfft(log_magnitude, frame)
    cepstrum[1 : frame // 2] *= 2.0
    cepstrum[frame // 2 + 1 :] = 0.0
    return np.asarray(rfft(cepstrum).imag)
