"""Excerpts of tracks for alignment: a grid of windows of a session, read block by block when they are wanted.

Tracks are heard before their plug-ins, as `low_end` hears them, with their own delay, and with both sides of a stereo
track added; where the sides cancel, the left one is heard.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import FRAME_SECONDS, Mono
from dawassist.audio.tracks import read_track
from dawassist.errors import KnownError
from dawassist.session.model import Session, Track

WINDOW_SECONDS = 4 * FRAME_SECONDS
_KEPT_BYTES = 192 * 2**20
_CANCELLING_SIDES = 0.05  # of the energy of both sides that is left in their sum
Segments = Sequence[tuple[float, float]]


class Excerpts:
    """Windows number 0, 1, … of `WINDOW_SECONDS` from `start_seconds`. What was read last is kept for the next pair.

    Several threads may read.
    """

    def __init__(self, session: Session, start_seconds: float, end_seconds: float) -> None:
        self._session = session
        self._start_seconds = start_seconds
        self.count = max(int((end_seconds - start_seconds) / WINDOW_SECONDS), 1)
        self._kept: OrderedDict[tuple[str, int], Mono] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()  # of what is kept

    def start_seconds(self, window: int) -> float:
        return self._start_seconds + window * WINDOW_SECONDS

    def playing_seconds(self, segments: Segments) -> npt.NDArray[np.float64]:
        """How much of each window a track plays, shape (count,)."""
        played = np.zeros(self.count)
        for start, end in segments:
            edges = self._start_seconds + np.arange(self.count + 1) * WINDOW_SECONDS
            played += np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0.0, None)
        return played

    def read(self, track: Track, window: int) -> Mono:
        """Shape (frames,); silence where a file is damaged."""
        place = (track.guid, window)
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
                return self._kept[place]
        found = _mono(self._samples(track, window))
        with self._lock:
            if place not in self._kept:
                self._kept[place] = found
                self._bytes += found.nbytes
            while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return found

    def _samples(self, track: Track, window: int) -> npt.NDArray[np.float32]:
        frames = round(WINDOW_SECONDS * self._session.sample_rate_hz)
        start = self.start_seconds(window) - track.delay_seconds
        heard = np.zeros((2, frames), dtype=np.float32)
        try:
            found = read_track(self._session, track, start, start + WINDOW_SECONDS)[:, :frames]
        except KnownError:
            return heard
        heard[:, : found.shape[1]] = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
        return heard


def _mono(samples: npt.NDArray[np.float32]) -> Mono:
    both: Mono = samples.mean(axis=0)
    apart = float(np.mean(np.square(samples)))
    return both if float(np.mean(np.square(both))) > _CANCELLING_SIDES * apart else samples[0].copy()
