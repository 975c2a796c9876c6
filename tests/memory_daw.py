"""A session in memory that keeps the promises of `Daw`, with faults that a test can switch on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

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
from dawassist.session.model import Session, Track
from dawassist.session.targets import TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import EditResult, Receipt, SetValue, Transaction
from dawassist.units import gain_to_db


@dataclass
class MemoryDaw:
    """`before_apply` and `after_apply` run around the write: the user, a crash, a lost answer."""

    session: Session
    before_apply: Callable[["MemoryDaw"], None] = lambda _daw: None
    after_apply: Callable[["MemoryDaw"], None] = lambda _daw: None
    remembers: bool = True
    receipts: dict[str, Receipt] = field(default_factory=dict)
    undo_labels: list[str] = field(default_factory=list)

    def poll(self) -> Liveness:
        mark = self.session.fingerprint
        return Liveness(project_path=mark.project_path, change_count=mark.change_count, transport="stopped")

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        return self.session

    def apply(self, transaction: Transaction) -> Receipt:
        self.before_apply(self)
        if transaction.id in self.receipts:
            return self.receipts[transaction.id]
        edits = [edit for edit in transaction.edits if isinstance(edit, SetValue)]
        found = [raw_value(self.session, edit.target) for edit in edits]
        moved = [v is None or abs(v - e.expected_raw) > e.tolerance + 1e-6 for v, e in zip(found, edits, strict=True)]
        if any(moved):
            status = ["conflicted" if is_moved else "unchanged" for is_moved in moved]
            return self._store(transaction, "conflict", edits, status, "Nothing was written.")
        for edit in edits:
            self.set(edit.target, edit.desired_raw)  # type: ignore[arg-type]
        self.undo_labels.append(transaction.label)
        outcome = "undone" if transaction.undoes else "applied"
        receipt = self._store(transaction, outcome, edits, ["applied"] * len(edits), "Everything was written.")
        self.after_apply(self)
        return receipt

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

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        raise KnownError("A session in memory has no transport.")

    def close(self) -> None:
        return None

    def set(self, target: TrackTarget, raw: float) -> None:
        """What a hand on the fader does."""
        tracks = tuple(_moved(t, target, raw) if t.guid == target.track_guid else t for t in self.session.tracks)
        self.session = replace(self.session, tracks=tracks)

    def _store(
        self, transaction: Transaction, outcome: str, edits: list[SetValue], status: list[str], sentence: str
    ) -> Receipt:
        results = tuple(
            EditResult(label=edit.label, status=s, value_raw=raw_value(self.session, edit.target))  # type: ignore[arg-type]
            for edit, s in zip(edits, status, strict=True)
        )
        receipt = Receipt(transaction_id=transaction.id, outcome=outcome, results=results, sentence=sentence)  # type: ignore[arg-type]
        self.receipts[transaction.id] = receipt
        return receipt


def lose_the_answer(daw: MemoryDaw) -> None:
    raise OutcomeUncertain("The answer was lost.", transaction_id=next(reversed(daw.receipts), ""))


def _moved(track: Track, target: TrackTarget, raw: float) -> Track:
    if target.field == "fader_gain":
        return replace(track, fader_db=gain_to_db(raw))
    return replace(track, pan=raw)
