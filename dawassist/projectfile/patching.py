"""A transaction carried out on the bytes of a project file: compare everything, then set everything, then read back."""

import math
from dataclasses import dataclass
from pathlib import Path

from dawassist.errors import BugError, NotModelled
from dawassist.projectfile.addresses import Addresses
from dawassist.projectfile.creating import (
    create_send,
    create_track,
    insert_fx,
    made_guid,
    set_fx_config,
    switch_envelope,
)
from dawassist.projectfile.pointwriting import points_within, write_points
from dawassist.projectfile.session import read_session
from dawassist.projectfile.writing import write_value
from dawassist.rpp.tree import parse
from dawassist.session.edit_state import awaits_envelope, created_by, difference, holds, same_points
from dawassist.session.edits import with_guids
from dawassist.session.model import Session
from dawassist.session.targets import FxTarget, Target, TrackTarget
from dawassist.session.values import raw_text, raw_value
from dawassist.transaction import (
    CreateSend,
    CreateTrack,
    Edit,
    EditResult,
    EditStatus,
    InsertFx,
    RemoveCreated,
    SetEnvelopePoints,
    SetFxConfig,
    SetValue,
    SwitchEnvelope,
    Transaction,
)
from dawassist.units import counted

_SNAPSHOT_ROUNDING = 2e-6  # sessions hold values rounded to 1e-6
_NOTHING_WRITTEN = "Nothing was written."


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """`content` is the new file; None when something conflicts, then `results` is the full list."""

    content: bytes | None
    results: tuple[EditResult, ...]


def patch(content: bytes, path: Path, transaction: Transaction) -> Patch:
    """Raises RppError for a broken file, NotModelled (naming the edit) for an edit that a file cannot take."""
    project = parse(content)
    before = read_session(project, path, content)
    addresses = Addresses(project.root)
    conflicts = [_conflict(before, addresses, edit, transaction.edits) for edit in transaction.edits]
    if any(conflicts):
        return Patch(content=None, results=tuple(map(_conflict_result, transaction.edits, conflicts)))
    edits = _with_made_guids(transaction)
    changing = [edit for edit in edits if _awaits(before, edit, edits) or not _holds(before, addresses, edit)]
    for edit in changing:
        _write(addresses, edit)
    if not changing:
        return Patch(content=content, results=tuple(_read_back(before, addresses, edit, False) for edit in edits))
    changed = project.to_bytes()
    reread = parse(changed)
    after, there = read_session(reread, path, changed), Addresses(reread.root)
    results = tuple(_read_back(after, there, edit, edit in changing) for edit in edits)
    return Patch(content=changed, results=results)


def conflict_sentence(results: tuple[EditResult, ...]) -> str:
    count = sum(result.status == "conflicted" for result in results)
    return f"{counted(count, 'change')} cannot be made because the project has moved on. {_NOTHING_WRITTEN}"


def _with_made_guids(transaction: Transaction) -> tuple[Edit, ...]:
    guids = {placeholder: made_guid(transaction.id, placeholder) for placeholder in created_by(transaction.edits)}
    return tuple(with_guids(edit, guids) for edit in transaction.edits)


def _conflict(session: Session, addresses: Addresses, edit: Edit, edits: tuple[Edit, ...]) -> str:
    """Why `edit` must not be written now; "" when it may."""
    if isinstance(edit, SetEnvelopePoints):
        if awaits_envelope(session, edit, edits):
            return ""
        try:
            found = points_within(addresses, edit)
        except NotModelled as error:
            return error.sentence
        return "" if same_points(found, edit.expected_points) else "Its points moved since the snapshot."
    reason = difference(session, edit, edits)
    if reason or not isinstance(edit, SetValue):
        return reason[:1].upper() + reason[1:]
    return _guarded(session, edit.target)


