"""A .RPP file as a Daw: it is read as a session, and Apply writes a new file next to it."""

import hashlib
import time
from collections.abc import Sequence
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
from dawassist.errors import Cancelled, InputError, KnownError, RppError
from dawassist.projectfile.newfile import media_warning, refuse_existing, write_new_file
from dawassist.projectfile.notes import keep_note, notes_of
from dawassist.projectfile.patching import conflict_sentence, patch
from dawassist.projectfile.session import read_session
from dawassist.rpp.tree import MAX_BYTES, parse
from dawassist.session.model import Session
from dawassist.transaction import EditResult, Outcome, Receipt, SetValue, Transaction
from dawassist.units import counted


class ProjectFile:
    """The Daw of a project file. The file itself is never written; `out` is where Apply puts the result.

    Once written, `out` is the session that `snapshot` reads, until `undo` takes it away again.
    """

    def __init__(self, path: Path, out: Path | None = None) -> None:
        self.path = path.absolute()
        self.out = out.absolute() if out is not None else None
        self._receipts: dict[str, Receipt] = {}
        self._written_sha256 = ""

    def poll(self) -> Liveness:
        try:
            self.path.stat()
        except OSError as error:
            raise _unreadable(self.path, error) from None
        return Liveness(project_path=str(self.path), change_count=0, transport="none")

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        """Raises RppError, with the line number where there is one, when the file cannot be read."""
        progress("Reading the project file", 0, 1)
        content = self._written() or _read(self.path)
        if is_cancelled():
            raise Cancelled()
        session = read_session(parse(content), self.path, content)
        progress("Reading the project file", 1, 1)
        return session

    def apply(self, transaction: Transaction) -> Receipt:
        """Write `out`: the file with the transaction's edits, everything else byte for byte.

        Raises InputError when `out` is missing, exists or is the project itself; NotModelled for an edit that a
        file cannot take. A repeat by this object gives the stored receipt; after a restart, the sentence of the
        refusal says when `out` holds the result already.
        """
        stored = self._receipts.get(transaction.id)
        if stored is not None:
            return stored
        out = self._checked_out(transaction)
        content = _read(self.path)
        patched = patch(content, self.path, transaction)
        if patched.content is None:
            return _receipt(transaction, "conflict", patched.results, conflict_sentence(patched.results))
        if out.exists() and transaction.edits and _read(out) == patched.content:
            raise InputError(f"{out} already exists and holds exactly this result.", why="It is never overwritten.")
        refuse_existing(out)
        write_new_file(out, patched.content)
        self._written_sha256 = _sha256(patched.content)
        warning = media_warning(read_session(parse(content), self.path, content), out)
        sentence = f"{counted(transaction.change_count, 'change')} written to {out.name}. {warning}".rstrip()
        receipt = _receipt(transaction, "applied", patched.results, sentence)
        self._receipts[transaction.id] = receipt
        return receipt

    def status(self, transaction_id: str) -> Receipt | None:
        return self._receipts.get(transaction_id)

    def undo(self, transaction: Transaction) -> Receipt:
        """Remove `out` where it still is what `transaction` wrote; otherwise say why not and leave it."""
        out = self._checked_out(None)
        reason = self._why_not_removed(out, transaction)
        if reason:
            results = tuple(_undo_result(edit.label, None, reason) for edit in transaction.edits)
            return _receipt(transaction, "conflict", results, reason)
        try:
            out.unlink()
        except OSError as error:
            raise KnownError(f"{out} cannot be removed.", why=f"{error.strerror}.") from None
        self._receipts.pop(transaction.id, None)
        self._written_sha256 = ""
        results = tuple(
            _undo_result(edit.label, edit.expected_raw if isinstance(edit, SetValue) else None, "")
            for edit in transaction.edits
        )
        return _receipt(transaction, "undone", results, f"{out.name} was removed; {self.path.name} is as it was.")

    def render_stems(
        self,
        track_guids: Sequence[str],  # noqa: ARG002
        folder: Path,  # noqa: ARG002
        *,
        progress: Progress = no_progress,  # noqa: ARG002
        is_cancelled: IsCancelled = never_cancelled,  # noqa: ARG002
    ) -> Rendered:
        raise KnownError("A project file cannot render its tracks.", next_step="Open it in REAPER and connect to that.")

    def measure_loudness(
        self,
        track_guids: Sequence[str],  # noqa: ARG002
        *,
        seconds: tuple[float, float] | None = None,  # noqa: ARG002
        progress: Progress = no_progress,  # noqa: ARG002
        is_cancelled: IsCancelled = never_cancelled,  # noqa: ARG002
    ) -> HostLoudness:
        raise KnownError("A project file measures nothing.", next_step="Open it in REAPER and connect to that.")

    def track_state(self, track_guid: str) -> TrackState:  # noqa: ARG002
        raise KnownError("A project file has no host to ask.", next_step="Open it in REAPER and connect to that.")

    def notes_get(self, key: str) -> str:
        return notes_of(self.path).get(key, "")

    def notes_set(self, key: str, text: str) -> None:
        """The file itself is never written: its notes lie in our data folder, under its path."""
        keep_note(self.path, key, text)

    def locate(self, time_seconds: float, *, play: bool = False) -> None:  # noqa: ARG002
        raise KnownError("A project file has no transport.", next_step="Open it in REAPER and connect to that.")

    def close(self) -> None:
        """Nothing is held open."""

    def _checked_out(self, transaction: Transaction | None) -> Path:
        if transaction is not None and time.time() > transaction.not_after:
            raise KnownError("The request came too late and was not carried out.", next_step="Apply again.")
        if transaction is not None and not self._is_of_this_project(transaction):
            raise KnownError(
                "These changes belong to another project.", why=f"They are for {transaction.fingerprint.project_path}."
            )
        if self.out is None:
            raise InputError("No file to write was named.", next_step="Name one with --apply OUT.rpp.")
        if self.out == self.path or self.out.resolve() == self.path.resolve():
            raise InputError(f"{self.out} is the project itself.", next_step="Choose another name for the new file.")
        return self.out

    def _is_of_this_project(self, transaction: Transaction) -> bool:
        return Path(transaction.fingerprint.project_path).resolve() == self.path.resolve()

    def _why_not_removed(self, out: Path, transaction: Transaction) -> str:
        if not out.exists():
            return f"{out.name} is not there any more: there is nothing to take back."
        content = _read(out)
        if self._written_sha256 and transaction.id in self._receipts:
            return "" if _sha256(content) == self._written_sha256 else f"{out.name} was changed since: it is kept."
        if self._would_write(transaction) != content:
            return f"{out.name} is not what this transaction would write now: it is kept."
        return ""

    def _would_write(self, transaction: Transaction) -> bytes | None:
        try:
            return patch(_read(self.path), self.path, transaction).content
        except KnownError:
            return None

    def _written(self) -> bytes | None:
        """What `out` holds after an Apply of this object; None before it, or when the file was removed."""
        if not self._written_sha256 or self.out is None or not self.out.exists():
            return None
        return _read(self.out)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RppError(f"{path} is too large.", why=f"Project files up to {MAX_BYTES >> 20} MiB are read.")
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> RppError:
    return RppError(f"{path} cannot be read.", why=f"{error.strerror or error}.")


def _receipt(transaction: Transaction, outcome: Outcome, results: tuple[EditResult, ...], sentence: str) -> Receipt:
    return Receipt(transaction_id=transaction.id, outcome=outcome, results=results, sentence=sentence)


def _undo_result(label: str, value_raw: float | None, reason: str) -> EditResult:
    return EditResult(label=label, status="conflicted" if reason else "applied", value_raw=value_raw, reason=reason)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
