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

from dawassist.analysis.loudness import HOP_SECONDS, HOPS_PER_BLOCK, gated_lufs
from dawassist.analysis.model import BandCovariance, BlockCovariance

MEMORY_LIMIT_BYTES = 256 * 2**20
BAND_MEMORY_LIMIT_BYTES = 64 * 2**20
REPRESENTATIVE_BLOCKS = 600
_MOST_SOUND = 0.6  # of the channels: picking them would cost more than it saves
BAND_EDGES_HZ = (0.0, 120.0, 400.0, 1000.0, 4000.0, np.inf)
Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


def band_columns(hop_frames: int) -> tuple[slice, ...]:
    """The columns of a hop of `KWeighting` that belong to each band between `BAND_EDGES_HZ`."""
    edges = [int(min(np.ceil(edge * HOP_SECONDS) * 2, hop_frames)) for edge in BAND_EDGES_HZ[1:-1]]
    return tuple(slice(low, high) for low, high in zip([0, *edges], [*edges, hop_frames], strict=True))


class CovarianceMeter:
    """Collects the covariance of hops of 2n channels, hop after hop.

    `total_hops` says how many will come. When a block per hop fits into 256 MiB, all are kept. Otherwise the signal is
    cut into at most 600 stretches of 400 ms or more, each averaged; stretches longer than a block keep what passes the
    loudness gate apart from what does not.
    """

    def __init__(self, channels: int, total_hops: int, columns: Sequence[slice] = (slice(None),)) -> None:
        self._channels = channels
        self._columns = columns
        blocks = max(total_hops - HOPS_PER_BLOCK + 1, 0)
        fitting = max(MEMORY_LIMIT_BYTES // max(4 * channels**2, 1), 1)
        self.is_exact = blocks <= fitting
        self._stretch = _stretch_hops(total_hops, min(REPRESENTATIVE_BLOCKS, fitting)) if blocks else 1
        entries = blocks if self.is_exact else self._entries(total_hops, self._stretch)
        self._tensor = np.zeros((entries, channels, channels), dtype=np.float32)
        self._counts = np.zeros(entries)
        fitting_bands = max(BAND_MEMORY_LIMIT_BYTES // max(4 * channels**2 * len(columns), 1), 1)
        self._band_stretch = _stretch_hops(total_hops, min(REPRESENTATIVE_BLOCKS, fitting_bands))
        band_entries = -(-total_hops // self._band_stretch) if blocks and len(columns) > 1 else 0
        self._bands = np.zeros((len(columns), band_entries, channels, channels), dtype=np.float32)
        self._total_hops = total_hops
        self._rows: Places | None = None
        self._hop = 0

    def reuse(self, known: BlockCovariance, places: Sequence[int]) -> bool:
        """Take over what is known of these same blocks; track i was the `places[i]`-th, or is new (−1).

        Only the products of new tracks are wanted then, by `push_rows`. False, and nothing is taken over, when the
        blocks differ.
        """
        stretched = not self.is_exact and self._stretch > HOPS_PER_BLOCK
        bands = known.bands.tensor.shape[1] if known.bands else 0
        if stretched or len(known.tensor) != len(self._tensor) or bands != self._bands.shape[1]:
            return False
        old = np.flatnonzero(np.array(places) >= 0)
        channels, before = _channels(old), _channels(np.array(places)[old])
        weights = np.broadcast_to(1.0 if self.is_exact else known.weights, len(known.tensor))
        scaled = known.tensor[:, before[:, None], before] * weights[:, None, None].astype(np.float32)
        self._tensor[:, channels[:, None], channels] = scaled
        if known.bands is not None:
            self._bands[:, :, channels[:, None], channels] = known.bands.tensor[:, :, before[:, None], before]
        self._rows = _channels(np.flatnonzero(np.array(places) < 0))
        return True

    @property
    def rows(self) -> Places | None:
        """The channels whose products are new, after `reuse`; None where all are."""
        return self._rows

    def push(self, hop: Matrix, *, is_loud: bool = True) -> None:
        """Add the next hop, shape (channels, columns); `is_loud`: the mix passes the loudness gate in it."""
        assert self._rows is None
        sounding = np.flatnonzero(np.abs(hop).max(axis=-1))
        if len(sounding) >= _MOST_SOUND * self._channels:
            sounding = np.arange(self._channels)
        heard = hop if len(sounding) == self._channels else hop[sounding]
        parts = (heard[:, columns] for columns in self._columns)
        self._take((part @ part.T for part in parts), sounding, sounding, is_loud=is_loud)

    def push_rows(self, products: Matrix, *, is_loud: bool = True) -> None:
        """Add the next hop as products of the new `rows` with all channels, shape (bands, rows, channels)."""
        assert self._rows is not None
        self._take(products, self._rows, np.arange(self._channels), is_loud=is_loud)

    def _take(self, products: Iterable[Matrix], own: Places, sounding: Places, *, is_loud: bool) -> None:
        share = np.zeros((len(own), len(sounding)), dtype=np.float32)
        entry = self._hop // self._band_stretch
        hops = np.float32(min(self._band_stretch, self._total_hops - entry * self._band_stretch))
        for band, product in enumerate(products):
            share += product
            if self._bands.shape[1]:
                self._add(self._bands[band], slice(entry, entry + 1), product / hops, own, sounding)
        if self.is_exact:
            first = max(self._hop - HOPS_PER_BLOCK + 1, 0)
            entries = slice(first, min(self._hop + 1, len(self._tensor)))
            self._add(self._tensor, entries, share / np.float32(HOPS_PER_BLOCK), own, sounding)
        else:
            entry = self._entry(is_loud)
            self._counts[entry] += 1
            self._add(self._tensor, slice(entry, entry + 1), share, own, sounding)
        self._hop += 1

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
            tensor = np.asarray(tensor[kept] / counts[kept, None, None], dtype=np.float32)
            starts, counts = starts[kept], counts[kept]
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

    def _entry(self, is_loud: bool) -> int:
        stretch = self._hop // self._stretch
        return stretch if self._stretch == HOPS_PER_BLOCK else 2 * stretch + int(is_loud)

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


def _channels(tracks: Places) -> Places:
    """The left and right channels of tracks, by place."""
    return np.asarray((2 * tracks[:, None] + np.arange(2)).ravel(), dtype=np.intp)


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
