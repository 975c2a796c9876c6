"""Products of a few new channels with all others, which need no weighting for it.

The K-weighting K is linear, so that a product of K x with K y is one of x with what is left of K y when K is turned
around, Kᵀ K y: only y, the new channels, are transformed. `KWeighting` filters a hop into its own beginning and
corrects that with the four numbers that a hop and the one before leave ringing; here the same is read from right to
left, and the products are equal within the precision of float32.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance_columns import HopColumns
from dawassist.analysis.k_weighting import HopFilter, hop_filter
from dawassist.analysis.loudness import hop_frames

Samples = npt.NDArray[np.float32]


class RowProducts:
    """Fed with consecutive hops of all `channels`; `columns` are those of `CovarianceMeter`."""

    def __init__(self, sample_rate_hz: float, channels: int, columns: HopColumns) -> None:
        frames = hop_frames(sample_rate_hz)
        self._filter = hop_filter(sample_rate_hz, frames)
        self._turning = _turning(self._filter, frames)
        self._columns = columns
        self._rings = np.zeros((self._filter.ringing.shape[0], channels), dtype=np.float32)
        self._hop = 0

    def push(self, samples: Samples, taken: Samples) -> Samples:
        """Mean products, shape (bands, hops, rows, channels).

        `samples`, (channels, frames), are of all channels as they are; `taken`, (rows, hops, columns), is what
        `columns` take of the same hops of the new ones, K-weighted.
        """
        rows, hops, _ = taken.shape
        bands, poles = len(self._columns.bands), len(self._rings)
        size = self._filter.ringing.shape[1]
        factors = np.empty((hops, bands * rows + poles, size), dtype=np.float32)
        factors[:, bands * rows :] = self._filter.leaves_ringing.T
        corrections = np.empty((hops, bands * rows, poles), dtype=np.float32)
        weighted = np.swapaxes(self._columns.give_back(taken, self._hop), 0, 1)
        turned = self._turned_around(weighted)
        for band, columns in enumerate(self._columns.bands):
            own = slice(band * rows, (band + 1) * rows)
            of_hop = slice(columns.start, size if band == bands - 1 else columns.stop)
            np.matmul(weighted[..., of_hop], self._filter.ringing[:, of_hop].T, out=corrections[:, own])
            factors[:, own] = _samples(turned, of_hop, size)
        self._hop += hops
        products = np.empty((hops, bands * rows, len(samples)), dtype=np.float32)
        for hop in range(hops):
            found = factors[hop] @ samples[:, hop * size : (hop + 1) * size].T
            rings = found[bands * rows :]
            np.add(found[: bands * rows], corrections[hop] @ (self._rings - rings), out=products[hop])
            self._rings = rings
        return np.swapaxes(products.reshape(hops, bands, rows, len(samples)), 0, 1)

    def _turned_around(self, weighted: Samples) -> Samples:
        """The spectra, as parts, of samples whose products with a hop's are those of `weighted` with its filtered one.

        The column without a partner is back at the end.
        """
        parts = np.empty((*weighted.shape[:-1], 2 * len(self._turning)), dtype=np.float32)
        parts[..., : weighted.shape[-1]] = weighted
        parts[..., weighted.shape[-1] :] = 0.0
        parts[..., weighted.shape[-1]] = parts[..., 1]
        parts[..., 1] = 0.0
        parts.view(np.complex64)[:] *= self._turning
        return parts


def _samples(parts: Samples, columns: slice, frames: int) -> Samples:
    """Only these columns of spectra back in time; the one without a partner belongs to the first band."""
    from scipy.fft import irfft

    own = np.zeros_like(parts)
    own[..., columns] = parts[..., columns]
    own[..., 1] = 0.0
    if columns.start == 0:
        own[..., frames:] = parts[..., frames:]
    samples: Samples = irfft(own.view(np.complex64), frames, overwrite_x=True)
    return samples


def _turning(hop_filter: HopFilter, frames: int) -> npt.NDArray[np.complex64]:
    """The response turned around, (bins), with the factors that an inverse transform leaves out."""
    weights = np.full(len(hop_filter.response), frames / 2.0)
    weights[[0] if frames % 2 else [0, -1]] = frames
    return np.asarray(np.conj(hop_filter.response) * weights, dtype=np.complex64)
