"""How a plug-in parameter's 0..1 becomes a physical value, and back."""

import math
from dataclasses import dataclass

from dawassist.errors import InputError
from dawassist.units import db_to_gain, gain_to_db


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearLaw:
    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        _require(self.maximum > self.minimum, "a linear law needs minimum < maximum")

    def physical(self, normalized: float) -> float:
        return self.minimum + (self.maximum - self.minimum) * normalized

    def normalized(self, physical: float) -> float:
        return (physical - self.minimum) / (self.maximum - self.minimum)


@dataclass(frozen=True, slots=True, kw_only=True)
class GainLaw:
    """The physical value is in dB; the linear gain is `full_scale` × normalized."""

    full_scale: float

    def __post_init__(self) -> None:
        _require(self.full_scale > 0.0, "a gain law needs full_scale > 0")

    def physical(self, normalized: float) -> float:
        return gain_to_db(self.full_scale * normalized)

    def normalized(self, physical: float) -> float:
        return db_to_gain(physical) / self.full_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialLaw:
    """physical = offset + scale (base^normalized − 1)."""

    offset: float
    scale: float
    base: float

    def __post_init__(self) -> None:
        _require(self.scale > 0.0 and self.base > 1.0, "an exponential law needs scale > 0 and base > 1")

    def physical(self, normalized: float) -> float:
        return self.offset + self.scale * (math.pow(self.base, normalized) - 1.0)

    def normalized(self, physical: float) -> float:
        return math.log(max((physical - self.offset) / self.scale + 1.0, 1e-12), self.base)


Law = LinearLaw | GainLaw | ExponentialLaw
_KINDS: dict[str, type[Law]] = {"linear": LinearLaw, "gain": GainLaw, "exponential": ExponentialLaw}


def law_from_table(table: dict[str, object]) -> Law:
    """Raises InputError when the table names no known law or has other numbers than that law."""
    numbers = {key: value for key, value in table.items() if key != "kind"}
    kind = _KINDS.get(str(table.get("kind")))
    if kind is None:
        raise InputError(f"The law {table.get('kind')!r} is unknown.", why=f"Known: {', '.join(_KINDS)}.")
    _require(all(isinstance(v, int | float) for v in numbers.values()), "a law holds numbers")
    try:
        return kind(**{key: float(value) for key, value in numbers.items()})  # type: ignore[arg-type]
    except TypeError as error:
        raise InputError("A law cannot be read.", why=str(error)) from None


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise InputError("A parameter map cannot be read.", why=sentence[0].upper() + sentence[1:] + ".")
