"""Tracks whose hits fall together one by one: a drum, and the samples that it triggers or that were laid over it.

Their sounds differ, so that no delay between the signals tells; every hit has a distance of its own, from attack to
attack, and these spread where a trigger was not exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.onsets import starts_of
from dawassist.audio.tracks import read_track
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session, Track

_FURTHEST_SECONDS = 0.03  # a sample later than that is heard on its own
_LEAST_SHARE = 0.9  # of the hits of both
_FEWEST_HITS, _MOST_HITS = 8, 64
_LEAST_PERCUSSIVE = 0.5
_BEFORE_SECONDS, _AFTER_SECONDS = 0.04, 0.05
_ATTACK = 0.3  # of the hit's peak: the same for soft and loud hits of one sound
_SPREAD = (10, 90)  # percentiles
Mono = npt.NDArray[np.float32]
Steps = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitMatch:
    """`matched` of the `hits` of `reference` have one of `other`. It comes `late_seconds` later in the median, from
    `earliest_seconds` to `latest_seconds` between the 10th and the 90th percentile. `at_seconds`: the hits at the ends.
    """

    reference_guid: str
    other_guid: str
    hits: int
    matched: int
    late_seconds: float
    earliest_seconds: float
    latest_seconds: float
    at_seconds: tuple[float, ...]

    @property
    def spread_seconds(self) -> float:
        return self.latest_seconds - self.earliest_seconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """What is known of a track's hits: its levels from `start_seconds` of the project on, and its percussivity."""

    track: Track
    levels: LevelCurve
    percussivity: float


def match_hits(
    session: Session, tracks: Sequence[Hits], start_seconds: float,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[HitMatch, ...]:  # fmt: skip
    """Of every two percussive tracks whose hits fall together. Raises Cancelled."""
    steps = [
        (each.track, starts_of(each.levels.level_dbfs.astype(np.float32)))
        for each in tracks
        if each.percussivity >= _LEAST_PERCUSSIVE
    ]
    enough = [(track, places) for track, places in steps if len(places) >= _FEWEST_HITS]
    found = (_matched(session, one, other, start_seconds, is_cancelled) for one, other in combinations(enough, 2))
    return tuple(match for match in found if match is not None)


def _matched(
    session: Session, one: tuple[Track, Steps], other: tuple[Track, Steps], start_seconds: float,
    is_cancelled: Callable[[], bool],
) -> HitMatch | None:  # fmt: skip
    (reference, first), (second_track, second) = one, other
    together = _together(first, second)
    if len(together) < max(_LEAST_SHARE * max(len(first), len(second)), _FEWEST_HITS):
        return None
    places = np.unique(np.linspace(0, len(together) - 1, min(_MOST_HITS, len(together))).round().astype(int))
    late, at = [], []
    for place in together[places].tolist():
        if is_cancelled():
            raise Cancelled
        seconds = start_seconds + place * STEP_SECONDS
        attacks = [_attack_seconds(session, track, seconds) for track in (reference, second_track)]
        if attacks[0] is not None and attacks[1] is not None:
            late.append(attacks[1] - attacks[0])
            at.append(seconds)
    if len(late) < _FEWEST_HITS:
        return None
    earliest, latest = np.percentile(late, _SPREAD).tolist()
    return HitMatch(
        reference_guid=reference.guid,
        other_guid=second_track.guid,
        hits=len(first),
        matched=len(together),
        late_seconds=float(np.median(late)),
        earliest_seconds=earliest,
        latest_seconds=latest,
        at_seconds=tuple(sorted((at[int(np.argmin(late))], at[int(np.argmax(late))]))),
    )


def _together(first: Steps, second: Steps) -> Steps:
    """Those of `first` whose nearest of `second` is near, and whose nearest is them."""
    nearest = np.abs(first[:, None] - second[None, :])
    mutual = nearest.argmin(axis=0)[nearest.argmin(axis=1)] == np.arange(len(first))
    return np.asarray(first[mutual & (nearest.min(axis=1) * STEP_SECONDS <= _FURTHEST_SECONDS)], dtype=np.intp)


def _attack_seconds(session: Session, track: Track, seconds: float) -> float | None:
    """When the hit around `seconds` first reaches a part of its peak; None where nothing is to be read."""
    start = seconds - _BEFORE_SECONDS
    own = start - track.delay_seconds
    try:
        heard = read_track(session, track, own, own + _BEFORE_SECONDS + _AFTER_SECONDS)
    except KnownError:
        return None
    size = np.abs(heard).max(axis=0)
    peak = float(size.max(initial=0.0))
    if peak <= 0.0:
        return None
    return start + float(np.argmax(size >= _ATTACK * peak)) / session.sample_rate_hz
