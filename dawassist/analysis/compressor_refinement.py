"""A master's compressor refined on the bounce divided by its gain: what the tracks then leave of it is what counts.

Tracks take their best gains meanwhile (variable projection: Golub & Pereyra, 1973).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.bounced_compressor import BouncedCompressor
from dawassist.analysis.master_compressor import Smooths, emphasized, local_weight

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Part = tuple[Samples, Samples]  # the tracks (n, 2, frames), the bounce with its lead-in
Found = tuple[BouncedCompressor, float]

_RIDGE = 1e-6
_KIND_TURNS, _TURNS = 4, 6
_STEP = 1e-3  # of a number, to see what it does
_RATIOS, _THRESHOLDS_DB = (1.02, 30.0), (-90.0, 20.0)
_ATTACKS, _RELEASES, _DETECTORS = (0.00005, 0.5), (0.002, 5.0), (0.0005, 0.1)
_KINDS: tuple[tuple[Smooths, bool], ...] = (("gain", True), ("gain", False), ("level", True), ("level", False))


def refined(parts: Sequence[Part], start: BouncedCompressor, sample_rate_hz: int, *, is_first: bool) -> Found:
    """The compressor near `start` that explains most, and the share of what is unexplained without one that it leaves.

    At first, all kinds are tried.
    """
    rest = _Rest(parts, sample_rate_hz)
    if is_first:
        kinds = [replace(start, smooths=smooths, is_linked=linked) for smooths, linked in _KINDS]
        start = min((_nearest(rest, each, _KIND_TURNS) for each in kinds), key=lambda found: found[1])[0]
    best, left = _nearest(rest, start, _TURNS)
    return best, left / max(rest.share(replace(start, ratio=1.0)), 1e-30)


class _Rest:
    """What the tracks, each with its best gain per side, leave of the bounce divided by a compressor's gain."""

    def __init__(self, parts: Sequence[Part], sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._parts = []
        products: Reals | float = 0.0
        for tracks, bounce in parts:
            root = np.sqrt(local_weight(bounce[:, -tracks.shape[2] :], sample_rate_hz)).astype(np.float32)
            heard = (emphasized(tracks) * root).transpose(1, 0, 2)
            products = products + (heard @ heard.transpose(0, 2, 1)).astype(np.float64)
            self._parts.append((heard, bounce, root))
        self._inverses = [np.linalg.inv(own + np.diag(_RIDGE * np.diag(own) + 1e-20)) for own in np.asarray(products)]

    def __call__(self, compressor: BouncedCompressor) -> Reals:
        """Per frame, against the whole."""
        stills, cross, power = [], np.zeros((2, len(self._inverses[0]))), 0.0
        for heard, bounce, root in self._parts:
            still = bounce / compressor.gain(bounce, self._rate)
            stills.append(emphasized(still[:, -len(root) :].astype(np.float32)) * root)
            cross += (heard @ stills[-1][:, :, None])[:, :, 0]
            power += float(np.vdot(stills[-1], stills[-1]))
        gains = np.stack([inverse @ same for inverse, same in zip(self._inverses, cross, strict=True)])
        rows = gains.astype(np.float32)[:, None, :]
        rest = [still - (rows @ heard)[:, 0] for still, (heard, _, _) in zip(stills, self._parts, strict=True)]
        return np.concatenate([each.ravel() for each in rest]).astype(np.float64) / max(power, 1e-30) ** 0.5

    def share(self, compressor: BouncedCompressor) -> float:
        rest = self(compressor)
        return float(rest @ rest)


def _nearest(rest: _Rest, start: BouncedCompressor, turns: int) -> Found:
    """With the numbers that leave least; the last of them only where a mean square comes before."""
    from scipy.optimize import least_squares

    names = ("ratio", "attack_seconds", "release_seconds", "detector_seconds")[: 4 if start.smooths == "gain" else 3]
    limits = np.array([_THRESHOLDS_DB, *np.log((_RATIOS, _ATTACKS, _RELEASES, _DETECTORS))])[: len(names) + 1]

    def made(values: Reals) -> BouncedCompressor:
        numbers = dict(zip(names, np.exp(values[1:]).tolist(), strict=True))
        return replace(start, threshold_db=float(values[0]), **numbers)

    first = np.array([start.threshold_db, *np.log([getattr(start, name) for name in names])])
    solved = least_squares(
        lambda values: rest(made(values)), np.clip(first, limits[:, 0] + 1e-3, limits[:, 1] - 1e-3),
        bounds=(limits[:, 0], limits[:, 1]), x_scale=[3.0, 0.4, 0.8, 0.6, 0.7][: len(first)], diff_step=_STEP,
        max_nfev=turns, ftol=1e-3, xtol=1e-4, gtol=1e-12,
    )  # fmt: skip
    return made(solved.x), 2.0 * float(solved.cost)
