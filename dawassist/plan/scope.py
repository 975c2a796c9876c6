"""What a brief means in a concrete session: a stretch of time, and tracks by GUID, number or name."""

from collections.abc import Iterable
from dataclasses import dataclass

from dawassist.errors import InputError
from dawassist.plan.brief import Brief
from dawassist.session.model import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedScope:
    """Where to measure, and the tracks that proposals may touch (GUIDs)."""

    start_seconds: float
    end_seconds: float
    track_guids: frozenset[str]


def resolve_scope(session: Session, brief: Brief) -> ResolvedScope:
    """Raises InputError when the scope names a region, a selection or a track that is not there."""
    start, end = _range(session, brief)
    return ResolvedScope(start_seconds=start, end_seconds=end, track_guids=_tracks(session, brief))


def resolve_tracks(session: Session, wanted: Iterable[str]) -> frozenset[str]:
    """GUIDs of tracks given by GUID, number or name (without regard to case)."""
    return frozenset(guid for text in wanted for guid in _matching(session, text))


def resolve_pinned_roles(session: Session, brief: Brief) -> dict[str, str]:
    """Role by GUID. Raises InputError for a track or a role that does not exist."""
    from dawassist.plan.lexicon import known_roles

    pinned: dict[str, str] = {}
    for text, role in brief.pinned_roles:
        if role not in known_roles():
            raise InputError(f"There is no role {role!r}.", why=f"Known roles: {', '.join(known_roles())}.")
        pinned.update(dict.fromkeys(_matching(session, text), role))
    return pinned


def _tracks(session: Session, brief: Brief) -> frozenset[str]:
    if brief.scope.kind == "tracks":
        return resolve_tracks(session, brief.scope.tracks)
    if brief.scope.kind != "selected":
        return frozenset(track.guid for track in session.tracks)
    selected = frozenset(track.guid for track in session.tracks if track.selected)
    if not selected:
        raise InputError("No track is selected in the session.", next_step="Select some, or use another scope.")
    return selected


def _range(session: Session, brief: Brief) -> tuple[float, float]:
    if brief.scope.kind == "selection":
        if session.time_selection is None:
            raise InputError("There is no time selection in the session.", next_step="Make one, or use another scope.")
        return session.time_selection
    if brief.scope.kind == "region":
        regions = [m for m in session.markers if m.end_seconds is not None]
        found = next((m for m in regions if m.name.casefold() == brief.scope.region.casefold()), None)
        if found is None or found.end_seconds is None:
            names = ", ".join(m.name for m in regions if m.name) or "none has a name"
            raise InputError(f"There is no region {brief.scope.region!r}.", why=f"Regions: {names}.")
        return found.start_seconds, found.end_seconds
    return 0.0, session.length_seconds


def _matching(session: Session, text: str) -> list[str]:
    found = [
        track.guid
        for track in session.tracks
        if text.casefold() in (track.guid.casefold(), track.name.casefold()) or text == str(track.number)
    ]
    if not found:
        raise InputError(f"There is no track {text!r}.", next_step="Give its number, its name or its GUID.")
    return found
