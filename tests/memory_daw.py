"""A session in memory that keeps the promises of `Daw`, with faults that a test can switch on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from dawassist.daw import (
    HostLoudness,
    IsCancelled,
    Liveness,
    Progress,
    Rendered,
    TrackState,
    never_cancelled,
    no_progress,
)
from dawassist.errors import KnownError, OutcomeUncertain
from dawassist.session.edit_state import difference, holds
from dawassist.session.edits import with_guids
from dawassist.session.model import Fx, Session, Track
from dawassist.session.targets import FxTarget, SendTarget, Target, TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import (
    CreateSend,
    CreateTrack,
    Edit,
    EditResult,
    InsertFx,
    Receipt,
    RemoveCreated,
    SetEnvelopePoints,
    SetFxConfig,
    SetValue,
    SwitchEnvelope,
    Transaction,
)
from dawassist.units import gain_to_db
from tests.sessions import make_guid, make_send, make_track
from tests.tools import make_comp, make_eq, make_verb


@dataclass
class MemoryDaw:
    """`before_apply` and `after_apply` run around the write: the user, a crash, a lost answer."""

    session: Session
    before_apply: Callable[["MemoryDaw"], None] = lambda _daw: None
    after_apply: Callable[["MemoryDaw"], None] = lambda _daw: None
    remembers: bool = True
    receipts: dict[str, Receipt] = field(default_factory=dict)
    undo_labels: list[str] = field(default_factory=list)
    owned: dict[str, tuple[str, object]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(900))

    def poll(self) -> Liveness:
        mark = self.session.fingerprint
        return Liveness(project_path=mark.project_path, change_count=mark.change_count, transport="stopped")

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        return self.session

    def apply(self, transaction: Transaction) -> Receipt:
        self.before_apply(self)
        if transaction.id in self.receipts:
            return self.receipts[transaction.id]
        edits = list(transaction.edits)
        reasons = [self._why_not(edit, transaction) for edit in edits]
        if any(reasons):
            status = ["conflicted" if reason else "unchanged" for reason in reasons]
            return self._store(transaction, "conflict", edits, status, "Nothing was written.")
        guids: dict[str, str] = {}
        for edit in edits:
            if isinstance(edit, InsertFx | CreateTrack):
                guids[edit.creates] = make_guid(next(self._numbers))
            self.session = with_edit(self.session, with_guids(edit, guids))
        edits = [with_guids(edit, guids) for edit in edits]
        self.owned |= {guid: (transaction.id, object_of(self.session, guid)) for guid in guids.values()}
        self.undo_labels.append(transaction.label)
        outcome = "undone" if transaction.undoes else "applied"
        receipt = self._store(transaction, outcome, edits, ["applied"] * len(edits), "Everything was written.")
        self.after_apply(self)
        return receipt

    def _why_not(self, edit: Edit, transaction: Transaction) -> str:
        if isinstance(edit, RemoveCreated) and edit.kind != "send":
            if holds(self.session, edit):
                return ""
            owner, left = self.owned.get(edit.guid, ("", None))
            is_ours = owner == edit.transaction_id and object_of(self.session, edit.guid) == left
            return "" if is_ours else "It was changed since and stays."
        return difference(self.session, edit, transaction.edits)

    def status(self, transaction_id: str) -> Receipt | None:
        return self.receipts.get(transaction_id) if self.remembers else None

    def undo(self, transaction: Transaction) -> Receipt:
        return self.apply(transaction.inverse())

    def render_stems(
        self,
        track_guids: Sequence[str],
        folder: Path,
        *,
        progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Rendered:
        raise KnownError("A session in memory has no sound.")

    def measure_loudness(
        self,
        track_guids: Sequence[str],
        *,
        seconds: tuple[float, float] | None = None,
        progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> HostLoudness:
        raise KnownError("A session in memory has no sound.")

    def track_state(self, track_guid: str) -> TrackState:
        raise KnownError("A session in memory has no host.")

    def notes_get(self, key: str) -> str:
        return self.notes.get(key, "")

    def notes_set(self, key: str, text: str) -> None:
        self.notes[key] = text

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        raise KnownError("A session in memory has no transport.")

    def close(self) -> None:
        return None

    def set(self, target: TrackTarget, raw: float) -> None:
        """What a hand on the fader does."""
        self.session = with_value(self.session, target, raw)

    def _store(
        self, transaction: Transaction, outcome: str, edits: list[Edit], status: list[str], sentence: str
    ) -> Receipt:
        results = tuple(
            EditResult(
                label=edit.label,
                status=s,  # type: ignore[arg-type]
                value_raw=raw_value(self.session, edit.target) if isinstance(edit, SetValue) else None,
                created_guid=edit.creates if isinstance(edit, InsertFx | CreateTrack) and s == "applied" else "",
            )
            for edit, s in zip(edits, status, strict=True)
        )
        receipt = Receipt(transaction_id=transaction.id, outcome=outcome, results=results, sentence=sentence)  # type: ignore[arg-type]
        self.receipts[transaction.id] = receipt
        return receipt


def lose_the_answer(daw: MemoryDaw) -> None:
    raise OutcomeUncertain("The answer was lost.", transaction_id=next(reversed(daw.receipts), ""))


def with_edit(session: Session, edit: Edit) -> Session:
    """The session after an edit whose placeholders are GUIDs."""
    match edit:
        case SetValue():
            return with_value(session, edit.target, edit.desired_raw)
        case CreateTrack():
            track = make_track(guid=edit.creates, number=len(session.tracks) + 1, name=edit.name)
            return replace(session, tracks=(*session.tracks, track))
        case InsertFx():
            fx = {"VST: ReaEQ (Cockos)": make_eq, "VST: ReaComp (Cockos)": make_comp}.get(edit.fx_name, make_verb)
            chain = list(_track(session, edit.track_guid).fx)
            place = next((k + 1 for k, each in enumerate(chain) if each.guid == edit.after_fx_guid), 0)
            chain.insert(place, fx(edit.creates))
            session = _with_track(session, edit.track_guid, fx=tuple(chain))
            for name, value in edit.config:
                session = _configured(session, edit.track_guid, edit.creates, name, value)
            return session
        case SetFxConfig():
            return _configured(session, edit.track_guid, edit.fx_guid, edit.name, edit.desired)
        case CreateSend():
            send = make_send(edit.destination_guid, level_db=edit.level_db, tap=edit.tap)
            return _with_track(session, edit.track_guid, sends=(*_track(session, edit.track_guid).sends, send))
        case RemoveCreated(kind="track"):
            return replace(session, tracks=tuple(t for t in session.tracks if t.guid != edit.guid))
        case RemoveCreated(kind="send"):
            sends = tuple(s for s in _track(session, edit.track_guid).sends if s.destination_guid != edit.guid)
            return _with_track(session, edit.track_guid, sends=sends)
        case RemoveCreated():
            chain = [fx for fx in _track(session, edit.track_guid).fx if fx.guid != edit.guid]
            return _with_track(session, edit.track_guid, fx=tuple(chain))
        case SetEnvelopePoints() | SwitchEnvelope():
            raise AssertionError("no envelopes here")


def with_value(session: Session, target: Target, raw: float) -> Session:
    match target:
        case TrackTarget(field="fader_gain"):
            return _with_track(session, target.track_guid, fader_db=gain_to_db(raw))
        case TrackTarget():
            return _with_track(session, target.track_guid, pan=raw)
        case SendTarget():
            sends = [
                replace(send, level_db=gain_to_db(raw)) if send.destination_guid == target.destination_guid else send
                for send in _track(session, target.track_guid).sends
            ]
            return _with_track(session, target.track_guid, sends=tuple(sends))
        case FxTarget():
            number = target.param_ident.partition(":")[0]

            def moved(fx: Fx) -> Fx:
                own = (
                    replace(p, ident=target.param_ident, normalized=raw) if p.ident.startswith(f"{number}:") else p
                    for p in fx.parameters or ()
                )
                return replace(fx, parameters=tuple(own))

            return _with_fx(session, target.track_guid, target.fx_guid, moved)
        case _:
            raise AssertionError(target)


def object_of(session: Session, guid: str) -> object:
    """The track or plug-in with that GUID."""
    return next((t for t in session.tracks if t.guid == guid), None) or next(
        (fx for t in session.tracks for fx in t.fx if fx.guid == guid), None
    )


def _configured(session: Session, track_guid: str, fx_guid: str, name: str, value: str) -> Session:
    return _with_fx(
        session, track_guid, fx_guid, lambda fx: replace(fx, config=tuple({**dict(fx.config), name: value}.items()))
    )


def _with_fx(session: Session, track_guid: str, fx_guid: str, change: Callable[[Fx], Fx]) -> Session:
    chain = tuple(change(fx) if fx.guid == fx_guid else fx for fx in _track(session, track_guid).fx)
    return _with_track(session, track_guid, fx=chain)


def _track(session: Session, guid: str) -> Track:
    found = session.track(guid)
    assert found is not None
    return found


def _with_track(session: Session, guid: str, **fields: Any) -> Session:
    return replace(session, tracks=tuple(replace(t, **fields) if t.guid == guid else t for t in session.tracks))
