"""What is wanted of a balance: where engineers keep each track, what is set by hand, what the constraints allow."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.fxmaps.categories import categories_of
from dawassist.plan.balance_model import SUNG_DB, BalanceModel, LeadForm, balance_model, moved_on_folders
from dawassist.plan.brief import Brief
from dawassist.plan.controls import why_not_fader
from dawassist.plan.engineer_priors import EngineerPriors
from dawassist.plan.level_prior import LevelRecord, level_prior
from dawassist.plan.material import Material
from dawassist.plan.mix_state import MixState
from dawassist.plan.move_space import MoveSpace, checked_space, movable
from dawassist.plan.names import name_parts
from dawassist.plan.objects import MixObject
from dawassist.plan.reference_targets import is_reference, reference_targets
from dawassist.plan.role_by_name import UNKNOWN
from dawassist.plan.roles import FIRM
from dawassist.plan.session_state import decidedness
from dawassist.plan.solver import ANY_DB, MixProblem, Values, Wishes
from dawassist.session.graph import Graph
from dawassist.session.model import Track
from dawassist.session.ruler import Places
from dawassist.units import SILENCE_DB

RARE_SHARE = 0.25  # a track that plays less says less by its integrated loudness
BEFORE_PLUGINS_WEIGHT = 0.5
PAN_SPREAD = 0.15  # about a pan that no one asks to move
CENTER_SPREAD = 0.03  # of kick, snare, bass and lead
MOST_BURIED_SHARE = 0.25  # of the sung blocks, see BURIED_DB: artists' own balances have 14 and 23 % (two CC0 songs)
LEAST_BURIED_CUT = 1.0 / 3.0
LARGEST_LEAD_GAIN_DB = 6.0
CLEAREST_LEAD_DB = 8.0  # over the rest, the median of the sung blocks: an artist's own balance has 7.8 (a CC0 song)
_CENTERED_ROLES = ("kick", "snare", "bass", "lead_vocal")
_NO_EVIDENCE = 1e-6
_LINEAR = frozenset({"equalizer", "reverb", "delay", "imager", "meter", "room_correction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A session as it was heard, with the roles and objects that were made out in it."""

    mix: MixState
    analysis: Analysis
    roles: Mapping[str, RoleGuess]
    objects: tuple[MixObject, ...]
    priors: EngineerPriors
    brief: Brief
    fixed: frozenset[str]  # tracks that nothing may move
    material: Material = field(default_factory=Material)
    places: Places = field(default_factory=Places)

    @property
    def leads(self) -> tuple[str, ...]:
        """The tracks of the lead vocal, by GUID."""
        return tuple(sorted(g for g, guess in self.roles.items() if guess.role == "lead_vocal" and _is_sure(guess)))


def own_segments(situation: Situation, guids: Sequence[str]) -> tuple[tuple[float, float], ...] | None:
    """When the own source of one of these tracks dominates what its microphone hears; None where nothing bleeds."""
    bled = {each.track_guid for each in situation.analysis.bleed}
    if not bled & set(guids):
        return None
    measured = (situation.analysis.track(guid) for guid in guids)
    return tuple(segment for each in measured if each is not None for segment in each.activity.segments)


def allowed(situation: Situation) -> MoveSpace:
    """The moves that the constraints of the brief allow. Raises InputError for a contradiction."""
    ties = [each.guids for each in situation.objects if len(each.tracks) > 1]
    free = movable(situation.mix, situation.fixed, ties)
    return checked_space(situation.mix, situation.roles, situation.brief.constraints, free)


def mix_problem(situation: Situation, space: MoveSpace, *, opens_pairs: bool) -> MixProblem:
    """The problem of a whole balance. `opens_pairs`: pairs named left and right that sit in the center move out."""
    model = moved_on_folders(situation.mix.graph, standing_model(situation), folders_moved(situation))
    return MixProblem(
        model=model,
        space=space,
        wishes=_wishes(situation, model, opens_pairs=opens_pairs),
        lead_gain_db=lead_gain_db(model.lead) if model.lead else 0.0,
        lead_most_db=_most_db(model.lead) if model.lead else ANY_DB,
    )


