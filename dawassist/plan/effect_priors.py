"""What engineers insert, per role, with its spread: filters, compressors, reverb and delay sends; `scripts/fit_priors`.

Medians over unlike moves: a size for a move, not a place to put a filter.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    p25: float
    p50: float
    p75: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPrior:
    """Shares are of all tracks of the role; settings are those of their users, None where fewer than ten are known.

    `high_pass_cutoff_hz` is the highest of a track; cuts and boosts are peaking bands; `reverb_send_db` and
    `delay_send_db` are levels of sends to a reverb or delay.
    """

    tracks: int
    high_pass_share: float
    cut_share: float
    boost_share: float
    compressor_share: float
    reverb_share: float
    delay_share: float
    high_pass_cutoff_hz: Quartiles | None = None
    cut_gain_db: Quartiles | None = None
    cut_frequency_hz: Quartiles | None = None
    cut_q: Quartiles | None = None
    boost_gain_db: Quartiles | None = None
    boost_frequency_hz: Quartiles | None = None
    boost_q: Quartiles | None = None
    compressor_ratio: Quartiles | None = None
    compressor_attack_ms: Quartiles | None = None
    compressor_release_ms: Quartiles | None = None
    reverb_send_db: Quartiles | None = None
    delay_send_db: Quartiles | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPriors:
    source: str
    sha256: str
    by_role: Mapping[str, EffectPrior]


@cache
def effect_priors() -> EffectPriors:
    data = tomllib.loads((files("dawassist.plan") / "effect_priors.toml").read_text(encoding="utf-8"))
    source, sha256 = data.pop("source"), data.pop("sha256")
    roles = {role: EffectPrior(**_with_quartiles(values)) for role, values in data.items()}
    return EffectPriors(source=source, sha256=sha256, by_role=roles)


def _with_quartiles(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Quartiles(**value) if isinstance(value, dict) else value for name, value in values.items()}
