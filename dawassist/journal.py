"""The durable record of what was sent to a session: one JSON line per fact, appended and flushed to the disk.

An *intent* is on disk before anything is written to a session, a *result* after it. An intent without a result is
what a crash leaves; `dawassist.apply.recover` resolves it at the next start. A line torn by a crash is skipped.
"""

import json
import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dawassist.errors import InputError, KnownError
from dawassist.transaction import (
    Receipt,
    SetValue,
    Transaction,
    receipt_from_json,
    receipt_to_json,
    transaction_from_json,
    transaction_to_json,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One transaction: when (Unix time), what, and what came of it (None: unknown, see `recover`)."""

    time: float
    transaction: Transaction
    receipt: Receipt | None

    @property
    def as_applied(self) -> Transaction:
        """The transaction with what the session really took: GUIDs of what was created, and values, which a plug-in
        may have snapped."""
        if self.receipt is None:
            return self.transaction
        made = self.transaction.with_created(self.receipt.results)
        edits = tuple(
            replace(edit, desired_raw=result.value_raw)
            if isinstance(edit, SetValue) and result.status == "applied" and result.value_raw is not None
            else edit
            for edit, result in zip(made.edits, self.receipt.results, strict=True)
        )
        return replace(made, edits=edits)


class Journal:
    """An append-only file; several processes may append to it. The folder is made when first written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record_intent(self, transaction: Transaction) -> None:
        """On disk when this returns. Raises KnownError when it cannot be written; then nothing may be sent."""
        self._append({"fact": "intent", "time": time.time(), "transaction": transaction_to_json(transaction)})

    def record_result(self, receipt: Receipt) -> None:
        self._append({"fact": "result", "time": time.time(), "receipt": receipt_to_json(receipt)})

    def record_learned(self, transaction_id: str, recommendation_ids: Collection[str]) -> None:
        """That what the engineer set by hand after this transaction was learned from."""
        self._append({"fact": "learned", "transaction": transaction_id, "recommendations": sorted(recommendation_ids)})

    def learned(self) -> frozenset[tuple[str, str]]:
        """Pairs of a transaction and one of its recommendations that `record_learned` was told."""
        told = (fact for fact in self._facts() if fact.get("fact") == "learned")
        return frozenset(
            (str(each.get("transaction")), str(i)) for each in told for i in each.get("recommendations", ())
        )

    def entries(self) -> tuple[Entry, ...]:
        """Every transaction, oldest first, each with its newest result."""
        found: dict[str, Entry] = {}
        for fact in self._facts():
            try:
                if fact.get("fact") == "intent":
                    transaction = transaction_from_json(fact["transaction"])
                    found[transaction.id] = Entry(time=fact["time"], transaction=transaction, receipt=None)
                elif fact.get("fact") == "result":
                    receipt = receipt_from_json(fact["receipt"])
                    intent = found[receipt.transaction_id]
                    found[receipt.transaction_id] = Entry(
                        time=intent.time, transaction=intent.transaction, receipt=receipt
                    )
            except (InputError, KeyError):
                continue  # a line of a newer version, or a result whose intent was torn
        return tuple(found.values())

    def unresolved(self, project_path: str) -> tuple[Entry, ...]:
        """Intents of that project without a result."""
        return tuple(
            entry
            for entry in self.entries()
            if entry.receipt is None and entry.transaction.fingerprint.project_path == project_path
        )

    def last_applied(self, project_path: str) -> Entry | None:
        """The newest transaction of that project that is applied and not undone since."""
        return next(iter(self.applied(project_path)), None)

    def applied(self, project_path: str) -> tuple[Entry, ...]:
        """Every transaction of that project that is applied and not undone since, newest first."""
        entries = [e for e in self.entries() if e.transaction.fingerprint.project_path == project_path]
        undone = {e.transaction.undoes for e in entries if e.receipt and e.receipt.is_clean}
        return tuple(
            e
            for e in reversed(entries)
            if e.receipt and e.receipt.outcome == "applied" and not e.transaction.undoes
            and e.transaction.id not in undone
        )  # fmt: skip

    def _facts(self) -> Iterator[dict[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise KnownError(f"The journal {self.path} cannot be read.", why=f"{error.strerror}.") from None
        for line in text.splitlines():
            try:
                fact = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(fact, dict):
                yield fact

    def _append(self, fact: dict[str, Any]) -> None:
        line = json.dumps(fact, separators=(",", ":")).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if _is_torn(descriptor):
                    line = b"\n" + line
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            sync_folder(self.path.parent)
        except OSError as error:
            raise KnownError(
                f"The journal {self.path} cannot be written.",
                why=f"{error.strerror}; without it a crash could not be explained, so nothing was sent.",
                next_step="Free some space or correct the permissions, then try again.",
            ) from None


def default_journal() -> Journal:
    """The journal in the user's data folder; `DAWASSIST_DATA_DIR` overrides the folder."""
    return Journal(data_folder() / "journal.jsonl")


def data_folder() -> Path:
    """The folder for what this program keeps: `DAWASSIST_DATA_DIR`, else the platform's user data folder."""
    override = os.environ.get("DAWASSIST_DATA_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir("dawassist", appauthor=False))


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the platform can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_torn(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size == 0:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"
