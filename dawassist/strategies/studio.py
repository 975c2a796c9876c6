"""`studio`, the default: few moves, each for a measured reason; the engineer's settings count as evidence.

A raw session gets one card with a rough balance. A session in progress gets a lead that is buried, low end that is
panned away, and tracks far outside of where engineers keep such tracks. Stems and finished mixes get nothing here.
"""

from collections.abc import Mapping

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.plan.brief import Brief
from dawassist.plan.controls import why_not_fader
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.engineer_priors import EngineerPriors, engineer_priors
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import LeftOut, TrackRole
from dawassist.plan.objects import mix_objects
from dawassist.plan.roles import FIRM, guess_roles
from dawassist.plan.scope import resolve_pinned_roles, resolve_scope, resolve_tracks
from dawassist.plan.session_state import session_state
from dawassist.session.graph import Graph, build_graph
from dawassist.session.model import Session, Track
from dawassist.strategies.protocol import Fidelity
from dawassist.strategies.studio_rules import StudioRules
from dawassist.units import SILENCE_DB, counted

_NO_PRIOR_ROLES = frozenset({"folder", "bus", "key", "cue", "unused"})


class Studio:
    """The default strategy (see the module). `priors` are the shipped ones unless another fit is given."""

    name = "studio"
    summary = "Few moves with named evidence; the engineer's own settings double the threshold."
    fidelity: Fidelity = "our own"

    def __init__(self, priors: EngineerPriors | None = None) -> None:
        self._priors = priors or engineer_priors()

    def suggest(self, session: Session, analysis: Analysis, brief: Brief) -> Draft:
        graph = build_graph(session)
        roles = guess_roles(session, graph, analysis, resolve_pinned_roles(session, brief))
        playing = [t for t in session.tracks if graph.kind[t.guid] == "source" and t.guid in graph.audible]
        heard = [track for track in playing if _sounds(track, analysis)]
        state, reason = session_state(session, heard, analysis)
        empty = _why_empty(session, analysis, heard)
        fixed = _fixed(session, brief)
        proposals: tuple[Proposal, ...] = ()
        if not empty and analysis.covariance is not None and state in ("raw", "in_progress"):
            objects = mix_objects(heard, graph, roles)
            rules = StudioRules(MixState(session, analysis.covariance), analysis, graph, objects, fixed, self._priors)
            proposals = rules.rough_balance() if state == "raw" else rules.corrections()
        in_scope = resolve_scope(session, brief).track_guids
        outside = [p for p in proposals if any(i.track_guid not in in_scope for i in p.intents)]
        return Draft(
            session_state=state,
            session_state_reason=reason,
            roles=_track_roles(roles),
            proposals=tuple(p for p in proposals if p not in outside),
            left_out=(
                *_left_out(session, graph, analysis, roles, state),
                *_not_in_rough_balance(fixed if state == "raw" else {}, heard),
                *(_out_of_scope(session, proposal) for proposal in outside),
            ),
            checked=f"{counted(len(heard), 'track')}: lead, low end and levels against engineers' mixes",
            empty_reason=empty,
        )


def _fixed(session: Session, brief: Brief) -> dict[str, str]:
    """Faders that a rough balance leaves alone, by GUID, with the reason."""
    locked = resolve_tracks(session, brief.locked_tracks)
    scope = resolve_scope(session, brief).track_guids
    reasons = {
        track.guid: "the brief locks this track."
        if track.guid in locked
        else "it is outside of the scope."
        if track.guid not in scope
        else why_not_fader(track)
        for track in session.tracks
    }
    return {guid: reason for guid, reason in reasons.items() if reason}


def _not_in_rough_balance(fixed: Mapping[str, str], heard: list[Track]) -> list[LeftOut]:
    return [
        LeftOut(
            track_guid=track.guid,
            track_name=track.display_name,
            reason=f"Not in the rough balance: {fixed[track.guid]}",
        )
        for track in heard
        if track.guid in fixed
    ]


def _out_of_scope(session: Session, proposal: Proposal) -> LeftOut:
    track = session.track(proposal.intents[0].track_guid)
    return LeftOut(
        track_guid=proposal.intents[0].track_guid,
        track_name=track.display_name if track else "",
        reason=f"{proposal.rationale.headline}, but it is outside of the scope.",
    )


def _sounds(track: Track, analysis: Analysis) -> bool:
    measured = analysis.track(track.guid)
    return bool(measured and measured.loudness and measured.loudness.integrated_lufs > SILENCE_DB)


def _why_empty(session: Session, analysis: Analysis, heard: list[Track]) -> str:
    if not session.tracks:
        return "This session has no tracks yet, so there is nothing to listen to."
    if heard:
        return ""
    if all(track.muted for track in session.tracks):
        return (
            f"All {counted(len(session.tracks), 'track')} are muted, so there is nothing to balance. Unmute what plays."
        )
    if any(measured.measured_at == "not_heard" for measured in analysis.tracks):
        return "No track could be heard from its files. Let REAPER render the instruments, or restore missing media."
    return "Nothing sounds in the analyzed range. Check mutes, solos and the scope."


def _track_roles(roles: Mapping[str, RoleGuess]) -> tuple[TrackRole, ...]:
    return tuple(
        TrackRole(track_guid=guid, role=guess.role, confidence=round(guess.confidence, 3))
        for guid, guess in roles.items()
    )


def _left_out(
    session: Session, graph: Graph, analysis: Analysis, roles: Mapping[str, RoleGuess], state: str
) -> list[LeftOut]:
    """What was considered and not judged, with the reason; muted tracks once."""
    found = []
    if state in ("printed_stems", "finished"):
        words = {"printed_stems": "printed stems", "finished": "a finished mix"}[state]
        reason = f"The session looks like {words}, so no levels or pans are proposed."
        found.append(LeftOut(track_guid="", track_name="", reason=reason))
    muted = [track.display_name for track in session.tracks if track.muted]
    if muted:
        reason = f"{counted(len(muted), 'muted track')} ignored: {', '.join(muted)}."
        found.append(LeftOut(track_guid="", track_name="", reason=reason))
    judged = [t for t in session.tracks if not t.muted and roles[t.guid].role not in _NO_PRIOR_ROLES]
    for track in judged:
        reason = _why_unjudged(track, graph, analysis)
        if reason:
            found.append(LeftOut(track_guid=track.guid, track_name=track.display_name, reason=reason))
    unclear = [t.display_name for t in judged if roles[t.guid].confidence < FIRM]
    if unclear:
        reason = (
            f"The role of {counted(len(unclear), 'track')} is unclear from name and sound: {', '.join(unclear)}. "
            "Rules that depend on it were not used there; name the tracks, or pin their roles in the brief."
        )
        found.append(LeftOut(track_guid="", track_name="", reason=reason))
    return found


def _why_unjudged(track: Track, graph: Graph, analysis: Analysis) -> str:
    measured = analysis.track(track.guid)
    if measured is None or measured.measured_at == "not_heard":
        return "It could not be heard from its files."
    if track.guid not in graph.audible:
        return "It is not heard at the master (mute, solo or routing)."
    return ""
