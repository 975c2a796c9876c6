"""Tracks whose hits fall together one by one: a drum, and the samples that it triggers or that were laid over it.

Their sounds differ, so that no delay between the signals tells; every hit has a distance of its own, from attack to
attack, and these spread where a trigger was not exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.keys import key_of, sound_key
from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.onsets import starts_of
from dawassist.audio.kept_open import KeptOpen
from dawassist.audio.tracks import read_track
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session, Track

_FURTHEST_SECONDS = 0.03  # a sample later than that is heard on its own
_LEAST_SHARE = 0.9  # of the hits of both
_FEWEST_HITS, _MOST_HITS = 8, 64
_LEAST_PERCUSSIVE = 0.5
_BEFORE_SECONDS, _AFTER_SECONDS = 0.04, 0.05
_LENGTH_SECONDS = _BEFORE_SECONDS + _AFTER_SECONDS
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
    is_cancelled: Callable[[], bool] = lambda: False, cache: AnalysisCache | None = None,
) -> tuple[HitMatch, ...]:  # fmt: skip
    """Of every two percussive tracks whose hits fall together; those of unchanged tracks are not read.

    Raises Cancelled.
    """
    steps = [
        (each.track, starts_of(each.levels.level_dbfs.astype(np.float32)))
        for each in tracks
        if each.percussivity >= _LEAST_PERCUSSIVE
    ]
    enough = [(track, places) for track, places in steps if len(places) >= _FEWEST_HITS]
    with KeptOpen() as media:
        attacks = _Attacks(session, start_seconds, is_cancelled, media)
        found = [_matched(*one, *other, attacks, cache) for one, other in combinations(enough, 2)]
    return tuple(match for match in found if match is not None)


def _matched(
    reference: Track, first: Steps, other: Track, second: Steps, attacks: "_Attacks", cache: AnalysisCache | None
) -> HitMatch | None:
    least = max(_LEAST_SHARE * max(len(first), len(second)), _FEWEST_HITS)
    together = _together(first, second) if min(len(first), len(second)) >= least else []
    if len(together) < least:
        return None
    chosen = np.unique(np.linspace(0, len(together) - 1, min(_MOST_HITS, len(together))).round().astype(int))
    hits = _attacks_of(reference, other, [together[place] for place in chosen.tolist()], attacks, cache)
    told = [(one, two - one) for one, two in hits if one is not None and two is not None]
    if len(told) < _FEWEST_HITS:
        return None
    late = [each for _, each in told]
    earliest, latest = np.percentile(late, _SPREAD).tolist()
    return HitMatch(
        reference_guid=reference.guid,
        other_guid=other.guid,
        hits=len(first),
        matched=len(together),
        late_seconds=float(np.median(late)),
        earliest_seconds=earliest,
        latest_seconds=latest,
        at_seconds=tuple(sorted((told[int(np.argmin(late))][0], told[int(np.argmax(late))][0]))),
    )


def _attacks_of(
    reference: Track, other: Track, hits: Sequence[tuple[int, int]], attacks: "_Attacks", cache: AnalysisCache | None
) -> Sequence[tuple[float | None, float | None]]:
    """When each of the hits that fall together begins, by the cache where both tracks are unchanged."""
    if cache is None:
        return [(attacks.seconds(reference, one), attacks.seconds(other, two)) for one, two in hits]
    key = key_of("attacks", attacks.keys(reference, other), hits)
    known = cache.load(key, _Read)
    if known is None:
        known = _Read(attacks=tuple(_attacks_of(reference, other, hits, attacks, None)))
        cache.store(key, known)
    return known.attacks


def _together(first: Steps, second: Steps) -> list[tuple[int, int]]:
    """Those that are each other's nearest, and near."""
    nearest, back = _nearest(first, second), _nearest(second, first)
    return [
        (int(first[place]), int(second[mate]))
        for place, mate in enumerate(nearest.tolist())
        if back[mate] == place and abs(int(first[place] - second[mate])) * STEP_SECONDS <= _FURTHEST_SECONDS
    ]


def _nearest(places: Steps, among: Steps) -> Steps:
    """For each of `places` the index of the nearest of `among`; both sorted."""
    after = np.clip(np.searchsorted(among, places), 1, len(among) - 1)
    is_before = places - among[after - 1] <= among[after] - places
    return np.asarray(after - is_before, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Read:
    """In seconds of the project, of both tracks."""

    attacks: tuple[tuple[float | None, float | None], ...]


class _Attacks:
    """When the hits of tracks first reach a part of their peaks. Every hit is read once."""

    def __init__(
        self, session: Session, start_seconds: float, is_cancelled: Callable[[], bool], media: KeptOpen
    ) -> None:
        self._session = session
        self._media = media
        self._start_seconds = start_seconds
        self._is_cancelled = is_cancelled
        self._known: dict[tuple[str, int], float | None] = {}

    def keys(self, *tracks: Track) -> list[object]:
        """What the attacks of these tracks depend on, but for the steps."""
        return [self._start_seconds, *(sound_key(self._session, track) for track in tracks)]

    def seconds(self, track: Track, step: int) -> float | None:
        """In seconds of the project; None where nothing is to be read. Raises Cancelled."""
        if (track.guid, step) not in self._known:
            if self._is_cancelled():
                raise Cancelled
            self._known[track.guid, step] = self._read(track, self._start_seconds + step * STEP_SECONDS)
        return self._known[track.guid, step]

    def _read(self, track: Track, seconds: float) -> float | None:
        start = seconds - _BEFORE_SECONDS
        own = start - track.delay_seconds
        try:
            heard = read_track(self._session, track, own, own + _LENGTH_SECONDS, opening=self._media.open)
        except KnownError:
            return None
        size = np.abs(heard).max(axis=0)
        peak = float(size.max(initial=0.0))
        return start + float(np.argmax(size >= _ATTACK * peak)) / self._session.sample_rate_hz if peak > 0.0 else None
