"""Moves of `studio` on equalizers, compressors and sends, for sessions that are raw or in progress."""

from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.strategies.studio_high_pass import high_passes


def tool_moves(situation: Situation) -> tuple[Proposal, ...]:
    """What corrects before what is taste, cuts before anything else."""
    return tuple(high_passes(situation))
