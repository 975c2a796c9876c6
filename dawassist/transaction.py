"""Edits that are written together, and what came of them: values only, plain JSON on the wire and in the journal."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from dawassist.errors import InputError
from dawassist.session.edits import (
    CreateSend,
    CreateTrack,
    Edit,
    InsertFx,
    RemoveCreated,
    SetEnvelopePoints,
    SetFxConfig,
    SetValue,
    SwitchEnvelope,
    addressed,
    edit_from_json,
    edit_to_json,
    inverse_of,
    is_new,
    with_guids,
)
from dawassist.session.model import Fingerprint

__all__ = [
    "CreateSend", "CreateTrack", "Edit", "EditResult", "InsertFx", "Receipt", "RemoveCreated", "SetEnvelopePoints",
    "SetFxConfig", "SetValue", "SwitchEnvelope", "Transaction", "new_transaction_id", "receipt_from_json",
    "receipt_to_json", "transaction_from_json", "transaction_to_json",
]  # fmt: skip

EditStatus = Literal["applied", "unchanged", "conflicted", "rolled_back", "failed"]
Outcome = Literal["applied", "conflict", "rolled_back", "partial", "failed", "undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """`not_after` (Unix time) is when a daw must refuse the request, so that a late one never lands unexpectedly.

    `undoes` names the transaction that this one takes back.
    """

    id: str
    fingerprint: Fingerprint
    label: str
    edits: tuple[Edit, ...]
    not_after: float
    undoes: str = ""

    @property
    def change_count(self) -> int:
        """How many changes people see: a change of a plug-in takes several edits."""
        named = {edit.recommendation_id for edit in self.edits if edit.recommendation_id}
        return len(named) + sum(not edit.recommendation_id for edit in self.edits)

    def with_created(self, results: "Iterable[EditResult]") -> Self:
        """The transaction with the GUIDs of what it created in place of its placeholders, as far as they are told."""
        told = zip(self.edits, results, strict=True)
        guids = {e.creates: r.created_guid for e, r in told if isinstance(e, InsertFx | CreateTrack) and r.created_guid}
        return replace(self, edits=tuple(with_guids(edit, guids) for edit in self.edits)) if guids else self

    def inverse(self, *, lifetime_seconds: float = 30.0) -> Self:
        """The transaction that takes this one back: same guards, old and new swapped, in reverse order.

        What it created must be named by its GUID (`with_created`); what is not named so stays.
        """
        edits = (e for e in inverse_of(self.edits, self.id) if not any(map(is_new, addressed(e))))
        return replace(
            self, id=new_transaction_id(), label=f"dawassist: undo {self.label.removeprefix('dawassist: ')}",
            edits=tuple(edits), not_after=time.time() + lifetime_seconds, undoes=self.id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult:
    """`value_raw` is what the session really holds afterwards (None where it could not be read); `text` says it.

    `created_guid` is the GUID of the plug-in or track that the edit created.
    """

    label: str
    status: EditStatus
    value_raw: float | None
    text: str = ""
    reason: str = ""
    created_guid: str = ""
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    transaction_id: str
    outcome: Outcome
    results: tuple[EditResult, ...]
    sentence: str  # what happened, and what to do next if it was not applied

    def by_recommendation(self) -> dict[str, EditResult]:
        """The result of each recommendation: the first of its edits that went wrong, or else its last one."""
        found: dict[str, EditResult] = {}
        for result in self.results:
            known = found.get(result.recommendation_id)
            if result.recommendation_id and (known is None or known.status in ("applied", "unchanged")):
                found[result.recommendation_id] = result
        return found

    @property
    def is_clean(self) -> bool:
        return self.outcome in ("applied", "undone")


def new_transaction_id() -> str:
    return secrets.token_hex(8)


def transaction_to_json(transaction: Transaction) -> dict[str, Any]:
    data = asdict(transaction)
    data["edits"] = [edit_to_json(edit) for edit in transaction.edits]
    return data


def transaction_from_json(data: dict[str, Any]) -> Transaction:
    """Inverse of `transaction_to_json`. Raises InputError on anything malformed."""
    try:
        fields = {**data, "fingerprint": Fingerprint(**data["fingerprint"])}
        fields["edits"] = tuple(edit_from_json(edit) for edit in data["edits"])
        return Transaction(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError("A stored transaction cannot be read.", why=f"{error!r}") from None


def receipt_to_json(receipt: Receipt) -> dict[str, Any]:
    return asdict(receipt)


def receipt_from_json(data: dict[str, Any]) -> Receipt:
    """Inverse of `receipt_to_json`. Raises InputError on anything malformed."""
    try:
        return Receipt(**{**data, "results": tuple(EditResult(**result) for result in data["results"])})
    except (KeyError, TypeError) as error:
        raise InputError("A stored receipt cannot be read.", why=f"{error!r}") from None
