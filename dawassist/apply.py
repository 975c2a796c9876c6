"""From accepted recommendations to a verified write: prepare → journal → Daw → read back → journal; and recovery.

The protocol: the intent is on disk before anything is sent; the daw writes all or nothing; a lost answer is
resolved by asking the session; what the receipt says is checked against an independent snapshot.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from dawassist.daw import Daw
from dawassist.errors import InputError, KnownError, OutcomeUncertain
from dawassist.journal import Entry, Journal
from dawassist.plan.model import Plan
from dawassist.realize.edits import edits_of
from dawassist.review import Decisions
from dawassist.session.edit_state import created_by, difference, holds, is_near, likely_created
from dawassist.session.edits import with_guids
from dawassist.session.model import Session
from dawassist.session.values import raw_value
from dawassist.transaction import (
    CreateTrack,
    Edit,
    EditResult,
    InsertFx,
    Outcome,
    Receipt,
    SetValue,
    Transaction,
    new_transaction_id,
)
from dawassist.units import counted

_LIFETIME_SECONDS = 30.0
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What Apply would do now: how many changes on how many tracks, and what stands in the way."""

    changes: int
    tracks: int
    conflicts: tuple[str, ...]

    @property
    def sentence(self) -> str:
        counts = (
            counted(self.changes, "change"),
            counted(self.tracks, "track"),
            counted(len(self.conflicts), "conflict"),
        )
        return " · ".join(counts)


def prepare(
    plan: Plan, decisions: Decisions, held: Collection[str] = (), created: Mapping[str, str] = _NOTHING
) -> Transaction:
    """The transaction of everything accepted, but for what the session holds already: the ids `held`, and what an
    earlier Apply `created` (see `created_before`).

    Raises InputError when that is nothing.
    """
    transaction = transaction_of(plan, decisions, held, created)
    if not transaction.edits:
        raise InputError("There is nothing to apply.", next_step="Accept at least one change first.")
    return transaction


def created_before(journal: Journal, held: Collection[str]) -> dict[str, str]:
    """GUIDs by placeholder of what was created for the recommendations `held`: the rest of their plan uses it."""
    found: dict[str, str] = {}
    for entry in journal.entries():
        results = entry.receipt.results if entry.receipt and entry.receipt.outcome == "applied" else ()
        for edit, result in zip(entry.transaction.edits, results, strict=False):
            if isinstance(edit, InsertFx | CreateTrack) and edit.recommendation_id in held and result.created_guid:
                found[edit.creates] = result.created_guid
    return found


def transaction_of(
    plan: Plan, decisions: Decisions, held: Collection[str] = (), created: Mapping[str, str] = _NOTHING
) -> Transaction:
    """The transaction of everything accepted and not `held`, which may be nothing."""
    accepted = [r for r in decisions.accepted(plan) if r.id not in held]
    needed = edits_of((r, decisions.change(r)) for r in accepted)
    edits = tuple(with_guids(edit, created) for edit in needed if created.keys().isdisjoint(created_by([edit])))
    tracks = len({recommendation.track_guid for recommendation in accepted})
    return Transaction(
        id=new_transaction_id(),
        fingerprint=plan.fingerprint,
        edits=edits,
        label=f"dawassist: apply {counted(len(accepted), 'change')} to {counted(tracks, 'track')}",
        not_after=time.time() + _LIFETIME_SECONDS,
    )


def preflight(
    session: Session,
    plan: Plan,
    decisions: Decisions,
    held: Collection[str] = (),
    created: Mapping[str, str] = _NOTHING,
) -> Preflight:
    """Compare what is accepted and not `held` with the session as it is now."""
    accepted = [r for r in decisions.accepted(plan) if r.id not in held]
    edits = transaction_of(plan, decisions, held, created).edits
    found = [(edit.label, difference(session, edit, edits)) for edit in edits]
    return Preflight(
        changes=len(accepted),
        tracks=len({r.track_guid for r in accepted}),
        conflicts=tuple(f"{label}: {reason}" for label, reason in found if reason),
    )


def apply(daw: Daw, journal: Journal, transaction: Transaction) -> Receipt:
    """Write `transaction`, verify it with a fresh snapshot, and record both ends.

    Raises KnownError when nothing was sent or the outcome cannot be found out (OutcomeUncertain).
    """
    journal.record_intent(transaction)
    try:
        receipt = daw.apply(transaction)
    except OutcomeUncertain:
        receipt = _resolve(daw, transaction)
    except KnownError as error:
        journal.record_result(_refused(transaction, error))
        raise
    receipt = _told_apart(transaction, _verified(daw, transaction, receipt))
    journal.record_result(receipt)
    return receipt


