"""Cutting a stream of blocks of any size into windows of one size, with or without overlap."""

import numpy as np
import numpy.typing as npt

Windows = npt.NDArray[np.float32]


class Cutter:
    """Windows of `history` + `step` frames, `step` apart; the first is preceded by silence."""

    def __init__(self, channels: int, step: int, history: int = 0) -> None:
        self._step = step
        self._history = history
        self._before = np.zeros((channels, history), dtype=np.float32)
        self._waiting = np.zeros((channels, 0), dtype=np.float32)

    def push(self, block: npt.NDArray[np.floating]) -> Windows:
        """Every window that is full now, shape (channels, windows, history + step)."""
        stream = block.astype(np.float32, copy=False)
        if self._waiting.shape[1]:
            stream = np.concatenate((self._waiting, stream), axis=-1)
        count = stream.shape[1] // self._step
        steps = stream[:, : count * self._step].reshape(len(stream), count, self._step)
        self._waiting = stream[:, count * self._step :].copy()
        return self._with_history(steps) if self._history and count else steps

    def finish(self) -> Windows:
        """The last window, filled up with silence; none when nothing waits."""
        missing = -self._waiting.shape[1] % self._step
        return self.push(np.zeros((len(self._waiting), missing), dtype=np.float32))

    def _with_history(self, steps: Windows) -> Windows:
        channels, count, step = steps.shape
        windows = np.empty((channels, count, self._history + step), dtype=np.float32)
        windows[:, :, self._history :] = steps
        windows[:, 0, : self._history] = self._before
        windows[:, 1:, : self._history] = windows[:, :-1, step:]
        self._before = windows[:, -1, step:].copy()
        return windows


def square_sums(windows: Windows) -> npt.NDArray[np.float32]:
    """Sum of squares of every window, shape (channels, windows)."""
    return np.asarray((windows[..., None, :] @ windows[..., :, None])[..., 0, 0])
