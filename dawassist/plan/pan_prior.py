"""Where engineers pan a role, with spread, and how well the sides of their mixes balance; see `scripts/fit_priors`.

Mono tracks; pans −1..1 as engineers set them; within ±0.05 counts as centered.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Percentiles of |pan| of the tracks that are not centered."""

    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PanPrior:
    """`loudest_centered_share`: of the mixes' loudest tracks of the role. `aside` is None for fewer than 20 tracks.

    `lean` is |sum of pans| / sum of |pans| over the panned tracks of the role in one mix: 0 for sides in balance, 1 for
    one side only; None for fewer than 10 mixes.
    """

    tracks: int
    centered_share: float
    loudest_centered_share: float
    aside: Aside | None = None
    lean_p50: float | None = None
    lean_p90: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanPriors:
    """`imbalance`: |left − right| of whole mixes, dB, constant-power pans, powers of the tracks added."""

    source: str
    sha256: str
    imbalance_p50_db: float
    imbalance_p75_db: float
    imbalance_p90_db: float
    by_role: Mapping[str, PanPrior]


@cache
def pan_priors() -> PanPriors:
    data = tomllib.loads((files("dawassist.plan") / "pan_prior.toml").read_text(encoding="utf-8"))
    by_role = {
        role: PanPrior(**{**values, "aside": Aside(**values["aside"]) if "aside" in values else None})
        for role, values in data["roles"].items()
    }
    return PanPriors(source=data["source"], sha256=data["sha256"], by_role=by_role, **data["mix"])