def undo(daw: Daw, journal: Journal, entry: Entry) -> Receipt:
    """Take back an applied transaction where the session still holds what it wrote."""
    applied = entry.as_applied
    inverse = applied.inverse(lifetime_seconds=_LIFETIME_SECONDS)
    journal.record_intent(inverse)
    try:
        receipt = daw.undo(applied)
    except OutcomeUncertain:
        receipt = _resolve(daw, inverse)
    except KnownError as error:
        journal.record_result(_refused(inverse, error))
        raise
    receipt = replace(receipt, transaction_id=inverse.id)
    journal.record_result(receipt)
    return receipt


def recover(daw: Daw, journal: Journal) -> tuple[str, ...]:
    """Resolve what a crash left open for this session's project; one sentence per transaction."""
    session = daw.snapshot()
    sentences = []
    for entry in journal.unresolved(session.fingerprint.project_path):
        receipt = daw.status(entry.transaction.id) or _diagnose(session, entry.transaction)
        journal.record_result(receipt)
        sentences.append(f"The last session ended during “{entry.transaction.label}”: {receipt.sentence}")
    return tuple(sentences)


def _told_apart(transaction: Transaction, receipt: Receipt) -> Receipt:
    """The receipt with the recommendation that each result belongs to."""
    results = (
        replace(result, recommendation_id=edit.recommendation_id)
        for edit, result in zip(transaction.edits, receipt.results, strict=True)
    )
    return replace(receipt, results=tuple(results))


def _resolve(daw: Daw, transaction: Transaction) -> Receipt:
    """Ask the session what became of a request whose answer was lost."""
    stored = daw.status(transaction.id)
    return stored if stored is not None else _diagnose(daw.snapshot(), transaction)


def _verified(daw: Daw, transaction: Transaction, receipt: Receipt) -> Receipt:
    """The receipt, corrected where an independent snapshot disagrees with it."""
    if receipt.outcome != "applied" or not transaction.edits:
        return receipt
    session = daw.snapshot()
    edits = transaction.with_created(receipt.results).edits
    results = tuple(_checked(session, edit, result) for edit, result in zip(edits, receipt.results, strict=True))
    wrong = sum(result.status == "failed" for result in results)
    if not wrong:
        return replace(receipt, results=results)
    sentence = f"{counted(wrong, 'change')} did not hold after Apply: the session was read again and differs."
    return replace(receipt, results=results, outcome="partial", sentence=sentence)


def _checked(session: Session, edit: Edit, result: EditResult) -> EditResult:
    if result.status != "applied":
        return result
    if isinstance(edit, SetValue):
        wanted = edit if result.value_raw is None else replace(edit, desired_raw=result.value_raw)
        found = raw_value(session, edit.target)
        if is_near(wanted, found, wanted.desired_raw):
            return result
        return replace(result, status="failed", value_raw=found, reason="It changed right after it was written.")
    if holds(session, edit):
        return result
    return replace(result, status="failed", reason="It is not in the session that was read right after.")


def _diagnose(session: Session, transaction: Transaction) -> Receipt:
    """Judge by the values alone: everything still as before, everything as wanted, or something between."""
    likely = likely_created(session, transaction.edits)
    results = tuple(_found(session, with_guids(edit, likely)) for edit in transaction.edits)
    statuses = {result.status for result in results}
    outcome: Outcome
    if statuses <= {"applied", "unchanged"} and "applied" in statuses:
        outcome, sentence = "applied", "every change is in the session."
    elif "applied" not in statuses:
        outcome, sentence = "failed", "nothing was applied; the session is as it was."
    else:
        done = sum(result.status == "applied" for result in results)
        outcome = "partial"
        sentence = f"{done} of {counted(len(results), 'change')} are in the session; undo puts those back."
    return Receipt(transaction_id=transaction.id, outcome=outcome, results=results, sentence=sentence)


def _found(session: Session, edit: Edit) -> EditResult:
    """What the session shows of an edit whose answer was lost."""
    value = raw_value(session, edit.target) if isinstance(edit, SetValue) else None
    if holds(session, edit):
        guid = edit.creates if isinstance(edit, InsertFx | CreateTrack) else ""
        return EditResult(label=edit.label, status="applied", value_raw=value, created_guid=guid)
    if isinstance(edit, SetValue):
        is_as_before = is_near(edit, value, edit.expected_raw)
        reason = "It still has the old value." if is_as_before else "It has a value of its own."
    else:
        reason = "The session does not show it."
    return EditResult(label=edit.label, status="failed", value_raw=value, reason=reason)


def _refused(transaction: Transaction, error: KnownError) -> Receipt:
    results: Sequence[EditResult] = [
        EditResult(label=edit.label, status="failed", value_raw=None, reason=error.what) for edit in transaction.edits
    ]
    return Receipt(
        transaction_id=transaction.id,
        outcome="failed",
        results=tuple(results),
        sentence=f"Nothing was written. {error}",
    )
