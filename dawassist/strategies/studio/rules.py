"""The rules of `studio`: each looks at the balance and returns proposals with their evidence."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set

import numpy as np

from dawassist.intents import Intent, LevelIntent, PanIntent
from dawassist.plan import rationale
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import (
    CLEAREST_LEAD_DB,
    Situation,
    folder_of,
    own_segments,
    standing_model,
    target_levels,
)
from dawassist.plan.mix_state import Margin
from dawassist.plan.model import Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.reference_targets import reference_targets
from dawassist.plan.roles import FIRM
from dawassist.plan.session_state import is_undecided
from dawassist.session.model import Track
from dawassist.session.targets import Target, TrackTarget
from dawassist.strategies.centered import panned_away
from dawassist.strategies.studio.balance import LARGEST_MOVE_DB, SET_FACTOR, Moves
from dawassist.strategies.studio.reference import reference_lead
from dawassist.strategies.studio.trust import unheard_behind
from dawassist.units import db_to_gain

HIDDEN_LEAD_DB = -10.0  # artists' own balances: median lead against the rest +2.0 and −6.7 dB (two CC0 songs)
LEAD_TARGET_DB = -6.0
PARKED_DB = -40.0  # a fader that far down was put out of the way on purpose
UNHEARD_CHAIN_DB = 1.5  # further under, when plug-ins of the lead, or of its busses, were not heard
LARGEST_RAISE_DB = 12.0
SMALLEST_LEVEL_MOVE_DB = 0.3
LEAST_REFERENCE_LEAD_DB = 1.0  # of a lead that moves for the reference alone
REFERENCE_CONFIDENCE = 0.5  # another song's lead is a wish, not a measure of this one
_BEFORE_PLUGINS_TRUST = 0.8
_ROUNDS = 12
_SAME_DB = 0.05


class StudioRules:
    """Judges the mix objects of one session. `moves`, where given, are what the wanted moves became together."""

    def __init__(self, situation: Situation, moves: Moves | None = None) -> None:
        self._situation = situation
        self._mix = situation.mix
        self._analysis = situation.analysis
        self._graph = situation.mix.graph
        self._objects = situation.objects
        self._priors = situation.priors
        self._moves = moves

    def corrections(self) -> tuple[Proposal, ...]:
        """For a session in progress: only moves with named evidence, most certain first."""
        leads = list(self.hidden_lead()) or list(self.reference_lead())
        proposals = [*leads, *self.panned_away()]
        moved = {intent.track_guid for proposal in leads for intent in proposal.intents}
        touched = moved | {inside for guid in moved for inside in self._graph.descendants(guid)}
        proposals += self.outside_human_range(touched)
        return tuple(sorted(proposals, key=weight_of))

    def hidden_lead(self) -> Iterator[Proposal]:
        """A lead vocal far under the rest in the blocks where it sings; all lead tracks move together."""
        leads = self._leads()
        margin = self._hidden_margin()
        if margin is None or not PARKED_DB < margin.median_db < self._hidden_threshold_db():
            return
        guids = [guid for lead in leads for guid in lead.guids]
        wanted_db = min(LEAD_TARGET_DB - margin.median_db, LARGEST_RAISE_DB, self._clear_after_db({}))
        if wanted_db < SMALLEST_LEVEL_MOVE_DB:
            return
        raise_db = self._amount_db(leads, wanted_db)
        if raise_db <= 0.0:
            return
        own_trust, rest_trust = self._trust_in_leads(), self._trust_in_rest(guids)
        loudest = sorted(self._mix.track_lufs.items(), key=lambda pair: -pair[1])[:5]
        bars = {self._name(guid): level for guid, level in loudest} | {
            self._name(guid): self._mix.track_lufs[guid] for guid in guids
        }
        found = rationale.hidden_lead(
            " + ".join(lead.name for lead in leads),
            margin,
            margin.median_db + raise_db,
            bars,
            unheard=" and ".join(
                whose
                for whose, heard in (("its plug-ins", own_trust), ("those of most of the rest", rest_trust))
                if heard < 1.0
            ),
        )
        room = self._making_room()
        yield Proposal(
            intents=(*self._level_intents(leads, raise_db), *room),
            reason_class="hidden_lead",
            basis="corrective",
            confidence=min(lead.role.confidence for lead in leads) * own_trust * rest_trust,
            rationale=self._with_what_is_left(
                rationale.with_what_held(self._with_room(found, room), wanted_db, raise_db), guids
            ),
            is_final=self._is_final,
        )

    def _leads(self) -> list[MixObject]:
        return [each for each in self._objects if each.role.role == "lead_vocal" and each.role.confidence >= FIRM]

    def _hidden_margin(self) -> Margin | None:
        """The leads against the rest; None where there is no lead, or nothing else."""
        guids = [guid for lead in self._leads() for guid in lead.guids]
        if not guids or len(guids) == len(self._mix.covariance.track_guids):
            return None
        return self._mix.margin(guids, own_segments(self._situation, guids))

    def _hidden_threshold_db(self) -> float:
        """Further under where plug-ins were not heard."""
        guids = [guid for lead in self._leads() for guid in lead.guids]
        is_clear = self._trust_in_leads() * self._trust_in_rest(guids) == 1.0
        is_clear = is_clear and not unheard_behind(self._situation, guids)
        return HIDDEN_LEAD_DB if is_clear else HIDDEN_LEAD_DB - UNHEARD_CHAIN_DB

    def _trust_in_leads(self) -> float:
        return min(self._trust(lead) for lead in self._leads())

    def _with_what_is_left(self, found: Rationale, guids: Sequence[str]) -> Rationale:
        """Says so where the lead stays so far under that the next run wants more."""
        if self._moves is None:
            return found
        strength = 1.0 if self._moves.is_final else self._situation.brief.strength
        ways = {guid: round(strength * way_db, 1) for guid, way_db in self._moves.faders.items()}
        moved: dict[Target, float] = {
            TrackTarget(track_guid=guid, field="fader_gain"): db_to_gain(track.fader_db + way_db)
            for guid, way_db in ways.items()
            if (track := self._mix.session.track(guid)) is not None
        }
        after = self._mix.changed(moved).margin(guids, own_segments(self._situation, guids)) if moved else None
        if after is None or after.median_db >= self._hidden_threshold_db():
            return found
        left_db = min(LEAD_TARGET_DB - after.median_db, self._clear_after_db(ways))
        is_told = left_db >= SMALLEST_LEVEL_MOVE_DB
        return rationale.with_more_to_come(found, after.median_db, left_db) if is_told else found

    def _clear_after_db(self, ways_db: Mapping[str, float]) -> float:
        """How much more the lead may rise after some moves, until it is clear of the rest where it stands out most."""
        model = standing_model(self._situation)
        if model.lead is None:
            return LARGEST_RAISE_DB
        moves = np.array([ways_db.get(guid, 0.0) for guid in model.track_guids])
        return max(CLEAREST_LEAD_DB - model.lead.clearance_db(moves), 0.0)

    def _making_room(self) -> tuple[LevelIntent, ...]:
        """What covers the lead most, lowered on the same card."""
        if self._moves is None:
            return ()
        room = [each for each in self._objects if self._moves.making_room.issuperset(each.guids)]
        lowered = [(each, self._amount_db([each], 0.0)) for each in sorted(room, key=lambda each: each.guids)]
        return tuple(
            intent
            for each, move_db in lowered
            if move_db <= -SMALLEST_LEVEL_MOVE_DB
            for intent in self._level_intents([each], move_db)
        )

    def _with_room(self, found: Rationale, room: Sequence[LevelIntent]) -> Rationale:
        return rationale.with_room(found, {self._name(i.track_guid): i.gain_db for i in room}) if room else found

    def reference_lead(self) -> Iterator[Proposal]:
        """The lead goes part of the way to the reference's; it is lowered only where it stays clear of the rest."""
        targets = reference_targets(self._situation.analysis, self._situation.brief)
        leads = self._leads()
        margin = self._mix.margin([guid for lead in leads for guid in lead.guids]) if leads else None
        if targets is None or margin is None or abs(targets.lead_db) < LEAST_REFERENCE_LEAD_DB:
            return
        if targets.lead_db < 0.0 and margin.median_db + targets.lead_db < LEAD_TARGET_DB:
            return
        move_db = self._amount_db(leads, targets.lead_db)
        if move_db * targets.lead_db <= 0.0:
            return
        found = reference_lead(" + ".join(lead.name for lead in leads), targets, move_db)
        yield Proposal(
            intents=self._level_intents(leads, move_db),
            reason_class="reference_lead",
            basis="taste",
            confidence=REFERENCE_CONFIDENCE * min(lead.role.confidence for lead in leads),
            rationale=rationale.with_what_held(found, targets.lead_db, move_db),
            is_final=self._is_final,
        )

    def panned_away(self) -> Iterator[Proposal]:
        """Kick, bass or a single lead vocal on one side, where its low end or voice is missing on the other."""
        for each, found in panned_away(self._objects):
            role = each.role
            aside = [track for track in found if self._pans(track.guid)]
            if not aside:
                continue
            prior = self._priors.ranges.get(role.role)
            names = " + ".join(track.display_name for track in aside)
            yield Proposal(
                intents=tuple(intent for track in aside for intent in self._pan_intents(track)),
                reason_class="hard_panned_low_end" if role.role != "lead_vocal" else "hard_panned_lead",
                basis="corrective",
                confidence=role.confidence * (prior.pan_centered_share or 0.5 if prior else 0.5),
                rationale=rationale.hard_panned(names, role.role, aside[0].pan, prior),
                is_final=self._is_final,
            )

    def outside_human_range(self, touched: Set[str]) -> Iterator[Proposal]:
        """Tracks further from where engineers keep such a track than they differ, twice that where its level was set.

        The move ends where engineers differ, never past it. `touched` are moved for another reason.
        """
        for each, gap_lu, spread_lu, wanted_db, way_lu in self._outside(touched):
            prior = self._priors.levels.roles[each.role.role]
            limited_db = self._amount_db([each], wanted_db)
            is_wanted_again = abs(way_lu - limited_db) > SET_FACTOR * spread_lu  # so far out, it was put there
            if limited_db * wanted_db <= 0.0 or is_wanted_again:
                continue
            relative_lu = float(np.mean([self._mix.relative_lu(guid) for guid in each.guids]))
            found = rationale.outside_human_range(each.name, each.role.role, relative_lu, gap_lu, spread_lu, prior)
            yield Proposal(
                intents=self._level_intents([each], limited_db),
                reason_class="level_outside_human_range",
                basis="taste",
                confidence=self._priors.levels.precision_of(each.role.role) * each.role.confidence,
                rationale=rationale.with_what_held(found, wanted_db, limited_db),
                is_final=self._is_final,
            )

    def _outside(self, touched: Set[str]) -> Sequence[tuple[MixObject, float, float, float, float]]:
        """Objects outside the range with their gap, spread, wanted move and the way that is left to it.

        All about the middle of all tracks as it will be: moves shift it, and what is outside then would be wanted the
        next time. What moves once stays among them.
        """
        guids = self._mix.covariance.track_guids
        gaps, spreads, counted = target_levels(self._situation, guids)
        place = {guid: place for place, guid in enumerate(guids)}
        judged = [
            (each, [place[guid] for guid in each.guids]) for each in self._objects if self._may_judge(each, touched)
        ]
        heard, moves = counted > 0.0, np.zeros(len(guids))
        found: dict[tuple[str, ...], tuple[MixObject, float, float, float, float]] = {}
        for _ in range(_ROUNDS if heard.any() else 0):
            about = gaps - np.median((gaps - moves)[heard])  # one track far out is no reason to move the others
            before, moves, known = moves, np.zeros(len(guids)), set(found)
            for each, places in judged:
                gap_lu, spread_lu = float(about[places].mean()), float(spreads[places].mean())
                found.pop(each.guids, None)
                way_lu = self._way_lu(each, gap_lu, spread_lu)
                if self._is_outside(each, way_lu, spread_lu, moves_already=each.guids in known):
                    move_db = way_lu - spread_lu if way_lu > 0.0 else way_lu + spread_lu
                    wanted_db = max(min(move_db, LARGEST_MOVE_DB), -LARGEST_MOVE_DB)
                    found[each.guids] = each, gap_lu, spread_lu, wanted_db, way_lu
                    if abs(way_lu - wanted_db) <= SET_FACTOR * spread_lu:
                        moves[places] = wanted_db
            if np.allclose(moves, before, atol=_SAME_DB):
                break
        return tuple(found.values())

    def _may_judge(self, each: MixObject, touched: Set[str]) -> bool:
        has_prior = each.role.role in self._priors.levels.roles and each.role.confidence >= FIRM
        is_free = touched.isdisjoint(each.guids)
        return has_prior and self._trust(each) == 1.0 and is_free and self._plays_enough(each)

    def _is_outside(self, each: MixObject, gap_lu: float, spread_lu: float, *, moves_already: bool) -> bool:
        is_free = moves_already or all(map(is_undecided, each.tracks))
        lowers_lead = each.role.role == "lead_vocal" and gap_lu < 0.0
        return abs(gap_lu) > spread_lu * (1.0 if is_free else SET_FACTOR) and not lowers_lead

    def _way_lu(self, each: MixObject, gap_lu: float, spread_lu: float) -> float:
        """The gap; of a lead that is under it no more than makes it clear of the rest."""
        if each.role.role != "lead_vocal" or gap_lu <= spread_lu:
            return gap_lu
        return min(gap_lu, self._clear_after_db({}))

    @property
    def _is_final(self) -> bool:
        return self._moves is not None and self._moves.is_final

    def _amount_db(self, objects: Sequence[MixObject], wanted_db: float) -> float:
        """What a wanted move became, 0 where it may not be made."""
        if self._moves is None:
            return wanted_db
        return self._moves.faders.get(objects[0].guids[0], 0.0)

    def _pans(self, guid: str) -> bool:
        return self._moves is None or guid in self._moves.pans

    def _pan_intents(self, track: Track) -> Iterator[Intent]:
        """To the center; final moves hold what keeps the track as loud."""
        way = -track.pan if self._moves is None else self._moves.pans[track.guid]
        yield PanIntent(track_guid=track.guid, pan=round(track.pan + way, 2))
        if self._moves is not None and self._is_final and track.guid in self._moves.faders:
            yield LevelIntent(track_guid=track.guid, gain_db=self._moves.faders[track.guid])

    def _level_intents(self, objects: Sequence[MixObject], gain_db: float) -> tuple[LevelIntent, ...]:
        """The same move on every track of the objects, or on their folder when it holds nothing else."""
        tracks = [track for each in objects for track in each.tracks]
        folder = folder_of(self._mix, [track.guid for track in tracks])
        tracks = [folder] if folder is not None and not self._is_final else tracks
        if self._is_final:
            return tuple(LevelIntent(track_guid=track.guid, gain_db=gain_db) for track in tracks)
        room_db = max(min(HIGHEST_FADER_DB - track.fader_db for track in tracks), 0.0)
        gain_db = round(min(gain_db, room_db), 1)
        return tuple(LevelIntent(track_guid=track.guid, gain_db=gain_db) for track in tracks)

    def _trust(self, each: MixObject) -> float:
        return 1.0 if all(map(self._is_heard_whole, each.guids)) else _BEFORE_PLUGINS_TRUST

    def _trust_in_rest(self, guids: Collection[str]) -> float:
        """Less where most of what plays beside these tracks was measured before its plug-ins."""
        rest = {guid: 10.0 ** (lufs / 10.0) for guid, lufs in self._mix.track_lufs.items() if guid not in guids}
        unheard = [power for guid, power in rest.items() if not self._is_heard_whole(guid)]
        return _BEFORE_PLUGINS_TRUST if sum(unheard) > 0.5 * sum(rest.values()) else 1.0

    def _is_heard_whole(self, guid: str) -> bool:
        measured = self._analysis.track(guid)
        return measured is not None and measured.measured_at == "after_chain"

    def _plays_enough(self, each: MixObject) -> bool:
        """Integrated loudness says little about a track that plays in a few moments only."""
        measured = [self._analysis.track(guid) for guid in each.guids]
        return any(m is not None and m.activity.share >= 0.1 for m in measured)

    def _name(self, guid: str) -> str:
        track = self._mix.session.track(guid)
        return track.display_name if track else guid


def weight_of(proposal: Proposal) -> tuple[float, float, tuple[str, ...]]:
    """Sorts the surest and largest first, whatever the order of the tracks."""
    largest = max(abs(i.gain_db) if isinstance(i, LevelIntent) else 0.0 for i in proposal.intents)
    return -proposal.confidence, -largest, tuple(sorted(intent.track_guid for intent in proposal.intents))
