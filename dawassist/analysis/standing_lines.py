"""How far lines at the multiples of a mains frequency stand out of the phase of what lies around them.

Around every multiple the band is brought down to 0 Hz and each moment counts alike, whatever its level (its phase is
averaged, a phase-locking value; Lachaux et al., "Measuring phase synchrony in brain signals", 1999): hum that rules the
gaps between hits is there, hits are not. Sixteen seconds and more tell lines apart by a tenth of a hertz.

Where the gaps are few, each moment counts by the inverse of its power instead, the weights of least variance for a line
under a noise that comes and goes; what such gaps smear of the line itself is taken away before its surroundings count
(CLEAN; Högbom, "Aperture synthesis with a non-regular distribution of interferometer baselines", 1974).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_band import POINTS_PER_SECOND
from dawassist.analysis.low_band_windows import Values
from dawassist.analysis.running_maximum import running_maximum
from dawassist.units import power_to_db

Heights = npt.NDArray[np.float64]
_HALF_HZ = 20.0
_PADDING = 4
_NEAR_HZ = 0.3
_TINY = 1e-12
_MOMENT_POINTS = 120
_FINE = 1e-4  # of the median: what is lower is no sound
_GAP_WIDTH_HZ, _GAP_FAR_HZ = 8.0, 14.0
_GAP_FINE_POWER = 1e-8  # of the mean


class GapLines(NamedTuple):
    """The step that fits best, and of its orders how far each stands out, at least 0 dB, and its RMS level."""

    step: int
    heights_db: Heights
    levels_dbfs: Heights


def standing_out_db(sections: tuple[Values, ...], lines_hz: Heights, width_hz: float, far_hz: float) -> Heights:
    """For lines (steps, orders), in dB: the mean over the sections of how far they stand out, at least 0.

    Compared with the highest from 0.3 to `far_hz` away, on either side, in a band of ±`width_hz`. Every order's lines
    lie within 3 Hz of one another.
    """
    heights = [_heights(section, lines_hz, width_hz, far_hz) for section in sections]
    return np.asarray(np.mean(np.maximum(heights, 0.0), axis=0))


def _heights(section: Values, lines_hz: Heights, width_hz: float, far_hz: float) -> Heights:
    bin_hz = POINTS_PER_SECOND / len(section)
    near, far = round(_NEAR_HZ / bin_hz * _PADDING), round(far_hz / bin_hz * _PADDING)
    reach = (far - near) // 2
    bands, places = _bands(section, lines_hz, width_hz)
    levels = _phase_levels(bands)
    highest = running_maximum(levels, 2 * reach + 1)
    orders = np.arange(len(bands))
    beside = np.clip([places - near - reach, places + near + reach], 0, levels.shape[-1] - 1)
    return np.asarray(levels[orders, places] - highest[orders, beside].max(axis=0))


def _bands(
    section: Values, lines_hz: Heights, width_hz: float
) -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.int_]]:
    """The spectrum around every order, (orders, bins); and where the lines lie in it, (steps, orders), padded."""
    from scipy.fft import rfft

    bin_hz = POINTS_PER_SECOND / len(section)
    half = round(_HALF_HZ / bin_hz)
    spectrum = np.pad(rfft(section), (0, 2 * half))
    away_hz = np.arange(-half, half) * bin_hz
    response = np.where(np.abs(away_hz) < 2.0 * width_hz, 0.5 + 0.5 * np.cos(np.pi * away_hz / (2.0 * width_hz)), 0.0)
    centers = np.round(lines_hz.mean(axis=0) / bin_hz).astype(int)
    places = np.round((lines_hz / bin_hz - centers) * _PADDING).astype(int) + half * _PADDING
    return spectrum[centers[:, None] + np.arange(-half, half)] * response.astype(np.float32), places


def _phase_levels(bands: npt.NDArray[np.complex64]) -> Values:
    """The spectra of bands whose every moment has the same level, in dB, a fourth of a bin apart."""
    from scipy.fft import fft, fftshift, ifft, ifftshift

    moments = ifft(ifftshift(bands, axes=-1))
    sizes = np.abs(moments)
    least = _TINY + _FINE * np.median(sizes, axis=-1, keepdims=True)
    phases = np.where(sizes > _TINY, moments / np.maximum(sizes, least), 0.0) * _hann(moments.shape[-1])
    spectra = fft(phases, moments.shape[-1] * _PADDING)
    return np.asarray(20.0 * np.log10(np.abs(fftshift(spectra, axes=-1)) + _TINY), dtype=np.float32)


def _hann(points: int) -> Values:
    return np.hanning(points).astype(np.float32)


def standing_in_gaps(sections: tuple[Values, ...], lines_hz: Heights) -> GapLines:
    """Lines (steps, orders) under the moments in which little else sounds, the mean over the sections."""
    found = [_weighted(section, lines_hz) for section in sections]
    step = int(np.argmax(np.sum([fits for fits, _ in found], axis=0)))
    told = np.array([_cleaned(weighted, step) for _, weighted in found])
    powers = np.mean(10.0 ** (told[:, 1] / 10.0), axis=0)
    return GapLines(step, np.maximum(told[:, 0], 0.0).mean(axis=0), 10.0 * np.log10(powers + _TINY))


class _Weighted(NamedTuple):
    """Padded spectra (orders, bins): of the weighted moments, and of their weights; the lines' places in the first."""

    spectra: npt.NDArray[np.complex64]
    windows: npt.NDArray[np.complex64]
    places: npt.NDArray[np.int_]
    points: int


