"""From accepted recommendations to a verified write: prepare → journal → Daw → read back → journal; and recovery.

The protocol: the intent is on disk before anything is sent; the daw writes all or nothing; a lost answer is
resolved by asking the session; what the receipt says is checked against an independent snapshot.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dawassist.daw import Daw
from dawassist.errors import InputError, KnownError, OutcomeUncertain
from dawassist.journal import Entry, Journal
from dawassist.plan.model import Plan
from dawassist.review import Decisions
from dawassist.session.model import Session
from dawassist.session.targets import EnvelopeTarget
from dawassist.session.values import raw_text, raw_value
from dawassist.transaction import (
    Edit,
    EditResult,
    Outcome,
    Receipt,
    SetEnvelopePoints,
    SetValue,
    Transaction,
    new_transaction_id,
)
from dawassist.units import counted

_LIFETIME_SECONDS = 30.0
_SNAPSHOT_ROUNDING = 2e-6  # sessions hold values rounded to 1e-6; a gain of 4 (+12 dB) doubles the step


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


def prepare(plan: Plan, decisions: Decisions, held: Collection[str] = ()) -> Transaction:
    """The transaction of everything accepted, but for what the session holds already: the ids `held`.

    Raises InputError when that is nothing.
    """
    transaction = transaction_of(plan, decisions, held)
    if not transaction.edits:
        raise InputError("There is nothing to apply.", next_step="Accept at least one change first.")
    return transaction


def transaction_of(plan: Plan, decisions: Decisions, held: Collection[str] = ()) -> Transaction:
    """The transaction of everything accepted and not `held`, which may be nothing."""
    accepted = [r for r in decisions.accepted(plan) if r.id not in held]
    changes = [(r, decisions.change(r)) for r in accepted]
    edits = tuple(
        SetValue(
            target=change.target,
            expected_raw=change.expected_raw,
            desired_raw=change.desired_raw,
            tolerance=change.tolerance,
            label=f"{recommendation.track_name} · {change.parameter}",
            recommendation_id=recommendation.id,
        )
        for recommendation, change in changes
    )
    tracks = len({recommendation.track_guid for recommendation in accepted})
    return Transaction(
        id=new_transaction_id(),
        fingerprint=plan.fingerprint,
        edits=edits,
        label=f"dawassist: apply {counted(len(edits), 'change')} to {counted(tracks, 'track')}",
        not_after=time.time() + _LIFETIME_SECONDS,
    )


def preflight(session: Session, plan: Plan, decisions: Decisions, held: Collection[str] = ()) -> Preflight:
    """Compare what is accepted and not `held` with the session as it is now."""
    accepted = [r for r in decisions.accepted(plan) if r.id not in held]
    conflicts = [_conflict(session, edit) for edit in transaction_of(plan, decisions, held).edits]
    return Preflight(
        changes=len(accepted),
        tracks=len({r.track_guid for r in accepted}),
        conflicts=tuple(sentence for sentence in conflicts if sentence),
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
    receipt = _verified(daw, transaction, receipt)
    journal.record_result(receipt)
    return receipt


def undo(daw: Daw, journal: Journal, entry: Entry) -> Receipt:
    """Take back an applied transaction where the session still holds what it wrote."""
    applied = _as_applied(entry)
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


def _as_applied(entry: Entry) -> Transaction:
    """The transaction with the values that the session really took (a plug-in may have snapped ours)."""
    if entry.receipt is None:
        return entry.transaction
    edits = tuple(
        replace(edit, desired_raw=result.value_raw)
        if isinstance(edit, SetValue) and result.status == "applied" and result.value_raw is not None
        else edit
        for edit, result in zip(entry.transaction.edits, entry.receipt.results, strict=True)
    )
    return replace(entry.transaction, edits=edits)


def _resolve(daw: Daw, transaction: Transaction) -> Receipt:
    """Ask the session what became of a request whose answer was lost."""
    stored = daw.status(transaction.id)
    return stored if stored is not None else _diagnose(daw.snapshot(), transaction)


def _verified(daw: Daw, transaction: Transaction, receipt: Receipt) -> Receipt:
    """The receipt, corrected where an independent snapshot disagrees with it."""
    if receipt.outcome != "applied" or not transaction.edits:
        return receipt
    session = daw.snapshot()
    results = tuple(
        _checked(session, edit, result) for edit, result in zip(transaction.edits, receipt.results, strict=True)
    )
    wrong = sum(result.status == "failed" for result in results)
    if not wrong:
        return replace(receipt, results=results)
    sentence = f"{counted(wrong, 'change')} did not hold after Apply: the session was read again and differs."
    return replace(receipt, results=results, outcome="partial", sentence=sentence)


def _checked(session: Session, edit: Edit, result: EditResult) -> EditResult:
    if result.status != "applied" or not isinstance(edit, SetValue):
        return result
    found = raw_value(session, edit.target)
    expected = edit.desired_raw if result.value_raw is None else result.value_raw
    if found is None or abs(found - expected) <= max(edit.tolerance, _rounding(expected)):
        return result
    return replace(result, status="failed", value_raw=found, reason="It changed right after it was written.")


def _diagnose(session: Session, transaction: Transaction) -> Receipt:
    """Judge by the values alone: everything still as before, everything as wanted, or something between."""
    results = tuple(_found(session, edit) for edit in transaction.edits)
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
    if isinstance(edit, SetEnvelopePoints):
        return _found_points(session, edit)
    if not isinstance(edit, SetValue):
        return EditResult(label=edit.label, status="failed", value_raw=None, reason="This edit cannot be read back.")
    value = raw_value(session, edit.target)
    if value is not None and abs(value - edit.desired_raw) <= max(edit.tolerance, _rounding(edit.desired_raw)):
        return EditResult(label=edit.label, status="applied", value_raw=value)
    if value is not None and abs(value - edit.expected_raw) <= max(edit.tolerance, _rounding(edit.expected_raw)):
        return EditResult(label=edit.label, status="failed", value_raw=value, reason="It still has the old value.")
    return EditResult(label=edit.label, status="failed", value_raw=value, reason="It has a value of its own.")


def _found_points(session: Session, edit: SetEnvelopePoints) -> EditResult:
    track = session.track(edit.target.track_guid)
    envelope = track.envelope(edit.target.envelope) if track else None
    points = envelope.points if envelope else ()
    within = tuple(p for p in points if edit.start_seconds <= p.time_seconds <= edit.end_seconds)
    times_and_values = [(p.time_seconds, p.value) for p in within]
    if times_and_values == [(p.time_seconds, p.value) for p in edit.desired_points]:
        return EditResult(label=edit.label, status="applied", value_raw=None)
    return EditResult(label=edit.label, status="failed", value_raw=None, reason="The envelope has other points.")


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


def _conflict(session: Session, edit: Edit) -> str:
    """Why `edit` cannot be written now; "" when it can."""
    if not isinstance(edit, SetValue) or isinstance(edit.target, EnvelopeTarget):
        return ""
    track = session.track(edit.target.track_guid)
    if track is None:
        return f"{edit.label}: the track is gone."
    found = raw_value(session, edit.target)
    if found is None:
        return f"{edit.label}: it is no longer there."
    if abs(found - edit.expected_raw) > max(edit.tolerance, _rounding(edit.expected_raw)):
        return f"{edit.label}: it moved since the snapshot and is now {raw_text(edit.target, found)}."
    return ""


def _rounding(raw: float) -> float:
    return _SNAPSHOT_ROUNDING * max(1.0, abs(raw))
