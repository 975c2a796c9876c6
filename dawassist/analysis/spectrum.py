"""Where a track's energy lies: third octaves and ERB bands, over all and over time, and the shape of its spectrum."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.analysis.frames import Frames

Spectra = npt.NDArray[np.complex64]
Power = npt.NDArray[np.float32]
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20000.0
_LOW_END_HZ = 250.0
_ROLLOFF_SHARE = 0.85
_MOST_FRAMES = 2400  # 8 minutes of 200 ms; longer signals are kept more coarsely
_HANN_POWER = 3.0 / 8.0
_HANN_SCALE = 1.0 / 16.0


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


@dataclass(frozen=True, slots=True)
class _Bands:
    """Bands of a transform: how much of every bin belongs to every band, (bins, third octaves + ERB bands).

    Bins from one of `starts` to the next belong to the bands by equal shares.
    """

    center_hz: tuple[float, ...]
    erb_center_hz: tuple[float, ...]
    shares: Power
    starts: npt.NDArray[np.intp]
    frequencies_hz: npt.NDArray[np.float64]


class SpectrumMeter:
    """Fed with spectra of frames of 300 ms, 200 ms apart, without a window.

    The Hann window is applied to the bins. Memory does not grow: when 2400 frames are kept, neighbors are averaged.
    """

    def __init__(self, sample_rate_hz: int, frame_size: int, frame_seconds: float) -> None:
        self._size = frame_size
        self._bands = _bands(sample_rate_hz, frame_size)
        self._mean = np.zeros(len(self._bands.frequencies_hz))
        self._frames = 0
        self._kept: list[Power] = []
        self._stride = 1
        self._pending: Power = np.zeros((0, self._bands.shares.shape[1]), dtype=np.float32)
        self._frame_seconds = frame_seconds

    def push(self, frames: Frames) -> None:
        """Frames of a stereo signal."""
        count = frames.spectra.shape[1]
        self._frames += count
        if count == 0:
            return
        if frames.is_silent:
            self._keep(np.zeros((count, self._bands.shares.shape[1]), dtype=np.float32))
            return
        power = _hann_power(frames.spectra)
        self._mean += power.sum(axis=0)
        starts = self._bands.starts
        sums = np.add.reduceat(power, starts, axis=1)
        self._keep((sums @ self._bands.shares[starts]) * np.float32(self._scale))

    def spectrum(self) -> Spectrum | None:
        """The mean of what was pushed, or None before the first frame."""
        if not self._frames:
            return None
        frequencies, centers = self._bands.frequencies_hz, self._bands.center_hz
        mean = self._mean * (self._scale / self._frames)
        audible = (frequencies >= _LOWEST_HZ) & (frequencies <= _HIGHEST_HZ)
        total = float(mean[audible].sum())
        power = mean @ self._bands.shares[:, : len(centers)]
        if total <= 0.0:
            return Spectrum(center_hz=centers, power=tuple(power.tolist()))
        rolloff = frequencies[audible][np.searchsorted(np.cumsum(mean[audible]), _ROLLOFF_SHARE * total)]
        floor = mean[audible] + 1e-30
        return Spectrum(
            center_hz=centers,
            power=tuple(power.tolist()),
            centroid_hz=float(mean[audible] @ frequencies[audible] / total),
            rolloff_hz=float(rolloff),
            flatness=float(np.exp(np.log(floor).mean()) / floor.mean()),
        )

    def band_power(self) -> BandPower:
        """What was kept over time."""
        kept = np.concatenate((*self._kept, self._pending)) if self._kept else self._pending
        third_octaves = len(self._bands.center_hz)
        return BandPower(
            frame_seconds=self._frame_seconds * self._stride,
            center_hz=self._bands.center_hz,
            third_octave=kept[:, :third_octaves],
            erb_center_hz=self._bands.erb_center_hz,
            erb=kept[:, third_octaves:],
        )

    @property
    def _scale(self) -> float:
        return 2.0 * _HANN_SCALE / (self._size * self._size * _HANN_POWER)

    def _keep(self, bands: Power) -> None:
        waiting = np.concatenate((self._pending, bands)) if len(self._pending) else bands
        full = len(waiting) // self._stride * self._stride
        self._kept.append(waiting[:full].reshape(-1, self._stride, waiting.shape[1]).mean(axis=1))
        self._pending = waiting[full:]
        if sum(map(len, self._kept)) > _MOST_FRAMES:
            kept = np.concatenate(self._kept)
            even = len(kept) // 2 * 2
            self._pending = np.concatenate((np.repeat(kept[even:], self._stride, axis=0), self._pending))
            self._kept = [kept[:even].reshape(-1, 2, kept.shape[1]).mean(axis=1)]
            self._stride *= 2


def _hann_power(spectra: Spectra) -> Power:
    """16 × the power summed over channels, (frames, bins), of the frames windowed; the outermost bins are 0."""
    parts = spectra.view(np.float32)  # real and imaginary parts by turns: neighbors in frequency are two apart
    steps = parts[..., 2:] - parts[..., :-2]
    windowed = steps[..., 2:] - steps[..., :-2]  # four times the Hann window's three bins
    windowed *= windowed
    squares = np.add(windowed[0], windowed[1], out=windowed[0])
    power = np.empty(spectra.shape[1:], dtype=np.float32)
    np.add(squares[:, ::2], squares[:, 1::2], out=power[:, 1:-1])
    power[:, (0, -1)] = 0.0
    return power


@lru_cache(maxsize=4)
def _bands(sample_rate_hz: int, size: int) -> _Bands:
    frequencies = np.asarray(np.fft.rfftfreq(size, 1.0 / sample_rate_hz), dtype=np.float64)
    top = min(_HIGHEST_HZ, 0.45 * sample_rate_hz)
    steps = np.arange(np.ceil(3 * np.log2(_LOWEST_HZ / 1000.0)), np.floor(3 * np.log2(top / 1000.0)) + 1)
    centers = 1000.0 * 2.0 ** (steps / 3.0)
    edges = np.append(centers * 2.0 ** (-1 / 6), centers[-1] * 2.0 ** (1 / 6))
    erb_edges = _erb_hz(np.arange(int(_erb_number(50.0)) + 1, int(_erb_number(top)) + 1, dtype=np.float64))
    erb_centers = _erb_hz(_erb_number(erb_edges[:-1]) + 0.5)
    shares = np.concatenate((_overlap(frequencies, edges), _overlap(frequencies, erb_edges)), axis=1)
    starts = np.flatnonzero(np.concatenate(([True], (shares[1:] != shares[:-1]).any(axis=1))))
    return _Bands(tuple(centers.tolist()), tuple(erb_centers.tolist()), shares.astype(np.float32), starts, frequencies)


def _overlap(frequencies: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The share of every bin's width that lies in every band, (bins, bands)."""
    width = frequencies[1]
    low = np.maximum(frequencies[:, None] - width / 2, edges[:-1])
    high = np.minimum(frequencies[:, None] + width / 2, edges[1:])
    return np.asarray(np.maximum(high - low, 0.0) / width)


def _erb_number(hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.asarray(21.4 * np.log10(1.0 + 0.00437 * np.asarray(hz)))


def _erb_hz(number: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray((10.0 ** (number / 21.4) - 1.0) / 0.00437)
