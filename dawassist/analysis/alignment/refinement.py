"""Once a delay is known to the sample: the rest of it, how alike the signals are, and what their sum gains."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import CrossSpectra, Excerpt, Mono, coherent_phat
from dawassist.units import power_to_db

LOW_END_HZ = (20.0, 500.0)
_STEPS = 4
_FURTHEST = 2.0  # samples from where the search begins
_NEAR = 41
_LONGEST_STEP = 0.1
_LOWEST_RESIDUAL = 1e-12


def moved(excerpts: Sequence[tuple[Mono, Mono]], lag: int) -> Iterator[tuple[Mono, Mono]]:
    """The excerpts with `other` played `lag` samples earlier (later when negative), cut to what both have."""
    for one, other in excerpts:
        length = min(len(one), len(other)) - abs(lag)
        if length > 0:
            yield one[max(-lag, 0) :][:length], other[max(lag, 0) :][:length]


def exact_lag(spectra: CrossSpectra, lag: float, sign: int) -> float:
    """The peak of the coherence-weighted PHAT next to `lag`, in fractions of a sample.

    Of the transform's values at tenths of a sample the highest, then Newton's method.
    """
    omega = 2.0 * np.pi * spectra.frequency_hz / spectra.rate_hz
    weighted = sign * coherent_phat(spectra, spectra.total)
    kept = weighted != 0.0
    omega, weighted = omega[kept], weighted[kept]
    near = lag + np.linspace(-_FURTHEST, _FURTHEST, _NEAR)
    found = float(near[np.argmax((np.exp(1j * np.outer(near, omega)) @ weighted).real)])
    for _ in range(_STEPS):
        turned = weighted * np.exp(1j * omega * found)
        slope, bend = float((-omega * turned.imag).sum()), float((-(omega**2) * turned.real).sum())
        if bend >= 0.0 or abs(slope / bend) > _LONGEST_STEP:
            break
        found -= slope / bend
    return found


def fit(spectra: CrossSpectra, lag: float) -> tuple[float, float]:
    """(gain_db, residual_db) of the best copy of the reference in the other, `lag` samples late.

    The residual is relative to the other; both signals count from 20 Hz up.
    """
    total = spectra.total
    heard = spectra.frequency_hz >= LOW_END_HZ[0]
    shared = abs(float(_turned(spectra, total, lag)[heard].sum()))
    reference, other = float(total.reference[heard].sum()), float(total.other[heard].sum())
    if min(reference, other) <= 0.0:
        return 0.0, 0.0
    left = max(1.0 - shared**2 / (reference * other), _LOWEST_RESIDUAL)
    return power_to_db((shared / reference) ** 2), power_to_db(left)


def low_end_gain_db(excerpts: Sequence[tuple[Mono, Mono]], rate_hz: int, lag: float, sign: int) -> float:
    """How much the energy of the sum from 20 to 500 Hz rises when the other is moved and turned to fit.

    From whole excerpts without a window, so that every moment counts alike.
    """
    from scipy.fft import rfft

    before = after = 0.0
    for one, other in excerpts:
        frequency_hz = np.arange(len(one) // 2 + 1) * (rate_hz / len(one))
        low = slice(*np.searchsorted(frequency_hz, LOW_END_HZ).tolist())
        first, second = rfft(one)[low], rfft(other)[low]
        turn = sign * np.exp(2j * np.pi * frequency_hz[low] * lag / rate_hz)
        before += float(np.square(np.abs(first + second)).sum())
        after += float(np.square(np.abs(first + second * turn)).sum())
    return power_to_db(after) - power_to_db(before) if min(before, after) > 0.0 else 0.0


def _turned(spectra: CrossSpectra, part: Excerpt, lag: float) -> npt.NDArray[np.float64]:
    """The real part of the cross-spectrum with the other moved `lag` samples earlier."""
    turn = np.exp(2j * np.pi * spectra.frequency_hz * lag / spectra.rate_hz)
    return np.asarray((part.cross * turn).real)
