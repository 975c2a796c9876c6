"""The use cases: what the command line and the panel call. One `Assistant` per open session.

The methods that touch the session (`snapshot`, `preflight`, `apply`, `revert`, `poll`, `locate`) belong on one
thread; `analyze` and `suggest` are free of it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from dawassist import apply as applying
from dawassist.analysis.cache import default_cache
from dawassist.analysis.listening import with_stems
from dawassist.analysis.listening_pass import LevelsSoFar
from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.analysis.session import analyze_session
from dawassist.apply import Preflight
from dawassist.audio.lengths import odd_lengths
from dawassist.audio.missing import silent_files
from dawassist.audio.rates import mixed_rates
from dawassist.by_hand import HandEdit, hand_verdicts, set_by_hand
from dawassist.console.unheard import unheard_busses
from dawassist.daw import Daw, HostLoudness, IsCancelled, Liveness, Progress, never_cancelled, no_progress
from dawassist.errors import Cancelled, InputError, KnownError
from dawassist.hearing import hear_together
from dawassist.journal import Entry, Journal
from dawassist.kept_review import default_review_file
from dawassist.learning import default_taste_file, level_verdicts
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Constraint, constraints_from_json, constraints_to_json
from dawassist.plan.covering import what_covers
from dawassist.plan.model import Plan
from dawassist.plan.roles import unclear_by_name
from dawassist.plan.scope import resolve_pinned_roles, resolve_scope, resolve_tracks
from dawassist.plan.taste import Taste
from dawassist.realize.plan import realize
from dawassist.rendering.cache import default_stem_cache
from dawassist.rendering.loudness_check import (
    NOT_MEASURED,
    Measured,
    checked,
    differing,
    measure_loudness,
    not_checked,
)
from dawassist.rendering.offer import RenderOffer, render_offer
from dawassist.rendering.stems import HostStems, Watch
from dawassist.review import Decisions
from dawassist.session.check import session_check
from dawassist.session.findings import Finding
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from dawassist.strategies.protocol import strategy
from dawassist.strategies.technical import technical_pass, with_technical
from dawassist.transaction import Receipt

_REJECTED_NOTE = "rejected"
_CONSTRAINTS_NOTE = "constraints"


def _nothing() -> None:
    return None


def _unwatched(_what: object) -> None:
    """For callers who do not watch."""


class Assistant:
    """A session, its journal, and everything that can be done with them. `place` names the session for people."""

    def __init__(self, daw: Daw, journal: Journal, *, place: str, closing: Callable[[], object] = _nothing) -> None:
        self.place = place
        self._daw = daw
        self._journal = journal
        self._closing = closing
        self._cache = default_cache()
        self._tastes = default_taste_file()
        self._reviews = default_review_file()
        self._stem_cache = default_stem_cache()
        self._stems = HostStems(daw, self._stem_cache)
        self._measured: Measured | None = None  # by the host, in the last pass that was asked for

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        return self._daw.snapshot(progress=progress, is_cancelled=is_cancelled)

    def analyze(
        self,
        session: Session,
        brief: Brief,
        *,
        render_unheard: bool = False,
        offered: Callable[[RenderOffer], None] = _unwatched,
        progress: Progress = no_progress,
        levels: LevelsSoFar = _unwatched,
        results: Callable[[TrackAnalysis], None] = _unwatched,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Analysis:
        """Listen to the tracks of the brief's scope. Stems that were rendered earlier of unchanged tracks count.

        With `render_unheard`, the session's host renders what files and our models of plug-ins do not give, and
        measures the loudness of some tracks and the master for comparison; `offered` hears before that what it takes.
        `levels` gets the loudness so far, `results` each track when it is measured. Raises Cancelled.
        """
        scope = resolve_scope(session, brief)
        graph = build_graph(session)
        unclear = unclear_by_name(session, graph, resolve_pinned_roles(session, brief))
        span = scope.start_seconds, scope.end_seconds
        listen = partial(
            analyze_session, session, *span, voice_guids=unclear, cache=self._cache, progress=progress, levels=levels,
            results=results, is_cancelled=is_cancelled,
        )  # fmt: skip

        def doubted(analysis: Analysis) -> Collection[str]:
            return differing(session, analysis, self._still_measured(session, span))

        with self._stem_cache.working_folder() as folder:
            watch = Watch(offered=offered, progress=progress, is_cancelled=is_cancelled)
            heard = self._stems.hear(session, graph, listen, doubted, folder if render_unheard else None, watch)
            session_heard = with_stems(session, heard.stems)
            analysis = hear_together(session_heard, heard.analysis, brief, self._cache, progress, is_cancelled)
        self._stem_cache.trim()
        analysis = replace(analysis, findings=(*analysis.findings, *heard.findings))
        if not heard.is_comparable:
            return checked(session, analysis, self._still_measured(session, span))
        try:
            self._measured = measure_loudness(self._daw, session, analysis, heard.stems, progress, is_cancelled)
        except Cancelled:
            raise
        except KnownError as error:
            analysis = not_checked(analysis, error.sentence)
        return checked(session, analysis, self._still_measured(session, span))

    def render_offer(self, session: Session, analysis: Analysis) -> RenderOffer | None:
        """What the host could render to hear more, and how long it takes; None when all is heard."""
        return render_offer(session, analysis, build_graph(session), self._stems.speed_ratio, self._stems.heard)

    def _still_measured(self, session: Session, span: tuple[float, float]) -> HostLoudness:
        """What the host measured of what is unchanged since."""
        return NOT_MEASURED if self._measured is None else self._measured.still(session, span)

    def suggest(self, session: Session, analysis: Analysis, brief: Brief) -> Plan:
        """A pure function of its arguments: the technical pass, then the brief's strategy."""
        chosen = strategy(brief.strategy)
        draft = with_technical(session, analysis, brief, chosen.suggest(session, analysis, brief))
        return realize(session, analysis, brief, draft, strategy=chosen.name)

    def kept_constraints(self) -> tuple[Constraint, ...]:
        """What the engineer demands of every plan of this project, kept with it. Raises InputError when unreadable."""
        text = self._daw.notes_get(_CONSTRAINTS_NOTE)
        return constraints_from_json(text) if text else ()

    def keep_constraints(self, constraints: Sequence[Constraint]) -> None:
        """Keep them with the project in place of those before; none takes them away."""
        self._daw.notes_set(_CONSTRAINTS_NOTE, constraints_to_json(constraints) if constraints else "")

    def keep_rejected(self, identities: Collection[str]) -> None:
        """Remember with the project that these recommendations are not to come back."""
        before = self._daw.notes_get(_REJECTED_NOTE).split()
        after = sorted({*before, *identities})
        if after != before:
            self._daw.notes_set(_REJECTED_NOTE, "\n".join(after))

    def keep_review(self, session: Session, decisions: Decisions) -> None:
        """Remember on this machine what is rejected and locked, before anything is applied. Raises InputError."""
        self._reviews.store(session.fingerprint.project_path, decisions)

    def kept_review(self, session: Session) -> Decisions:
        """What was rejected and locked in this project."""
        return self._reviews.load(session.fingerprint.project_path)

    def with_kept(self, brief: Brief) -> Brief:
        """The brief under the project's own constraints too, and without what was rejected there."""
        own = [each for each in self.kept_constraints() if each not in brief.constraints]
        rejected = brief.rejected | set(self._daw.notes_get(_REJECTED_NOTE).split())
        return brief.changed(constraints=(*own, *brief.constraints), rejected=rejected)

    def check(self, session: Session) -> tuple[Finding, ...]:
        """The Session check: what silently ruins mixes, before anything is heard."""
        in_files = (*silent_files(session), *mixed_rates(session), *odd_lengths(session))
        return (*session_check(session), *in_files, *unheard_busses(session))

    def findings(self, session: Session, analysis: Analysis, brief: Brief) -> tuple[Finding, ...]:
        """A pure function of its arguments: what was found while listening, apart from what engineers do on purpose."""
        return technical_pass(session, analysis, brief).findings

    def covering(self, session: Session, analysis: Analysis, brief: Brief, track: str) -> Finding:
        """What covers a track, given by name, number or GUID. Raises InputError where it is not heard."""
        guid = min(resolve_tracks(session, [track]))
        return what_covers(session, analysis, guid, resolve_pinned_roles(session, brief))

    def preflight(self, plan: Plan, decisions: Decisions, held: Collection[str] = ()) -> Preflight:
        """What Apply would do now, compared with the session as it is now."""
        created = applying.created_before(self._journal, held)
        return applying.preflight(self._daw.snapshot(), plan, decisions, held, created)

    def apply(self, plan: Plan, decisions: Decisions, held: Collection[str] = ()) -> Receipt:
        """Write what is accepted as one undo step, but for what an earlier Apply wrote: the ids `held`.

        Raises InputError when that is nothing.
        """
        created = applying.created_before(self._journal, held)
        return applying.apply(self._daw, self._journal, applying.prepare(plan, decisions, held, created))

    def write_copy(self, plan: Plan, decisions: Decisions) -> Receipt:
        """Write what is accepted, be it nothing, to the new file of a session that was opened with `out`."""
        return applying.apply(self._daw, self._journal, applying.transaction_of(plan, decisions))

    def learn(self, plan: Plan, decisions: Decisions, identities: Collection[str]) -> Taste:
        """Keep what the verdicts on these recommendations say about this engineer's taste; returns all of it."""
        taste = self._tastes.load().learned(level_verdicts(plan, decisions, identities))
        self._tastes.store(taste)
        return taste

    def by_hand(self, session: Session) -> tuple[HandEdit, ...]:
        """What the engineer has set by hand since it was written."""
        return set_by_hand(session, self._journal.applied(session.fingerprint.project_path))

    def learn_by_hand(self, session: Session, plan: Plan) -> None:
        """Every such control is a verdict on what was written, once; `plan` says what the tracks are."""
        before = self._journal.learned()
        new = [e for e in self.by_hand(session) if (e.transaction_id, e.recommendation_id) not in before]
        if not new:
            return
        self._tastes.store(self._tastes.load().learned(hand_verdicts(plan, new)))
        for transaction_id in sorted({edit.transaction_id for edit in new}):
            ids = {edit.recommendation_id for edit in new if edit.transaction_id == transaction_id}
            self._journal.record_learned(transaction_id, ids)

    def taste(self) -> Taste:
        """What was learned from this engineer so far."""
        return self._tastes.load()

    def forget_taste(self) -> None:
        self._tastes.forget()

    def revert(self, transaction_id: str = "") -> Receipt:
        """Take back the newest applied transaction of this session, or the one named."""
        return applying.undo(self._daw, self._journal, self._applied_entry(transaction_id))

    def to_before(self) -> tuple[Receipt, ...]:
        """The state *before dawassist*: take back all that was ever applied to this session, newest first.

        What the engineer has changed since stays; the receipts say where. Raises InputError when nothing was applied.
        """
        entries = self._journal.applied(self._daw.poll().project_path)
        if not entries:
            raise InputError(
                "The session is as it was before dawassist: nothing that was applied to it is in the journal."
            )
        return tuple(applying.undo(self._daw, self._journal, entry) for entry in entries)

    def history(self) -> tuple[Entry, ...]:
        """Every transaction in the journal, oldest first, of any session."""
        return self._journal.entries()

    def recover(self) -> tuple[str, ...]:
        """Resolve what a crash left open for this session; one sentence each."""
        return applying.recover(self._daw, self._journal)

    def poll(self) -> Liveness:
        return self._daw.poll()

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        self._daw.locate(time_seconds, play=play)

    def close(self) -> None:
        self._daw.close()
        self._closing()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _applied_entry(self, transaction_id: str) -> Entry:
        if not transaction_id:
            entry = self._journal.last_applied(self._daw.poll().project_path)
            if entry is None:
                raise InputError("There is nothing to undo: no applied transaction of this session is in the journal.")
            return entry
        matches = [e for e in self._journal.entries() if e.transaction.id.startswith(transaction_id)]
        if len(matches) != 1:
            raise InputError(
                f"{'No' if not matches else 'More than one'} transaction has the id {transaction_id!r}.",
                next_step="Run dawassist history and give one of the ids printed there.",
            )
        return matches[0]
