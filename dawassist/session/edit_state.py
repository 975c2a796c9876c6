"""How a session stands to an edit: what it holds there, and why the edit cannot be made."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

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
    with_guids,
)
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Session
from dawassist.session.targets import EnvelopeTarget, FxTarget, SendTarget
from dawassist.session.values import raw_text, raw_value

_TIME_TOLERANCE_SECONDS = 2e-6
_VALUE_TOLERANCE = 2e-6
_FLAT_DB = 1e-3
SNAPSHOT_ROUNDING = 2e-6  # sessions hold values rounded to 1e-6; a gain of 4 (+12 dB) doubles the step


def rounding(raw: float) -> float:
    return SNAPSHOT_ROUNDING * max(1.0, abs(raw))


def is_near(edit: SetValue, found: float | None, wanted: float) -> bool:
    return found is not None and abs(found - wanted) <= max(edit.tolerance, rounding(wanted))


def created_by(edits: Iterable[Edit]) -> frozenset[str]:
    """The placeholders that these edits give."""
    return frozenset(edit.creates for edit in edits if isinstance(edit, InsertFx | CreateTrack))


def is_within(edit: Edit, edits: Iterable[Edit]) -> bool:
    """Whether what `edit` sets belongs to an object that `edits` create, so that nobody can have set it."""
    made = tuple(edits)
    if isinstance(edit, InsertFx | CreateTrack | CreateSend | RemoveCreated):
        return False
    target = edit if isinstance(edit, SetFxConfig) else edit.target
    if isinstance(target, SendTarget):
        sends = {(e.track_guid, e.destination_guid, e.occurrence) for e in made if isinstance(e, CreateSend)}
        if (target.track_guid, target.destination_guid, target.occurrence) in sends:
            return True
    return bool({target.track_guid, getattr(target, "fx_guid", "")} & created_by(made))


def difference(session: Session, edit: Edit, edits: Iterable[Edit]) -> str:
    """Why `edit`, one of `edits`, cannot be made on this session, as a clause; "" when it can."""
    made = tuple(edits)
    if is_within(edit, made):
        return ""
    gone = _gone(session, edit, created_by(made))
    if gone:
        return gone
    match edit:
        case SetValue():
            found = present_value(session, edit, made)
            if found is None:
                return "it is no longer there, or its value is not known."
            return "" if is_near(edit, found, edit.expected_raw) else _moved(raw_text(edit.target, found))
        case SetFxConfig():
            value = config_value(session, edit)
            return "" if value == edit.expected else _moved(value or "unknown")
        case CreateSend():
            return "" if send_count(session, edit) == edit.occurrence else "a send to that track was made meanwhile."
        case CreateTrack():
            is_open = sum(track.folder_depth for track in session.tracks) > 0
            return "the last folder is not closed; a track at the end would be inside of it." if is_open else ""
        case SetEnvelopePoints():
            is_as_expected = same_points(points_within(session, edit), edit.expected_points)
            return "" if is_as_expected or awaits_envelope(session, edit, made) else "its points moved."
        case SwitchEnvelope():
            return _why_not_switched(session, edit, made)
    return ""


def awaits_envelope(session: Session, edit: SetEnvelopePoints, edits: Iterable[Edit]) -> bool:
    """Whether the envelope of these points is one that `edits` make: nobody can have set any in it."""
    switches = (each for each in edits if isinstance(each, SwitchEnvelope) and each.target == edit.target)
    return any(each.on and not holds(session, each) for each in switches)


def _why_not_switched(session: Session, edit: SwitchEnvelope, edits: Iterable[Edit]) -> str:
    if holds(session, edit):
        return ""
    if edit.target.envelope != "volume":
        return "only volume envelopes are switched."
    track, envelope = session.track(edit.target.track_guid), _envelope(session, edit.target)
    if edit.on and track is not None and track.automation_mode != "trim_read":
        return "the track is not in Trim/Read, where its fader would follow the new envelope."
    ranges = [(e.start_seconds, e.end_seconds) for e in edits if _sets_points(e, edit.target)] if not edit.on else []
    if envelope is None or _is_flat(envelope, ranges):
        return ""
    return "it has an envelope that is switched off and not flat." if edit.on else "its points moved."


def _sets_points(edit: Edit, target: EnvelopeTarget) -> TypeGuard[SetEnvelopePoints]:
    return isinstance(edit, SetEnvelopePoints) and edit.target == target


def _is_flat(envelope: Envelope, apart: Sequence[tuple[float, float]]) -> bool:
    """Nothing but 0 dB, apart from some ranges of time."""
    slack = _TIME_TOLERANCE_SECONDS
    outside = [
        p for p in envelope.points if not any(a - slack <= p.time_seconds <= b + slack for a, b in apart)
    ]  # fmt: skip
    return len(envelope.points) == envelope.point_count and all(abs(p.value) <= _FLAT_DB for p in outside)


def _envelope(session: Session, target: EnvelopeTarget) -> Envelope | None:
    track = session.track(target.track_guid)
    return next((e for e in track.envelopes if e.kind == target.envelope), None) if track else None


def present_value(session: Session, edit: SetValue, edits: Iterable[Edit]) -> float | None:
    """What the session holds where `edit` writes. A parameter that another of `edits` renames, with the type of its
    band, is found by its number."""
    found, target = raw_value(session, edit.target), edit.target
    if found is not None or not isinstance(target, FxTarget):
        return found
    if not any(isinstance(other, SetFxConfig) and other.fx_guid == target.fx_guid for other in edits):
        return None
    fx = find_fx(session, target.track_guid, target.fx_guid)
    number = target.param_ident.partition(":")[0]
    parameters = fx.parameters or () if fx else ()
    return next((p.normalized for p in parameters if number and p.ident.startswith(f"{number}:")), None)


def holds(session: Session, edit: Edit) -> bool:
    """Whether the session is as `edit` wants it. Created objects go by their GUID."""
    match edit:
        case SetValue():
            return is_near(edit, raw_value(session, edit.target), edit.desired_raw)
        case SetFxConfig():
            return config_value(session, edit) == edit.desired
        case InsertFx():
            return find_fx(session, edit.track_guid, edit.creates) is not None
        case CreateTrack():
            return session.track(edit.creates) is not None
        case CreateSend():
            return send_count(session, edit) > edit.occurrence
        case SetEnvelopePoints():
            return same_points(points_within(session, edit), edit.desired_points)
        case SwitchEnvelope():
            envelope = _envelope(session, edit.target)
            return (envelope is not None and envelope.active) == edit.on
        case RemoveCreated(kind="send"):
            track = session.track(edit.track_guid)
            return track is None or edit.guid not in {send.destination_guid for send in track.sends}
        case RemoveCreated(kind="track"):
            return session.track(edit.guid) is None
        case RemoveCreated():
            return find_fx(session, edit.track_guid, edit.guid) is None


def likely_created(session: Session, edits: Iterable[Edit]) -> Mapping[str, str]:
    """GUIDs of objects that look like what `edits` create, by placeholder: the plug-in of that file at its place, the
    last track with that name."""
    found: dict[str, str] = {}
    for each in edits:
        edit = with_guids(each, found)
        if isinstance(edit, CreateTrack) and session.tracks and session.tracks[-1].name == edit.name:
            found[edit.creates] = session.tracks[-1].guid
        elif isinstance(edit, InsertFx):
            fx = _behind(session, edit)
            if fx is not None and _file(fx.ident) in edit.fx_files:
                found[edit.creates] = fx.guid
    return found


def find_fx(session: Session, track_guid: str, fx_guid: str) -> Fx | None:
    track = session.track(track_guid)
    chain = list(track.fx) if track else []
    for fx in chain:  # grows while containers are unfolded
        chain.extend(fx.children)
    return next((fx for fx in chain if fx.guid == fx_guid), None)


def config_value(session: Session, edit: SetFxConfig) -> str:
    fx = find_fx(session, edit.track_guid, edit.fx_guid)
    return dict(fx.config).get(edit.name, "") if fx else ""


def send_count(session: Session, edit: CreateSend) -> int:
    track = session.track(edit.track_guid)
    return sum(send.destination_guid == edit.destination_guid for send in track.sends) if track else 0


def points_within(session: Session, edit: SetEnvelopePoints) -> tuple[EnvelopePoint, ...]:
    """The points of the envelope in the edit's range."""
    envelope = _envelope(session, edit.target)
    first, last = edit.start_seconds - _TIME_TOLERANCE_SECONDS, edit.end_seconds + _TIME_TOLERANCE_SECONDS
    return tuple(p for p in envelope.points if first <= p.time_seconds <= last) if envelope else ()


