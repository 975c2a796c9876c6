"""Tracks that are the sum of others: mixdowns beside their parts, prints, the first track of a field recorder's file.

Every track is regressed on all others, block by block weighted (ordinary least squares from the covariance: with P its
inverse, the residual of track i is 1 / Pᵢᵢ and the weights −Pᵢⱼ / Pᵢᵢ), in a few stretches of time so that rides of a
mixer may change them. A part is a combination of the sum and the other parts as well, but with weights below zero.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import BlockCovariance, TrackSum
from dawassist.units import power_to_db

MOST_LEFT_DB = -15.0  # stems of real songs leave −5 dB and more of each other
_STRETCHES = 6
_FLOOR = 1e-6  # of a track's power: keeps copies and exact sums solvable
_COPY = 0.9999  # squared correlation of tracks that are one
_LEAST_PART = 0.005  # of the sum's power
_FEWEST_PARTS = 2
_MOST_AGAINST = 0.01  # of the sum's power, with weights below zero
_SILENT = 1e-10
Matrix = npt.NDArray[np.float64]


def track_sums(covariance: BlockCovariance) -> tuple[TrackSum, ...]:
    """In the order of the tracks."""
    guids = covariance.track_guids
    stretches = _stretches(covariance)
    if not stretches:
        return ()
    whole = np.sum(stretches, axis=0)
    power = np.diag(whole).copy()
    heard = np.flatnonzero(power > _SILENT * max(float(power.max(initial=0.0)), _SILENT))
    if len(heard) <= _FEWEST_PARTS:
        return ()
    alike = _squared_correlation(whole)
    found = []
    for place in heard.tolist():
        others = [other for other in heard.tolist() if other != place and alike[place, other] < _COPY]
        told = _regressed(stretches, place, others) if len(others) >= _FEWEST_PARTS else None
        if told is not None:
            parts, residual_db = told
            found.append(
                TrackSum(
                    track_guid=guids[place], part_guids=tuple(guids[each] for each in parts), residual_db=residual_db
                )
            )
    return tuple(found)


def _stretches(covariance: BlockCovariance) -> list[Matrix]:
    """Mean products of the middle signals of all tracks, (n, n), of each stretch of time."""
    count = len(covariance.track_guids)
    tensor = covariance.tensor.reshape(-1, count, 2, count, 2)
    weights = np.broadcast_to(covariance.weights, len(tensor))
    return [
        0.25 * np.einsum("b,bicjd->ij", weights[part], tensor[part], optimize=True).astype(np.float64)
        for part in np.array_split(np.arange(len(tensor)), min(_STRETCHES, max(len(tensor), 1)))
        if len(part)
    ]


def _squared_correlation(products: Matrix) -> Matrix:
    power = np.maximum(np.diag(products), _SILENT**2)
    return np.asarray(np.square(products) / np.outer(power, power))


def _regressed(stretches: list[Matrix], place: int, others: list[int]) -> tuple[list[int], float] | None:
    """The parts that make up the track at `place`, and what is left; None where it is no sum."""
    left = whole = 0.0
    shares = np.zeros(len(others))
    for products in stretches:
        own = float(products[place, place])
        inner = products[np.ix_(others, others)]
        powers = np.diag(inner)
        floor = np.diag(_FLOOR * powers + _SILENT * (own + float(powers.max(initial=0.0))) + _SILENT**2)
        weights = np.linalg.solve(inner + floor, products[others, place])
        left += max(own - float(weights @ products[others, place]), 0.0)
        whole += own
        shares += np.sign(weights) * np.square(weights) * powers
    if left > whole * 10.0 ** (MOST_LEFT_DB / 10.0):
        return None
    parts = [other for other, share in zip(others, shares, strict=True) if share >= _LEAST_PART * whole]
    against = float(-shares[shares < 0.0].sum())
    if len(parts) < _FEWEST_PARTS or against > _MOST_AGAINST * whole:
        return None
    return parts, power_to_db(max(left / whole, _FLOOR))
