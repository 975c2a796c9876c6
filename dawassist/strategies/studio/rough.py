"""The rough balance of a raw session: one card from the joint solve, object by object."""

from collections.abc import Iterator, Mapping

import numpy as np

from dawassist.intents import Intent, LevelIntent, PanIntent
from dawassist.plan import rationale
from dawassist.plan.balance_model import LeadForm
from dawassist.plan.draft import Proposal
from dawassist.plan.level_prior import LevelTarget
from dawassist.plan.mix_problem import Situation, folder_of, held_back_db, lead_gain_db, target_levels
from dawassist.plan.model import LeftOut, Rationale
from dawassist.plan.objects import MixObject
from dawassist.strategies.studio.balance import Moves, WholeBalance
from dawassist.strategies.studio.rules import weight_of

CARD = "rough balance"
LEAST_HELD_DB = 0.5  # worth a word
MOVE_PRECISION = (
    0.70  # of such moves bring a track nearer to the engineer: scripts/bench human-distance, songs left out
)


def rough_balance(situation: Situation, balance: WholeBalance) -> tuple[Proposal, ...]:
    """One proposal per object that moves, the surest and largest first, all on one card."""
    guids = situation.mix.covariance.track_guids
    gaps, spreads, _ = target_levels(situation, guids)
    targets = {
        guid: LevelTarget(level_lu=situation.mix.relative_lu(guid) + gap, spread_lu=spread)
        for guid, gap, spread in zip(guids, gaps.tolist(), spreads.tolist(), strict=True)
    }
    found = (_proposal(situation, each, balance.proposed, targets, balance.lead) for each in situation.objects)
    return tuple(sorted((each for each in found if each is not None), key=weight_of))


def uneven_leads(situation: Situation, balance: WholeBalance) -> tuple[LeftOut, ...]:
    """What the fader of a lead does not do: it would stand out where it is clear."""
    lead, held_db = balance.lead, balance.lead_held_db
    track = situation.mix.session.track(situation.leads[0]) if situation.leads else None
    if lead is None or track is None or held_db < LEAST_HELD_DB:
        return ()
    still = np.zeros(len(lead.is_lead))
    wanted_db = held_db + lead_gain_db(lead)
    reason = (
        f"In {lead.buried_share(still):.0%} of the sung blocks it lies more than 6 dB under the rest at 1–4 kHz. "
        f"{wanted_db:.1f} dB more there would bring up a third of them, and the median block to "
        f"{lead.clearance_db(still) + wanted_db:.1f} dB over the rest: a fader moves both. Rides on its volume "
        "envelope bring up what sinks."
    )
    return (LeftOut(track_guid=track.guid, track_name=track.display_name, reason=reason, by_hand=True),)


def _proposal(
    situation: Situation,
    each: MixObject,
    moves: Moves,
    targets: Mapping[str, LevelTarget],
    lead: LeadForm | None,
) -> Proposal | None:
    intents = tuple(_intents(situation, each, moves))
    if not intents:
        return None
    first = each.guids[0]
    move_db, way = moves.faders.get(first, 0.0), moves.pans.get(first, 0.0)
    reason = rationale.rough_balance(
        each.name, each.role.role, situation.mix.relative_lu(first), targets[first], round(move_db, 1), way
    )
    if lead is not None and set(each.guids) & set(situation.leads):
        reason = _of_lead(situation, reason, each.name, moves, lead)
    return Proposal(
        intents=intents,
        reason_class="rough_balance",
        basis="taste",
        confidence=each.role.confidence * _precision(situation, each.role.role, intents),
        rationale=reason,
        card=CARD,
        is_final=moves.is_final,
    )


def _precision(situation: Situation, role: str, intents: tuple[Intent, ...]) -> float:
    """How often such a move is right: measured for levels; of pans alone the share of engineers who pan the role."""
    pans = situation.priors.pans.by_role.get(role)
    if pans is None or any(isinstance(intent, LevelIntent) for intent in intents):
        return situation.priors.levels.precision_of(role)
    return 1.0 - pans.centered_share


def _intents(situation: Situation, each: MixObject, moves: Moves) -> Iterator[Intent]:
    """On the folder's fader where all of it moves alike; final moves stay on the tracks, where they were settled."""
    amounts = {guid: moves.faders[guid] for guid in each.guids if guid in moves.faders}
    folder = folder_of(situation.mix, each.guids)
    if folder is not None and not moves.is_final and len(amounts) == len(each.guids):
        amounts = {folder.guid: min(amounts.values(), key=abs)}
    for guid, gain_db in amounts.items():
        yield LevelIntent(track_guid=guid, gain_db=gain_db if moves.is_final else round(gain_db, 1))
    for track in each.tracks:
        if track.guid in moves.pans:
            yield PanIntent(track_guid=track.guid, pan=round(track.pan + moves.pans[track.guid], 2))


def _of_lead(situation: Situation, reason: Rationale, name: str, moves: Moves, lead: LeadForm) -> Rationale:
    """With how it is covered, or stands out, where the card changes that."""
    order = sorted(situation.mix.covariance.track_guids)
    still, moved = np.zeros(len(order)), np.array([moves.faders.get(guid, 0.0) for guid in order])
    lead_db = min((moves.faders.get(guid, 0.0) for guid in situation.leads), default=0.0)
    if lead_db < 0.0:
        clearance = (lead.clearance_db(still), lead.clearance_db(moved))
        return rationale.clear_lead(reason, name, round(lead_db, 1), clearance)
    before, after = lead.buried_share(still), lead.buried_share(moved)
    reason = rationale.buried_lead(reason, before, after) if after < before else reason
    held_db = held_back_db(lead)
    return rationale.uneven_lead(reason, held_db) if held_db >= LEAST_HELD_DB else reason
