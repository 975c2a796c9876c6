"""Cutting a stream of blocks of any size into windows of one size, with or without overlap."""

import numpy as np
import numpy.typing as npt


class Cutter:
    """Windows of `history` + `step` frames, `step` apart; the first is preceded by silence."""

    def __init__(self, channels: int, step: int, history: int = 0) -> None:
        self._step = step
        self._size = history + step
        self._waiting = np.zeros((channels, history), dtype=np.float32)

    def push(self, block: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Every window that is full now, shape (channels, windows, history + step)."""
        stream = np.concatenate((self._waiting, block), axis=-1, dtype=np.float32)
        count = max((stream.shape[-1] - self._size) // self._step + 1, 0)
        self._waiting = stream[:, count * self._step :].copy()
        if not count:
            return np.zeros((len(stream), 0, self._size), dtype=np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(stream, self._size, axis=-1)[:, :: self._step]
        return np.ascontiguousarray(windows[:, :count])

    def finish(self) -> npt.NDArray[np.float32]:
        """The last window, filled up with silence; none when nothing waits."""
        waiting = self._waiting.shape[-1] - (self._size - self._step)
        return self.push(np.zeros((len(self._waiting), (self._step - waiting) if waiting else 0), dtype=np.float32))
