"""Listening to a whole session: every sample is read once, and nothing that is known already.

Each track is measured at its fader input; besides, the covariance between all of them, and the mix as the session
stands. What was measured before, of the same sound, comes from a cache. Where only some tracks are new, they are
measured first, and what concerns all tracks after that. Memory hardly grows with the length of the session: the
covariance takes up to 320 MiB, a track some 1000 bytes a second.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.covariance import CovarianceMeter, Loud
from dawassist.analysis.freed_memory import keep_freed_memory
from dawassist.analysis.jobs import IsCancelled, run_all
from dawassist.analysis.keys import key_of, session_key, track_key
from dawassist.analysis.listening import Listener, unmodelled_findings
from dawassist.analysis.listening_pass import HOPS_PER_BLOCK, LevelsSoFar, ListeningPass, Progress
from dawassist.analysis.loudness import hop_frames
from dawassist.analysis.model import Analysis, BlockCovariance, Finding, Loudness, TrackAnalysis
from dawassist.analysis.prediction import mix_lufs
from dawassist.analysis.signal_meter import CHANNELS
from dawassist.analysis.sums import track_sums
from dawassist.console.bus_chains import bus_inserts
from dawassist.console.busses import BusStage
from dawassist.console.gains import Console
from dawassist.console.mixing import Mixer
from dawassist.session.model import Session, Track

_NO_STEMS: Mapping[str, Path] = {}


def analyze_session(
    session: Session,
    start_seconds: float,
    end_seconds: float,
    *,
    track_guids: Collection[str] | None = None,
    stems: Mapping[str, Path] = _NO_STEMS,
    voice_guids: Collection[str] | None = None,
    cache: AnalysisCache | None = None,
    workers: int = 2,
    progress: Progress = lambda _what, _done, _total: None,
    levels: LevelsSoFar = lambda _levels: None,
    results: Callable[[TrackAnalysis], None] = lambda _track: None,
    is_cancelled: IsCancelled = lambda: False,
) -> Analysis:
    """Measure every track with a sound of its own, from `start_seconds` to `end_seconds` of the project.

    `track_guids` restricts what is read (and so what the mix is made of); `stems` gives files, rendered by the host
    from the project's start before the fader, that are heard instead of a track's items; `voice_guids` restricts
    the search for a voice, which takes longest. `levels` gets the loudness of tracks so far, `results` each track when
    it is measured; both are called by this thread. A damaged track is a finding, never an exception. Tracks without
    items, instrument or stem are not in the result. Raises Cancelled, and InputError for a sample rate below 8 kHz.
    """
    console = Console(session)
    tracks = [
        track
        for track in session.tracks
        if (track.items or track.guid in stems or console.graph.kind[track.guid] == "source")
        and (track_guids is None or track.guid in track_guids)
    ]
    voices = {track.guid for track in tracks} if voice_guids is None else frozenset(voice_guids)
    run = _Run(console, tracks, start_seconds, end_seconds, stems, voices, cache)
    keep_freed_memory()
    with (
        threadpool_limits(limits=1, user_api="blas"),  # our threads share the cores already
        ThreadPoolExecutor(max_workers=workers, thread_name_prefix="listen") as pool,
    ):
        run.listen(pool, _Callbacks(progress, levels, results, is_cancelled))
    covariance, mix = run.covariance, run.mix
    heard = covariance if run.behind is None else run.behind
    error_lu = mix_lufs(heard, console) - mix.integrated_lufs if heard is not None and mix else 0.0
    return Analysis(
        fingerprint=session.fingerprint,
        sample_rate_hz=session.sample_rate_hz,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
        tracks=tuple(run.measured[track.guid] for track in tracks),
        mix_loudness=mix,
        covariance=covariance,
        behind_busses=run.behind,
        findings=(
            *unmodelled_findings(session, [track for track in tracks if track.guid not in stems], console.graph.fed),
            *_too_many_points(session),
        ),
        covariance_error_lu=error_lu,
        sums=track_sums(covariance) if covariance is not None else (),
    )


@dataclass(frozen=True, slots=True)
class _Callbacks:
    progress: Progress
    levels: LevelsSoFar
    results: Callable[[TrackAnalysis], None]
    is_cancelled: IsCancelled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _StoredCovariance:
    """With the keys of its tracks, in its order, and which hops passed the loudness gate."""

    track_keys: tuple[str, ...]
    covariance: BlockCovariance
    loud: Loud


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Behind:
    """Tracks behind the plug-ins of busses: how they are heard, and the key and the meter of their covariance."""

    stage: BusStage | None = None
    key: str = ""
    meter: CovarianceMeter | None = None


class _Run:
    """What is known of a session's tracks, what must be listened to, and the results."""

    def __init__(
        self, console: Console, tracks: Sequence[Track], start_seconds: float, end_seconds: float,
        stems: Mapping[str, Path], voices: Collection[str], cache: AnalysisCache | None,
    ) -> None:  # fmt: skip
        self._console = console
        self._session = console.session
        self._tracks = tracks
        self._range = start_seconds, end_seconds
        self._stems = stems
        self._voices = voices
        self._cache = cache
        self._frames = max(round((end_seconds - start_seconds) * self._session.sample_rate_hz), 0)
        self._keys = {t.guid: self._key(t) for t in tracks} if cache else {}
        self.measured: dict[str, TrackAnalysis] = {}
        self.covariance: BlockCovariance | None = None
        self.behind: BlockCovariance | None = None
        self.mix: Loudness | None = None

    def listen(self, pool: ThreadPoolExecutor, callbacks: _Callbacks) -> None:
        """Take what is known, measure new tracks, then what concerns all of them."""
        for track in self._tracks:
            known = self._cache.load(self._keys[track.guid], TrackAnalysis) if self._cache else None
            if known is not None:
                self.measured[track.guid] = known
                callbacks.results(known)
        fresh = [track for track in self._tracks if track.guid not in self.measured]
        if fresh and self.measured:
            with self._listening(fresh) as listeners:
                self._measure(listeners, pool, callbacks)
            fresh = []
        with self._listening(self._tracks) as listeners:
            self._cross(listeners, fresh, pool, callbacks)
        if self._cache is not None:
            self._cache.trim()

    def _measure(self, listeners: Sequence[Listener], pool: ThreadPoolExecutor, callbacks: _Callbacks) -> None:
        """These tracks alone."""
        heard = [listener for listener in listeners if listener.can_hear]
        guids = [listener.track.guid for listener in heard]
        one_pass = self._pass(heard, measured=guids, levels=callbacks.levels)
        one_pass.listen(pool, callbacks.progress, callbacks.is_cancelled)
        self._take(listeners, pool, callbacks)

    def _cross(
        self, listeners: Sequence[Listener], fresh: Sequence[Track], pool: ThreadPoolExecutor, callbacks: _Callbacks
    ) -> None:
        """The covariance and the mix of all tracks, and the measures of fresh ones."""
        heard = [listener for listener in listeners if listener.can_hear]
        if heard:
            guids = tuple(listener.track.guid for listener in heard)
            keys = tuple(self._keys.get(guid, "") for guid in guids)
            place, mix_key = session_key(self._session, keys, *self._range) if self._cache else ("", "")
            stored = self._cache.load(place, _StoredCovariance) if self._cache else None
            self.mix = self._cache.load(mix_key, Loudness) if self._cache else None
            meter = None
            if stored is not None and stored.track_keys == keys:
                self.covariance = replace(stored.covariance, track_guids=guids)
            else:
                meter = self._covariance_meter(keys, stored)
            behind = self._behind_busses(guids, keys, mix_key)
            if self.mix is None or meter is not None or behind.meter is not None or fresh:
                mixer = Mixer(self._console, guids, self._session.sample_rate_hz)
                one_pass = self._pass(
                    heard, measured=[t.guid for t in fresh], mixer=mixer, covariance=meter, behind=behind,
                    levels=callbacks.levels,
                )  # fmt: skip
                one_pass.listen(pool, callbacks.progress, callbacks.is_cancelled)
                self.mix = one_pass.mix.loudness()
                if meter is not None:
                    self.covariance = meter.finish(guids, self._range[0])
                self._store(place, keys, mix_key, meter)
                self._store_behind(guids, behind)
        known = self.measured.keys()
        self._take([each for each in listeners if each.track.guid not in known], pool, callbacks)

    def _pass(
        self, heard: Sequence[Listener], *, measured: Collection[str], levels: LevelsSoFar,
        mixer: Mixer | None = None, covariance: CovarianceMeter | None = None, behind: _Behind | None = None,
    ) -> ListeningPass:  # fmt: skip
        rate = self._session.sample_rate_hz
        return ListeningPass(
            heard, rate, self._frames, self._range[0], measured=measured, mixer=mixer, covariance=covariance,
            busses=behind.stage if behind else None, behind=behind.meter if behind else None, levels=levels,
        )  # fmt: skip

    def _behind_busses(self, guids: Sequence[str], keys: Sequence[str], mix_key: str) -> _Behind:
        """What the plug-ins of busses do to these tracks, and a meter where it is not known yet."""
        inserts = bus_inserts(self._session, self._console.graph)
        stage = BusStage(self._console, guids, inserts) if inserts else None
        if stage is None or not stage.places:
            return _Behind()
        key = ""
        if self._cache is not None:
            by_way = self._console.gains_by_way(inserts.keys())
            on_the_way = [[(way, gain.tolist()) for way, gain in by_way.get(guid, {}).items()] for guid in guids]
            key = (
                mix_key
                if stage.is_driven
                else key_of("behind", list(keys), on_the_way, list(map(str, inserts.items())))
            )
            place = self._behind_place(guids)
            stored = self._cache.load(place, _StoredCovariance)
            if stored is not None and stored.track_keys == (key,):
                self.behind = replace(stored.covariance, track_guids=tuple(guids))
                return _Behind(stage=stage, key=key)
        return _Behind(stage=stage, key=key, meter=self._new_meter(len(guids)))

    def _behind_place(self, guids: Sequence[str]) -> str:
        return key_of("behind", self._session.fingerprint.project_path, *self._range, len(guids))

    def _store_behind(self, guids: tuple[str, ...], behind: _Behind) -> None:
        if behind.meter is None or behind.stage is None:
            return
        late_seconds = behind.stage.latency_frames / self._session.sample_rate_hz
        self.behind = behind.meter.finish(guids, self._range[0] - late_seconds)
        if self._cache is not None:
            stored = _StoredCovariance(track_keys=(behind.key,), covariance=self.behind, loud=behind.meter.loud)
            self._cache.store(self._behind_place(guids), stored)

    def _new_meter(self, tracks: int) -> CovarianceMeter:
        hop = hop_frames(self._session.sample_rate_hz)
        return CovarianceMeter(CHANNELS * tracks, self._frames // hop, hop)

    def _covariance_meter(self, keys: Sequence[str], stored: _StoredCovariance | None) -> CovarianceMeter:
        meter = self._new_meter(len(keys))
        if stored is not None:
            places = [stored.track_keys.index(key) if key in stored.track_keys else -1 for key in keys]
            meter.reuse(stored.covariance, places, stored.loud)
        return meter

    def _take(self, listeners: Sequence[Listener], pool: ThreadPoolExecutor, callbacks: _Callbacks) -> None:
        """The results of tracks that were measured, or could not be heard."""
        found = run_all(pool, [listener.analysis for listener in listeners], callbacks.is_cancelled)
        for listener, analysis in zip(listeners, found, strict=True):
            self.measured[listener.track.guid] = analysis
            callbacks.results(analysis)
            if self._cache is not None:
                self._cache.store(self._keys[listener.track.guid], analysis)

    def _store(self, place: str, keys: tuple[str, ...], mix_key: str, meter: CovarianceMeter | None) -> None:
        if self._cache is None:
            return
        self._cache.store(mix_key, self.mix)
        if meter is not None and self.covariance is not None:
            stored = _StoredCovariance(track_keys=keys, covariance=self.covariance, loud=meter.loud)
            self._cache.store(place, stored)

    @contextmanager
    def _listening(self, tracks: Sequence[Track]) -> Iterator[list[Listener]]:
        block = HOPS_PER_BLOCK * hop_frames(self._session.sample_rate_hz)
        listeners = [
            Listener(
                self._session, track, *self._range, block, self._stems.get(track.guid),
                hears_voice=track.guid in self._voices,
            )
            for track in tracks
        ]  # fmt: skip
        try:
            yield listeners
        finally:
            for listener in listeners:
                listener.close()

    def _key(self, track: Track) -> str:
        stem = self._stems.get(track.guid)
        return track_key(self._session, track, *self._range, hears_voice=track.guid in self._voices, stem=stem)


def _too_many_points(session: Session) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            kind="too_many_points",
            track_guid=track.guid,
            sentence=f"An envelope of {track.display_name} has {envelope.point_count} points; its moves are left out.",
        )
        for track in (*session.tracks, session.master)
        for envelope in track.envelopes
        if envelope.active and envelope.point_count and not envelope.points
    )
