"""Which numbers of a hop the covariance takes: all of them, or those above 4 kHz folded.

Where blocks are averaged anyway, the columns of the highest band are added up four by four, each with a sign of its
own that changes from hop to hop. Products of folded columns are those of the columns in the mean, and the power of any
mix, cancellation included, is met within √(2 / columns) per hop, since the same signs fold every channel (a sparse
Johnson–Lindenstrauss transform; Kane and Nelson, "Sparser Johnson-Lindenstrauss Transforms", J. ACM 61, 2014).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dawassist.analysis.loudness import HOP_SECONDS

BAND_EDGES_HZ = (0.0, 120.0, 400.0, 1000.0, 4000.0, np.inf)
Columns = npt.NDArray[np.float32]
_FOLDED = 4
_PATTERNS = 61  # hops until the signs repeat: no multiple of a bar's hops
_SEED = 1


class HopColumns:
    """Columns of hops of `KWeighting`; `bands` are those, as taken, between `BAND_EDGES_HZ`."""

    def __init__(self, hop_frames: int, *, folded: bool = False) -> None:
        edges = [int(min(np.ceil(edge * HOP_SECONDS) * 2, hop_frames)) for edge in BAND_EDGES_HZ[1:-1]]
        self._frames = hop_frames
        self._high = edges[-1] if folded else hop_frames
        width = -(-(hop_frames - self._high) // _FOLDED)
        self.count = self._high + width
        self.bands = tuple(slice(low, high) for low, high in zip([0, *edges], [*edges, self.count], strict=True))
        signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (_FOLDED, _PATTERNS, width))
        self._signs = np.asarray(signs, dtype=np.float32)

    def take(self, weighted: Columns, first_hop: int, out: Columns) -> None:
        """Of hops (channels, hops, columns), the first of which is the `first_hop`-th of the signal, into `out`."""
        out[..., : self._high] = weighted[..., : self._high]
        folded = out[..., self._high :]
        folded[:] = 0.0
        for columns, signs in self._parts(first_hop, weighted.shape[-2]):
            part = weighted[..., columns]
            folded[..., : part.shape[-1]] += part * signs

    def give_back(self, taken: Columns, first_hop: int) -> Columns:
        """The columns whose products with a hop are those of `taken` with what is taken of it, of the same shape."""
        columns = np.empty((*taken.shape[:-1], self._frames), dtype=np.float32)
        columns[..., : self._high] = taken[..., : self._high]
        folded = taken[..., self._high :]
        for places, signs in self._parts(first_hop, taken.shape[-2]):
            np.multiply(folded[..., : signs.shape[-1]], signs, out=columns[..., places])
        return columns

    def _parts(self, first_hop: int, hops: int) -> Iterator[tuple[slice, Columns]]:
        """What is folded: columns, and the sign of each in every hop."""
        patterns = np.arange(first_hop, first_hop + hops) % _PATTERNS
        width = self.count - self._high
        for start, signs in zip(range(self._high, self._frames, max(width, 1)), self._signs, strict=False):
            columns = slice(start, min(start + width, self._frames))
            yield columns, signs[patterns, : columns.stop - columns.start]
