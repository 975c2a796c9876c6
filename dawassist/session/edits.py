"""What is written to a session: a closed union of edits, each with a precondition, a read-back and an inverse.

An edit may create an object and name it: `creates` holds a placeholder (``new:…``) until the object exists, and its
GUID afterwards. Later edits of the same transaction may use the placeholder wherever a GUID stands. What a created
object holds is nobody's yet, so expected values of edits inside one are not compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any, Literal, Self, TypeVar

from dawassist.errors import InputError
from dawassist.session.model import EnvelopePoint, SendTap
from dawassist.session.targets import EnvelopeTarget, SendTarget, Target, target_from_json, target_to_json

NEW = "new:"  # how placeholders begin
_Kind = TypeVar("_Kind")


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
class SwitchEnvelope:
    """Switch the volume envelope of a track on or off; the fader stays where it is.

    On: one that is not there is made, flat at 0 dB. There must be none, or one that is off and flat. Off: it is hidden
    and switched off, as REAPER removes none for a script; apart from points that the same transaction takes back it
    must be flat.
    """

    target: EnvelopeTarget
    on: bool
    label: str
    recommendation_id: str = ""

    def inverse(self) -> Self:
        return replace(self, on=not self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertFx:
    """Insert a plug-in into a track's chain, behind `after_fx_guid` ("": before all others).

    `fx_name` is REAPER's own name of it (``VST: ReaEQ (Cockos)``); one of `fx_files`, its file names on the systems,
    must be what came. `config` holds named configuration values that it starts with. Insertions at one place come in
    the order of their `stage`.
    """

    track_guid: str
    fx_name: str
    fx_files: tuple[str, ...]
    after_fx_guid: str
    creates: str
    label: str
    config: tuple[tuple[str, str], ...] = ()
    stage: int = 0
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFxConfig:
    """Set a named configuration value of a plug-in, such as the type of a ReaEQ band (``BANDTYPE0``)."""

    track_guid: str
    fx_guid: str
    fx_ident: str
    name: str
    expected: str
    desired: str
    label: str
    recommendation_id: str = ""

    def inverse(self) -> Self:
        return replace(self, expected=self.desired, desired=self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSend:
    """Create the `occurrence`-th send (from 0) from a track to a destination; as many must be there before."""

    track_guid: str
    destination_guid: str
    level_db: float
    tap: SendTap
    label: str
    occurrence: int = 0
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrack:
    """Append a track as the last one of the project."""

    name: str
    creates: str
    label: str
    recommendation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCreated:
    """Take away what an earlier transaction created, if it carries that transaction's id and is unchanged since.

    `guid` is that of the plug-in or the track; of a send, its destination.
    """

    kind: Literal["fx", "send", "track"]
    track_guid: str
    guid: str
    transaction_id: str
    label: str
    occurrence: int = 0
    recommendation_id: str = ""


Edit = SetValue | SetEnvelopePoints | SwitchEnvelope | InsertFx | SetFxConfig | CreateSend | CreateTrack | RemoveCreated
_EDITS: dict[str, type[Edit]] = {
    "set_value": SetValue, "set_envelope_points": SetEnvelopePoints, "insert_fx": InsertFx,
    "set_fx_config": SetFxConfig, "create_send": CreateSend, "create_track": CreateTrack,
    "remove_created": RemoveCreated, "switch_envelope": SwitchEnvelope,
}  # fmt: skip
_EDIT_NAMES = {kind: name for name, kind in _EDITS.items()}


def is_new(guid: str) -> bool:
    """Whether it is a placeholder."""
    return guid.startswith(NEW)


def addressed(edit: Edit) -> Iterable[str]:
    """The GUIDs and placeholders that an edit needs to exist before it."""
    target = getattr(edit, "target", edit)
    names = ("track_guid", "fx_guid", "destination_guid", "after_fx_guid", "guid")
    return [guid for name in names if (guid := getattr(target, name, ""))]


def with_guids(edit: _Kind, guids: Mapping[str, str]) -> _Kind:
    """The edit with every placeholder of `guids` replaced, those in its target and its own included."""
    values = {field.name: getattr(edit, field.name) for field in fields(edit)}  # type: ignore[arg-type]
    changed = {
        name: with_guids(value, guids) if is_dataclass(value) else guids[value]
        for name, value in values.items()
        if is_dataclass(value) or (isinstance(value, str) and value in guids)
    }
    return replace(edit, **changed) if changed else edit  # type: ignore[type-var]


def inverse_of(edits: Iterable[Edit], transaction_id: str) -> tuple[Edit, ...]:
    """What takes `edits` back, in reverse order. What lies within a created object goes with it."""
    made = tuple(edits)
    created = {edit.creates for edit in made if isinstance(edit, InsertFx | CreateTrack)}
    sends = {(e.track_guid, e.destination_guid, e.occurrence) for e in made if isinstance(e, CreateSend)}
    found = (_inverse(edit, transaction_id, created, sends) for edit in reversed(made))
    return tuple(edit for edit in found if edit is not None)


def _inverse(edit: Edit, transaction_id: str, created: set[str], sends: set[tuple[str, str, int]]) -> Edit | None:
    if isinstance(edit, CreateTrack):
        return RemoveCreated(
            kind="track", track_guid=edit.creates, guid=edit.creates, transaction_id=transaction_id,
            label=edit.label, recommendation_id=edit.recommendation_id,
        )  # fmt: skip
    target: Any = getattr(edit, "target", edit)
    if target.track_guid in created or getattr(target, "fx_guid", "") in created:
        return None
    if isinstance(edit, InsertFx):
        return RemoveCreated(
            kind="fx", track_guid=edit.track_guid, guid=edit.creates, transaction_id=transaction_id,
            label=edit.label, recommendation_id=edit.recommendation_id,
        )  # fmt: skip
    if isinstance(edit, CreateSend):
        return RemoveCreated(
            kind="send", track_guid=edit.track_guid, guid=edit.destination_guid, occurrence=edit.occurrence,
            transaction_id=transaction_id, label=edit.label, recommendation_id=edit.recommendation_id,
        )  # fmt: skip
    if isinstance(target, SendTarget) and (target.track_guid, target.destination_guid, target.occurrence) in sends:
        return None
    return None if isinstance(edit, RemoveCreated) else edit.inverse()


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """A JSON object with an `edit` key; `edit_from_json` is its inverse."""
    data = {"edit": _EDIT_NAMES[type(edit)], **asdict(edit)}
    if isinstance(edit, SetValue | SetEnvelopePoints | SwitchEnvelope):
        data["target"] = target_to_json(edit.target)
    return data


def edit_from_json(data: Mapping[str, Any]) -> Edit:
    """Raises InputError for an unknown kind, KeyError or TypeError for other fields than that kind has."""
    values = dict(data)
    kind = _EDITS.get(values.pop("edit"))
    if kind is None:
        raise InputError(f"An edit of kind {data['edit']!r} is unknown.")
    if "target" in values:
        values["target"] = target_from_json(values["target"])
    for key in ("expected_points", "desired_points"):
        if key in values:
            values[key] = tuple(EnvelopePoint(**point) for point in values[key])
    if "fx_files" in values:
        values["fx_files"] = tuple(values["fx_files"])
        values["config"] = tuple((str(name), str(value)) for name, value in values.get("config", ()))
    return kind(**values)
