"""A master's compressor that follows peaks, by what the tracks, behind its gain, leave of the bounce.

Tracks take their best gains meanwhile (variable projection: Golub & Pereyra, 1973).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.master_compressor import emphasized, local_weight
from dawassist.analysis.peak_compressor import PeakCompressor

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Part = tuple[Samples, Samples]  # the tracks (n, 2, frames), the bounce (2, lead-in and frames)

_RIDGE = 1e-6
_KIND_TURNS, _TURNS = 4, 6
_STEP = 1e-3  # of a number, to see what it does
_SCALES = (3.0, 0.4, 0.8, 0.6)  # dB, and logarithms
_NAMES = ("ratio", "attack_seconds", "release_seconds")
_LIMITS: Reals = np.array([(-90.0, 20.0), *np.log([(1.02, 30.0), (0.00005, 0.1), (0.002, 1.0)])])


class Unexplained:
    """What tracks, each with its best gain per side, and then a gain over time, leave of the parts of a bounce."""

    def __init__(self, parts: Sequence[Part], sample_rate_hz: int) -> None:
        self.parts = parts
        self._tracks = [emphasized(tracks).transpose(1, 0, 2) for tracks, _ in parts]
        self._roots = [
            np.sqrt(local_weight(bounce[:, -tracks.shape[2] :], sample_rate_hz)).astype(np.float32)
            for tracks, bounce in parts
        ]
        whole = self._stills([np.ones_like(bounce) for _, bounce in parts])
        self._power = max(sum(float(np.vdot(each, each)) for each in whole), 1e-30)

    def of(self, gains: Sequence[Reals]) -> Reals:
        """Per frame, against the whole; `gains` (2, …) of every part, that end with it."""
        stills = self._stills(gains)
        count = self._tracks[0].shape[1]
        products, cross, through = np.zeros((2, count, count)), np.zeros((2, count)), []
        for tracks, still, gain, root in zip(self._tracks, stills, gains, self._roots, strict=True):
            through.append(tracks * (gain[:, -len(root) :] * root).astype(np.float32)[:, None])
            products += through[-1] @ through[-1].transpose(0, 2, 1)
            cross += (through[-1] @ still[:, :, None])[:, :, 0]
        best = [
            np.linalg.solve(own + np.diag(_RIDGE * np.diag(own) + 1e-20), same)
            for own, same in zip(products, cross, strict=True)
        ]
        rows = np.stack(best).astype(np.float32)[:, None, :]
        rest = [(still - (rows @ each)[:, 0]).ravel() for still, each in zip(stills, through, strict=True)]
        return np.asarray(np.concatenate(rest).astype(np.float64) / self._power**0.5)

    def _stills(self, gains: Sequence[Reals]) -> list[Samples]:
        """The bounce, its slope taken off where it is divided by the gain: that moves within a wave."""
        found = []
        for (_, bounce), gain, root in zip(self.parts, gains, self._roots, strict=True):
            own = gain[:, -len(root) :].astype(np.float32)
            found.append(emphasized(bounce[:, -len(root) :] / own) * own * root)
        return found

    def share(self, gains: Sequence[Reals]) -> float:
        """Of the power."""
        rest = self.of(gains)
        return float(rest @ rest)


def found_peak_compressor(unexplained: Unexplained, start: PeakCompressor, sample_rate_hz: int) -> PeakCompressor:
    """Linked or not, the one near `start` that explains most."""
    kinds = (start, replace(start, is_linked=not start.is_linked))
    tried = [_nearest(unexplained, each, sample_rate_hz, _KIND_TURNS) for each in kinds]
    best = min(tried, key=lambda found: found[1])[0]
    return refined(unexplained, best, sample_rate_hz)


def refined(unexplained: Unexplained, start: PeakCompressor, sample_rate_hz: int) -> PeakCompressor:
    """The compressor near `start` that explains most."""
    return _nearest(unexplained, start, sample_rate_hz, _TURNS)[0]


def _nearest(
    unexplained: Unexplained, start: PeakCompressor, sample_rate_hz: int, turns: int
) -> tuple[PeakCompressor, float]:
    from scipy.optimize import least_squares

    def made(values: Reals) -> PeakCompressor:
        return replace(
            start, threshold_db=float(values[0]), **dict(zip(_NAMES, np.exp(values[1:]).tolist(), strict=True))
        )

    def rest(values: Reals) -> Reals:
        compressor = made(values)
        return unexplained.of([compressor.gain(bounce, sample_rate_hz) for _, bounce in unexplained.parts])

    first = np.array([start.threshold_db, *np.log([getattr(start, name) for name in _NAMES])])
    solved = least_squares(
        rest, np.clip(first, _LIMITS[:, 0] + 1e-3, _LIMITS[:, 1] - 1e-3), bounds=_LIMITS.T, x_scale=_SCALES,
        diff_step=_STEP, max_nfev=turns, ftol=1e-3, xtol=1e-4, gtol=1e-12,
    )  # fmt: skip
    return made(solved.x), 2.0 * float(solved.cost)
