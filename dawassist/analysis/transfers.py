"""What every track went through on its way into a mix: complex gains per sixth octave and side, by least squares.

Per band and side, the mix is taken as the sum of the tracks, each times one complex number: target = Σ h · source
(Barchiesi & Reiss, 2010, with one tap per band). That holds where filters ring shorter than a window.
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
_SILENT_WINDOW = 1e-3  # of the loudest window's power
Complex = npt.NDArray[np.complex128]
Reals = npt.NDArray[np.float64]


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
        self.center_hz = np.sqrt(edges[:-1] * edges[1:])[kept]
        self._count = tracks
        self.clear()

    def clear(self) -> None:
        """Forget everything pushed."""
        shape = len(self._bins), _SIDES
        self._tracks = np.zeros((*shape, self._count, self._count), dtype=np.complex128)
        self._cross = np.zeros((*shape, self._count), dtype=np.complex128)
        self._power: Reals = np.zeros(shape)
        self._points: Reals = np.zeros(shape)

    def push(self, tracks: npt.NDArray[np.float32], mix: npt.NDArray[np.float32], gains: Reals) -> None:
        """Tracks (tracks, 2, frames) and the mix (2, frames), divided by the `gains` of its windows, or one of all."""
        scale = gains.astype(np.float32)[:, None]
        for side in range(_SIDES):
            sources, target = _windows(tracks[:, side]), _windows(mix[side : side + 1])[0] / scale
            for band, bins in enumerate(self._bins):
                rows = sources[:, :, bins].reshape(len(sources), -1)
                wanted = target[:, bins].ravel()
                self._tracks[band, side] += rows.conj() @ rows.T
                self._cross[band, side] += rows.conj() @ wanted
                self._power[band, side] += float(np.vdot(wanted, wanted).real)
                self._points[band, side] += wanted.size

    def window_gains(
        self, tracks: npt.NDArray[np.float32], mix: npt.NDArray[np.float32], transfers: Transfers
    ) -> Reals:
        """How much louder each window of the mix is than what `transfers` make of the tracks; 0 where nothing plays."""
        same: Reals = np.zeros(1)
        own: Reals = np.zeros(1)
        for side in range(_SIDES):
            sources, target = _windows(tracks[:, side]), _windows(mix[side : side + 1])[0]
            for band, bins in enumerate(self._bins):
                weight = 1.0 / max(float(transfers.power[band]), 1e-30)
                gains = transfers.gains[band, side].astype(np.complex64)
                made = np.tensordot(gains, sources[:, :, bins], axes=1)
                same = same + weight * (made.conj() * target[:, bins]).real.sum(axis=1)
                own = own + weight * (np.abs(made) ** 2).sum(axis=1)
        plays = own > _SILENT_WINDOW * float(np.max(own))
        return np.asarray(np.where(plays, same / np.maximum(own, 1e-30), 0.0))

    def transfers(self) -> Transfers:
        """Of everything pushed."""
        bands, tracks = len(self._bins), self._count
        gains = np.zeros((bands, _SIDES, tracks), dtype=np.complex128)
        certainty = np.zeros((bands, _SIDES, tracks))
        unexplained = np.zeros((bands, _SIDES))
        for band, side in np.ndindex(bands, _SIDES):
            products, cross = self._tracks[band, side], self._cross[band, side]
            own = np.diag(products).real
            heard = np.flatnonzero(own > 1e-12 * max(float(own.max(initial=0.0)), 1e-30))
            if not len(heard):
                unexplained[band, side] = self._power[band, side]
                continue
            part = products[np.ix_(heard, heard)] + np.diag(_RIDGE * own[heard])
            inverse = np.linalg.inv(part)
            found: Complex = inverse @ cross[heard]
            left = self._power[band, side] - 2.0 * np.vdot(found, cross[heard]).real
            left += np.vdot(found, products[np.ix_(heard, heard)] @ found).real
            unexplained[band, side] = max(float(left), 0.0)
            floor = 1e-10 * float(self._power[band, side])
            noise = max(float(left), floor) / max(float(self._points[band, side]) - len(heard), 1.0)
            variance = np.maximum(noise * np.diag(inverse).real, 1e-30)
            gains[band, side, heard] = found
            certainty[band, side, heard] = np.abs(found) ** 2 / variance
        return Transfers(
            center_hz=self.center_hz, gains=gains, certainty=certainty,
            unexplained=unexplained.sum(axis=1), power=self._power.sum(axis=1),
        )  # fmt: skip


def _some(bins: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Evenly spread ones: more of them would say the same about a band."""
    return bins if len(bins) <= _MOST_BINS else bins[np.linspace(0, len(bins) - 1, _MOST_BINS).astype(int)]


def _windows(signals: npt.NDArray[np.float32]) -> npt.NDArray[np.complex64]:
    """Half-overlapping Hann windows, (signals, windows, bins)."""
    from scipy.fft import rfft

    views = np.lib.stride_tricks.sliding_window_view(signals, _WINDOW, axis=-1)[:, ::_HOP]
    return np.asarray(rfft(views * np.hanning(_WINDOW).astype(np.float32), axis=-1))
