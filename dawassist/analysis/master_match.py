"""Which compressor is on the master of a bounce, and its gain over time: one that is smooth, or one that follows peaks.

Of a smooth one (tenths of a second, as busses have them) the gain is computed from the sum of the tracks that goes into
it; of one that follows peaks from the bounce itself. As long as equalizers are still being found, both are tried.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.compressor_refinement import Part, Unexplained, found_peak_compressor, refined
from dawassist.analysis.master_compressor import (
    Compressor,
    find_compressor,
    per_frame,
    step_levels_db,
    step_products,
)
from dawassist.analysis.peak_compressor import PeakCompressor

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Played = Callable[[int, int | None], Samples]
"""The tracks of an excerpt through their equalizers, (n, 2, frames), lead-in included, up to a frame."""
_OPEN_TURNS = 2  # in which both kinds are tried
_MOST_PARTS, _PART_SECONDS = 5, 1.0  # of the bounce, by which both are compared and peaks are followed
_EXPLAINING_SHARE = 0.5  # of what is unexplained must go with a compressor
_LEAST_DB = 0.3  # less than that is no compression, but noise of the estimate
_START_RATIO, _START_ATTACK_SECONDS, _START_RELEASE_SECONDS = 3.0, 0.005, 0.1
_PLAYS = 0.01  # of the mean power


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """`gains` (2, frames) of every excerpt, after its lead-in; `reduction_db` is their mean where it plays."""

    compressor: Compressor | PeakCompressor
    gains: Sequence[Reals]
    reduction_db: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """`left`: of what is unexplained without a compressor, 0 … 1."""

    compressor: Compressor | PeakCompressor
    gains: Sequence[Reals]
    left: float


class MasterSearch:
    """`bounces` (2, frames) of every excerpt, with a lead-in of as many frames as `lead_frames`."""

    def __init__(self, bounces: Sequence[Samples], lead_frames: int, sample_rate_hz: int) -> None:
        self._bounces = bounces
        self._lead = lead_frames
        self._rate = sample_rate_hz
        count = min(_MOST_PARTS, len(bounces))
        self._chosen = sorted({round(place) for place in np.linspace(0, len(bounces) - 1, count).tolist()})
        self._turn = 0
        self._smooth: Compressor | None = None
        self._peak: PeakCompressor | None = None

    @property
    def follows_peaks(self) -> bool:
        return self._peak is not None and self._smooth is None

    def find(self, played: Played, sides: Reals) -> Master | None:
        """Once more, nearer than before; None where no compressor explains much of what the tracks leave.

        `sides` (2, n): the gains of the tracks as `played` on their way into the master.
        """
        smooth = None if self.follows_peaks else self._find_smooth(played, sides)
        if smooth is None and not self.follows_peaks:
            return None
        self._turn += 1
        found: _Found | None = smooth
        if self._turn <= _OPEN_TURNS or self.follows_peaks:
            peak, is_nearer = self._find_peak(played, smooth)
            found = peak if is_nearer else smooth
        assert found is not None
        if self._turn >= _OPEN_TURNS:
            self._smooth = found.compressor if isinstance(found.compressor, Compressor) else None
            self._peak = found.compressor if isinstance(found.compressor, PeakCompressor) else None
        reduction_db = self._mean_reduction_db(found.gains)
        if self._turn == 1 and (found.left > 1.0 - _EXPLAINING_SHARE or reduction_db < _LEAST_DB):
            return None
        return Master(compressor=found.compressor, gains=found.gains, reduction_db=reduction_db)

    def _find_smooth(self, played: Played, sides: Reals) -> _Found | None:
        """By what goes into it, in steps of 5 ms; None where nothing is unexplained, or nearly all."""
        levels, products = [], []
        for place, bounce in enumerate(self._bounces):
            tracks = played(place, None)
            levels.append(step_levels_db(np.einsum("sn,nsf->sf", sides.astype(np.float32), tracks), self._rate))
            products.append(step_products(tracks[:, :, self._lead :], bounce[:, self._lead :], self._rate))
        found = find_compressor(products, np.stack(levels), self._smooth)
        if found is None:
            return None
        self._smooth, left = found
        gains = [self._smooth.gain(each)[:, -len(part.power) :] for each, part in zip(levels, products, strict=True)]
        frames = self._bounces[0].shape[1] - self._lead
        return _Found(compressor=self._smooth, gains=[per_frame(each, frames, self._rate) for each in gains], left=left)

    def _find_peak(self, played: Played, smooth: _Found | None) -> tuple[_Found, bool]:
        """By the bounce itself; and whether it explains more than `smooth`, both told by some parts of the bounce."""
        unexplained = Unexplained(self._parts(played), self._rate)
        if self._peak is None:
            assert smooth is not None
            assert isinstance(smooth.compressor, Compressor)
            self._peak = found_peak_compressor(unexplained, _peak_of(smooth.compressor), self._rate)
        else:
            self._peak = refined(unexplained, self._peak, self._rate)
        gains = [self._peak.gain(bounce, self._rate)[:, self._lead :] for bounce in self._bounces]
        frames = round(_PART_SECONDS * self._rate)

        def share(of: Sequence[Reals]) -> float:
            return unexplained.share([of[place][:, :frames] for place in self._chosen])

        own, flat = share(gains), share([np.ones_like(gain) for gain in gains])
        found = _Found(compressor=self._peak, gains=gains, left=own / max(flat, 1e-30))
        return found, smooth is None or own < share(smooth.gains)

    def _parts(self, played: Played) -> list[Part]:
        """Of some excerpts the beginning, evenly spread."""
        end = self._lead + round(_PART_SECONDS * self._rate)
        return [(played(place, end)[:, :, self._lead :], self._bounces[place][:, :end]) for place in self._chosen]

    def _mean_reduction_db(self, gains: Sequence[Reals]) -> float:
        """Where it plays: not 20 dB under the mean."""
        heard = [bounce[:, self._lead :] for bounce in self._bounces]
        power = np.concatenate([(bounce.astype(np.float64) ** 2).mean(axis=0) for bounce in heard])
        plays = power > _PLAYS * float(power.mean())
        reduction_db = -20.0 * np.log10(np.concatenate(gains, axis=1)).mean(axis=0)
        return float(reduction_db[plays].mean()) if plays.any() else 0.0


def _peak_of(smooth: Compressor) -> PeakCompressor:
    """To start from: high ratios and long times, which a smooth one fits peaks with, are far from what is heard."""
    return PeakCompressor(
        threshold_db=smooth.threshold_db, ratio=min(smooth.ratio, _START_RATIO), is_linked=smooth.is_linked,
        attack_seconds=min(smooth.attack_seconds, _START_ATTACK_SECONDS),
        release_seconds=min(smooth.release_seconds, _START_RELEASE_SECONDS),
    )  # fmt: skip
