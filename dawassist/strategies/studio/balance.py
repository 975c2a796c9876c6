"""The joint solve behind `studio`: what a whole balance would be, and what wanted moves become under all demands."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from dawassist.errors import InputError
from dawassist.intents import LevelIntent, PanIntent
from dawassist.plan.balance_model import LeadForm, moved_on_folders
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import (
    CLEAREST_LEAD_DB,
    LARGEST_LEAD_GAIN_DB,
    Situation,
    allowed,
    folders_moved,
    held_back_db,
    is_clear,
    mix_problem,
    within,
    without_cuts,
    without_raises,
)
from dawassist.plan.move_space import Axis, MoveSpace, needed_moves
from dawassist.plan.pruning import SMALLEST_MOVE_DB, pruned
from dawassist.plan.session_state import decidedness
from dawassist.plan.settling import keeping_loudness, settled
from dawassist.plan.solver import ANY_DB, WIDEST_LEAN_DB, MixProblem, Places, Solution, Values, Wishes, solve
from dawassist.strategies.studio.lead_room import MOST_ROOM_DB, making_room

SET_FACTOR = 2.0  # a control that the engineer has set has twice the deadband
USUAL_ROUGH_MOVE_DB = 6.0  # a first rough balance goes no further, but for what would be left far out
LARGEST_MOVE_DB = 11.0  # a twentieth of an engineer's faders move further from the recording (MixologyDB, 71 mixes)
KEPT_TONE_DB = 4.5  # † of each of five bands against the whole: a rough balance is no equalizer
KEPT_RANGE_LU = 0.7  # of the 1 LU of loudness range that a plan may cost; 20 s of a song are up to 0.3 LU off the model
KEPT_MONO_LU = 0.25  # of the 0.3 LU that a plan may cost in mono
KEPT_WHOLE_DB = 0.1  # by a whole balance, in which a common gain costs nothing: its sends and filters have the rest
KEPT_LU = 0.28  # of the ±0.3 LU into the master chain: faders are written in steps
_ENOUGH = 0.9  # of what a lead is to rise by
_TRIES = 6
_GATE_LU = 0.05  # by which the loudness of a mix may miss what its model tells
_DECIMALS = 4  # of a change of loudness: the order of tracks shows in those after them
_LEAD_STEP_DB = 0.5  # more lead margin, where a rise of its mean hides that more blocks are buried
_SAME_CLEARANCE_DB = 0.3
_SMALLEST_DB, _SMALLEST_PAN = 0.05, 0.005
_WANTED_SPREAD_DB = 1.0
_WANTED_PAN_SPREAD = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Fader moves in dB and pan moves by track, without those that are 0. `is_final`: to be made as they are;
    `making_room`: tracks that cover a lead and are lowered so that it can rise in a mix that stays as loud."""

    faders: Mapping[str, float]
    pans: Mapping[str, float]
    is_final: bool = False
    making_room: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBalance:
    """`target` before deadband and pruning, `proposed` after them, at full strength. `lead`: how a lead is covered."""

    target: Moves
    proposed: Moves
    lead: LeadForm | None

    @property
    def lead_held_db(self) -> float:
        """How much further a lead that is buried in places would rise, did it not stand out elsewhere."""
        return held_back_db(self.lead) if self.lead is not None else 0.0


def whole_balance(situation: Situation) -> WholeBalance:
    """Every fader and pan of a session that nobody has balanced yet."""
    space = allowed(situation)
    problem = mix_problem(situation, space, opens_pairs=True)
    if problem.lead_most_db >= 0.0:
        space = without_cuts(space, situation.leads)
    if problem.model.lead is not None and is_clear(problem.model.lead):
        space = without_raises(space, situation.leads)
    problem = replace(
        problem, space=space, kept_mix_db=KEPT_WHOLE_DB, tone_db=KEPT_TONE_DB, range_lu=KEPT_RANGE_LU,
        mono_lu=KEPT_MONO_LU,
    )  # fmt: skip
    largest = np.full(len(space.faders.bounds.lowest), USUAL_ROUGH_MOVE_DB)
    most, always = len(space.faders.move), _masked(problem)
    largest[always] = LARGEST_MOVE_DB
    for _ in range(_TRIES):
        near = within(space, largest)
        found = pruned(problem, _deadbands(situation, problem), always=always, most=most, space=near)
        better, wider = _corrected(situation, problem, found.proposed), _wider(problem, found.proposed, largest)
        if better is None and np.array_equal(wider, largest):
            break
        problem, largest = better or problem, wider
    target = Moves(faders=_by_track(space.faders, found.target.faders), pans=_by_track(space.pans, found.target.pans))
    whole = replace(problem, space=near)
    kept = whole.only(np.union1d(found.faders, _keeping(space, found.pans)), found.pans).space
    proposed = _final(situation, (kept, space), found.proposed.faders, found.proposed.pans)
    return WholeBalance(target=target, proposed=proposed, lead=problem.model.lead)


