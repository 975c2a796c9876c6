"""Who gives way to a lead that is raised in a mix that stays as loud."""

from collections.abc import Mapping

import numpy as np

from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Recommendation
from dawassist.plan.solver import MixProblem
from dawassist.session.targets import TrackTarget

MOST_ROOM_DB = 3.0  # that a track gives way: more would be a move of its own
_MOST_OBJECTS = 3
_REASONS = ("hidden_lead", "level_outside_human_range", "rough_balance")  # why a fader may have been rejected


def making_room(situation: Situation, problem: MixProblem, wanted: Mapping[str, float]) -> list[tuple[str, ...]]:
    """The tracks of the objects that are loudest at 1–4 kHz where the lead sings, and may be lowered."""
    lead, axis = problem.model.lead, problem.space.faders
    if lead is None:
        return []
    power = dict(zip(problem.model.track_guids, np.einsum("bii->i", lead.matrices).tolist(), strict=True))
    lowest = dict(zip(axis.track_guids, axis.bounds.lowest[axis.move].tolist(), strict=True))
    touched = {*wanted, *situation.leads}
    free = [
        each
        for each in situation.objects
        if not touched & set(each.guids)
        and all(lowest.get(guid, 0.0) < 0.0 and guid in power for guid in each.guids)
        and not any(_was_rejected(situation, guid) for guid in each.guids)
    ]
    loudest = sorted(free, key=lambda each: (-sum(power[guid] for guid in each.guids), each.guids))
    return [each.guids for each in loudest[:_MOST_OBJECTS]]


def _was_rejected(situation: Situation, guid: str) -> bool:
    """For whatever reason it was to move."""
    target = TrackTarget(track_guid=guid, field="fader_gain")
    identities = {Recommendation.identify_control(target, "fader", reason) for reason in _REASONS}
    return bool(identities & situation.brief.rejected)