def _weighted(section: Values, lines_hz: Heights) -> tuple[Heights, _Weighted]:
    """How much of all the weighted power each step explains; and what `_cleaned` needs."""
    from scipy.fft import fft, fftshift, ifft, ifftshift

    bands, places = _bands(section, lines_hz, _GAP_WIDTH_HZ)
    moments = ifft(ifftshift(bands, axes=-1))
    powers = np.square(np.abs(moments))
    least = _TINY**2 + _GAP_FINE_POWER * powers.mean(axis=-1, keepdims=True)
    beside = np.pad(powers, ((0, 0), (1, 1)), mode="edge")
    smooth = (beside[:, :-2] + beside[:, 1:-1] + beside[:, 2:]) / np.float32(3.0)
    weights = _hann(moments.shape[-1]) / np.maximum(smooth, least)
    weights /= weights.sum(axis=-1, keepdims=True)
    size = moments.shape[-1] * _PADDING
    spectra = fftshift(fft(moments * weights, size), axes=-1)
    lines = np.square(np.abs(spectra[np.arange(len(bands)), places]))
    share = lines / ((weights * powers).sum(axis=-1) + _TINY**2)
    return share.sum(axis=-1), _Weighted(spectra, fft(weights, size), places, len(section))


def _cleaned(weighted: _Weighted, step: int) -> tuple[Heights, Heights]:
    """How far each order's line stands out of what lies beside it without the line, in dB; and its RMS level."""
    bin_hz = POINTS_PER_SECOND / weighted.points
    near, far = (round(hertz / bin_hz * _PADDING) for hertz in (_NEAR_HZ, _GAP_FAR_HZ))
    away = np.concatenate((np.arange(-far, -near + 1), np.arange(near, far + 1)))
    orders, places = np.arange(len(weighted.spectra)), weighted.places[step]
    lines = weighted.spectra[orders, places]
    beside = weighted.spectra[orders[:, None], places[:, None] + away]
    beside = beside - lines[:, None] * weighted.windows[:, away]
    heights = 20.0 * np.log10((np.abs(lines) + _TINY) / (np.abs(beside).max(axis=-1) + _TINY))
    amplitudes = np.abs(lines) * 2.0 * round(_HALF_HZ / bin_hz) / weighted.points
    return heights, 10.0 * np.log10(2.0 * np.square(amplitudes) + _TINY)


def line_level_dbfs(sections: tuple[Values, ...], hertz: float) -> float:
    """RMS level of the sine at `hertz`: the median over moments of 100 ms of its real and its imaginary part."""
    powers = []
    for section in sections:
        turned = section * np.exp(-2j * np.pi * hertz / POINTS_PER_SECOND * np.arange(len(section)))
        moments = turned[: len(turned) // _MOMENT_POINTS * _MOMENT_POINTS].reshape(-1, _MOMENT_POINTS).mean(axis=1)
        powers.append(2.0 * (np.median(moments.real) ** 2 + np.median(moments.imag) ** 2))
    return power_to_db(float(np.mean(powers)))
