"""Which tracks of a session may share a source: all pairs at a low rate, in a few windows.

Spectra of 80 Hz … 4 kHz, whitened bin by bin, are multiplied for all tracks at once; a pair with a common source has a
peak in the transform of its products that stands out of the rest of it.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import SEARCH_SECONDS, Mono
from dawassist.errors import Cancelled

_FRAME_SECONDS = 0.34
_LOW_HZ, _HIGH_HZ = 80.0, 4000.0
_QUIET_BIN = 1e-4
_WINDOWS_PER_PAIR = 4
_MOST_WINDOWS = 40
_LEAST_PLAYING_SECONDS = 1.0
_MEMORY_BYTES = 256 * 2**20
_TINY = np.float32(1e-30)
Floats = npt.NDArray[np.float64]
Whitened = npt.NDArray[np.complex64]
Read = Callable[[int, int], Mono]


def windows_to_screen(playing: Floats, known: Sequence[bool]) -> list[int]:
    """Few windows in which every pair that ever plays together does so, if it can be, in four.

    `playing` are seconds, shape (tracks, windows); pairs of tracks that are both known are not wanted.
    """
    plays = playing >= _LEAST_PLAYING_SECONDS
    together = plays.astype(np.float32) @ plays.T.astype(np.float32)
    wanted = np.minimum(np.triu(together, 1), _WINDOWS_PER_PAIR)
    wanted[np.ix_(known, known)] = 0.0
    chosen: list[int] = []
    left = np.ones(plays.shape[1], dtype=bool)
    while wanted.any() and len(chosen) < _MOST_WINDOWS:
        gains = np.einsum("iw,ij,jw->w", plays, wanted > 0.0, plays, optimize=True) * left
        window = int(np.argmax(gains))
        if gains[window] <= 0:
            break
        chosen.append(window)
        left[window] = False
        wanted = np.maximum(wanted - np.outer(plays[:, window], plays[:, window]), 0.0)
    return sorted(chosen)


class Screening:
    """Products of all pairs of `tracks` tracks at `rate_hz`."""

    def __init__(self, tracks: int, rate_hz: int) -> None:
        self._frame = 2 * round(_FRAME_SECONDS * rate_hz / 2)
        self._low = round(_LOW_HZ * self._frame / rate_hz)
        highest = round(min(_HIGH_HZ, 0.45 * rate_hz) * self._frame / rate_hz)
        fitting = _MEMORY_BYTES // (8 * max(tracks, 1) ** 2)
        self._bins = max(min(highest - self._low, fitting), 1)
        self._rate_hz = rate_hz
        self._products = np.zeros((self._bins, tracks, tracks), dtype=np.complex64)

    def spectra(self, excerpt: Mono) -> Whitened:
        """Of an excerpt, whitened, shape (frames, bins); any thread may ask."""
        from scipy.fft import rfft

        count = max(len(excerpt) // self._frame, 1)
        frames = np.resize(excerpt, (count, self._frame)) * np.hanning(self._frame).astype(np.float32)
        found: Whitened = rfft(frames)[:, self._low : self._low + self._bins]
        size = np.abs(found)
        floor = np.float32(np.sqrt(_QUIET_BIN)) * size.max(axis=1, keepdims=True)
        return np.where(size > floor, found / (size + _TINY), np.complex64(0.0))

    def add(self, tracks: Sequence[int], spectra: Sequence[Whitened]) -> None:
        """The `spectra` of excerpts of these tracks in one window."""
        together = np.stack(spectra).transpose(2, 0, 1)
        products = together.conj() @ together.transpose(0, 2, 1)
        if len(tracks) == self._products.shape[1]:
            self._products += products
        else:
            places = np.array(tracks)
            self._products[:, places[:, None], places] += products

    def scores(self, is_cancelled: Callable[[], bool]) -> Floats:
        """The peak of each pair over the root mean square of its correlation, (tracks, tracks), above the diagonal.

        Raises Cancelled.
        """
        from scipy.fft import irfft, next_fast_len

        tracks = self._products.shape[1]
        scores = np.zeros((tracks, tracks))
        length = int(next_fast_len(2 * (self._low + self._bins), real=True))
        search = round(SEARCH_SECONDS * self._rate_hz * length / self._frame)
        for one in range(tracks - 1):
            if is_cancelled():
                raise Cancelled
            padded = np.zeros((tracks - one - 1, length // 2 + 1), dtype=np.complex64)
            padded[:, self._low : self._low + self._bins] = self._products[:, one, one + 1 :].T
            curves = irfft(padded, length, axis=1)
            floor = np.sqrt(np.mean(np.square(curves), axis=1)) + 1e-20
            near = np.abs(np.concatenate([curves[:, : search + 1], curves[:, -search:]], axis=1)).max(axis=1)
            scores[one, one + 1 :] = near / floor
        return scores
