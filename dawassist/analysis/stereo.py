"""How the two sides of a signal relate: correlation, balance, width, and what is lost in mono. All K-weighted.

K-weighting keeps DC and rumble, which both sides share, out of the picture.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cutting import square_sums
from dawassist.analysis.loudness import power_to_lufs

Powers = npt.NDArray[np.float32]
SIDES_APART_DB = 60.0  # a side further under the other counts as that far
_PAUSE_DB = -30.0  # hops that lie further under the loudest tenth are pauses
_LOUD_PERCENTILE = 90
_PERCENTILES = (10, 50, 90)
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stereo:
    """`correlation` −1..1 over all, and its 10th, 50th and 90th percentile over the 100 ms hops in which it plays.

    `balance_db` is right over left (±60 at most), `side_to_mid_db` the level of L − R over L + R, `mono_loss_lu` what a
    mono sum loses against stereo (0 for equal sides, 3 for unrelated ones); `left_max_lufs` and `right_max_lufs` are
    the loudest 100 ms of each side.
    """

    broadband_correlation: float
    correlation: float
    correlation_p10: float
    correlation_p50: float
    correlation_p90: float
    balance_db: float
    side_to_mid_db: float
    mono_loss_lu: float
    left_max_lufs: float
    right_max_lufs: float

    @property
    def weaker_max_lufs(self) -> float:
        return min(self.left_max_lufs, self.right_max_lufs)

    @property
    def stronger_max_lufs(self) -> float:
        return max(self.left_max_lufs, self.right_max_lufs)


class StereoMeter:
    """Products of the two sides per hop: 12 bytes each."""

    def __init__(self) -> None:
        self._products: list[Powers] = []

    def push(self, weighted: Powers) -> None:
        """Hops as `KWeighting` gives them, (2, hops, columns)."""
        between = (weighted[0][:, None, :] @ weighted[1][:, :, None])[:, 0, 0]
        self._products.append(np.concatenate((square_sums(weighted), between[None]), dtype=np.float32))

    def powers(self) -> Powers:
        """Of every hop, both sides summed."""
        products = self._joined()
        return np.asarray(products[0] + products[1])

    def stereo(self, broadband_correlation: float) -> Stereo | None:
        """Of everything pushed; None for silence."""
        products = self._joined().astype(np.float64)
        power = products[0] + products[1]
        if power.max(initial=0.0) <= _NOTHING:
            return None
        left, right, between = products.sum(axis=1)
        plays = power > np.percentile(power[power > _NOTHING], _LOUD_PERCENTILE) * 10.0 ** (_PAUSE_DB / 10.0)
        over_time = products[2, plays] / np.maximum(np.sqrt(products[0, plays] * products[1, plays]), _NOTHING)
        low, middle, high = np.percentile(np.clip(over_time, -1.0, 1.0), _PERCENTILES).tolist()
        correlation = between / max(float(np.sqrt(left * right)), _NOTHING)
        left_max, right_max = power_to_lufs(products[:2].max(axis=1)).tolist()
        summed = (left + right + 2.0 * between) / (2.0 * (left + right))
        return Stereo(
            broadband_correlation=broadband_correlation,
            correlation=float(np.clip(correlation, -1.0, 1.0)),
            correlation_p10=low,
            correlation_p50=middle,
            correlation_p90=high,
            balance_db=_ratio_db(right, left),
            side_to_mid_db=_ratio_db(left + right - 2.0 * between, left + right + 2.0 * between),
            mono_loss_lu=-_ratio_db(summed, 1.0),
            left_max_lufs=left_max,
            right_max_lufs=right_max,
        )

    def _joined(self) -> Powers:
        return np.concatenate(self._products, axis=1) if self._products else np.zeros((3, 0), dtype=np.float32)


def _ratio_db(power: float, reference: float) -> float:
    return float(
        np.clip(10.0 * np.log10(max(power, _NOTHING) / max(reference, _NOTHING)), -SIDES_APART_DB, SIDES_APART_DB)
    )
