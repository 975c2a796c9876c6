"""What engineers do with faders and pans, as one value that a strategy is given: the shipped one, or another fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dawassist.plan.level_prior import LevelModel, level_model
from dawassist.plan.pan_prior import PanPriors, pan_priors
from dawassist.plan.priors import RolePrior, priors


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineerPriors:
    """`ranges`: percentiles of levels and pans by role; `levels`: the expected level of a track; `pans`: its place."""

    ranges: Mapping[str, RolePrior]
    levels: LevelModel
    pans: PanPriors


@cache
def engineer_priors() -> EngineerPriors:
    """The shipped fit."""
    return EngineerPriors(ranges=priors().by_role, levels=level_model(), pans=pan_priors())
