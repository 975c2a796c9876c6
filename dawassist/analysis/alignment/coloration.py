"""What another microphone or an amplifier does to the phase, taken away before a delay is read.

Microphones and cabinets are close to minimum phase: the phase of what they change follows from its magnitude by the
Hilbert transform (Oppenheim & Schafer, Discrete-Time Signal Processing, §12.2); what remains is delay and polarity.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import CrossSpectra, Excerpt, Powers, smoothed

_LOW_HZ, _HIGH_HZ = 30.0, 14000.0
_HEARD = 1e-4  # of the strongest bin, in both signals
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
    return _minimum_phase(np.interp(everywhere, everywhere[bins], np.log(magnitude[bins])), spectra.frame)


def _minimum_phase(log_magnitude: Powers, frame: int) -> Powers:
    from scipy.fft import irfft, rfft

    cepstrum = irfft(log_magnitude, frame)
    cepstrum[1 : frame // 2] *= 2.0
    cepstrum[frame // 2 + 1 :] = 0.0
    return np.asarray(rfft(cepstrum).imag)
