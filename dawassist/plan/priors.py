"""What engineers do, per role: level in the mix and pan, with their spread; fitted by `scripts/fit_priors`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePrior:
    """Levels in LU relative to the mean level of the mix's tracks; pans as |pan| of mono tracks, None if too few."""

    tracks: int
    level_p5: float
    level_p10: float
    level_p50: float
    level_p90: float
    level_p95: float
    pan_tracks: int = 0
    pan_centered_share: float | None = None
    pan_p90: float | None = None
    pan_p95: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    source: str
    sha256: str
    by_role: Mapping[str, RolePrior]


@cache
def priors() -> Priors:
    data = tomllib.loads((files("dawassist.plan") / "priors.toml").read_text(encoding="utf-8"))
    source, sha256 = data.pop("source"), data.pop("sha256")
    return Priors(source=source, sha256=sha256, by_role={role: RolePrior(**values) for role, values in data.items()})
