"""Cross-spectra of two signals, excerpt by excerpt, and the correlations that are read from them.

Frames, weights and the estimators follow facts of Perez Gonzalez & Reiss 2008 and Knapp & Carter 1976: half-overlapping
Hann frames; those far under the loudest are left out; PHAT is restricted to bins in which both signals have energy.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Mono = npt.NDArray[np.float32]
Spectra = npt.NDArray[np.complex64]
Powers = npt.NDArray[np.float64]
FRAME_SECONDS = 0.68
SEARCH_SECONDS = 0.042  # 14 m: a room microphone far from its source
LOW_HZ, HIGH_HZ = 80.0, 14000.0
_QUIET_FRAME = 1e-3  # of the energy of the loudest frame of its excerpt
_QUIET_EXCERPT = 1e-2  # of the energy of the loudest excerpt: where the source pauses, bleed plays on
_QUIET_BIN = 1e-4  # of the energy of the strongest bin
_ROTH_FLOOR = 1e-3
_LOWEST_HZ = 40.0
_SIXTH = 2.0 ** (1.0 / 6.0)  # from the center of a third-octave band to its edge
_TINY = 1e-30
BANDS_HZ = ((80.0, 400.0), (400.0, 1600.0), (1600.0, 14000.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Sums over the frames of excerpt `number`, shape (bins,): conj(A) B, |A|², |B|²; `frames` were added."""

    number: int
    cross: npt.NDArray[np.complex128]
    reference: Powers
    other: Powers
    frames: int


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossSpectra:
    """Of a whole pair. `frame` is the length of a transform in samples."""

    rate_hz: int
    frame: int
    excerpts: tuple[Excerpt, ...]

    @cached_property
    def total(self) -> Excerpt:
        return Excerpt(
            number=-1,
            cross=np.sum([each.cross for each in self.excerpts], axis=0),
            reference=np.sum([each.reference for each in self.excerpts], axis=0),
            other=np.sum([each.other for each in self.excerpts], axis=0),
            frames=sum(each.frames for each in self.excerpts),
        )

    @cached_property
    def frequency_hz(self) -> Powers:
        return np.asarray(np.fft.rfftfreq(self.frame, 1.0 / self.rate_hz), dtype=np.float64)

    @property
    def search(self) -> int:
        """The longest delay that is looked for, in samples."""
        return round(SEARCH_SECONDS * self.rate_hz)

    def correlation(self, weighted: npt.NDArray[np.complex128]) -> Powers:
        """The correlation of a weighted cross-spectrum at −search … search samples."""
        from scipy.fft import irfft

        whole = irfft(weighted, self.frame)
        return np.concatenate([whole[-self.search :], whole[: self.search + 1]])

    @cached_property
    def in_band(self) -> npt.NDArray[np.bool_]:
        return (self.frequency_hz >= LOW_HZ) & (self.frequency_hz <= HIGH_HZ)

    def energetic(self, part: Excerpt) -> npt.NDArray[np.bool_]:
        """Bins in which both signals have energy."""
        strong = part.reference > _QUIET_BIN * part.reference.max()
        return np.asarray(self.in_band & strong & (part.other > _QUIET_BIN * part.other.max()))


Weighting = Callable[[CrossSpectra, Excerpt], npt.NDArray[np.complex128]]


def frame_length(rate_hz: int) -> int:
    from scipy.fft import next_fast_len

    return int(next_fast_len(2 * round(FRAME_SECONDS * rate_hz / 2), real=True)) // 2 * 2


def cross_spectra(excerpts: Iterable[tuple[Mono, Mono]], rate_hz: int) -> CrossSpectra:
    """Of pairs of excerpts of equal length, heard at the same time; those in which one is silent are left out."""
    frame = frame_length(rate_hz)
    numbered = (_excerpt(number, one, other, frame) for number, (one, other) in enumerate(excerpts))
    found = [part for part in numbered if part is not None]
    loudest = max((_level(part) for part in found), default=0.0)
    kept = tuple(part for part in found if _level(part) > _QUIET_EXCERPT * loudest)
    return CrossSpectra(rate_hz=rate_hz, frame=frame, excerpts=kept)


