"""The stems of a session: those known already, and those that its host renders."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from dawassist.analysis.model import Analysis
from dawassist.daw import Daw, IsCancelled, Progress, Rendered, TrackState
from dawassist.errors import Cancelled, KnownError
from dawassist.rendering.cache import StemCache
from dawassist.rendering.keys import feeding, stem_key
from dawassist.rendering.offer import (
    DEFAULT_SPEED_RATIO,
    RenderOffer,
    about,
    offer_of,
    tracks_to_render,
)
from dawassist.session.findings import Finding
from dawassist.session.graph import Graph
from dawassist.session.model import Session

_NO_HOST = Finding(
    kind="not_heard", track_guid="",
    sentence="A project file cannot render its tracks. Open it in REAPER and connect to that.",
)  # fmt: skip


class Listen(Protocol):
    """Measures the session, with files that are heard instead of a track's items."""

    def __call__(self, *, stems: Mapping[str, Path] = ...) -> Analysis: ...


Doubted = Callable[[Analysis], Collection[str]]
"""GUIDs of tracks that the host was found to play differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who watches: `offered` hears what a pass of the host takes, before it begins."""

    offered: Callable[[RenderOffer], None]
    progress: Progress
    is_cancelled: IsCancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was measured, from which stems, by GUID, and what the host did not render, as findings.

    `is_comparable`: the host was asked and willing to render.
    """

    analysis: Analysis
    stems: Mapping[str, Path]
    findings: tuple[Finding, ...] = ()
    is_comparable: bool = False


class HostStems:
    """`speed_ratio` is how much faster than the music the host rendered the last stem; `heard` are the GUIDs of the
    tracks that were heard from stems last."""

    def __init__(self, daw: Daw, cache: StemCache) -> None:
        self._daw = daw
        self._cache = cache
        self.speed_ratio = DEFAULT_SPEED_RATIO
        self.heard: frozenset[str] = frozenset()

    def hear(
        self, session: Session, graph: Graph, listen: Listen, doubted: Doubted, folder: Path | None, watch: Watch
    ) -> Heard:
        """Listen, with stems of unchanged tracks from earlier; with a `folder`, the host renders the missing ones.

        A host that refuses is a finding. Raises Cancelled.
        """
        analysis = listen()
        doubts = doubted(analysis)
        wanted = tracks_to_render(session, analysis, graph, doubts)
        stems = self._known(session, wanted, watch.is_cancelled)
        if stems:
            analysis = listen(stems=stems)
        found = Heard(analysis=analysis, stems=stems)
        if folder is not None and session.fingerprint.content_sha256:
            found = replace(found, findings=(_NO_HOST,))
        elif folder is not None:
            missing = [guid for guid in wanted if guid not in stems]
            found = self._with_rendered(session, found, missing, listen, folder, watch)
        self.heard = frozenset(found.stems)
        return found

    def _with_rendered(
        self, session: Session, known: Heard, missing: Sequence[str], listen: Listen, folder: Path, watch: Watch
    ) -> Heard:
        watch.offered(offer_of(session, missing, self.speed_ratio))
        if not missing:
            return replace(known, is_comparable=True)
        try:
            rendered = self._render(session, missing, folder, watch)
        except Cancelled:
            raise
        except KnownError as error:
            refused = Finding(kind="not_heard", track_guid="", sentence=f"Nothing was rendered. {error.sentence}")
            return replace(known, findings=(refused,))
        stems = {**known.stems, **rendered.files}
        failures = _failures(session, rendered)
        return Heard(analysis=listen(stems=stems), stems=stems, findings=failures, is_comparable=True)

    def _known(self, session: Session, track_guids: Sequence[str], is_cancelled: IsCancelled) -> dict[str, Path]:
        """Only asks the host, and only when there are stems."""
        if not track_guids or session.fingerprint.content_sha256 or self._cache.is_empty():
            return {}
        found = {guid: self._cache.find(key) for guid, key in self._keys(session, track_guids, is_cancelled).items()}
        return {guid: path for guid, path in found.items() if path is not None}

    def _render(self, session: Session, track_guids: Sequence[str], folder: Path, watch: Watch) -> Rendered:
        """Kept for later when the session is still as it was read."""
        keys = self._keys(session, track_guids, watch.is_cancelled)
        is_as_read = self._daw.poll().change_count == session.fingerprint.change_count
        timed = _Timed(self, session, track_guids, watch.progress)
        rendered = self._daw.render_stems(track_guids, folder, progress=timed, is_cancelled=watch.is_cancelled)
        if not is_as_read:
            return rendered
        kept = {guid: self._cache.keep(keys[guid], path) for guid, path in rendered.files.items()}
        return Rendered(files=kept, failures=rendered.failures)

    def _keys(self, session: Session, track_guids: Sequence[str], is_cancelled: IsCancelled) -> dict[str, str]:
        tracks = [track for track in session.tracks if track.guid in track_guids]
        asked = dict.fromkeys(each.guid for track in tracks for each in (track, *feeding(session, track)))
        states: dict[str, TrackState] = {}
        for guid in asked:
            if is_cancelled():
                raise Cancelled
            states[guid] = self._state(guid)
        return {track.guid: stem_key(session, track, states, run=self._cache.run) for track in tracks}

    def _state(self, guid: str) -> TrackState:
        with suppress(KnownError):
            return self._daw.track_state(guid)
        return TrackState()


class _Timed:
    """Progress with the name of the track in hand and the time that is left; times every track."""

    def __init__(self, stems: HostStems, session: Session, track_guids: Sequence[str], progress: Progress) -> None:
        self._stems = stems
        self._length_seconds = session.length_seconds
        self._names: Mapping[int, str] = dict(enumerate(_names(session, track_guids)))
        self._progress = progress
        self._done = 0
        self._since = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done > self._done and self._length_seconds > 0.0:
            taken = max(now - self._since, 1e-3) / (done - self._done)
            self._stems.speed_ratio = self._length_seconds / taken
            self._done, self._since = done, now
        left = (total - done) * self._length_seconds / self._stems.speed_ratio
        name = self._names.get(done)
        self._progress(f"{what} {name}, {about(left)} left," if name else what, done, total)


def _failures(session: Session, rendered: Rendered) -> tuple[Finding, ...]:
    """One finding for each track that the host did not render."""
    return tuple(
        Finding(
            kind="not_heard",
            track_guid=guid,
            sentence=f"REAPER did not render {name}: {reason}. It is heard as before.",
        )
        for (guid, reason), name in zip(rendered.failures.items(), _names(session, [*rendered.failures]), strict=True)
    )


def _names(session: Session, track_guids: Sequence[str]) -> list[str]:
    names = {track.guid: track.display_name for track in session.tracks}
    return [names.get(guid, guid) for guid in track_guids]