def jointly(
    situation: Situation, proposals: Sequence[Proposal], *, keeps_mix: bool = True, apart: Sequence[Proposal] = ()
) -> Moves:
    """What the moves of some proposals become together: the demands met, the mix and what drives a bus as loud as now.

    What covers a lead most gives way to it, as few objects as that takes; none of what `apart` would move otherwise.
    """
    space = allowed(situation)
    faders, pans = _wanted(situation, proposals)
    problem = mix_problem(situation, space, opens_pairs=False)
    lean_db = abs(problem.model.lean_db(np.zeros(len(problem.model.track_guids))))
    model = moved_on_folders(
        situation.mix.graph, problem.model, folders_moved(situation) | _folders(situation, proposals)
    )
    problem = replace(
        problem, model=model, keeps_mix=keeps_mix, lean_db=max(lean_db, WIDEST_LEAN_DB), lead_gain_db=0.0,
        lead_most_db=ANY_DB,
    )  # fmt: skip
    leads, _ = _wanted(situation, [each for each in proposals if each.reason_class == "hidden_lead"])
    raised = leads.keys() & set(model.track_guids)
    others, _ = _wanted(situation, apart)
    rooms = making_room(situation, problem, faders | others) if raised and keeps_mix else []
    moves = _together(situation, problem, faders, pans, frozenset())
    for count in range(1, len(rooms) + 1):
        if all(moves.faders.get(guid, 0.0) >= _ENOUGH * faders[guid] for guid in raised):
            break
        moves = _together(situation, problem, faders, pans, frozenset(guid for each in rooms[:count] for guid in each))
    return moves


def _together(
    situation: Situation,
    problem: MixProblem,
    faders: Mapping[str, float],
    pans: Mapping[str, float],
    room: frozenset[str],
) -> Moves:
    space = problem.space
    problem = replace(problem, wishes=_wishes_for(problem.model.track_guids, faders, pans, room))
    chosen = [
        np.union1d(np.unique(axis.move[np.isin(axis.track_guids, list(wanted))]), needed_moves(axis))
        for axis, wanted in ((space.faders, {*faders, *room}), (space.pans, pans))
    ]
    narrowed = problem.only(chosen[0], chosen[1])
    ways = dict.fromkeys(room, -MOST_ROOM_DB) | dict(faders)
    narrowed = replace(narrowed, space=_no_further(narrowed.space, ways))
    for _ in range(_TRIES):
        found = solve(narrowed)
        better = _corrected(situation, narrowed, found)
        if better is None:
            break
        narrowed = better
    kept = problem.only(np.union1d(chosen[0], _keeping(space, chosen[1])), chosen[1]).space
    moves = replace(_final(situation, (kept, space), found.faders, found.pans), making_room=room)
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


def _corrected(situation: Situation, problem: MixProblem, found: Solution) -> MixProblem | None:
    """The problem with what its solution shows and its model does not tell: more blocks in which the lead is buried, a
    mix of another loudness since other blocks pass the gate. None for a solution that stands."""
    space, model, mix = problem.space, problem.model, situation.mix
    is_buried, over_db = _buries(problem, found), _outruns_db(problem, found)
    moved = space.overrides(mix, found.faders + keeping_loudness(mix, space, found.pans), found.pans)
    change_lu = mix.changed(moved).mix_lufs - mix.mix_lufs if moved and problem.keeps_mix else 0.0
    kept_lu = min(KEPT_LU, problem.kept_mix_db + _GATE_LU)
    if not is_buried and over_db <= 0.0 and abs(change_lu) <= kept_lu:
        return None
    moves = _per_track(problem, found)
    told_lu = model.mix.level_db(moves) - model.mix.level_db(moves * 0.0)
    gain_db = problem.lead_gain_db + (_LEAD_STEP_DB if is_buried else -min(over_db, problem.lead_gain_db))
    return replace(
        problem,
        lead_gain_db=gain_db,
        lead_most_db=problem.lead_most_db - (0.0 if is_buried else over_db),
        mix_offset_db=round(change_lu - told_lu, _DECIMALS),
    )


def _buries(problem: MixProblem, found: Solution) -> bool:
    """Whether the lead is buried in more blocks than it was."""
    lead = problem.model.lead
    if lead is None:
        return False
    after = _per_track(problem, found)
    return lead.buried_share(after) > lead.buried_share(np.zeros(len(after)))


