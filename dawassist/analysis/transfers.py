"""What every track went through on its way into a mix: complex gains per sixth octave and side, by least squares.

Per band and side, the mix is taken as the sum of the tracks, each times one complex number: target = Σ h · source
(Barchiesi & Reiss, 2010, with one tap per band). That holds where filters ring shorter than a window, and change little
inside a band; what is known of the filters already is best applied to the tracks before.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_WINDOW = 8192
_HOP = _WINDOW // 2
_LOWEST_HZ, _HIGHEST_HZ = 55.0, 13500.0
_BANDS_PER_OCTAVE = 6
_RIDGE = 1e-9
_MOST_BINS = 24  # of a band
_SIDES = 2
_QUIET_WINDOW = 1e-4  # of the mean power: quieter windows, or better explained ones, count no more than that
Complex = npt.NDArray[np.complex128]
Spectra = npt.NDArray[np.complex64]
Reals = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """`gains` (bands, 2 sides, tracks); `certainty` of the same shape is |gain|² over its variance, 0 for a track that
    is silent there. `unexplained` and `power` (bands,): what the tracks do not make of the mix's power, and that power.
    """

    center_hz: Reals
    gains: Complex
    certainty: Reals
    unexplained: Reals
    power: Reals


class TransferMeter:
    """Products of the tracks and the mix, summed up excerpt by excerpt; memory does not grow."""

    def __init__(self, tracks: int, sample_rate_hz: int) -> None:
        frequency_hz = np.fft.rfftfreq(_WINDOW, 1.0 / sample_rate_hz)
        top = min(_HIGHEST_HZ, 0.4 * sample_rate_hz)
        count = int(np.log2(top / _LOWEST_HZ) * _BANDS_PER_OCTAVE)
        edges = _LOWEST_HZ * 2.0 ** (np.arange(count + 1) / _BANDS_PER_OCTAVE)
        bins = [np.flatnonzero((frequency_hz >= low) & (frequency_hz < high)) for low, high in pairwise(edges)]
        kept = [place for place, each in enumerate(bins) if len(each)]
        self._bins = [_some(bins[place]) for place in kept]
        self.center_hz: Reals = np.sqrt(edges[:-1] * edges[1:])[kept]
        self._count = tracks
        self.clear()

    def clear(self) -> None:
        """Forget everything pushed."""
        shape = len(self._bins), _SIDES
        self._tracks = np.zeros((*shape, self._count, self._count), dtype=np.complex128)
        self._cross = np.zeros((*shape, self._count), dtype=np.complex128)
        self._weighted: Reals = np.zeros(shape)
        self._power: Reals = np.zeros(shape)
        self._unexplained: Reals = np.zeros(shape)
        self._is_expected = False
        self._points: Reals = np.zeros(shape)

    def push(self, tracks: Samples, mix: Samples, expected: Complex | None = None) -> None:
        """Tracks (tracks, 2, frames) and the mix (2, frames).

        Windows count by how well `expected` gains, as in `Transfers`, explain them; without them, the quieter the more.
        """
        self._is_expected = expected is not None
        for side in range(_SIDES):
            sources, target = _windows(tracks[:, side]), _windows(mix[side])
            for band, bins in enumerate(self._bins):
                rows, wanted = sources[:, :, bins], target[:, bins]
                left = wanted
                if expected is not None:
                    left = wanted - np.tensordot(expected[band, side].astype(np.complex64), rows, axes=1)
                power, remains = _mean_power(wanted), _mean_power(left)
                whole = float(power.sum())
                if whole <= 0.0:
                    continue
                floor = _QUIET_WINDOW * whole / len(power)
                weight = np.sqrt(whole / len(power) / (remains + floor))[:, None].astype(np.float32)
                flat = (rows * weight).reshape(len(rows), -1)
                self._tracks[band, side] += flat.conj() @ flat.T
                self._cross[band, side] += flat.conj() @ (wanted * weight).ravel()
                self._weighted[band, side] += float((weight[:, 0] ** 2 * power).sum()) * len(bins)
                self._power[band, side] += whole * len(bins)
                self._unexplained[band, side] += float(remains.sum()) * len(bins)
                self._points[band, side] += wanted.size

    def transfers(self) -> Transfers:
        """Of everything pushed. `unexplained` is what the expected gains left, where there were any, else these."""
        bands, tracks = len(self._bins), self._count
        gains = np.zeros((bands, _SIDES, tracks), dtype=np.complex128)
        certainty = np.zeros((bands, _SIDES, tracks))
        unexplained = self._unexplained.copy()
        for band, side in np.ndindex(bands, _SIDES):
            products, cross = self._tracks[band, side], self._cross[band, side]
            own = np.diag(products).real
            heard = np.flatnonzero(own > 1e-12 * max(float(own.max(initial=0.0)), 1e-30))
            if not len(heard):
                continue
            part = products[np.ix_(heard, heard)] + np.diag(_RIDGE * own[heard])
            inverse = np.linalg.inv(part)
            found: Complex = inverse @ cross[heard]
            left = self._weighted[band, side] - 2.0 * np.vdot(found, cross[heard]).real
            left += np.vdot(found, products[np.ix_(heard, heard)] @ found).real
            if not self._is_expected:
                share = max(float(left), 0.0) / max(float(self._weighted[band, side]), 1e-30)
                unexplained[band, side] = share * self._power[band, side]
            floor = 1e-10 * float(self._weighted[band, side])
            noise = max(float(left), floor) / max(float(self._points[band, side]) - len(heard), 1.0)
            variance = np.maximum(noise * np.diag(inverse).real, 1e-30)
            gains[band, side, heard] = found
            certainty[band, side, heard] = np.abs(found) ** 2 / variance
        return Transfers(
            center_hz=self.center_hz, gains=gains, certainty=certainty,
            unexplained=unexplained.sum(axis=1), power=self._power.sum(axis=1),
        )  # fmt: skip


def _windows(signals: Samples) -> Spectra:
    """Spectra of half-overlapping Hann windows, (..., windows, bins)."""
    from scipy.fft import rfft

    views = np.lib.stride_tricks.sliding_window_view(signals, _WINDOW, axis=-1)[..., ::_HOP, :]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_WINDOW) / _WINDOW)
    return np.asarray(rfft(views * hann.astype(np.float32), axis=-1))


def _mean_power(spectra: Spectra) -> npt.NDArray[np.float32]:
    """Of every window."""
    return np.asarray(np.mean(np.abs(spectra) ** 2, axis=-1))


def _some(bins: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Evenly spread ones: more of them would say the same about a band."""
    return bins if len(bins) <= _MOST_BINS else bins[np.linspace(0, len(bins) - 1, _MOST_BINS).astype(int)]
