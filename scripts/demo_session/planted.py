"""The list of planted faults, and planting and repairing those that live in the sound."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scripts.demo_session import faults
from scripts.demo_session.instruments import Signal
from scripts.fluidsynth import RATE_HZ

DEMO_FOLDER = Path(__file__).parent.parent.parent / "dawassist" / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One fault; `values` are the fields that its kind has besides these."""

    kind: str
    media: str
    values: Mapping[str, Any]


@cache
def planted_faults() -> tuple[Planted, ...]:
    data = tomllib.loads((DEMO_FOLDER / "planted_faults.toml").read_text(encoding="utf-8"))
    return tuple(Planted(kind=entry["kind"], media=entry["media"], values=entry) for entry in data["fault"])


def plant(signal: Signal, fault: Planted) -> Signal:
    """Faults of the desk (`fader`, `pan`) leave the sound as it is."""
    if fault.kind == "polarity":
        return faults.flipped(signal)
    if fault.kind == "delay":
        return faults.shifted(signal, fault.values["frames"])
    if fault.kind == "hum":
        return signal + _hum(signal, fault)
    if fault.kind == "dead":
        return faults.dead(signal.shape[-1], fault.values["noise_seed"])
    return signal


def repair(signal: Signal, fault: Planted) -> Signal:
    """The inverse of `plant`; there is no sound to be had back from a dead channel."""
    if fault.kind == "polarity":
        return faults.flipped(signal)
    if fault.kind == "delay":
        return faults.shifted(signal, -fault.values["frames"])
    if fault.kind == "hum":
        return signal - _hum(signal, fault)
    return signal


def _hum(signal: Signal, fault: Planted) -> Signal:
    return faults.hum(signal.shape[-1], RATE_HZ, fault.values["mains_hz"], fault.values["harmonics_dbfs"])
