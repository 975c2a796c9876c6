"""How sure a judgement of levels is where plug-ins on folders and busses are not heard."""

from collections.abc import Iterable
from dataclasses import replace

from dawassist.console.unheard import plug_ins_text, unheard_on_the_way
from dawassist.console.unmodelled import UnmodelledFx
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.session.findings import Evidence

UNHEARD_BUS_TRUST = 0.8  # as of tracks that are measured before their own plug-ins
_BY_LEVELS = frozenset(
    {"hidden_lead", "reference_lead", "level_outside_human_range", "rough_balance", "covers_lead", "covered_lead",
     "lead_sinks", "lead_sticks_out", "build_up", "speaker_level", "bed_under_speech"}
)  # fmt: skip
_MOST_NAMED = 3


def unheard_behind(situation: Situation, guids: Iterable[str]) -> tuple[UnmodelledFx, ...]:
    """The plug-ins on folders and busses that some tracks go through, each once, the nearest first."""
    mix = situation.mix
    ways = (unheard_on_the_way(mix.session, guid, mix.graph) for guid in guids)
    return tuple(dict.fromkeys(fx for way in ways for fx in way))


def as_heard(situation: Situation, proposal: Proposal) -> Proposal:
    """A proposal that compares levels says which plug-ins are not in them, and is that much less sure."""
    if proposal.reason_class not in _BY_LEVELS:
        return proposal
    graph = situation.mix.graph
    moved = [g for i in proposal.intents for g in (graph.descendants(i.track_guid) or (i.track_guid,))]
    covered = situation.leads if proposal.reason_class == "covers_lead" else ()
    found = unheard_behind(situation, (*moved, *covered))
    if not found:
        return proposal
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    text = f"Judged without {plug_ins_text(found[:_MOST_NAMED])}{more}: what is on busses is not heard here."
    evidence = (*proposal.rationale.evidence, Evidence(text=text, value=float(len(found)), unit="plug-ins"))
    return replace(
        proposal,
        confidence=proposal.confidence * UNHEARD_BUS_TRUST,
        rationale=replace(proposal.rationale, evidence=evidence),
    )
