"""Where a track's energy lies: third octaves and ERB bands, over all and over time, and the shape of its spectrum."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.bin_power import high_power, low_power
from dawassist.analysis.cutting import Cutter
from dawassist.analysis.frames import HOPS_PER_STEP, Frames
from dawassist.analysis.hops import Hops
from dawassist.analysis.loudness import HOP_SECONDS
from dawassist.analysis.spectrum_grid import HIGHEST_HZ, LOW_BINS, LOWEST_HZ, spectrum_grid

Power = npt.NDArray[np.float32]
_LOW_END_HZ = 250.0
_ROLLOFF_SHARE = 0.85
_MOST_FRAMES = 2400  # 8 minutes of 200 ms; longer signals are kept more coarsely
_NOTHING = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Mean power per third octave (both channels summed) at nominal `center_hz`; a full-scale sine in one has 0.5.

    `centroid_hz` is the power-weighted mean frequency, `rolloff_hz` the frequency below which 85 % of the power lies,
    `flatness` the geometric over the arithmetic mean of the power from 20 Hz to 20 kHz (0 a tone, 1 white noise).
    """

    center_hz: tuple[float, ...]
    power: tuple[float, ...]
    centroid_hz: float = 0.0
    rolloff_hz: float = 0.0
    flatness: float = 0.0

    @property
    def low_end_share(self) -> float:
        """Share 0..1 of the power in the third octaves up to 250 Hz; 0 for silence."""
        total = sum(self.power)
        low = sum(power for center, power in zip(self.center_hz, self.power, strict=True) if center < _LOW_END_HZ * 1.1)
        return low / total if total > 0.0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BandPower:
    """Power over time, both channels summed: `third_octave` (frames, bands) at `Spectrum.center_hz`, and `erb`.

    Frame i stands for `frame_seconds` from i · frame_seconds of the analyzed range on. ERB bands (Glasberg and Moore,
    1990) are one ERB wide, at `erb_center_hz`.
    """

    frame_seconds: float
    center_hz: tuple[float, ...]
    third_octave: Power
    erb_center_hz: tuple[float, ...]
    erb: Power


class SpectrumMeter:
    """Fed with hops of a stereo signal, and the frames of its low end that they complete.

    Memory does not grow: when 2400 frames are kept, neighbors are averaged.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self._grid = spectrum_grid(sample_rate_hz)
        bands = self._grid.shares.shape[1]
        self._low, self._high = np.zeros(LOW_BINS), np.zeros(self._grid.high_bins)
        self._frames, self._hops = 0, 0
        self._pairs = Cutter(bands, HOPS_PER_STEP)
        self._kept: list[Power] = []
        self._kept_frames = 0
        self._stride = 1
        self._pending: Power = np.zeros((0, bands), dtype=np.float32)

    def push(self, frames: Frames, hops: Hops) -> None:
        """The next hops, and what frames they complete."""
        self._keep(self._of_frames(frames) + _means(self._pairs.push(self._of_hops(hops).T)))

    def finish(self, frames: Frames) -> None:
        """The end of the signal: what frames are filled up with silence."""
        self._keep(self._of_frames(frames) + _means(self._pairs.finish()))

    def spectrum(self) -> Spectrum | None:
        """The mean of what was pushed, or None before the first frame."""
        if not self._frames:
            return None
        frequencies, widths, centers = self._grid.frequencies_hz, self._grid.widths_hz, self._grid.center_hz
        mean = np.concatenate((self._low / self._frames, self._high / self._hops))
        power = mean @ self._grid.shares[:, : len(centers)]
        is_audible = (frequencies >= LOWEST_HZ) & (frequencies <= HIGHEST_HZ)
        frequencies, widths, mean = frequencies[is_audible], widths[is_audible], mean[is_audible]
        total = float(mean.sum())
        if total <= 0.0:
            return Spectrum(center_hz=centers, power=tuple(power.tolist()))
        rolloff = frequencies[np.searchsorted(np.cumsum(mean), _ROLLOFF_SHARE * total)]
        density, share = (mean + _NOTHING) / widths, widths / widths.sum()
        return Spectrum(
            center_hz=centers,
            power=tuple(power.tolist()),
            centroid_hz=float(mean @ frequencies / total),
            rolloff_hz=float(rolloff),
            flatness=float(np.exp(share @ np.log(density)) / (share @ density)),
        )

    def band_power(self) -> BandPower:
        """What was kept over time."""
        kept = np.concatenate((*self._kept, self._pending)) if self._kept else self._pending
        third_octaves = len(self._grid.center_hz)
        return BandPower(
            frame_seconds=HOPS_PER_STEP * HOP_SECONDS * self._stride,
            center_hz=self._grid.center_hz,
            third_octave=kept[:, :third_octaves],
            erb_center_hz=self._grid.erb_center_hz,
            erb=kept[:, third_octaves:],
        )

    def _of_frames(self, frames: Frames) -> Power:
        """The low bins' part of all bands, (frames, bands)."""
        count = frames.spectra.shape[1]
        self._frames += count
        if frames.is_silent or not count:
            return np.zeros((count, self._grid.shares.shape[1]), dtype=np.float32)
        power = low_power(frames)
        self._low += power.sum(axis=0)
        return np.asarray(power @ self._grid.shares[:LOW_BINS])

    def _of_hops(self, hops: Hops) -> Power:
        """The high bins' part of all bands, (hops, bands)."""
        count = hops.spectra.shape[1]
        self._hops += count
        if hops.is_silent or not count:
            return np.zeros((count, self._grid.shares.shape[1]), dtype=np.float32)
        power = high_power(hops, self._grid.high_bins)
        self._high += power.sum(axis=0).reshape(-1, 2).sum(axis=1)
        starts = self._grid.high_starts
        return np.asarray(np.add.reduceat(power, 2 * starts, axis=1) @ self._grid.shares[LOW_BINS + starts])

    def _keep(self, bands: Power) -> None:
        waiting = np.concatenate((self._pending, bands)) if len(self._pending) else bands
        full = len(waiting) // self._stride * self._stride
        self._kept.append(waiting[:full].reshape(-1, self._stride, waiting.shape[1]).mean(axis=1))
        self._kept_frames += len(self._kept[-1])
        self._pending = waiting[full:]
        if self._kept_frames > _MOST_FRAMES:
            kept = np.concatenate(self._kept)
            even = len(kept) // 2 * 2
            self._kept_frames = even // 2
            self._pending = np.concatenate((np.repeat(kept[even:], self._stride, axis=0), self._pending))
            self._kept = [kept[:even].reshape(-1, 2, kept.shape[1]).mean(axis=1)]
            self._stride *= 2


def _means(pairs: Power) -> Power:
    """Of pairs of hops, (bands, pairs, 2), as (pairs, bands)."""
    return np.asarray(pairs.mean(axis=2).T)
