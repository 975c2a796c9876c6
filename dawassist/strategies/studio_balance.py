"""The joint solve behind `studio`: what a whole balance would be, and what wanted moves become under all demands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dawassist.errors import InputError
from dawassist.intents import LevelIntent, PanIntent
from dawassist.plan.balance_model import LeadForm
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation, allowed, is_driven, mix_problem, within, without_cuts
from dawassist.plan.move_space import Axis, MoveSpace, needed_moves
from dawassist.plan.pruning import pruned
from dawassist.plan.session_state import decidedness
from dawassist.plan.settling import settled
from dawassist.plan.solver import WIDEST_LEAN_DB, MixProblem, Places, Solution, Values, Wishes, solve

SET_FACTOR = 2.0  # a control that the engineer has set has twice the deadband
LARGEST_ROUGH_MOVE_DB = 6.0  # a first rough balance goes no further, whatever engineers do
_LEAD_TRIES = 4
_LEAD_STEP_DB = 0.5  # more lead margin, where a rise of its mean hides that more blocks are buried
_SMALLEST_DB, _SMALLEST_PAN = 0.05, 0.005
_WANTED_SPREAD_DB = 1.0
_WANTED_PAN_SPREAD = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Fader moves in dB and pan moves by track, without those that are 0. `is_final`: to be made as they are."""

    faders: Mapping[str, float]
    pans: Mapping[str, float]
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBalance:
    """`target` before deadband and pruning, `proposed` after them, at full strength. `lead`: how a lead is covered."""

    target: Moves
    proposed: Moves
    lead: LeadForm | None


def whole_balance(situation: Situation) -> WholeBalance:
    """Every fader and pan of a session that nobody has balanced yet."""
    space = without_cuts(allowed(situation), situation.leads)
    problem = mix_problem(situation, space, opens_pairs=True)
    near = within(space, LARGEST_ROUGH_MOVE_DB)
    for _ in range(_LEAD_TRIES):
        found = pruned(problem, _deadbands(situation, problem), always=_masked(problem), space=near)
        if not _buries(problem, found.proposed):
            break
        problem = replace(problem, lead_gain_db=problem.lead_gain_db + _LEAD_STEP_DB)
    target = Moves(faders=_by_track(space.faders, found.target.faders), pans=_by_track(space.pans, found.target.pans))
    whole = replace(problem, space=near)
    kept = whole.only(np.union1d(found.faders, _keeping(space, found.pans)), found.pans).space
    proposed = _final(situation, (kept, space), found.proposed.faders, found.proposed.pans)
    return WholeBalance(target=target, proposed=proposed, lead=problem.model.lead)


def jointly(situation: Situation, proposals: Sequence[Proposal]) -> Moves:
    """What the moves of some proposals become together: the demands met, the drive of what has plug-ins kept."""
    space = allowed(situation)
    faders, pans = _wanted(situation, proposals)
    problem = mix_problem(situation, space, opens_pairs=False)
    lean_db = abs(problem.model.lean_db(np.zeros(len(problem.model.track_guids))))
    master = situation.mix.session.master
    problem = replace(
        problem,
        wishes=_wishes_for(problem.model.track_guids, faders, pans),
        keeps_mix=is_driven(master),
        lean_db=max(lean_db, WIDEST_LEAN_DB),
        lead_gain_db=0.0,
    )
    chosen = [
        np.union1d(np.unique(axis.move[np.isin(axis.track_guids, list(wanted))]), needed_moves(axis))
        for axis, wanted in ((space.faders, faders), (space.pans, pans))
    ]
    narrowed = problem.only(chosen[0], chosen[1])
    narrowed = replace(narrowed, space=_no_further(narrowed.space, faders))
    for _ in range(_LEAD_TRIES):
        found = solve(narrowed)
        if not _buries(narrowed, found):
            break
        narrowed = replace(narrowed, lead_gain_db=narrowed.lead_gain_db + _LEAD_STEP_DB)
    kept = problem.only(np.union1d(chosen[0], _keeping(space, chosen[1])), chosen[1]).space
    moves = _final(situation, (kept, space), found.faders, found.pans)
    # One microphone of an object that is panned away comes back alone; the others, which share its move, stay.
    return moves if moves.is_final else replace(moves, pans=pans)


def _no_further(space: MoveSpace, wanted: Mapping[str, float]) -> MoveSpace:
    """Wanted moves go from nothing to what is wanted, where the demands let them: never past it, never back."""
    bounds = space.faders.bounds
    lowest, highest = bounds.lowest.copy(), bounds.highest.copy()
    for guid, move in zip(space.faders.track_guids, space.faders.move.tolist(), strict=True):
        if guid in wanted:
            lowest[move] = min(max(lowest[move], min(wanted[guid], 0.0)), highest[move])
            highest[move] = max(min(highest[move], max(wanted[guid], 0.0)), lowest[move])
    within = replace(bounds, lowest=lowest, highest=highest)
    return replace(space, faders=replace(space.faders, bounds=within)) if within.tightest is not None else space


