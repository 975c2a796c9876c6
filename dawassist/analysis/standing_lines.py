"""How far lines at the multiples of a mains frequency stand out of the phase of what lies around them.

Around every multiple the band is brought down to 0 Hz and each moment counts alike, whatever its level (its phase is
averaged, a phase-locking value; Lachaux et al., "Measuring phase synchrony in brain signals", 1999): hum that rules the
gaps between hits is there, hits are not. Sixteen seconds and more tell lines apart by a tenth of a hertz.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_band import POINTS_PER_SECOND
from dawassist.analysis.low_band_windows import Values
from dawassist.units import power_to_db

Heights = npt.NDArray[np.float64]
_HALF_HZ = 20.0
_PADDING = 4
_NEAR_HZ = 0.3
_TINY = 1e-12
_MOMENT_POINTS = 120
_FINE = 1e-4  # of the median: what is lower is no sound


def standing_out_db(sections: tuple[Values, ...], lines_hz: Heights, width_hz: float, far_hz: float) -> Heights:
    """For lines (steps, orders), in dB: the mean over the sections of how far they stand out, at least 0.

    Compared with the highest from 0.3 to `far_hz` away, on either side, in a band of ±`width_hz`. Every order's lines
    lie within 3 Hz of one another.
    """
    heights = [_heights(section, lines_hz, width_hz, far_hz) for section in sections]
    return np.asarray(np.mean(np.maximum(heights, 0.0), axis=0))


def _heights(section: Values, lines_hz: Heights, width_hz: float, far_hz: float) -> Heights:
    from scipy.fft import rfft
    from scipy.ndimage import maximum_filter1d

    bin_hz = POINTS_PER_SECOND / len(section)
    half = round(_HALF_HZ / bin_hz)
    spectrum = np.pad(rfft(section), (0, 2 * half))
    away_hz = np.arange(-half, half) * bin_hz
    response = np.where(np.abs(away_hz) < 2.0 * width_hz, 0.5 + 0.5 * np.cos(np.pi * away_hz / (2.0 * width_hz)), 0.0)
    near, far = round(_NEAR_HZ / bin_hz * _PADDING), round(far_hz / bin_hz * _PADDING)
    reach = (far - near) // 2
    centers = np.round(lines_hz.mean(axis=0) / bin_hz).astype(int)
    levels = _phase_levels(spectrum[centers[:, None] + np.arange(-half, half)] * response)
    highest = maximum_filter1d(levels, 2 * reach + 1, axis=-1, mode="nearest")
    places = np.round((lines_hz / bin_hz - centers) * _PADDING).astype(int) + half * _PADDING
    orders = np.arange(len(centers))
    beside = np.clip([places - near - reach, places + near + reach], 0, levels.shape[-1] - 1)
    return np.asarray(levels[orders, places] - highest[orders, beside].max(axis=0))


def _phase_levels(bands: npt.NDArray[np.complexfloating]) -> Heights:
    """The spectra of bands whose every moment has the same level, in dB, a fourth of a bin apart."""
    from scipy.fft import fft, fftshift, ifft, ifftshift

    moments = ifft(ifftshift(bands, axes=-1))
    sizes = np.abs(moments)
    least = _TINY + _FINE * np.median(sizes, axis=-1, keepdims=True)
    phases = np.where(sizes > _TINY, moments / np.maximum(sizes, least), 0.0) * np.hanning(moments.shape[-1])
    spectra = fft(phases, moments.shape[-1] * _PADDING)
    return np.asarray(20.0 * np.log10(np.abs(fftshift(spectra, axes=-1)) + _TINY))


def line_level_dbfs(sections: tuple[Values, ...], hertz: float) -> float:
    """RMS level of the sine at `hertz`: the median over moments of 100 ms of its real and its imaginary part."""
    powers = []
    for section in sections:
        turned = section * np.exp(-2j * np.pi * hertz / POINTS_PER_SECOND * np.arange(len(section)))
        moments = turned[: len(turned) // _MOMENT_POINTS * _MOMENT_POINTS].reshape(-1, _MOMENT_POINTS).mean(axis=1)
        powers.append(2.0 * (np.median(moments.real) ** 2 + np.median(moments.imag) ** 2))
    return power_to_db(float(np.mean(powers)))