def same_points(found: tuple[EnvelopePoint, ...], expected: tuple[EnvelopePoint, ...]) -> bool:
    return len(found) == len(expected) and all(map(_same, found, expected))


def _same(one: EnvelopePoint, other: EnvelopePoint) -> bool:
    return (
        abs(one.time_seconds - other.time_seconds) <= _TIME_TOLERANCE_SECONDS
        and abs(one.value - other.value) <= _VALUE_TOLERANCE
        and one.shape == other.shape
        and abs(one.tension - other.tension) <= _VALUE_TOLERANCE
    )


def _gone(session: Session, edit: Edit, new: frozenset[str]) -> str:
    """What `edit` needs and is neither there nor about to be created."""
    target = getattr(edit, "target", edit)
    track_guid: str = getattr(target, "track_guid", "")
    for guid in (track_guid, getattr(target, "destination_guid", "")):
        if guid and guid not in new and session.track(guid) is None:
            return "the track is gone."
    for guid in (getattr(target, "fx_guid", ""), getattr(target, "after_fx_guid", "")):
        if guid and guid not in new and find_fx(session, track_guid, guid) is None:
            return "the plug-in is gone."
    return ""


def _behind(session: Session, edit: InsertFx) -> Fx | None:
    """What is at the place where `edit` inserts."""
    track = session.track(edit.track_guid)
    chain = track.fx if track else ()
    guids = [fx.guid for fx in chain]
    place = guids.index(edit.after_fx_guid) + 1 if edit.after_fx_guid in guids else 0
    return chain[place] if place < len(chain) else None


def _file(ident: str) -> str:
    return ident.replace("\\", "/").rpartition("/")[2].partition("<")[0]


def _moved(text: str) -> str:
    return f"it moved since the snapshot and is now {text}."
