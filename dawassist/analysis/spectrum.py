"""Where a track's energy lies: the long-term third-octave spectrum, and how much of it is low end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
_FRAME = 4096
_FRAMES_PER_BLOCK = 4
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20000.0
_LOW_END_HZ = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Mean power per third octave (both channels summed), at nominal `center_hz`."""

    center_hz: tuple[float, ...]
    power: tuple[float, ...]

    @property
    def low_end_share(self) -> float:
        """Share 0..1 of the power in the third octaves up to 250 Hz; 0 for silence."""
        total = sum(self.power)
        low = sum(power for center, power in zip(self.center_hz, self.power, strict=True) if center < _LOW_END_HZ * 1.1)
        return low / total if total > 0.0 else 0.0


class SpectrumMeter:
    """Four Hann-windowed frames of 4096 samples from every pushed second: a sample of the track, not all of it."""

    def __init__(self, sample_rate_hz: int) -> None:
        frequencies = np.fft.rfftfreq(_FRAME, 1.0 / sample_rate_hz)
        top = min(_HIGHEST_HZ, 0.45 * sample_rate_hz)
        bands = np.arange(np.ceil(3 * np.log2(_LOWEST_HZ / 1000.0)), np.floor(3 * np.log2(top / 1000.0)) + 1)
        self._centers = 1000.0 * 2.0 ** (bands / 3.0)
        edges = np.append(self._centers * 2.0 ** (-1 / 6), self._centers[-1] * 2.0 ** (1 / 6))
        self._place = np.searchsorted(edges, frequencies) - 1
        self._inside = (self._place >= 0) & (self._place < len(self._centers))
        self._window = np.hanning(_FRAME).astype(np.float32)
        self._power = np.zeros(len(frequencies))
        self._frames = 0

    def push(self, samples: Samples) -> None:
        """Samples of shape (2, frames); blocks shorter than a frame are skipped."""
        last = samples.shape[-1] - _FRAME
        if last < 0:
            return
        for start in np.linspace(0, last, _FRAMES_PER_BLOCK if last else 1).astype(int):
            transformed = np.fft.rfft(samples[:, start : start + _FRAME] * self._window, axis=-1)
            self._power += (transformed.real**2 + transformed.imag**2).sum(axis=0)
            self._frames += 1

    def spectrum(self) -> Spectrum | None:
        """The mean of what was pushed, or None before the first whole frame."""
        if not self._frames:
            return None
        mean = self._power / (self._frames * float((self._window**2).sum()) * _FRAME / 2)
        power = np.bincount(self._place[self._inside], mean[self._inside], minlength=len(self._centers))
        return Spectrum(center_hz=tuple(self._centers.tolist()), power=tuple(power.tolist()))
