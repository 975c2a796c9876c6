"""The pairs of a session that carry the same source: who they are by a quick screening, then each one closely.

What was found of two unchanged tracks comes from the cache; where some tracks are new, only their pairs are heard, and
again those that could not be told or were told with the help of others. What may be microphones of one source and
cannot be told is heard a second time without what the tracks around it explain.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from dawassist.analysis.alignment.estimator import Alignment, align, with_bleed_taken_away
from dawassist.analysis.alignment.excerpts import Excerpts
from dawassist.analysis.alignment.likeness import unlike_db
from dawassist.analysis.alignment.pairs import track_pair
from dawassist.analysis.alignment.screening import Floats, Screening, Whitened, windows_to_screen
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.jobs import IsCancelled, Result, run_all
from dawassist.analysis.keys import pairs_key, track_key
from dawassist.analysis.model import Analysis
from dawassist.analysis.pairs import TrackPair
from dawassist.errors import Cancelled
from dawassist.session.model import Session, Track

Progress = Callable[[str, int, int], None]
_PROMISING = 7.0  # peak over root mean square of a screened pair; unrelated stems of one song: see the benchmark
_MOST_PARTNERS = 8  # of a track, the most promising first
_EXCERPTS = 11
_PAIRS_AT_ONCE = 8  # between two words about how far it is
_MOSTLY_PLAYING = 0.6  # of what the best window has of both tracks
_MAYBE_ONE_SOURCE_DB = -10.0  # `unlike_db`: microphones of two sources leave −12 dB and more, see `likeness`
_MOST_TAKEN_AWAY = 6  # tracks


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPairs:
    """Every pair of the tracks with these keys that was found, and the key of each track by its GUID."""

    keys: dict[str, str]
    pairs: tuple[TrackPair, ...]


def find_pairs(
    session: Session,
    analysis: Analysis,
    *,
    cache: AnalysisCache | None = None,
    progress: Progress = lambda _what, _done, _total: None,
    is_cancelled: IsCancelled = lambda: False,
    workers: int = 2,
) -> tuple[TrackPair, ...]:
    """Pairs of the tracks that `analysis` heard, in the order of the tracks. Raises Cancelled."""
    heard = [
        (track, measured.activity.segments)
        for measured in analysis.tracks
        if measured.measured_at != "not_heard"
        and measured.activity.segments
        and (track := session.track(measured.track_guid)) is not None
        and track.items
    ]
    tracks = [track for track, _ in heard]
    span = analysis.start_seconds, analysis.end_seconds
    keys = {t.guid: track_key(session, t, *span, hears_voice=False, stem=None) for t in tracks} if cache else {}
    place = pairs_key(session, *span)
    stored = cache.load(place, StoredPairs) if cache else None
    same = {guid for guid, key in keys.items() if stored is not None and stored.keys.get(guid) == key}
    known = [p for p in stored.pairs if {p.reference_guid, p.other_guid} <= same] if stored else []
    if len(same) == len(tracks):
        return _sorted(known, tracks) if len(tracks) > 1 else ()
    again = [pair for pair in known if pair.verdict == "unsure" or not same.issuperset(pair.without_guids)]
    known = [pair for pair in known if pair not in again]
    excerpts = Excerpts(session, *span)
    playing = np.array([excerpts.playing_seconds(segments) for _, segments in heard])
    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(max_workers=workers, thread_name_prefix="align") as pool,
    ):
        search = _Search(session, tracks, excerpts, playing, pool, progress, is_cancelled)
        found = _sorted([*known, *search.pairs([track.guid in same for track in tracks], again)], tracks)
    if cache is not None:
        cache.store(place, StoredPairs(keys=keys, pairs=found))
    return found


class _Search:
    def __init__(
        self, session: Session, tracks: Sequence[Track], excerpts: Excerpts, playing: Floats,
        pool: ThreadPoolExecutor, progress: Progress, is_cancelled: IsCancelled,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._rate_hz = session.sample_rate_hz
        self._tracks = tracks
        self._excerpts = excerpts
        self._playing = playing
        self._progress = progress
        self._is_cancelled = is_cancelled
        self._alike: Floats = np.zeros((len(tracks), len(tracks)))

    def pairs(self, known: Sequence[bool], again: Sequence[TrackPair]) -> list[TrackPair]:
        """Of tracks that are not both known, and those that were found before and are heard `again`."""
        places = {track.guid: place for place, track in enumerate(self._tracks)}
        heard_again = {(places[pair.reference_guid], places[pair.other_guid]) for pair in again}
        open_places = {place for pair in heard_again for place in pair}
        self._alike = self._screened([each and place not in open_places for place, each in enumerate(known)])
        new = np.where(np.outer(known, known), 0.0, self._alike)
        chosen = sorted(heard_again.union(_promising(new)))  # in this order excerpts are read once
        found: list[TrackPair | None] = []
        for done in range(0, len(chosen), _PAIRS_AT_ONCE):
            self._progress("Aligning", done, len(chosen))
            found += self._all([partial(self._pair, *pair) for pair in chosen[done : done + _PAIRS_AT_ONCE]])
        return [pair for pair in found if pair is not None]

    def _screened(self, known: Sequence[bool]) -> Floats:
        """How much alike all tracks are, symmetric; those of which both are known by few windows."""
        screening = Screening(len(self._tracks), self._rate_hz)
        windows = windows_to_screen(self._playing, known)
        for done, window in enumerate(windows):
            self._progress("Looking for tracks of one source", done, len(windows))
            heard = np.flatnonzero(self._playing[:, window] > 0.0).tolist()
            spectra = self._all([partial(self._spectra, screening, place, window) for place in heard])
            screening.add(heard, spectra)
        scores = screening.scores(self._is_cancelled)
        return scores + scores.T

    def _all(self, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
        return run_all(self._pool, jobs, self._is_cancelled)

    def _spectra(self, screening: Screening, place: int, window: int) -> Whitened:
        return screening.spectra(self._read(place, window))

    def _pair(self, one: int, other: int) -> TrackPair | None:
        windows = self._windows(one, other)
        excerpts = [(self._read(one, window), self._read(other, window)) for window in windows]
        self._raise_if_cancelled()
        starts = [self._excerpts.start_seconds(window) for window in windows]
        found = align(excerpts, self._rate_hz)
        self._raise_if_cancelled()
        if found is None:
            return None
        without: list[Track] = []
        near = self._near(one, other, windows) if _is_worth_a_second_look(found) else []
        if near:
            others = [[self._read(place, window) for place in near] for window in windows]
            found, used = with_bleed_taken_away(found, excerpts, others, self._rate_hz)
            without = [self._tracks[near[place]] for place in used]
            self._raise_if_cancelled()
        return track_pair(self._tracks[one], self._tracks[other], found, excerpts, starts, without)

    def _near(self, one: int, other: int, windows: Sequence[int]) -> list[int]:
        """The tracks that play and are most like these two, the most alike first."""
        order = np.argsort(-(self._alike[one] + self._alike[other]), kind="stable").tolist()
        plays = self._playing[:, windows].sum(axis=1) > 0.0
        return [place for place in order if plays[place] and place not in (one, other)][:_MOST_TAKEN_AWAY]

    def _windows(self, one: int, other: int) -> list[int]:
        """Spread over where both play most."""
        both = np.minimum(self._playing[one], self._playing[other])
        good = np.flatnonzero(both >= max(_MOSTLY_PLAYING * both.max(), 1e-3))
        places = np.unique(np.linspace(0, len(good) - 1, min(_EXCERPTS, len(good))).round().astype(int))
        return [int(window) for window in good[places]] if len(good) else []

    def _read(self, place: int, window: int) -> np.ndarray:
        self._raise_if_cancelled()
        return self._excerpts.read(self._tracks[place], window)

    def _raise_if_cancelled(self) -> None:
        if self._is_cancelled():
            raise Cancelled


def _is_worth_a_second_look(found: Alignment) -> bool:
    return found.is_possible and not found.is_certain and unlike_db(found.spectra) <= _MAYBE_ONE_SOURCE_DB


def _promising(alike: Floats) -> set[tuple[int, int]]:
    """Pairs above the threshold, at most some per track."""
    kept = set()
    for one in range(len(alike)):
        best = np.argsort(alike[one])[::-1][:_MOST_PARTNERS]
        kept |= {(min(one, int(other)), max(one, int(other))) for other in best if alike[one, other] >= _PROMISING}
    return kept


def _sorted(pairs: Sequence[TrackPair], tracks: Sequence[Track]) -> tuple[TrackPair, ...]:
    order = {track.guid: place for place, track in enumerate(tracks)}
    return tuple(sorted(pairs, key=lambda pair: (order[pair.reference_guid], order[pair.other_guid])))
