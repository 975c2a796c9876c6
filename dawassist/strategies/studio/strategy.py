"""`studio`, the default: few moves, each for a measured reason; the engineer's settings count as evidence.

A raw session gets one card with a rough balance. A session in progress gets a lead that is buried, low end that is
panned away, and tracks far outside of where engineers keep such tracks. Stems and finished mixes get nothing here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.analysis.tempo_fit import tempo_fit
from dawassist.intents import LevelIntent
from dawassist.plan import rationale
from dawassist.plan.brief import Brief
from dawassist.plan.controls import why_not_fader
from dawassist.plan.draft import OUTSIDE, Draft, Proposal, SessionState, left_out
from dawassist.plan.engineer_priors import EngineerPriors, engineer_priors
from dawassist.plan.material import material_of
from dawassist.plan.mix_problem import Situation, is_driven
from dawassist.plan.mix_state import standing_mix
from dawassist.plan.model import LeftOut, Recommendation
from dawassist.plan.objects import MixObject, mix_objects
from dawassist.plan.roles import FIRM, guess_roles
from dawassist.plan.scope import resolve_pinned_roles, resolve_scope, resolve_tracks
from dawassist.plan.session_state import session_state
from dawassist.session.findings import Finding
from dawassist.session.graph import Graph, build_graph
from dawassist.session.model import Session, Track
from dawassist.session.ruler import Places
from dawassist.session.songs import songs_of
from dawassist.strategies.protocol import Fidelity
from dawassist.strategies.roles_told import track_roles
from dawassist.strategies.studio.balance import Moves, WholeBalance, jointly, whole_balance
from dawassist.strategies.studio.demands import demanded_moves, fader_of, is_blocked, pan_of
from dawassist.strategies.studio.master import master_advice, master_moves
from dawassist.strategies.studio.reference import reference_advice
from dawassist.strategies.studio.reference_tone import tone_moves
from dawassist.strategies.studio.rough import rough_balance, uneven_leads
from dawassist.strategies.studio.rules import StudioRules
from dawassist.strategies.studio.songs import AcrossSongs
from dawassist.strategies.studio.speech import speech_corrections
from dawassist.strategies.studio.takes import item_work, phrase_findings
from dawassist.strategies.studio.tools import tool_moves
from dawassist.strategies.studio.trust import as_heard
from dawassist.strategies.studio.voice_noises import voice_noise_findings
from dawassist.units import SILENCE_DB, counted

_LEAST_LEFT = 0.5  # of a move that others, the chains or the brief cut short
_WORTH_SAYING = 0.2  # probability of a role from which it is named as a guess
_MUSIC_CHECKED = "lead, low end, levels against engineers' mixes, what lies under the range of each"
_CHECKED = {
    "music": _MUSIC_CHECKED, "live": _MUSIC_CHECKED,
    "speech": "the loudness of every speaker as heard, music under them",
    "post": "technical faults, and the brief's loudness while dialogue is heard",
}  # fmt: skip
Held = Callable[[Sequence[Proposal]], Sequence[Proposal]]
Rules = Callable[[Situation, Moves | None], tuple[Proposal, ...]]
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
        heard = _heard(session, graph, analysis)
        state, reason = session_state(session, heard, analysis)
        kind = material_of(session, analysis, roles, brief.material).kind
        empty = _why_empty(session, analysis, heard)
        fixed = _fixed(session, brief)
        proposals: tuple[Proposal, ...] = ()
        refused: tuple[LeftOut, ...] = ()
        findings: tuple[Finding, ...] = ()
        at_master: tuple[Proposal, ...] = ()
        if not empty and analysis.mix_covariance is not None:
            situation = _situation(session, analysis, brief, self._priors, heard, roles)
            wanted, refused, findings = _in_all_songs(situation, state)
            proposals = tuple(as_heard(situation, each) for each in wanted)
            refused = (*refused, *master_advice(situation, state), *reference_advice(situation, state))
            at_master = (*master_moves(situation, state), *tone_moves(situation, state))
        in_scope = resolve_scope(session, brief).track_guids
        outside = [p for p in proposals if any(i.track_guid not in in_scope for i in p.intents)]
        return Draft(
            session_state=state,
            session_state_reason=reason,
            roles=track_roles(roles),
            proposals=tuple(sorted((*(p for p in proposals if p not in outside), *at_master), key=_is_no_fault)),
            left_out=(
                *_left_out(session, graph, analysis, roles, state),
                *_not_in_rough_balance(fixed if state == "raw" and kind in ("music", "live") else {}, heard),
                *(left_out(session, proposal, OUTSIDE) for proposal in outside),
                *refused,
            ),
            checked=f"{counted(len(heard), 'track')}: {_CHECKED[kind]}",
            empty_reason=empty,
            findings=findings,
        )


def _is_no_fault(proposal: Proposal) -> bool:
    return proposal.basis != "technical"


def solved_balance(
    session: Session, analysis: Analysis, brief: Brief, priors: EngineerPriors | None = None
) -> WholeBalance:
    """The solver's `target` before deadband and pruning, and what it proposes after them, of a raw session.

    The very path that `suggest` uses. The analysis must hold a covariance.
    """
    return whole_balance(situation_of(session, analysis, brief, priors))


def situation_of(session: Session, analysis: Analysis, brief: Brief, priors: EngineerPriors | None = None) -> Situation:
    """What the joint solve is given of a session. The analysis must hold a covariance."""
    graph = build_graph(session)
    roles = guess_roles(session, graph, analysis, resolve_pinned_roles(session, brief))
    return _situation(session, analysis, brief, priors or engineer_priors(), _heard(session, graph, analysis), roles)


def _situation(
    session: Session,
    analysis: Analysis,
    brief: Brief,
    priors: EngineerPriors,
    heard: Sequence[Track],
    roles: Mapping[str, RoleGuess],
) -> Situation:
    assert analysis.mix_covariance is not None
    mix = standing_mix(session, analysis.mix_covariance)
    objects = mix_objects(heard, mix.graph, roles, analysis.pairs)
    rejected = {g for each in objects for g in each.guids if brief.rejected and _is_rejected(each, brief)}
    kept = resolve_tracks(session, brief.locked_tracks) | rejected
    outside = {track.guid for track in session.tracks} - resolve_scope(session, brief).track_guids
    return Situation(
        mix=mix, analysis=analysis, roles=roles, objects=objects, priors=priors, brief=brief, fixed=kept | outside,
        material=material_of(session, analysis, roles, brief.material),
        places=Places(session=session, has_bars=tempo_fit(session, analysis) is not None),
    )  # fmt: skip


def _is_rejected(each: MixObject, brief: Brief) -> bool:
    """Whether the engineer refused a rough balance of one of its tracks."""
    faders = (Recommendation.identify_control(fader_of(guid), "fader", "rough_balance") for guid in each.guids)
    pans = (Recommendation.identify_control(pan_of(guid), "pan", "rough_balance") for guid in each.guids)
    return any(identity in brief.rejected for identity in (*faders, *pans))


def _in_all_songs(
    situation: Situation, state: SessionState
) -> tuple[tuple[Proposal, ...], tuple[LeftOut, ...], tuple[Finding, ...]]:
    """Of a set of songs, only what holds in most of them; what else it was about is told song by song."""
    proposals, refused = _moves(situation, state, lambda wanted: wanted)
    is_open = state in ("raw", "in_progress")
    told = _passages(situation) if is_open and situation.material.kind != "post" else ()
    songs = songs_of(situation.mix.session) if situation.brief.scope.kind not in ("region", "selection") else ()
    if not songs or not is_open:
        return proposals, refused, told
    across = AcrossSongs(situation, songs, is_raw=state == "raw")
    free = replace(situation, fixed=situation.fixed | across.torn_tracks(proposals)) if state == "raw" else situation
    held, refused = _moves(free, state, across.held)
    return held, (*refused, *across.left_out(proposals)), (*told, *across.findings(proposals))


def _passages(situation: Situation) -> tuple[Finding, ...]:
    return (*phrase_findings(situation), *voice_noise_findings(situation))


def _moves(situation: Situation, state: SessionState, held: Held) -> tuple[tuple[Proposal, ...], tuple[LeftOut, ...]]:
    """What the state of the session allows, of what is `held`; what could not be made."""
    kind = situation.material.kind
    if kind in ("speech", "post"):
        is_open = kind == "speech" and state in ("raw", "in_progress")
        is_bound = situation.brief.constraints or is_driven(situation.mix.session.master)
        if is_open and not is_bound:  # who speaks on one side stays there, and is as loud as the others all the same
            return (*held(speech_corrections(situation)), *item_work(situation)), ()
        return _corrections(situation, held, speech_corrections, is_open=is_open)
    if state == "raw":
        balance = whole_balance(situation)
        levels = held((*_rough(situation, balance), *StudioRules(situation).panned_away()))
        uneven = uneven_leads(situation, balance)
        tools = held(tool_moves(situation, levels, is_raw=True, has_rides=bool(uneven)))
        return (*levels, *tools), uneven
    proposals, refused = _corrections(situation, held, _music_corrections, is_open=state == "in_progress")
    if state == "in_progress":
        wanted = (*proposals, *held(tool_moves(situation, proposals, is_raw=False, has_rides=True)))
        proposals = tuple(sorted(wanted, key=lambda p: p.basis == "taste"))
    return proposals, refused


def _rough(situation: Situation, balance: WholeBalance) -> tuple[Proposal, ...]:
    made = rough_balance(situation, balance)
    return (*made, *(demanded_moves(situation, balance.proposed, made) if balance.proposed.is_final else ()))


def _music_corrections(situation: Situation, moves: Moves | None) -> tuple[Proposal, ...]:
    return StudioRules(situation, moves).corrections()


def _corrections(
    situation: Situation, held: Held, rules: Rules, *, is_open: bool
) -> tuple[tuple[Proposal, ...], tuple[LeftOut, ...]]:
    """Moves with named evidence as they become together, those that the brief demands, and those left no room.

    A session that is not `is_open` (stems, a finished mix) gets only what the brief demands.
    """
    wanted = held(rules(situation, None)) if is_open else ()
    blocked = [each for each in wanted if is_blocked(situation, each)]
    free = [each for each in wanted if each not in blocked]
    if not free and not situation.brief.constraints:
        return tuple(blocked), ()
    moves, made, gone = _with_room_for_each(situation, free, lambda moves: held(rules(situation, moves)))
    asked = demanded_moves(situation, moves, made) if moves.is_final else ()
    if situation.brief.strength == 0.0:
        return tuple(blocked), ()
    louder = held(_changing_the_mix(situation, gone)) if gone and not moves.is_final else ()
    offered = {_key(each) for each in louder}
    return (*asked, *made, *louder, *blocked), tuple(_no_room(situation, g) for g in gone if _key(g) not in offered)


def _is_music(situation: Situation) -> bool:
    return situation.material.kind in ("music", "live")


def _changing_the_mix(situation: Situation, wanted: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Moves that cannot leave the mix as loud as it is, each on a card of its own that says so; none into a master
    with a chain, which they would drive otherwise."""
    if is_driven(situation.mix.session.master) or not _is_music(situation):
        return ()
    made = _music_corrections(situation, jointly(situation, wanted, keeps_mix=False))
    by_key = {_key(each): each for each in wanted}
    return tuple(
        replace(each, rationale=rationale.changing_the_mix(each.rationale))
        for each in made
        if _key(each) in by_key and _share_left(by_key[_key(each)], each) >= _LEAST_LEFT
    )