def standing_model(situation: Situation) -> BalanceModel:
    """The forms of the session as it stands, its leads and the busses that drive something watched."""
    mix = situation.mix
    busses = [t.guid for t in mix.session.tracks if is_driven(t) and mix.graph.kind[t.guid] in ("folder", "send_bus")]
    return balance_model(mix, tuple(guid for guid in situation.leads if guid in mix.track_lufs), tuple(busses))


def is_driven(track: Track) -> bool:
    """Whether what it gets drives a plug-in: any that is on and not known to be linear."""
    playing = [fx for fx in track.fx if fx.enabled and not fx.offline] if track.fx_enabled else []
    kinds = [categories_of(fx.name, fx.ident) for fx in playing]
    return any(not found or found - _LINEAR for found in kinds)


def folder_of(mix: MixState, guids: Sequence[str]) -> Track | None:
    """The folder whose fader moves these tracks and nothing else, where it may be written: one move there, not many.

    The nearest one that does; where some of those drive plug-ins, the last of them, since its fader comes after them:
    then for a single track as well.
    """
    around = list(_folders_of_their_own(mix, guids))
    driven = [folder for folder in around if is_driven(folder)]
    chosen = driven[-1:] or (around[:1] if len(guids) > 1 else [])
    return next((folder for folder in chosen if not why_not_fader(folder)), None)


def _folders_of_their_own(mix: MixState, guids: Sequence[str]) -> Iterator[Track]:
    """The folders, from the inside out, through which these tracks go and nothing else does."""
    graph = mix.graph
    folder = mix.session.track(graph.parent[guids[0]])
    while folder is not None and folder.number:
        inside = {guid for guid in graph.descendants(folder.guid) if graph.kind[guid] != "unused"}
        tracks = {guid for guid in inside if graph.kind[guid] != "folder"}
        goes_on = all(any(edge.is_main for edge in graph.outputs[guid]) for guid in (folder.guid, *inside))
        holders = (folder, *(_track_of(mix, guid) for guid in inside - tracks))
        if (
            tracks - set(guids)
            or not goes_on
            or any(holder.items for holder in holders)
            or _is_fed(graph, folder, inside)
        ):
            return
        if tracks == set(guids):
            yield folder
        folder = mix.session.track(graph.parent[folder.guid])


def _is_fed(graph: Graph, folder: Track, inside: Set[str]) -> bool:
    """Whether tracks outside of a folder send into it."""
    sources = {edge.source_guid for edges in graph.outputs.values() for edge in edges
               if edge.destination_guid in inside or edge.destination_guid == folder.guid}  # fmt: skip
    return not sources <= inside


def folders_moved(situation: Situation) -> dict[str, str]:
    """By track, the folder on whose fader a move of its object is written; none where the brief demands something, for
    such moves are settled on the tracks."""
    if situation.brief.constraints:
        return {}
    folders = ((each, folder_of(situation.mix, each.guids)) for each in situation.objects)
    return {guid: folder.guid for each, folder in folders if folder is not None for guid in each.guids}


def lead_gain_db(lead: LeadForm) -> float:
    """How much more margin takes a third of the blocks in which a lead is buried away; 0 where few are. No more than
    makes it clear elsewhere: a lead that is buried in one place and stands out in another is for rides, not its fader.
    """
    return min(_unburying_db(lead), max(lead_most_db(lead), 0.0))


def held_back_db(lead: LeadForm) -> float:
    """How much more a third of the blocks in which a lead is buried would take, where it stands out with that."""
    still = np.zeros(len(lead.is_lead))
    wanted_db = _unburying_db(lead, most_db=ANY_DB)
    stands_out = lead.clearance_db(still) + wanted_db > CLEAREST_LEAD_DB
    return max(wanted_db - lead_gain_db(lead), 0.0) if stands_out else 0.0


