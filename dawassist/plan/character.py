"""What a first balance leaves of a recording: its tone, its loudness range, and what is heard of it in mono.

All follow from the covariances of bands (`analysis.covariance`), with every track at the gain that it has now.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import BandCovariance

Values = npt.NDArray[np.float64]
Forms = Callable[[npt.NDArray[np.floating]], Values]  # (blocks, 2n, 2n) → (blocks, n, n): products at the output
PASSAGE_SECONDS = 3.0  # short-term loudness, EBU Tech 3341
_STEPS_PER_PASSAGE = 8  # coarser ones miss the percentiles of short songs by up to 0.4 LU; EBU Tech 3342 asks for 3
_MOST_PASSAGES = 200
_FAR_UNDER_DB = 20.0  # passages further under the loudest are no part of the range, EBU Tech 3342
_LOW_SHARE, _HIGH_SHARE = 0.1, 0.95
# Mean power of the K-weighting (BS.1770-4) in each band of `BAND_EDGES_HZ`, from 30 Hz and up to 16 kHz.
WEIGHTED_DB = (-3.0, -0.3, 0.2, 2.9, 4.0)
_SMALLEST = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tone:
    """`matrices` (bands, n, n): the power of each band is s·K·s, not K-weighted."""

    matrices: Values

    def levels_db(self, moves_db: Values) -> Values:
        """Per band, relative to the whole."""
        powers = _powers(self.matrices, moves_db)
        return np.asarray(10.0 * np.log10(powers / powers.sum()))

    def slopes(self, moves_db: Values) -> Values:
        """dB of each band per dB of each track, (bands, n)."""
        gains = 10.0 ** (moves_db / 20.0)
        arriving = self.matrices @ gains
        whole = arriving.sum(axis=0)
        shares = gains * arriving / np.maximum(arriving @ gains, _SMALLEST)[:, None]
        return np.asarray(shares - gains * whole / max(float(gains @ whole), _SMALLEST))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passages:
    """`matrices` (passages, n, n): the K-weighted power of each stretch of 3 s is s·K·s."""

    matrices: Values

    def levels_db(self, moves_db: Values) -> Values:
        return np.asarray(10.0 * np.log10(_powers(self.matrices, moves_db)))

    def range_lu(self, moves_db: Values) -> float:
        """10th to 95th percentile of the passages that are not far under the loudest."""
        levels = self.levels_db(moves_db)
        return float(_weights(levels) @ levels)

    def slope(self, moves_db: Values) -> Values:
        """LU of the range per dB of each track, (n,)."""
        weights = _weights(self.levels_db(moves_db))
        telling = np.flatnonzero(weights)
        gains = 10.0 ** (moves_db / 20.0)
        arriving = self.matrices[telling] @ gains
        shares = gains * arriving / np.maximum(arriving @ gains, _SMALLEST)[:, None]
        return np.asarray(weights[telling] @ shares)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Character:
    """`mono` (n, n): the power of both sides together is s·K·s."""

    tone: Tone
    passages: Passages
    mono: Values

    def mono_db(self, moves_db: Values) -> float:
        return float(10.0 * np.log10(_powers(self.mono[None], moves_db)[0]))

    def mono_slope(self, moves_db: Values) -> Values:
        """dB of both sides together per dB of each track, (n,)."""
        gains = 10.0 ** (moves_db / 20.0)
        arriving = self.mono @ gains
        return np.asarray(gains * arriving / max(float(gains @ arriving), _SMALLEST))


def character_of(bands: BandCovariance, forms: Forms, mono: Values) -> Character:
    """Of a mix that sounds."""
    weighted = 10.0 ** (np.array(WEIGHTED_DB) / 10.0)
    means = bands.tensor.mean(axis=1)
    tone = Tone(matrices=forms(means) / weighted[:, None, None])
    return Character(tone=tone, passages=Passages(matrices=forms(_stretches(bands))), mono=mono)


def _stretches(bands: BandCovariance) -> npt.NDArray[np.float64]:
    """The mean covariance of every stretch of 3 s, all bands together, (passages, 2n, 2n)."""
    whole = bands.tensor.sum(axis=0)
    length = min(max(round(PASSAGE_SECONDS / bands.block_seconds), 1), len(whole))
    step = max(length // _STEPS_PER_PASSAGE, -(-len(whole) // _MOST_PASSAGES))
    starts = range(0, len(whole) - length + 1, step)
    return np.array([whole[start : start + length].mean(axis=0) for start in starts], dtype=np.float64)


def _powers(matrices: Values, moves_db: Values) -> Values:
    gains = 10.0 ** (moves_db / 20.0)
    return np.asarray(np.maximum((matrices @ gains) @ gains, _SMALLEST))


def _weights(levels: Values) -> Values:
    """The weight of each passage in the range: those about the percentiles, by their distance from them."""
    weights = np.zeros(len(levels))
    kept = np.flatnonzero(levels > levels.max() - _FAR_UNDER_DB)
    ranked = kept[np.argsort(levels[kept], kind="stable")]
    for share, sign in ((_HIGH_SHARE, 1.0), (_LOW_SHARE, -1.0)):
        place = share * (len(ranked) - 1)
        low, part = int(place), place - int(place)
        weights[ranked[low]] += sign * (1.0 - part)
        weights[ranked[min(low + 1, len(ranked) - 1)]] += sign * part
    return weights