def _with_room_for_each(
    situation: Situation, wanted: Sequence[Proposal], rules: Callable[[Moves], Sequence[Proposal]]
) -> tuple[Moves, Sequence[Proposal], list[Proposal]]:
    """What moves become together, without those of which little would be left: the next run would want them again.

    One leaves at a time, the most cut short first: others may then have more room. Speakers go as far as they may,
    and a mix of speech gets as loud as they are.
    """
    free, gone = list(wanted), list[Proposal]()
    keeps_mix = _is_music(situation) or is_driven(situation.mix.session.master)
    least = _LEAST_LEFT if _is_music(situation) else 0.0
    while True:
        moves = jointly(situation, free, keeps_mix=keeps_mix, apart=gone)
        made = rules(moves) if free else ()
        left = {_key(each): each for each in made}
        lost = [each for each in free if _key(each) not in left]
        shares = {_key(each): _share_left(each, left.get(_key(each))) for each in free}
        short = min(free, key=lambda each: shares[_key(each)], default=None)
        if short is None or (shares[_key(short)] >= least and not lost):
            return moves, made, gone
        free.remove(short)
        gone.append(short)


def _key(proposal: Proposal) -> tuple[str, str]:
    return proposal.reason_class, proposal.intents[0].track_guid


def _share_left(wanted: Proposal, made: Proposal | None) -> float:
    """How much of a proposal's first level move is made, 0..1; all of one that moves no level."""
    if made is None:
        return 0.0
    first, then = (next((i for i in each.intents if isinstance(i, LevelIntent)), None) for each in (wanted, made))
    return then.gain_db / first.gain_db if first is not None and then is not None and first.gain_db else 1.0


