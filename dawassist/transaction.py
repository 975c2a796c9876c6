"""What is written to a session, and what came of it: value types only, plain JSON on the wire and in the journal.

`Edit` is a closed union. Each edit has a precondition (`expected_raw`, or `expected_points`), a read-back and an
inverse. The edits that insert objects join the union with the capability that needs them; a daw refuses what it
does not know.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from dawassist.errors import InputError
from dawassist.session.model import EnvelopePoint, Fingerprint
from dawassist.session.targets import EnvelopeTarget, Target, target_from_json, target_to_json

EditStatus = Literal["applied", "unchanged", "conflicted", "rolled_back", "failed"]
Outcome = Literal["applied", "conflict", "rolled_back", "partial", "failed", "undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """Set one control. `label` is for people: ``Kick · Fader``."""

    target: Target
    expected_raw: float
    desired_raw: float
    tolerance: float
    label: str
    recommendation_id: str = ""

    def inverse(self) -> Self:
        return replace(self, expected_raw=self.desired_raw, desired_raw=self.expected_raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnvelopePoints:
    """Replace the points of an existing track envelope between `start_seconds` and `end_seconds`, both included.

    Points hold physical values (dB, −1..1 positive = right); adapters convert to raw. Outside the range nothing moves.
    """

    target: EnvelopeTarget
    start_seconds: float
    end_seconds: float
    expected_points: tuple[EnvelopePoint, ...]
    desired_points: tuple[EnvelopePoint, ...]
    label: str
    recommendation_id: str = ""

    def inverse(self) -> Self:
        return replace(self, expected_points=self.desired_points, desired_points=self.expected_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertFx:
    """Insert a plug-in into a track's chain."""

    track_guid: str
    fx_ident: str
    position: int
    label: str
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFxConfig:
    """Set a named configuration value of a plug-in, such as a ReaEQ band type."""

    track_guid: str
    fx_guid: str
    fx_ident: str
    name: str
    expected: str
    desired: str
    label: str
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSend:
    """Create a send between two tracks."""

    track_guid: str
    destination_guid: str
    level_db: float
    label: str
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrack:
    """Append a track as the last one of the project."""

    name: str
    label: str
    recommendation_id: str = ""


Edit = SetValue | SetEnvelopePoints | InsertFx | SetFxConfig | CreateSend | CreateTrack
WRITABLE_EDITS = (SetValue, SetEnvelopePoints)  # what every Daw of this version applies
_EDITS: dict[str, type[Edit]] = {
    "set_value": SetValue, "set_envelope_points": SetEnvelopePoints, "insert_fx": InsertFx,
    "set_fx_config": SetFxConfig, "create_send": CreateSend, "create_track": CreateTrack,
}  # fmt: skip
_EDIT_NAMES = {kind: name for name, kind in _EDITS.items()}


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

    def inverse(self, *, lifetime_seconds: float = 30.0) -> Self:
        """The transaction that takes this one back: same guards, old and new swapped, in reverse order."""
        edits = tuple(e.inverse() for e in reversed(self.edits) if isinstance(e, WRITABLE_EDITS))
        return replace(
            self, id=new_transaction_id(), label=f"dawassist: undo {self.label.removeprefix('dawassist: ')}",
            edits=edits, not_after=time.time() + lifetime_seconds, undoes=self.id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult:
    """`value_raw` is what the session really holds afterwards (None where it could not be read); `text` says it."""

    label: str
    status: EditStatus
    value_raw: float | None
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    transaction_id: str
    outcome: Outcome
    results: tuple[EditResult, ...]
    sentence: str  # what happened, and what to do next if it was not applied

    @property
    def is_clean(self) -> bool:
        return self.outcome in ("applied", "undone")


def new_transaction_id() -> str:
    return secrets.token_hex(8)


def transaction_to_json(transaction: Transaction) -> dict[str, Any]:
    data = asdict(transaction)
    data["edits"] = [_edit_to_json(edit) for edit in transaction.edits]
    return data


def transaction_from_json(data: dict[str, Any]) -> Transaction:
    """Inverse of `transaction_to_json`. Raises InputError on anything malformed."""
    try:
        fields = {**data, "fingerprint": Fingerprint(**data["fingerprint"])}
        fields["edits"] = tuple(_edit_from_json(edit) for edit in data["edits"])
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


def _edit_to_json(edit: Edit) -> dict[str, Any]:
    data = {"edit": _EDIT_NAMES[type(edit)], **asdict(edit)}
    if isinstance(edit, WRITABLE_EDITS):
        data["target"] = target_to_json(edit.target)
    return data


def _edit_from_json(data: dict[str, Any]) -> Edit:
    fields = dict(data)
    kind = _EDITS.get(fields.pop("edit"))
    if kind is None:
        raise InputError(f"An edit of kind {data['edit']!r} is unknown.")
    if "target" in fields:
        fields["target"] = target_from_json(fields["target"])
    for key in ("expected_points", "desired_points"):
        if key in fields:
            fields[key] = _points(fields[key])
    return kind(**fields)


def _points(data: Iterable[dict[str, Any]]) -> tuple[EnvelopePoint, ...]:
    return tuple(EnvelopePoint(**point) for point in data)
