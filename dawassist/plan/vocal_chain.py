"""Settings of vocal chains in finished mixes, with their spread; see `scripts/fit_priors`.

A chain that was fitted to explain a mix is not what its engineer inserted: ranges to stay in, not a preset.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VocalChain:
    """Thresholds are of a vocal at −18 LUFS; times are those of 10 % to 90 %; pan −1..1."""

    source: str
    sha256: str
    chains: int
    high_pass_cutoff_hz: Percentiles
    low_shelf_frequency_hz: Percentiles
    low_shelf_gain_db: Percentiles
    low_mid_frequency_hz: Percentiles
    low_mid_gain_db: Percentiles
    low_mid_q: Percentiles
    presence_frequency_hz: Percentiles
    presence_gain_db: Percentiles
    high_shelf_frequency_hz: Percentiles
    high_shelf_gain_db: Percentiles
    threshold_db: Percentiles
    ratio: Percentiles
    attack_ms: Percentiles
    release_ms: Percentiles
    makeup_gain_db: Percentiles
    pan: Percentiles


@cache
def vocal_chain() -> VocalChain:
    data = tomllib.loads((files("dawassist.plan") / "vocal_chain.toml").read_text(encoding="utf-8"))
    chain: dict[str, Any] = {name: Percentiles(**v) if isinstance(v, dict) else v for name, v in data.items()}
    return VocalChain(**chain)