def _outruns_db(problem: MixProblem, found: Solution) -> float:
    """By how much the lead stands out more than it may, where the rise of its mean hides that."""
    lead = problem.model.lead
    if lead is None or problem.lead_most_db >= ANY_DB:
        return 0.0
    after, most_db = _per_track(problem, found), CLEAREST_LEAD_DB
    now_db = lead.clearance_db(after * 0.0)
    if held_back_db(lead) > 0.0:  # what is buried elsewhere is not lowered
        most_db = max(most_db, now_db)
    elif problem.lead_most_db < 0.0:
        most_db = max(most_db, now_db - LARGEST_LEAD_GAIN_DB)
    over_db = lead.clearance_db(after) - most_db
    return over_db if over_db > _SAME_CLEARANCE_DB else 0.0


def _per_track(problem: MixProblem, found: Solution) -> Values:
    """Fader moves of the model's tracks, (n,)."""
    axis = problem.space.faders
    ways = dict(zip(axis.track_guids, axis.per_track(found.faders).tolist(), strict=True))
    return np.array([ways[guid] for guid in problem.model.track_guids])


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


def _wider(problem: MixProblem, found: Solution, largest_db: Values) -> Values:
    """Limits per fader move, where some are left further out than a fader that is set may be: the next run would want
    them again."""
    wishes = problem.wishes
    left = wishes.gap_db - _per_track(problem, found)
    heard = wishes.counted > 0.0
    left = left - np.median(left[heard]) if heard.any() else left
    far_db = _per_move(problem, np.abs(left) - SET_FACTOR * wishes.spread_db)
    further = np.isfinite(far_db) & (far_db > _SMALLEST_DB)
    return np.where(further, np.minimum(largest_db + far_db, LARGEST_MOVE_DB), largest_db)


def _deadbands(situation: Situation, problem: MixProblem) -> Values:
    """Per fader move, in a session that nobody has balanced: next to nothing, since recorded levels are nobody's word;
    up to twice the mean spread between engineers where one of its tracks was set; inf where nothing speaks for it."""
    tracks = (situation.mix.session.track(guid) for guid in problem.model.track_guids)
    decided = np.array([decidedness(track) if track is not None else 1.0 for track in tracks])
    limits = _per_move(problem, SET_FACTOR * problem.wishes.spread_db * decided)
    return np.where(np.isfinite(limits), np.maximum(limits, SMALLEST_MOVE_DB), np.inf)


def _per_move(problem: MixProblem, values: Values) -> Values:
    """The mean of tracks' values over those of each fader move that have a wish; inf for a move that has none."""
    axis, wishes = problem.space.faders, problem.wishes
    place = {guid: place for place, guid in enumerate(problem.model.track_guids)}
    sums, counts = np.zeros(len(axis.bounds.lowest)), np.zeros(len(axis.bounds.lowest))
    for guid, move in zip(axis.track_guids, axis.move, strict=True):
        if guid in place and wishes.weight[place[guid]] > 0.0:
            sums[move] += values[place[guid]]
            counts[move] += 1.0
    return np.where(counts > 0.0, sums / np.maximum(counts, 1.0), np.inf)


def _masked(problem: MixProblem) -> list[int]:
    """The moves of a lead that is buried in too many of its blocks, or stands out: reasons, whatever the spread."""
    if problem.model.lead is None or (problem.lead_gain_db <= 0.0 and problem.lead_most_db >= 0.0):
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


def _folders(situation: Situation, proposals: Sequence[Proposal]) -> dict[str, str]:
    """By track, the folder on whose fader it is to move."""
    levels = (each for proposal in proposals for each in proposal.intents if isinstance(each, LevelIntent))
    folders = {intent.track_guid: situation.mix.graph.descendants(intent.track_guid) for intent in levels}
    return {guid: folder for folder, inside in folders.items() for guid in inside}


def _wishes_for(
    track_guids: Sequence[str], faders: Mapping[str, float], pans: Mapping[str, float], room: Set[str]
) -> Wishes:
    """Moves that are wanted as they are; what makes `room` stays where it can, everything else stays."""
    is_wanted = np.array([guid in faders for guid in track_guids])
    count = len(track_guids)
    return Wishes(
        gap_db=np.array([faders.get(guid, 0.0) for guid in track_guids]),
        spread_db=np.full(count, _WANTED_SPREAD_DB),
        weight=is_wanted.astype(np.float64),
        counted=np.zeros(count),
        held_db=np.where(
            is_wanted, np.inf, np.where(np.isin(track_guids, list(room)), MOST_ROOM_DB, _WANTED_SPREAD_DB)
        ),
        pan_way=np.array([pans.get(guid, 0.0) for guid in track_guids]),
        pan_spread=np.full(count, _WANTED_PAN_SPREAD),
    )
