"""Block covariance: the loudness of any fader and pan setting without rendering it.

For a block of K-weighted samples x (2n channels) the covariance is C = E[x xᵀ]; the power of a mix with gains W (2, 2n)
is trace(W C Wᵀ), which BS.1770-4 gates as it gates measured blocks. Gains and filters are linear, so this equals
rendering and measuring as long as gains stand still within a block.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.loudness import HOP_SECONDS, HOPS_PER_BLOCK, gated_lufs
from dawassist.analysis.model import BlockCovariance

MEMORY_LIMIT_BYTES = 256 * 2**20
REPRESENTATIVE_BLOCKS = 600


class CovarianceMeter:
    """Collects the covariance of K-weighted hops of 2n channels, hop after hop.

    `total_hops` says how many will come: it decides whether every block fits into 256 MiB, or which evenly spaced ones
    are kept (at most 600).
    """

    def __init__(self, channels: int, total_hops: int) -> None:
        blocks = max(total_hops - HOPS_PER_BLOCK + 1, 0)
        fitting = max(MEMORY_LIMIT_BYTES // max(4 * channels**2, 1), 1)
        self.is_exact = blocks <= fitting
        kept = blocks if self.is_exact else min(REPRESENTATIVE_BLOCKS, fitting)
        self._starts = np.unique(np.linspace(0, blocks - 1, kept).round().astype(int)) if kept else np.zeros(0, int)
        self._tensor = np.zeros((len(self._starts), channels, channels), dtype=np.float32)
        self._hop = 0

    def push(self, hop: npt.NDArray[np.float32]) -> None:
        """Add the next K-weighted hop, shape (channels, frames)."""
        first = np.searchsorted(self._starts, self._hop - HOPS_PER_BLOCK + 1)
        last = np.searchsorted(self._starts, self._hop, side="right")
        if first < last:
            sounding = np.flatnonzero(hop.any(axis=-1))
            heard = hop[sounding]
            share = (heard @ heard.T) / np.float32(HOPS_PER_BLOCK * hop.shape[-1])
            self._tensor[first:last, sounding[:, None], sounding] += share
        self._hop += 1

    def finish(self, track_guids: tuple[str, ...], start_seconds: float) -> BlockCovariance:
        """The covariance of the blocks; their times count from `start_seconds`."""
        return BlockCovariance(
            track_guids=track_guids,
            tensor=self._tensor,
            block_seconds=start_seconds + self._starts * HOP_SECONDS,
            is_exact=self.is_exact,
        )


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
    return gated_lufs(block_powers(covariance, matrices))


def track_loudness(covariance: BlockCovariance, matrices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Integrated LUFS of every track alone with its gain, shape (n,); `matrices` as for `block_powers`."""
    alone = np.empty(len(covariance.track_guids))
    for place in range(len(alone)):
        gain = matrices[..., place, :, :]
        pair = slice(2 * place, 2 * place + 2)
        powers = (covariance.tensor[:, pair, pair] * (np.swapaxes(gain, -1, -2) @ gain)).sum(axis=(1, 2))
        alone[place] = gated_lufs(np.maximum(powers.astype(np.float64), 0.0))
    return alone
