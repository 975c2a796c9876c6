"""Block covariance: the loudness of any fader and pan setting without rendering it.

For a block of K-weighted samples x (2n channels) the covariance is C = E[x xᵀ]; the power of a mix with gains W (2, 2n)
is trace(W C Wᵀ), which BS.1770-4 gates as it gates measured blocks. Gains and filters are linear, so this equals
rendering and measuring as long as gains stand still within a block.

Hops arrive as the spectra of `KWeighting`, whose products are mean products; sums over disjoint ranges of columns are
the covariances of disjoint bands.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance_columns import BAND_EDGES_HZ, HopColumns
from dawassist.analysis.loudness import HOP_SECONDS, HOPS_PER_BLOCK, gated_lufs
from dawassist.analysis.model import BandCovariance, BlockCovariance

MEMORY_LIMIT_BYTES = 256 * 2**20
BAND_MEMORY_LIMIT_BYTES = 64 * 2**20
REPRESENTATIVE_BLOCKS = 600
_MOST_SOUND = 0.6  # of the channels: picking them would cost more than it saves
Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Loud = npt.NDArray[np.bool_]


class CovarianceMeter:
    """Collects the covariance of hops of 2n channels, in the order in which they come.

    `total_hops` says how many will come. When a block per hop fits into 256 MiB, all are kept. Otherwise the signal is
    cut into at most 600 stretches of 400 ms or more, each averaged; stretches longer than a block keep what passes the
    loudness gate apart from what does not. `columns` are those that are wanted of each hop.
    """

    def __init__(self, channels: int, total_hops: int, hop_frames: int) -> None:
        self._channels = channels
        blocks = max(total_hops - HOPS_PER_BLOCK + 1, 0)
        fitting = max(MEMORY_LIMIT_BYTES // max(4 * channels**2, 1), 1)
        self.is_exact = blocks <= fitting
        self.columns = HopColumns(hop_frames, folded=not self.is_exact)
        self._stretch = _stretch_hops(total_hops, min(REPRESENTATIVE_BLOCKS, fitting)) if blocks else 1
        entries = blocks if self.is_exact else self._entries(total_hops, self._stretch)
        self._tensor = np.zeros((entries, channels, channels), dtype=np.float32)
        self._counts = np.zeros(entries)
        bands = len(self.columns.bands)
        fitting_bands = max(BAND_MEMORY_LIMIT_BYTES // max(4 * channels**2 * bands, 1), 1)
        self._band_stretch = _stretch_hops(total_hops, min(REPRESENTATIVE_BLOCKS, fitting_bands))
        band_entries = -(-total_hops // self._band_stretch) if blocks else 0
        self._bands = np.zeros((bands, band_entries, channels, channels), dtype=np.float32)
        self._total_hops = total_hops
        self._rows: Places | None = None
        self._loud = np.ones(total_hops, dtype=np.bool_)
        self._hop = 0

    def reuse(self, known: BlockCovariance, places: Sequence[int], loud: Loud) -> bool:
        """Take over what is known of these same blocks; track i was the `places[i]`-th, or is new (−1).

        `loud` is what `push` was told then of every hop, and is what counts now. Only the products of new tracks are
        wanted then, by `push_rows`. False, and nothing is taken over, when the blocks differ.
        """
        counts = np.ones(len(self._tensor))
        if not self.is_exact:
            counts = np.bincount(self._entry(np.arange(len(loud)), loud), minlength=len(counts)).astype(np.float64)
        kept = np.flatnonzero(counts)
        bands = known.bands.tensor.shape[1] if known.bands else 0
        if len(loud) != self._total_hops or len(known.tensor) != len(kept) or bands != self._bands.shape[1]:
            return False
        before = _channels(np.array(places))
        self._tensor[kept] = _placed(known.tensor, before)
        if not self.is_exact:
            self._tensor *= counts[:, None, None].astype(np.float32)
        if known.bands is not None:
            self._bands = _placed(known.bands.tensor, before)
        self._rows = _channels(np.flatnonzero(np.array(places) < 0))
        self._loud = loud
        return True

    @property
    def loud(self) -> Loud:
        """Which of the hops so far passed the loudness gate."""
        return self._loud[: self._hop]

    @property
    def rows(self) -> Places | None:
        """The channels whose products are new, after `reuse`; None where all are."""
        return self._rows

    def push(self, hops: Matrix, loud: Loud | None = None) -> None:
        """Add the next hops, shape (channels, hops, columns); `loud`: the mix passes the loudness gate in them."""
        assert self._rows is None
        sounding = _sounding(hops)
        if len(sounding) >= _MOST_SOUND * self._channels:
            sounding = np.arange(self._channels)
        heard = hops if len(sounding) == self._channels else hops[sounding]
        by_hop = np.swapaxes(heard, 0, 1)
        parts = (by_hop[..., columns] for columns in self.columns.bands)
        if loud is not None:
            self._loud[self._hop : self._hop + len(loud)] = loud
        self._take((part @ np.swapaxes(part, 1, 2) for part in parts), hops.shape[1], sounding, sounding)

    def push_rows(self, products: Matrix) -> None:
        """Add the next hops as products of the new `rows` with all channels, shape (bands, hops, rows, channels)."""
        assert self._rows is not None
        self._take(products, products.shape[1], self._rows, np.arange(self._channels))

    def _take(self, products: Iterable[Matrix], hops: int, own: Places, sounding: Places) -> None:
        if not hops:
            return
        share = np.zeros((hops, len(own), len(sounding)), dtype=np.float32)
        places = np.arange(self._hop, self._hop + hops)
        entries, starts = np.unique(places // self._band_stretch, return_index=True)
        lengths = np.minimum(self._band_stretch, self._total_hops - entries * self._band_stretch).astype(np.float32)
        for band, product in enumerate(products):
            share += product
            if self._bands.shape[1]:
                means = np.add.reduceat(product, starts, axis=0)
                means /= lengths[:, None, None]
                self._add(self._bands[band], slice(entries[0], entries[-1] + 1), means, own, sounding)
        if self.is_exact:
            share /= np.float32(HOPS_PER_BLOCK)
            for later in range(HOPS_PER_BLOCK):
                first, end = self._hop - later, min(self._hop - later + hops, len(self._tensor))
                kept = slice(max(first, 0), max(end, 0))
                self._add(self._tensor, kept, share[kept.start - first : kept.stop - first], own, sounding)
        else:
            for entry, product in zip(self._entry(places, self._loud[places]), share, strict=True):
                self._counts[entry] += 1
                self._add(self._tensor, slice(entry, entry + 1), product, own, sounding)
        self._hop += hops

    def finish(self, track_guids: tuple[str, ...], start_seconds: float) -> BlockCovariance:
        """The covariance of the blocks; their times count from `start_seconds`."""
        if self._rows is not None:
            self._tensor[..., self._rows] = np.swapaxes(self._tensor[:, self._rows], -1, -2)
            self._bands[..., self._rows] = np.swapaxes(self._bands[:, :, self._rows], -1, -2)
        tensor, counts = self._tensor, self._counts
        starts: npt.NDArray[np.floating] = np.arange(len(tensor), dtype=np.float64)
        if self.is_exact:
            counts = np.ones(len(tensor))
        else:
            per_stretch = 1 if self._stretch == HOPS_PER_BLOCK else 2
            starts = np.arange(len(tensor)) // per_stretch * self._stretch + (self._stretch - HOPS_PER_BLOCK) / 2
            kept = counts > 0
            if not kept.all():
                tensor, starts, counts = tensor[kept], starts[kept], counts[kept]
            tensor /= counts[:, None, None].astype(np.float32)
        return BlockCovariance(
            track_guids=track_guids,
            tensor=tensor,
            block_seconds=np.asarray(start_seconds + starts * HOP_SECONDS, dtype=np.float64),
            is_exact=self.is_exact,
            weights=counts,
            bands=self._band_covariance(start_seconds),
        )

    def _add(self, tensor: Matrix, entries: slice, share: Matrix, own: Places, sounding: Places) -> None:
        if len(own) == len(sounding) == self._channels:
            tensor[entries] += share
        elif len(sounding) == self._channels:
            tensor[entries, own] += share
        else:
            tensor[entries, own[:, None], sounding] += share

    def _entry(self, hops: Places, is_loud: Loud) -> Places:
        stretches = hops // self._stretch
        return stretches if self._stretch == HOPS_PER_BLOCK else 2 * stretches + is_loud

    @staticmethod
    def _entries(total_hops: int, stretch: int) -> int:
        return -(-total_hops // stretch) * (1 if stretch == HOPS_PER_BLOCK else 2)

    def _band_covariance(self, start_seconds: float) -> BandCovariance | None:
        entries = self._bands.shape[1]
        if not entries:
            return None
        seconds = start_seconds + np.arange(entries) * self._band_stretch * HOP_SECONDS
        return BandCovariance(
            edges_hz=BAND_EDGES_HZ,
            tensor=self._bands,
            start_seconds=np.asarray(seconds, dtype=np.float64),
            block_seconds=self._band_stretch * HOP_SECONDS,
        )


def _sounding(hops: Matrix) -> Places:
    """Channels that are not silent throughout."""
    sounds = hops.max(axis=(1, 2), initial=0.0) > 0.0
    quiet = np.flatnonzero(~sounds)
    sounds[quiet] = hops[quiet].min(axis=(1, 2), initial=0.0) < 0.0
    return np.flatnonzero(sounds)


def _channels(tracks: Places) -> Places:
    """The left and right channels of tracks, by place."""
    return np.asarray((2 * tracks[:, None] + np.arange(2)).ravel(), dtype=np.intp)


def _placed(products: Matrix, before: Places) -> Matrix:
    """Products (…, channels, channels) of channels that were the `before`-th; nothing for new ones, below 0."""
    outer, width = products.shape[:-2], products.shape[-1]
    known = np.maximum(before, 0)
    pairs = (width * known[:, None] + known).ravel()
    placed: Matrix = products.reshape(*outer, width**2).take(pairs, axis=-1).reshape(*outer, len(before), len(before))
    placed[..., before < 0, :] = 0.0
    placed[..., before < 0] = 0.0
    return placed


def _stretch_hops(total_hops: int, entries: int) -> int:
    """Hops per kept entry: one block where that is few enough, else longer, each kept twice (loud and quiet)."""
    if total_hops <= entries * HOPS_PER_BLOCK:
        return HOPS_PER_BLOCK
    return int(-(-total_hops // max(entries // 2, 1)))


def block_powers(covariance: BlockCovariance, matrices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """K-weighted power of the mix in every block, shape (blocks,).

    `matrices` has shape (n, 2, 2), in the order of `covariance.track_guids`, from each fader input to the output; or
    (blocks, n, 2, 2) for gains that move.
    """
    blocks, channels, _ = covariance.tensor.shape
    gains = output_rows(matrices)
    if gains.ndim == 2:
        powers = covariance.tensor.reshape(blocks, channels**2) @ (gains.T @ gains).astype(np.float32).ravel()
    else:
        arriving = covariance.tensor @ np.swapaxes(gains, -1, -2).astype(np.float32)
        powers = np.einsum("bko,bok->b", arriving, gains)
    return np.maximum(powers.astype(np.float64), 0.0)


def output_rows(matrices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Matrices (…, n, 2, 2) side by side: the two outputs as rows over all channels, shape (…, 2, 2n)."""
    rows = np.swapaxes(matrices, -3, -2)
    return rows.reshape(*rows.shape[:-2], -1)


def mix_loudness(covariance: BlockCovariance, matrices: npt.NDArray[np.float64]) -> float:
    """Integrated LUFS of the mix with these gains (shapes as for `block_powers`); `SILENCE_DB` when nothing sounds."""
    return gated_lufs(block_powers(covariance, matrices), covariance.weights)


def track_loudness(covariance: BlockCovariance, matrices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Integrated LUFS of every track alone with its gain, shape (n,); `matrices` as for `block_powers`."""
    alone = np.empty(len(covariance.track_guids))
    for place in range(len(alone)):
        gain = matrices[..., place, :, :]
        pair = slice(2 * place, 2 * place + 2)
        powers = (covariance.tensor[:, pair, pair] * (np.swapaxes(gain, -1, -2) @ gain)).sum(axis=(1, 2))
        alone[place] = gated_lufs(np.maximum(powers.astype(np.float64), 0.0), covariance.weights)
    return alone
