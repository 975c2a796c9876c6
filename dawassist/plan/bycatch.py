"""What comes along: a fader lifts whatever its microphone hears, too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.pairs import Bleed
from dawassist.plan.mix_state import MixState
from dawassist.units import db_to_gain, power_to_db

LEAST_DB = 0.3  # worth a word
_BLOCK_SECONDS = 0.4
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bycatch:
    """While `track` sounds, the source of another track gets `change_db` louder beyond what its own fader does."""

    track_guid: str
    source_guid: str
    bleed_db: float  # in the microphone of `track`, against the source's own track
    change_db: float


def bycatches(
    mix: MixState,
    bleeds: Iterable[Bleed],
    moves_db: Mapping[str, float],
    segments: Mapping[str, Sequence[tuple[float, float]]],
) -> tuple[Bycatch, ...]:
    """Of moves in dB by track, the largest first. `segments` are when the own source of each track dominates."""
    places = {guid: place for place, guid in enumerate(mix.covariance.track_guids)}
    found = [
        Bycatch(
            track_guid=each.track_guid,
            source_guid=each.source_guid,
            bleed_db=each.level_db,
            change_db=_change_db(mix, each, places, moves_db, segments.get(each.track_guid, ())),
        )
        for each in bleeds
        if moves_db.get(each.track_guid) and each.track_guid in places and each.source_guid in places
    ]
    return tuple(sorted((e for e in found if abs(e.change_db) >= LEAST_DB), key=lambda e: -abs(e.change_db)))


def _change_db(
    mix: MixState,
    bleed: Bleed,
    places: Mapping[str, int],
    moves_db: Mapping[str, float],
    segments: Sequence[tuple[float, float]],
) -> float:
    """Power of the source at the master: its own track, its bleed, and how far both add as waves."""
    at = mix.covariance.block_seconds + _BLOCK_SECONDS / 2.0
    inside = np.zeros(len(at), dtype=np.bool_)
    for start, end in segments:
        inside |= (at >= start) & (at < end)
    if not inside.any():
        return 0.0
    source, track = places[bleed.source_guid], places[bleed.track_guid]
    own = mix.covariance.tensor[inside, 2 * source : 2 * source + 2, 2 * source : 2 * source + 2].astype(np.float64)
    power = np.trace(own, axis1=1, axis2=2)[:, None, None]
    heard = power * 10.0 ** (bleed.level_db / 10.0) * np.array(bleed.image)
    both = power * np.array(bleed.cross)
    weights = np.broadcast_to(mix.covariance.weights, len(at))[inside]
    to_track, to_source = (_gains(mix, place, inside) for place in (track, source))

    def total(track_db: float, source_db: float) -> float:
        a, b = to_track * db_to_gain(track_db), to_source * db_to_gain(source_db)
        parts = _power(b, own, b) + 2.0 * _power(a, both, b) + _power(a, heard, a)
        return max(float(parts @ weights), 0.0)

    moved_db = moves_db.get(bleed.source_guid, 0.0)
    before, after = total(0.0, 0.0), total(moves_db[bleed.track_guid], moved_db)
    return power_to_db(after / before) - moved_db if before > 0.0 else 0.0


def _gains(mix: MixState, place: int, inside: npt.NDArray[np.bool_]) -> Values:
    return mix.matrices[inside, place] if mix.matrices.ndim == 4 else mix.matrices[None, place]


def _power(left: Values, covariance: Values, right: Values) -> Values:
    """tr(left · covariance · rightᵀ) of every block."""
    return np.asarray(np.trace(left @ covariance @ np.swapaxes(right, -1, -2), axis1=1, axis2=2))