def _no_room(situation: Situation, proposal: Proposal) -> LeftOut:
    guid = proposal.intents[0].track_guid
    track = situation.mix.session.track(guid)
    return LeftOut(
        track_guid=guid,
        track_name=track.display_name if track else "",
        reason=f"{proposal.rationale.headline}, but the brief or the other moves leave it no room now; "
        "once they are made it may come again.",
    )


def _heard(session: Session, graph: Graph, analysis: Analysis) -> list[Track]:
    playing = [t for t in session.tracks if graph.kind[t.guid] == "source" and t.guid in graph.audible]
    return [track for track in playing if _sounds(track, analysis)]


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
    unclear = [f"{t.display_name}{_perhaps(roles[t.guid])}" for t in judged if roles[t.guid].confidence < FIRM]
    if unclear:
        reason = (
            f"The role of {counted(len(unclear), 'track')} is unclear from name and sound: {', '.join(unclear)}. "
            "Rules that depend on it were not used there; name the tracks, or pin their roles in the brief."
        )
        found.append(LeftOut(track_guid="", track_name="", reason=reason))
    return found


def _perhaps(guess: RoleGuess) -> str:
    """The likeliest roles, where there is anything to say."""
    chances = ((guess.role, guess.confidence), (guess.runner_up, guess.runner_up_confidence))
    named = [f"{role.replace('_', ' ')} {chance:.0%}" for role, chance in chances if chance >= _WORTH_SAYING]
    return f" (perhaps {' or '.join(named)})" if named else ""


def _why_unjudged(track: Track, graph: Graph, analysis: Analysis) -> str:
    measured = analysis.track(track.guid)
    if measured is None or measured.measured_at == "not_heard":
        return "It could not be heard from its files."
    if track.guid not in graph.audible:
        return "It is not heard at the master (mute, solo or routing)."
    return ""