def _excerpt(number: int, one: Mono, other: Mono, frame: int) -> Excerpt | None:
    from scipy.fft import rfft

    window = np.hanning(frame).astype(np.float32)
    first, second = (
        rfft(np.lib.stride_tricks.sliding_window_view(_padded(signal, frame), frame)[:: frame // 2] * window)
        for signal in (one, other)
    )
    powers_one, powers_other = np.abs(first) ** 2, np.abs(second) ** 2
    energies = powers_one.sum(axis=1), powers_other.sum(axis=1)
    keep = np.logical_and(*(energy > _QUIET_FRAME * energy.max() for energy in energies))
    if not keep.any():
        return None
    return Excerpt(
        number=number,
        cross=np.sum(np.conj(first[keep]) * second[keep], axis=0, dtype=np.complex128),
        reference=powers_one[keep].sum(axis=0, dtype=np.float64),
        other=powers_other[keep].sum(axis=0, dtype=np.float64),
        frames=int(keep.sum()),
    )


def _padded(signal: Mono, frame: int) -> Mono:
    return np.pad(signal, (0, frame - len(signal))) if len(signal) < frame else signal


def _level(part: Excerpt) -> float:
    return float(np.sqrt(part.reference.sum() * part.other.sum())) / part.frames


def band_phat(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    return np.where(spectra.in_band, part.cross / (np.abs(part.cross) + _TINY), 0.0)


def energy_phat(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    return np.where(spectra.energetic(part), part.cross / (np.abs(part.cross) + _TINY), 0.0)


def half_phat(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    """Halfway between plain correlation and PHAT: strong bins count more."""
    return np.where(spectra.in_band, part.cross / np.sqrt(np.abs(part.cross) + _TINY), 0.0)


def smooth_scot(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    """Both spectra whitened by their third-octave means: partials count more than what lies between them."""
    size = np.sqrt(smoothed(part.reference) * smoothed(part.other))
    floor = _ROTH_FLOOR * float(size[spectra.in_band].max(initial=0.0))
    return np.where(spectra.in_band, part.cross / (size + floor + _TINY), 0.0)


def plain(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    """Plain correlation from 40 Hz up."""
    return np.where(spectra.frequency_hz >= _LOWEST_HZ, part.cross, 0.0)


def smoothed(powers: Powers) -> Powers:
    sums = np.concatenate(([0.0], np.cumsum(powers)))
    bins = np.arange(len(powers))
    low = np.floor(bins / _SIXTH).astype(int)
    high = np.minimum(np.ceil(bins * _SIXTH).astype(int) + 1, len(powers))
    return np.asarray((sums[high] - sums[low]) / (high - low))


def roth(part: Excerpt) -> npt.NDArray[np.complex128]:
    """The impulse response from reference to other, regularized."""
    return np.asarray(part.cross / (part.reference + _ROTH_FLOOR * part.reference.max() + _TINY))


def reverse_roth(part: Excerpt) -> npt.NDArray[np.complex128]:
    """The same with the other as the input: for a reference that holds more bleed."""
    return np.asarray(part.cross / (part.other + _ROTH_FLOOR * part.other.max() + _TINY))


def coherence(part: Excerpt) -> Powers:
    """The magnitude-squared coherence, less its bias for so few frames."""
    bias = 1.0 / max(part.frames, 2)
    found = np.abs(part.cross) ** 2 / (part.reference * part.other + _TINY)
    return np.asarray(np.clip((found - bias) / (1.0 - bias), 0.0, 1.0))


def coherent_phat(spectra: CrossSpectra, part: Excerpt) -> npt.NDArray[np.complex128]:
    return energy_phat(spectra, part) * coherence(part)
