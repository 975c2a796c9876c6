"""Summing the signals of many tracks with the gains of the console, block by block."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dawassist.console.gains import Console

Samples = npt.NDArray[np.float32]
_POINT_SECONDS = 0.005  # envelopes are read this often and followed in straight lines between


class Mixer:
    """Mixes the fader inputs of `track_guids` to the master output, or into the fader input of `into`."""

    def __init__(self, console: Console, track_guids: Sequence[str], sample_rate_hz: int, *, into: str = "") -> None:
        self._console = console
        self._into = into
        self._sample_rate_hz = sample_rate_hz
        self._moving = [place for place, guid in enumerate(track_guids) if console.is_moving(guid)]
        self._moving_guids = [track_guids[place] for place in self._moving]
        standing = console.gain_matrices(track_guids, into=into)
        standing[self._moving] = 0.0
        self._standing = np.swapaxes(standing, 0, 1).reshape(2, -1).astype(np.float32)

    def mix(self, samples: Samples, start_seconds: float) -> Samples:
        """The sum, (2, frames), of `samples`, (2n, frames), that begin at `start_seconds` of the project."""
        total = self._standing @ samples
        frames = samples.shape[-1]
        if not (self._moving and frames):
            return np.asarray(total)
        points = np.linspace(
            0.0, frames / self._sample_rate_hz, int(frames / self._sample_rate_hz / _POINT_SECONDS) + 2
        )
        gains = self._console.moving_matrices(self._moving_guids, start_seconds + points, into=self._into)
        at_frames = np.arange(frames) / self._sample_rate_hz
        for place, gain in zip(self._moving, np.swapaxes(gains, 0, 1), strict=True):
            for out in (0, 1):
                for channel in (0, 1):
                    if gain[:, out, channel].any():
                        total[out] += samples[2 * place + channel] * np.interp(at_frames, points, gain[:, out, channel])
        return np.asarray(total)
