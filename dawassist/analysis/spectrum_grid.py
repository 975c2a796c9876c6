"""The frequencies at which spectra are measured, and the bands that they belong to.

Below 995 Hz there are the bins of the frames of the low end, 3.3 Hz apart; above, those of hops, 10 Hz apart.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.analysis.frames import HOPS_PER_FRAME
from dawassist.analysis.loudness import hop_frames

Power = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]
LOWEST_HZ, HIGHEST_HZ = 20.0, 20000.0
LOW_BINS = 299
FIRST_HIGH_BIN = 100
BINS_PER_BLOCK = 32
_MOST_OF_RATE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectrumGrid:
    """Bins of `frequencies_hz` that are `widths_hz` wide; the first 299 are low ones.

    `shares` is how much of every bin belongs to every band, (bins, third octaves + ERB bands). High bins from one of
    `high_starts` to the next belong to the bands by equal shares; they come in whole blocks of 32.
    """

    frequencies_hz: Values
    widths_hz: Values
    center_hz: tuple[float, ...]
    erb_center_hz: tuple[float, ...]
    shares: Power
    high_starts: npt.NDArray[np.intp]

    @property
    def high_bins(self) -> int:
        return len(self.frequencies_hz) - LOW_BINS


@lru_cache(maxsize=4)
def spectrum_grid(sample_rate_hz: int) -> SpectrumGrid:
    """For signals of this rate."""
    frames = hop_frames(sample_rate_hz)
    hop_hz = sample_rate_hz / frames
    wanted, there = HIGHEST_HZ / hop_hz + 1.0, (frames + 1) // 2
    blocks = min(int(np.ceil((wanted - FIRST_HIGH_BIN) / BINS_PER_BLOCK)), (there - FIRST_HIGH_BIN) // BINS_PER_BLOCK)
    high = FIRST_HIGH_BIN + np.arange(blocks * BINS_PER_BLOCK)
    frequencies = hop_hz * np.concatenate((np.arange(LOW_BINS) / HOPS_PER_FRAME, high), dtype=np.float64)
    widths = hop_hz * np.repeat((1.0 / HOPS_PER_FRAME, 1.0), (LOW_BINS, len(high)))
    top = min(HIGHEST_HZ, _MOST_OF_RATE * sample_rate_hz)
    steps = np.arange(np.ceil(3 * np.log2(LOWEST_HZ / 1000.0)), np.floor(3 * np.log2(top / 1000.0)) + 1)
    centers = 1000.0 * 2.0 ** (steps / 3.0)
    edges = np.append(centers * 2.0 ** (-1 / 6), centers[-1] * 2.0 ** (1 / 6))
    erb_edges = _erb_hz(np.arange(int(_erb_number(50.0)) + 1, int(_erb_number(top)) + 1, dtype=np.float64))
    erb_centers = _erb_hz(_erb_number(erb_edges[:-1]) + 0.5)
    shares = np.concatenate([_overlap(frequencies, widths, each) for each in (edges, erb_edges)], axis=1)
    changes = (shares[LOW_BINS + 1 :] != shares[LOW_BINS:-1]).any(axis=1)
    return SpectrumGrid(
        frequencies_hz=frequencies,
        widths_hz=widths,
        center_hz=tuple(centers.tolist()),
        erb_center_hz=tuple(erb_centers.tolist()),
        shares=shares.astype(np.float32),
        high_starts=np.flatnonzero(np.concatenate(([True], changes))),
    )


def _overlap(frequencies: Values, widths: Values, edges: Values) -> Values:
    """The share of every bin's width that lies in every band, (bins, bands)."""
    low = np.maximum((frequencies - widths / 2)[:, None], edges[:-1])
    high = np.minimum((frequencies + widths / 2)[:, None], edges[1:])
    return np.asarray(np.maximum(high - low, 0.0) / widths[:, None])


def _erb_number(hz: npt.ArrayLike) -> Values:
    return np.asarray(21.4 * np.log10(1.0 + 0.00437 * np.asarray(hz)))


def _erb_hz(number: Values) -> Values:
    return np.asarray((10.0 ** (number / 21.4) - 1.0) / 0.00437)