def _keeping(space: MoveSpace, pans: Places) -> Places:
    """The fader moves that keep tracks as loud while they are panned."""
    return np.unique(space.faders.move[np.isin(space.pans.move, pans)])


def _buries(problem: MixProblem, found: Solution) -> bool:
    """Whether the lead is buried in more blocks than it was."""
    lead = problem.model.lead
    if lead is None:
        return False
    moves = dict(zip(problem.space.faders.track_guids, problem.space.faders.per_track(found.faders), strict=True))
    after = np.array([moves[guid] for guid in problem.model.track_guids])
    return lead.buried_share(after) > lead.buried_share(np.zeros(len(after)))


def _final(situation: Situation, spaces: tuple[MoveSpace, MoveSpace], faders: Values, pans: Values) -> Moves:
    """As solved where the brief demands nothing; else settled at its strength, with few moves before all that are
    allowed: a ceiling may need them."""
    brief, (space, wide) = situation.brief, spaces
    if not brief.constraints:
        return Moves(
            faders=_by_track(space.faders, faders, _SMALLEST_DB), pans=_by_track(space.pans, pans, _SMALLEST_PAN)
        )
    try:
        faders, pans = settled(situation.mix, space, faders, pans, strength=brief.strength)
    except InputError:
        faders, pans = settled(situation.mix, wide, faders, pans, strength=brief.strength)
    return Moves(faders=_by_track(space.faders, faders), pans=_by_track(space.pans, pans), is_final=True)


def _by_track(axis: Axis, moves: Values, smallest: float = 0.0) -> dict[str, float]:
    ways = axis.per_track(moves).tolist()
    return {guid: way for guid, way in zip(axis.track_guids, ways, strict=True) if abs(way) > smallest}


def _deadbands(situation: Situation, problem: MixProblem) -> Values:
    """Per fader move: the mean spread between engineers of its tracks, doubled where the engineer has set one; inf
    where no prior speaks for a move."""
    axis, wishes = problem.space.faders, problem.wishes
    place = {guid: place for place, guid in enumerate(problem.model.track_guids)}
    sums, counts = np.zeros(len(axis.bounds.lowest)), np.zeros(len(axis.bounds.lowest))
    for guid, move in zip(axis.track_guids, axis.move, strict=True):
        track = situation.mix.session.track(guid)
        if guid not in place or track is None or wishes.weight[place[guid]] <= 0.0:
            continue
        sums[move] += wishes.spread_db[place[guid]] * (1.0 + (SET_FACTOR - 1.0) * decidedness(track))
        counts[move] += 1.0
    return np.where(counts > 0.0, sums / np.maximum(counts, 1.0), np.inf)


def _masked(problem: MixProblem) -> list[int]:
    """The moves of a lead that is buried in too many of its blocks: a masking reason, whatever the spread."""
    if problem.model.lead is None or problem.lead_gain_db <= 0.0:
        return []
    leads = np.array(problem.model.track_guids)[problem.model.lead.is_lead]
    return [
        int(move) for move in np.unique(problem.space.faders.move[np.isin(problem.space.faders.track_guids, leads)])
    ]


def _wanted(situation: Situation, proposals: Sequence[Proposal]) -> tuple[dict[str, float], dict[str, float]]:
    """Fader and pan moves by track; one of a folder counts for every track inside."""
    faders: dict[str, float] = {}
    pans: dict[str, float] = {}
    for intent in (intent for proposal in proposals for intent in proposal.intents):
        track = situation.mix.session.track(intent.track_guid)
        if isinstance(intent, LevelIntent):
            inside = situation.mix.graph.descendants(intent.track_guid)
            faders.update(dict.fromkeys(inside or (intent.track_guid,), intent.gain_db))
        elif isinstance(intent, PanIntent) and track is not None:
            pans[intent.track_guid] = intent.pan - track.pan
    return faders, pans


def _wishes_for(track_guids: Sequence[str], faders: Mapping[str, float], pans: Mapping[str, float]) -> Wishes:
    """Moves that are wanted as they are; everything else stays."""
    is_wanted = np.array([guid in faders for guid in track_guids])
    count = len(track_guids)
    return Wishes(
        gap_db=np.array([faders.get(guid, 0.0) for guid in track_guids]),
        spread_db=np.full(count, _WANTED_SPREAD_DB),
        weight=is_wanted.astype(np.float64),
        counted=np.zeros(count),
        held_db=np.where(is_wanted, np.inf, _WANTED_SPREAD_DB),
        pan_way=np.array([pans.get(guid, 0.0) for guid in track_guids]),
        pan_spread=np.full(count, _WANTED_PAN_SPREAD),
    )
