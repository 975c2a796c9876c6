"""What the engineer has set by hand since an Apply: their last word on that control, and a verdict on what was written.

A transaction whose controls are all back where they were was undone in REAPER, which says nothing about any of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dawassist.journal import Entry
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import FewMoves, Lock, LockParameter
from dawassist.plan.model import Plan, Recommendation
from dawassist.plan.scope import resolve_tracks
from dawassist.plan.taste import LevelVerdict
from dawassist.session.edit_state import is_near
from dawassist.session.edits import SetValue
from dawassist.session.model import Session
from dawassist.session.targets import Target, TrackField, TrackTarget
from dawassist.session.values import raw_text, raw_value
from dawassist.units import gain_to_db

_PARAMETERS: dict[TrackField, LockParameter] = {
    "fader_gain": "fader", "pan": "pan", "polarity": "polarity", "mute": "mute", "play_offset_seconds": "delay",
}  # fmt: skip
_TASTE_LEVELS = ("rough_balance", "level_outside_human_range", "reference_lead", "bed_under_speech")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandEdit:
    """A control that holds something else than what the transaction wrote there. Raw values as of the target."""

    transaction_id: str
    recommendation_id: str
    target: Target
    label: str
    written_raw: float
    found_raw: float

    def __str__(self) -> str:
        return f"{self.label} (now {raw_text(self.target, self.found_raw)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _SetByHand(Lock):
    """A lock that no brief holds: it is found in the session."""

    label: str

    def __str__(self) -> str:
        return f"{self.label} as it was set by hand since Apply"


def set_by_hand(session: Session, applied: Sequence[Entry]) -> tuple[HandEdit, ...]:
    """What differs from the last that was written there; `applied` transactions of this session, newest first."""
    seen: set[Target] = set()
    found: list[HandEdit] = []
    for entry in applied:
        edits = [e for e in entry.as_applied.edits if isinstance(e, SetValue) and e.recommendation_id]
        now = {edit.target: raw_value(session, edit.target) for edit in edits}
        there = [edit for edit in edits if now[edit.target] is not None and edit.target not in seen]
        if all(is_near(edit, now[edit.target], edit.expected_raw) for edit in there):
            continue
        seen |= {edit.target for edit in there}
        found += [
            HandEdit(
                transaction_id=entry.transaction.id, recommendation_id=edit.recommendation_id, target=edit.target,
                label=edit.label, written_raw=edit.desired_raw, found_raw=raw,
            )
            for edit in there
            if (raw := now[edit.target]) is not None and not is_near(edit, raw, edit.desired_raw)
        ]  # fmt: skip
    return tuple(found)


def leaving(brief: Brief, session: Session, edits: Sequence[HandEdit]) -> Brief:
    """The brief that leaves alone what was set by hand, but where it demands something of that track itself."""
    demanded = _demanded_tracks(brief, session)
    locks = tuple(
        _SetByHand(tracks=(edit.target.track_guid,), parameter=_PARAMETERS[edit.target.field], label=edit.label)
        for edit in edits
        if isinstance(edit.target, TrackTarget)
        and edit.target.field in _PARAMETERS
        and demanded is not None
        and edit.target.track_guid not in demanded
    )
    return brief.changed(
        constraints=(*brief.constraints, *locks), rejected=brief.rejected | {edit.recommendation_id for edit in edits}
    )


def left_by_hand(edits: Sequence[HandEdit]) -> str:
    """One sentence; at most three controls by name."""
    named = ", ".join(map(str, edits[:3])) + (f" and {len(edits) - 3} more" if len(edits) > 3 else "")
    return f"Set by hand since Apply, and left as it is: {named}."


def hand_verdicts(plan: Plan, edits: Sequence[HandEdit]) -> Iterator[LevelVerdict]:
    """What faders say that were written as taste and set otherwise since: how far beyond the proposal."""
    for edit in edits:
        role = plan.role(edit.target.track_guid)
        if role is not None and edit.recommendation_id in _taste_ids(edit.target):
            beyond_db = gain_to_db(edit.found_raw) - gain_to_db(edit.written_raw)
            yield LevelVerdict(role=role.role, beyond_db=beyond_db)


def _taste_ids(target: Target) -> set[str]:
    if not isinstance(target, TrackTarget) or target.field != "fader_gain":
        return set()
    return {Recommendation.identify_control(target, "fader", reason) for reason in _TASTE_LEVELS}


def _demanded_tracks(brief: Brief, session: Session) -> frozenset[str] | None:
    """Tracks that the brief's own constraints may move; None where that may be any."""
    names: list[str] = []
    for each in brief.constraints:
        if isinstance(each, Lock | FewMoves):
            continue
        own = [name for key in ("tracks", "above", "below") for name in getattr(each, key, ())]
        if not own or any(name.startswith("role:") for name in own):
            return None
        names += own
    return resolve_tracks(session, names)
