"""True peak: the largest magnitude of the four-times oversampled signal (ITU-R BS.1770-4, Annex 2)."""

import numpy as np
import numpy.typing as npt

from dawassist.units import gain_to_db

Samples = npt.NDArray[np.float32]
_TAPS = 12
_SEGMENT = 32
_FIRST_PASS_SHARE = 32  # a first look at the loudest 1/32 of the segments settles most of the others
_PHASES = np.array(  # phases 0 and 1 of the table in Annex 2; 2 and 3 are their mirrors
    [
        [0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
         0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500],
        [-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
         0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375],
    ]
)  # fmt: skip


def _interpolator() -> Samples:
    """(segment + taps − 1, 4 · segment): every oversampled value of a segment as one matrix product."""
    matrix = np.zeros((_SEGMENT + _TAPS - 1, 4 * _SEGMENT), dtype=np.float32)
    for phase, taps in enumerate((*_PHASES, *_PHASES[::-1, ::-1])):
        for frame in range(_SEGMENT):
            matrix[frame : frame + _TAPS, 4 * frame + phase] = taps[::-1]
    return matrix


_INTERPOLATOR = _interpolator()
_GAIN_BOUND = float(np.abs(_PHASES).sum(axis=-1).max())  # no oversampled value exceeds this times the largest sample


class TruePeak:
    """The running true peak of `channels` channels. Exact: only segments that cannot matter are skipped.

    The original samples count too, so the result is never below the sample peak.
    """

    def __init__(self, channels: int) -> None:
        self._tail = np.zeros((channels, _TAPS - 1), dtype=np.float32)
        self._waiting = np.zeros((channels, 0), dtype=np.float32)
        self.peak = 0.0

    def push(self, block: npt.NDArray[np.floating]) -> None:
        """Add a block of shape (channels, frames)."""
        samples = np.concatenate((self._waiting, block.astype(np.float32, copy=False)), axis=-1)
        full = samples.shape[-1] // _SEGMENT * _SEGMENT
        self._waiting = samples[:, full:].copy()
        if full:
            history = np.concatenate((self._tail, samples[:, :full]), axis=-1)
            self._tail = history[:, -(_TAPS - 1) :].copy()
            self._measure(history)

    def finish(self) -> float:
        """The true peak in dBTP, the ringing after the last sample included; `SILENCE_DB` for silence."""
        silence = np.zeros((len(self._tail), 2 * _SEGMENT), dtype=np.float32)
        self.push(silence)
        return gain_to_db(self.peak)

    def _measure(self, history: Samples) -> None:
        """Segments as overlapping windows of the samples; the loudest first, then those that may still exceed them."""
        windows = np.lib.stride_tricks.sliding_window_view(history, _SEGMENT + _TAPS - 1, axis=-1)[:, ::_SEGMENT]
        magnitudes = np.abs(history)
        own = magnitudes[:, _TAPS - 1 :].reshape(len(history), -1, _SEGMENT).max(axis=-1)
        before = np.concatenate((magnitudes[:, : _TAPS - 1].max(axis=-1, keepdims=True), own[:, :-1]), axis=-1)
        reach = np.maximum(own, before)
        self.peak = max(self.peak, float(own.max()))
        loudest = np.partition(reach.ravel(), -1 - reach.size // _FIRST_PASS_SHARE)[
            -1 - reach.size // _FIRST_PASS_SHARE
        ]
        self._oversample(windows, (reach >= loudest) & (reach * _GAIN_BOUND > self.peak))
        self._oversample(windows, (reach < loudest) & (reach * _GAIN_BOUND > self.peak))

    def _oversample(self, windows: Samples, chosen: npt.NDArray[np.bool_]) -> None:
        if chosen.any():
            self.peak = max(self.peak, float(np.abs(windows[chosen] @ _INTERPOLATOR).max()))