def _unburying_db(lead: LeadForm, *, most_db: float = LARGEST_LEAD_GAIN_DB) -> float:
    margins = lead.margins_db(np.zeros(len(lead.is_lead)))
    share = lead.buried_share(np.zeros(len(lead.is_lead)))
    if share <= MOST_BURIED_SHARE:
        return 0.0
    wanted = max(share * (1.0 - LEAST_BURIED_CUT), MOST_BURIED_SHARE)
    return float(min(max(-6.0 - np.quantile(margins, wanted), 0.0), most_db))


def _most_db(lead: LeadForm) -> float:
    """How much more margin there may be; what is buried as well as standing out is not lowered."""
    most_db = lead_most_db(lead)
    return max(most_db, 0.0) if _unburying_db(lead) > 0.0 else most_db


def lead_most_db(lead: LeadForm) -> float:
    """How much more margin a lead may get until it is clear of the rest; under 0 for one that stands out further, no
    limit for one that sings alone."""
    clearance_db = lead.clearance_db(np.zeros(len(lead.is_lead)))
    is_alone = clearance_db > SUNG_DB  # that far under another, a part does not count as playing
    return ANY_DB if is_alone else max(CLEAREST_LEAD_DB - clearance_db, -LARGEST_LEAD_GAIN_DB)


def is_clear(lead: LeadForm) -> bool:
    """Whether nothing is gained by a lead that is louder."""
    return lead.clearance_db(np.zeros(len(lead.is_lead))) >= CLEAREST_LEAD_DB


def target_levels(situation: Situation, track_guids: Sequence[str]) -> tuple[Values, Values, Values]:
    """Per track: LU from where engineers keep it (positive: it is under), their spread, and 1 where it counts."""
    mix = situation.mix
    levels = np.array([mix.track_lufs[guid] for guid in track_guids])
    guesses = [situation.roles[guid] for guid in track_guids]
    sounds = (levels > SILENCE_DB) & ~np.array([is_reference(guess) for guess in guesses], dtype=bool)
    records = [
        LevelRecord(role=guess.role if _is_sure(guess) else UNKNOWN, raw_lufs=_raw_lufs(situation, guid))
        for guid, guess, is_heard in zip(track_guids, guesses, sounds, strict=True)
        if is_heard
    ]
    gaps, spreads = np.zeros(len(levels)), np.ones(len(levels))
    if records:
        targets = level_prior(records, situation.priors.levels)
        wanted = np.array([target.level_lu for target in targets])
        taste = np.array([situation.brief.taste.offset_db(record.role) for record in records])
        relative = levels[sounds] - levels[sounds].mean()
        gaps[sounds] = wanted + taste + _of_reference(situation, records) - relative
        spreads[sounds] = [target.spread_lu for target in targets]
    return gaps, spreads, sounds.astype(np.float64)


def _of_reference(situation: Situation, records: Sequence[LevelRecord]) -> Values:
    """How much more a lead is wanted to stand out for the sake of a reference."""
    targets = reference_targets(situation.analysis, situation.brief)
    lead_db = targets.lead_db if targets else 0.0
    return np.array([lead_db if record.role == "lead_vocal" else 0.0 for record in records])


def _wishes(situation: Situation, model: BalanceModel, *, opens_pairs: bool) -> Wishes:
    guids = model.track_guids
    tracks = [_track(situation, guid) for guid in guids]
    gaps, spreads, counted = target_levels(situation, guids)
    is_lead = np.isin(guids, situation.leads)
    evidence = np.array([decidedness(track) for track in tracks])
    ways = _opening_ways(situation, guids) if opens_pairs else np.zeros(len(guids))
    centered = [situation.roles[g].role in _CENTERED_ROLES and _is_sure(situation.roles[g]) for g in guids]
    return Wishes(
        gap_db=np.where(is_lead, np.maximum(gaps, 0.0), gaps),
        spread_db=spreads,
        weight=np.array([_weight(situation, guid) for guid in guids]) * counted,
        counted=counted,
        held_db=spreads / np.sqrt(np.maximum(evidence, _NO_EVIDENCE)),
        pan_way=ways,
        pan_spread=np.where(centered, CENTER_SPREAD, PAN_SPREAD),
    )