def _awaits(session: Session, edit: Edit, edits: tuple[Edit, ...]) -> bool:
    return isinstance(edit, SetEnvelopePoints) and awaits_envelope(session, edit, edits)


def _guarded(session: Session, target: Target) -> str:
    track = session.track(target.track_guid)
    if isinstance(target, TrackTarget) and target.field == "pan" and track and track.pan_mode == "dual":
        return "The track is in dual pan mode: its pan has no effect."
    if isinstance(target, FxTarget) and track and _is_automated(session, target):
        return "The parameter is automated: its envelope decides."
    return ""


def _is_automated(session: Session, target: FxTarget) -> bool:
    track = session.track(target.track_guid)
    chain = list(track.fx) if track else []
    for fx in chain:  # grows while containers are unfolded
        chain.extend(fx.children)
    envelopes = (envelope for fx in chain if fx.guid == target.fx_guid for envelope in fx.envelopes)
    return any(e.parameter_ident == target.param_ident and e.active and e.point_count for e in envelopes)


def _holds(session: Session, addresses: Addresses, edit: Edit) -> bool:
    if isinstance(edit, SetEnvelopePoints):
        return same_points(points_within(addresses, edit), edit.desired_points)
    if isinstance(edit, SetValue):
        value = raw_value(session, edit.target)
        return value is not None and math.isclose(value, edit.desired_raw, rel_tol=1e-6, abs_tol=1e-9)
    return holds(session, edit)


def _write(addresses: Addresses, edit: Edit) -> None:
    try:
        match edit:
            case SetEnvelopePoints():
                write_points(addresses, edit)
            case SwitchEnvelope():
                switch_envelope(addresses, edit)
            case SetValue():
                write_value(addresses, edit.target, edit.desired_raw)
            case SetFxConfig():
                set_fx_config(addresses, edit)
            case InsertFx():
                insert_fx(addresses, edit)
            case CreateSend():
                create_send(addresses, edit)
            case CreateTrack():
                create_track(addresses, edit)
            case RemoveCreated():
                raise NotModelled("What was written to a file is taken back by removing the file.")
    except NotModelled as error:
        raise NotModelled(f"{edit.label}: {error.sentence}", next_step=_NOTHING_WRITTEN) from None


def _read_back(session: Session, addresses: Addresses, edit: Edit, was_written: bool) -> EditResult:
    status: EditStatus = "applied" if was_written else "unchanged"
    if isinstance(edit, SetEnvelopePoints):
        if not same_points(points_within(addresses, edit), edit.desired_points):
            raise BugError(f"{edit.label}: the points read back differ from those written.", why=_NOTHING_WRITTEN)
        return EditResult(label=edit.label, status=status, value_raw=None)
    if not isinstance(edit, SetValue):
        if not holds(session, edit):
            raise BugError(f"{edit.label}: it is not in the file that was read back.", why=_NOTHING_WRITTEN)
        guid = edit.creates if isinstance(edit, InsertFx | CreateTrack) else ""
        return EditResult(label=edit.label, status=status, value_raw=None, created_guid=guid)
    value = raw_value(session, edit.target)
    if value is None or abs(value - edit.desired_raw) > max(edit.tolerance, _rounding(edit.desired_raw)):
        raise BugError(f"{edit.label}: the value read back differs from the one written.", why=_NOTHING_WRITTEN)
    if abs(value - edit.desired_raw) <= _rounding(edit.desired_raw):
        value = edit.desired_raw  # the session's own rounding is not a difference
    return EditResult(label=edit.label, status=status, value_raw=value, text=raw_text(edit.target, value))


def _conflict_result(edit: Edit, reason: str) -> EditResult:
    return EditResult(
        label=edit.label, status="conflicted" if reason else "unchanged", value_raw=None,
        reason=reason or _NOTHING_WRITTEN,
    )  # fmt: skip


def _rounding(raw: float) -> float:
    return _SNAPSHOT_ROUNDING * max(1.0, abs(raw))
