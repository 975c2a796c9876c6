"""What the panel knows: the session, the plan, the verdicts and their undo list. No widgets.

Every method returns at once; work runs on the lanes and ends in a signal.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.analysis.tempo_fit import tempo_fit
from dawassist.apply import Preflight
from dawassist.assistant import Assistant
from dawassist.by_hand import HandEdit, leaving, left_by_hand
from dawassist.daw import Liveness
from dawassist.errors import Cancelled, DawAssistError, KnownError
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Constraint
from dawassist.plan.model import Plan, Recommendation
from dawassist.rendering.offer import RenderOffer
from dawassist.review import Decisions
from dawassist.session.findings import Finding
from dawassist.session.model import Session
from dawassist.session.ruler import Places
from dawassist.transaction import EditResult, Receipt
from dawassist_ui.tasks import Lanes, Task

_HELD = ("applied", "unchanged")
_Read = tuple[Session, tuple[Finding, ...], tuple[str, ...], tuple[HandEdit, ...], Brief, Decisions]


@dataclass(frozen=True)
class Step:
    """One entry of the local undo list: what was done, and the decisions after it."""

    label: str
    decisions: Decisions


class Workspace(QObject):
    """Signals: `changed` (anything that views show), `problem` (a sentence for the banner), `progressed`, `notice`.

    `track_heard` tells the GUID of a track that is in `heard` now.
    """

    changed = pyqtSignal()
    plan_changed = pyqtSignal()
    problem = pyqtSignal(object)
    notice = pyqtSignal(str)
    progressed = pyqtSignal(str, int, int)
    track_heard = pyqtSignal(str)

    def __init__(self, lanes: Lanes, brief: Brief | None = None) -> None:
        super().__init__()
        self._lanes = lanes
        self.brief = brief or Brief()
        self.assistant: Assistant | None = None
        self.session: Session | None = None
        self.check_findings: tuple[Finding, ...] = ()
        self.analysis: Analysis | None = None
        self.plan: Plan | None = None
        self.heard: dict[str, TrackAnalysis] = {}  # by GUID, as they come
        self.by_hand: tuple[HandEdit, ...] = ()  # since an Apply
        self.render_offer: RenderOffer | None = None
        self.snapshot_time = ""
        self.preflight: Preflight | None = None
        self.receipt: Receipt | None = None
        self.results: dict[str, EditResult] = {}
        self.busy = ""
        self._last_written: frozenset[str] = frozenset()
        self._learned: set[str] = set()  # ids whose verdicts were learned from
        self._running: Task | None = None
        self._steps = [Step("", Decisions())]
        self._place = 0

    @property
    def decisions(self) -> Decisions:
        return self._steps[self._place].decisions

    @property
    def undo_label(self) -> str:
        return self._steps[self._place].label if self._place else ""

    @property
    def redo_label(self) -> str:
        return self._steps[self._place + 1].label if self._place + 1 < len(self._steps) else ""

    @property
    def held(self) -> frozenset[str]:
        """Ids of the changes that the session holds since an Apply of this plan."""
        return frozenset(identity for identity, result in self.results.items() if result.status in _HELD)

    def accepted(self) -> tuple[Recommendation, ...]:
        """What the next Apply writes."""
        return tuple(r for r in self.decisions.accepted(self.plan) if r.id not in self.held) if self.plan else ()

    @property
    def places(self) -> Places:
        """How places are told: in the ruler's unit, bars where they fit what was heard."""
        session, analysis = self.session, self.analysis
        fits = session is not None and analysis is not None and tempo_fit(session, analysis) is not None
        return Places(session=session, has_bars=fits)

    def open(self, factory: Callable[[], Assistant], then: Callable[[], None] | None = None) -> None:
        """Open a session and read it."""

        def opened(assistant: Assistant) -> None:
            self.assistant = assistant
            self.rescan(then)

        self._run("Opening the session", lambda _task: factory(), opened, on="session")

    def rescan(self, then: Callable[[], None] | None = None) -> None:
        """Read the session again; verdicts stay, since they are bound to what they are about."""
        assistant = self.assistant
        if assistant is None:
            return

        def read(task: Task) -> _Read:
            session = assistant.snapshot(progress=task.report, is_cancelled=task.is_cancelled)
            brief, kept = assistant.with_kept(self.brief), assistant.kept_review(session)
            found, recovered, by_hand = assistant.check(session), assistant.recover(), assistant.by_hand(session)
            return session, found, recovered, by_hand, brief, kept

        def done(result: _Read) -> None:
            is_first = self.session is None
            self.session, self.check_findings, recovered, by_hand, self.brief, kept = result
            if is_first:
                self._steps = [Step("", kept)]
            self.snapshot_time = time.strftime("%H:%M:%S")
            for sentence in recovered:
                self.notice.emit(sentence)
            if by_hand and by_hand != self.by_hand:
                self.notice.emit(left_by_hand(by_hand))
            self.by_hand = by_hand
            if then is not None:
                then()

        self._run("Reading the session", read, done, on="session")

    def suggest(self) -> None:
        """Read the session, listen to it, and propose."""
        self.rescan(self.suggest_after_reading)

    def suggest_with_render(self) -> None:
        """As `suggest`, after REAPER has rendered what files and our models of plug-ins do not give."""
        self.rescan(lambda: self.suggest_after_reading(render_unheard=True))

    def suggest_after_reading(self, *, render_unheard: bool = False) -> None:
        """Listen to the session that was just read, and propose. A render touches the session and runs on its lane."""
        assistant, session = self.assistant, self.session
        if assistant is None or session is None:
            return
        brief = self._own_brief(assistant)
        self.heard = {}

        def listen(task: Task) -> tuple[Analysis, Plan, RenderOffer | None]:
            analysis = assistant.analyze(
                session, brief, render_unheard=render_unheard, progress=task.report, results=task.tell,
                is_cancelled=task.is_cancelled,
            )  # fmt: skip
            plan = assistant.suggest(session, analysis, brief)
            assistant.learn_by_hand(session, plan)
            return analysis, plan, assistant.render_offer(session, analysis)

        def done(result: tuple[Analysis, Plan, RenderOffer | None]) -> None:
            self.analysis, self.plan, self.render_offer = result
            self.heard = {track.track_guid: track for track in self.analysis.tracks}
            self.results = {}
            self.receipt = None
            self.preflight = None
            self.plan_changed.emit()

        self._run("Listening", listen, done, on="session" if render_unheard else "analysis")

    def propose_again(self) -> None:
        """Another plan from what was heard already: after a lock, a rejection or a new demand."""
        assistant, session, analysis = self.assistant, self.session, self.analysis
        if assistant is None or session is None or analysis is None:
            return
        brief, asked = self._own_brief(assistant), self.decisions

        def done(plan: Plan) -> None:
            self.plan = plan
            self.preflight = None
            self.plan_changed.emit()
            if not self.decisions.asks_the_same(asked):  # another lock, while this was thought out
                self.propose_again()

        self._run("Proposing", lambda _task: assistant.suggest(session, analysis, brief), done, on="analysis")

    def demand(self, constraints: Sequence[Constraint], *, keep: bool) -> None:
        """Put every plan under these constraints from now on; `keep` stores them with the project."""
        assistant = self.assistant
        self.brief = self.brief.changed(constraints=tuple(constraints))
        if assistant is None or not keep:
            self.propose_again()
            return
        kept = tuple(constraints)
        self._run(
            "Keeping the demands", lambda _task: assistant.keep_constraints(kept), lambda _none: self.propose_again(),
            on="session",
        )  # fmt: skip

    def choose(self, **values: Any) -> None:
        """Change fields of the brief; with a plan there, listen and propose again."""
        self.brief = self.brief.changed(**values)
        if self.plan is not None:
            self.suggest()
        else:
            self.changed.emit()

    def ask_for(self, **values: Any) -> None:
        """Change fields of the brief for which nothing has to be heard again, and propose."""
        self.brief = self.brief.changed(**values)
        self.changed.emit()
        self.propose_again()

    def _own_brief(self, assistant: Assistant) -> Brief:
        """The brief with this engineer's taste, locks and rejections, and with what they set by hand left alone."""
        brief = self.decisions.in_brief(self.brief.changed(taste=assistant.taste()))
        return brief if self.session is None else leaving(brief, self.session, self.by_hand)

    def decide(self, label: str, decisions: Decisions) -> None:
        """One step of the local undo list."""
        del self._steps[self._place + 1 :]
        self._steps.append(Step(label, decisions))
        self._stand_at(self._place + 1)

    def accept(self, identities: Iterable[str], label: str = "") -> None:
        self._toggle(list(identities), "accepted", label or "accept")

    def reject(self, identities: Iterable[str], label: str = "") -> None:
        self._toggle(list(identities), "rejected", label or "reject")

    def undo(self) -> None:
        if self._place:
            self._stand_at(self._place - 1)

    def redo(self) -> None:
        if self._place + 1 < len(self._steps):
            self._stand_at(self._place + 1)

    def tell_role(self, track_guid: str, name: str, role: str) -> None:
        """What a track is; "" leaves it to its name and sound again."""
        self.decide(f"role of {name}", self.decisions.with_role(track_guid, role))

    def toggle_yielding(self, track_guid: str, name: str) -> None:
        """Whether a track yields where it covers another, or the other is lifted."""
        self.decide(f"who yields to {name}", self.decisions.toggle_yielding(track_guid))

    def _stand_at(self, place: int) -> None:
        before = self.decisions
        self._place = place
        self.preflight = None
        if self.assistant is not None and self.session is not None:
            try:
                self.assistant.keep_review(self.session, self.decisions)
            except KnownError as error:
                self.notice.emit(error.sentence)
        self.changed.emit()
        if self.plan is not None and not self.busy:
            allowed_again = before.rejected - self.decisions.rejected - {r.id for r in self.plan.recommendations}
            if allowed_again or not self.decisions.asks_the_same(before):
                self.propose_again()

    def set_amount(self, identities: Iterable[str], amount: float) -> None:
        self.decide(f"amount {amount:.0%}", self.decisions.with_amount(identities, amount))

    def toggle_lock(self, track_guid: str, name: str) -> None:
        if track_guid in self.decisions.locked_tracks:
            self.decide(f"unlock {name}", self.decisions.unlock(track_guid))
        else:
            self.decide(f"lock {name}", self.decisions.lock(track_guid))

    def check(self) -> None:
        """Compare what is accepted with the session as it is now."""
        assistant, plan, decisions, held = self.assistant, self.plan, self.decisions, self.held
        if assistant is None or plan is None:
            return

        def done(found: Preflight) -> None:
            self.preflight = found

        self._run("Checking", lambda _task: assistant.preflight(plan, decisions, held), done, on="session")

    def apply(self) -> None:
        assistant, plan, decisions = self.assistant, self.plan, self.decisions
        if assistant is None or plan is None or not self.accepted():
            return
        sent, held = [r.id for r in self.accepted()], self.held
        decided = {r.id for r in plan.recommendations if decisions.of(r.id).verdict != "pending"} - self._learned

        def write(_task: Task) -> Receipt:
            receipt = assistant.apply(plan, decisions, held)
            if receipt.is_clean:
                assistant.learn(plan, decisions, decided)
                assistant.keep_rejected(decisions.rejected & decided)
            return receipt

        def done(receipt: Receipt) -> None:
            self.receipt = receipt
            told = receipt.by_recommendation().items()
            self.results |= {i: result for i, result in told if receipt.is_clean or result.status not in _HELD}
            if receipt.is_clean:
                self._learned |= decided
                self._last_written = frozenset(sent)

        self._run("Applying", write, done, on="session")

    def revert(self) -> None:
        assistant = self.assistant
        if assistant is None:
            return

        def done(receipt: Receipt) -> None:
            self.receipt = receipt
            if receipt.is_clean:
                self.results = {i: result for i, result in self.results.items() if i not in self._last_written}

        self._run("Reverting", lambda _task: assistant.revert(), done, on="session")

    def to_before(self) -> None:
        """The session as it was before dawassist: everything taken back that was ever applied to it."""
        assistant = self.assistant
        if assistant is None:
            return

        def done(receipts: tuple[Receipt, ...]) -> None:
            self.receipt = receipts[-1]
            if all(receipt.is_clean for receipt in receipts):
                self.results = {}
            self.notice.emit("Before dawassist: " + " ".join(receipt.sentence for receipt in receipts))

        self._run("Reverting", lambda _task: assistant.to_before(), done, on="session")

    def ask_what_covers(self, track_guid: str, then: Callable[[Finding], None]) -> None:
        """Of the mix as it was heard last."""
        assistant, session, analysis = self.assistant, self.session, self.analysis
        if assistant is None or session is None or analysis is None:
            self.notice.emit("What covers a track is known once the session was listened to: press Suggest mix.")
            return
        brief = self.brief
        self._run(
            "Comparing", lambda _task: assistant.covering(session, analysis, brief, track_guid), then, on="analysis"
        )

    def refer_to(self, reference: str) -> None:
        """Take this recording, or ``track:GUID``, as the reference; "" for none. The next Suggest hears it."""
        self.brief = self.brief.changed(reference=reference)
        self.suggest_after_reading()

    def locate(self, track_seconds: float) -> None:
        assistant = self.assistant
        if assistant is not None and not self.busy:
            self._run("Locating", lambda _task: assistant.locate(track_seconds), lambda _none: None, on="session")

    def poll(self, then: Callable[[Liveness], None]) -> None:
        """A cheap look at the session, only while nothing else runs."""
        assistant = self.assistant
        if assistant is None or self.busy:
            return
        task = Task("poll", lambda _task: assistant.poll())
        task.finished.connect(then)
        task.failed.connect(self.problem.emit)
        self._lanes.on_session(task)

    def cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def close(self) -> None:
        self._lanes.close()
        if self.assistant is not None:
            self.assistant.close()

    def _toggle(self, identities: Sequence[str], verdict: str, label: str) -> None:
        """The verdict, or back to pending when all have it already; cards are decided together."""
        if self.plan is None:
            return
        whole = list(dict.fromkeys(each for identity in identities for each in self.plan.card_of(identity)))
        whole = [each for each in whole if each not in self.held]
        if not whole:
            return
        self.results = {i: result for i, result in self.results.items() if i not in whole}
        if all(self.decisions.of(each).verdict == verdict for each in whole):
            self.decide(f"undo {label}", self.decisions.reset(whole))
        elif verdict == "accepted":
            self.decide(label, self.decisions.accept(whole))
        else:
            self.decide(label, self.decisions.reject(whole))

    def _hear(self, measured: TrackAnalysis) -> None:
        self.heard[measured.track_guid] = measured
        self.track_heard.emit(measured.track_guid)

    def _run(self, name: str, work: Callable[[Task], object], done: Callable[..., None], *, on: str) -> None:
        if self.busy:
            self.notice.emit(f"{self.busy} is still running.")
            return
        task = Task(name, work)
        self._running, self.busy = task, name

        def finished(result: object) -> None:
            self._running, self.busy = None, ""
            done(result)
            self.changed.emit()

        def failed(error: DawAssistError) -> None:
            self._running, self.busy = None, ""
            self.changed.emit()
            if isinstance(error, Cancelled):
                self.notice.emit("Cancelled; nothing was written.")
            else:
                self.problem.emit(error)

        task.progressed.connect(self.progressed.emit)
        task.found.connect(self._hear)
        task.finished.connect(finished)
        task.failed.connect(failed)
        self.changed.emit()
        (self._lanes.on_session if on == "session" else self._lanes.on_analysis)(task)