def _opening_ways(situation: Situation, guids: Sequence[str]) -> Values:
    """The pan moves of pairs of mono tracks that are named left and right and sit in the center."""
    ways = dict.fromkeys(guids, 0.0)
    for each in situation.objects:
        sides = [name_parts(track.name).side for track in each.tracks]
        prior = situation.priors.pans.by_role.get(each.role.role)
        is_pair = sorted(sides) == ["L", "R"] and all(abs(track.pan) < 0.001 for track in each.tracks)
        if not is_pair or prior is None or prior.aside is None or not _is_sure(each.role):
            continue
        if all(_is_mono(situation, track.guid) for track in each.tracks):
            for track, side in zip(each.tracks, sides, strict=True):
                ways[track.guid] = prior.aside.p50 * (-1.0 if side == "L" else 1.0)
    return np.array([ways[guid] for guid in guids])


def _weight(situation: Situation, guid: str) -> float:
    """How far the measured loudness of a track can be trusted, 0..1."""
    measured = situation.analysis.track(guid)
    if measured is None:
        return 0.0
    played = min(measured.activity.share / RARE_SHARE, 1.0)
    return played * (1.0 if measured.measured_at == "after_chain" else BEFORE_PLUGINS_WEIGHT)


def _raw_lufs(situation: Situation, guid: str) -> float:
    measured = situation.analysis.track(guid)
    heard = measured.loudness.integrated_lufs if measured and measured.loudness else SILENCE_DB
    return heard if heard > SILENCE_DB else situation.mix.track_lufs[guid]


def _is_mono(situation: Situation, guid: str) -> bool:
    measured = situation.analysis.track(guid)
    return bool(measured and measured.is_mono)


def _track(situation: Situation, guid: str) -> Track:
    return _track_of(situation.mix, guid)


def _track_of(mix: MixState, guid: str) -> Track:
    track = mix.session.track(guid)
    assert track is not None
    return track


def _is_sure(guess: RoleGuess) -> bool:
    return guess.confidence >= FIRM


def within(space: MoveSpace, largest_db: Values) -> MoveSpace:
    """The space in which no fader moves further than that, (h,), as far as the constraints let it."""
    bounds = space.faders.bounds
    near = replace(
        bounds,
        lowest=np.minimum(np.maximum(bounds.lowest, -largest_db), bounds.highest),
        highest=np.maximum(np.minimum(bounds.highest, largest_db), bounds.lowest),
    )
    return replace(space, faders=replace(space.faders, bounds=near)) if near.tightest is not None else space


def without_cuts(space: MoveSpace, guids: Collection[str]) -> MoveSpace:
    """The space in which some tracks are never lowered, as far as the constraints let them stay."""
    bounds = space.faders.bounds
    lowest = np.maximum(bounds.lowest, np.minimum(0.0, bounds.highest))
    return _bounded(space, guids, lowest, bounds.highest)


def without_raises(space: MoveSpace, guids: Collection[str]) -> MoveSpace:
    """The space in which some tracks are never raised, as far as the constraints let them stay."""
    bounds = space.faders.bounds
    highest = np.minimum(bounds.highest, np.maximum(0.0, bounds.lowest))
    return _bounded(space, guids, bounds.lowest, highest)


def _bounded(space: MoveSpace, guids: Collection[str], lowest: Values, highest: Values) -> MoveSpace:
    bounds = space.faders.bounds
    chosen = np.isin(np.arange(len(lowest)), space.faders.move[np.isin(space.faders.track_guids, list(guids))])
    low, high = np.where(chosen, lowest, bounds.lowest), np.where(chosen, highest, bounds.highest)
    bounded = replace(bounds, lowest=low, highest=high)
    return space if bounded.tightest is None else replace(space, faders=replace(space.faders, bounds=bounded))
