"""Everything that a strategy is given about engineers, fitted from some of the table's mixes."""

from collections.abc import Sequence

from dawassist.plan.engineer_priors import EngineerPriors
from fitting.levels import fit_levels
from fitting.mixologydb import LeveledMix
from fitting.pans import fit_pans
from fitting.role_ranges import fit_ranges


def fit_engineer_priors(mixes: Sequence[LeveledMix]) -> EngineerPriors:
    return EngineerPriors(ranges=fit_ranges(mixes), levels=fit_levels(mixes), pans=fit_pans(mixes))
