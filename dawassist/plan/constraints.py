"""What the engineer demands of every plan: locks, ranges, limits, ties, order, centered, loudness and few moves.

The idea of relations that hold whatever moves is Pachet & Delerue's (MusicSpace, ICMC 1999); here they bound an
optimization. In a brief each is one table::

    [[constraints]]
    kind = "order"
    above = ["role:lead_vocal"]
    below = ["role:backing_vocal"]
    by_db = 4.0

Tracks are given by GUID, number, name, or role (``role:bass``). A role that no track has leaves nothing to hold.
"""

import json
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Literal, get_args

from dawassist.errors import InputError

LockParameter = Literal["all", "fader", "pan", "polarity", "delay", "mute"]
MoveParameter = Literal["fader", "pan"]
TieParameter = Literal["fader", "pan", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A parameter of these tracks, or all of them, stays as it is."""

    tracks: tuple[str, ...]
    parameter: LockParameter = "all"

    def __str__(self) -> str:
        what = "" if self.parameter == "all" else f"the {self.parameter} of "
        return f"lock {what}{_names(self.tracks)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The control itself stays between two values: dB of a fader, −1..1 of a pan."""

    tracks: tuple[str, ...]
    parameter: MoveParameter = "fader"
    lowest: float = -math.inf
    highest: float = math.inf

    def __str__(self) -> str:
        unit = " dB" if self.parameter == "fader" else ""
        return f"{self.parameter} of {_names(self.tracks)} between {self.lowest:g} and {self.highest:g}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """No more than ± `most` from where the control is now."""

    tracks: tuple[str, ...]
    most: float
    parameter: MoveParameter = "fader"

    def __str__(self) -> str:
        unit = " dB" if self.parameter == "fader" else ""
        return f"{self.parameter} of {_names(self.tracks)} moves by no more than ±{self.most:g}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """These move together: faders by the same dB, pans by the same way outward or inward."""

    tracks: tuple[str, ...]
    parameter: TieParameter = "fader"

    def __str__(self) -> str:
        what = "faders and pans" if self.parameter == "all" else f"{self.parameter}s"
        return f"{what} of {_names(self.tracks)} move together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Each track of `above` is at least `by_db` louder than each of `below` (integrated, at the master)."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    by_db: float = 0.0

    def __str__(self) -> str:
        return f"{_names(self.above)} ≥ {_names(self.below)} {self.by_db:+g} dB"


@dataclass(frozen=True, slots=True, kw_only=True)
class StayInRange:
    """The level stays where 90 % of engineers keep such tracks, counted from the present mean of all tracks."""

    tracks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_names(self.tracks)} within the range of engineers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centered:
    """The pan is in the center."""

    tracks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_names(self.tracks)} in the center"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """These tracks together get no louder than now, by `by_db` at most (integrated, at the master)."""

    tracks: tuple[str, ...]
    by_db: float = 0.0

    def __str__(self) -> str:
        return f"{_names(self.tracks)} together no louder than now {self.by_db:+g} dB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """The mix into the master chain stays at or under an integrated loudness."""

    highest_lufs: float

    def __str__(self) -> str:
        return f"the mix at or under {self.highest_lufs:g} LUFS"


@dataclass(frozen=True, slots=True, kw_only=True)
class FewMoves:
    """No more controls than this are moved in all."""

    most: int

    def __str__(self) -> str:
        return f"no more than {self.most} moves"


Constraint = Lock | Range | Limit | Tie | Order | StayInRange | Centered | Sum | Headroom | FewMoves
_KINDS: dict[str, type[Constraint]] = {
    "lock": Lock, "range": Range, "limit": Limit, "tie": Tie, "order": Order, "stay_in_range": StayInRange,
    "centered": Centered, "sum": Sum, "headroom": Headroom, "moves": FewMoves,
}  # fmt: skip
_NAME_OF = {kind: name for name, kind in _KINDS.items()}
_PARAMETERS: dict[type[Constraint], tuple[str, ...]] = {
    Lock: get_args(LockParameter), Range: get_args(MoveParameter), Limit: get_args(MoveParameter),
    Tie: get_args(TieParameter),
}  # fmt: skip
_LEAST: dict[str, float] = {"most": 0.0}
_TRACK_KEYS = ("tracks", "above", "below")


def constraint_from_table(table: object, place: str) -> Constraint:
    """The constraint of one TOML table. Raises InputError that names `place` and the key."""
    if not isinstance(table, Mapping):
        raise InputError(f"{place} is not a table.", next_step="Write it as [[constraints]] with a kind.")
    kind = _KINDS.get(str(table.get("kind", "")))
    if kind is None:
        raise InputError(
            f"{place} has the kind {table.get('kind')!r}, which is unknown.", why=f"Known kinds: {', '.join(_KINDS)}."
        )
    known = {field.name: field for field in fields(kind)}
    for key in table:
        if key != "kind" and key not in known:
            raise InputError(f"{place} has the unknown key {key!r}.", why=f"Keys of its kind: {', '.join(known)}.")
    for name, field in known.items():
        if field.default is MISSING and name not in table:
            raise InputError(f"{place} lacks the key {name!r}.", why=f"Its kind is {table['kind']!r}.")
    values = {key: _value(kind, key, value, place) for key, value in table.items() if key != "kind"}
    return _checked(kind(**values), place)


def constraint_to_table(constraint: Constraint) -> dict[str, Any]:
    """The table that `constraint_from_table` reads; keys at their defaults are left out."""
    defaults = {field.name: field.default for field in fields(constraint)}
    values = {key: value for key, value in asdict(constraint).items() if value != defaults[key]}
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return {"kind": _NAME_OF[type(constraint)], **plain}


def constraints_from_tables(tables: object) -> tuple[Constraint, ...]:
    """Every `[[constraints]]` of a brief, in its order."""
    if not isinstance(tables, list):
        raise InputError("The key 'constraints' is not a list of tables.", next_step="Write each as [[constraints]].")
    return tuple(constraint_from_table(table, f"Constraint {n}") for n, table in enumerate(tables, start=1))


def constraints_to_json(constraints: Sequence[Constraint]) -> str:
    """The text that is kept with a project."""
    return json.dumps([constraint_to_table(each) for each in constraints], ensure_ascii=False)


def constraints_from_json(text: str) -> tuple[Constraint, ...]:
    """Raises InputError for a text that `constraints_to_json` did not write."""
    try:
        return constraints_from_tables(json.loads(text))
    except ValueError:
        raise InputError(
            "The constraints that are kept with the project cannot be read.", next_step="Keep them again from a brief."
        ) from None


def constraints_to_toml(constraints: Sequence[Constraint]) -> str:
    """The tables of a brief, for people to edit. JSON's strings, lists and numbers are TOML's too."""
    tables = (
        "\n".join(
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in constraint_to_table(constraint).items()
        )
        for constraint in constraints
    )
    return "\n".join(f"[[constraints]]\n{table}\n" for table in tables)


def constraints_from_toml(text: str) -> tuple[Constraint, ...]:
    """Raises InputError that says what cannot be read."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("The constraints are not valid TOML.", why=f"{error}.") from None
    unknown = [key for key in data if key != "constraints"]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no constraint.", next_step="Begin each constraint with [[constraints]].")
    return constraints_from_tables(data.get("constraints", []))


def minimal_conflict(
    constraints: Sequence[Constraint], is_feasible: Callable[[Sequence[Constraint]], bool]
) -> tuple[Constraint, ...]:
    """A set that contradicts itself and would not, were any one of it missing (deletion filter, Chinneck 2008, §6.1).

    Empty when all of them can be met.
    """
    if is_feasible(constraints):
        return ()
    kept = list(constraints)
    for constraint in constraints:
        others = [other for other in kept if other is not constraint]
        if not is_feasible(others):
            kept = others
    return tuple(kept)


def refusal(conflict: Sequence[Constraint]) -> InputError:
    """The sentence for constraints that cannot hold together."""
    named = "; ".join(f"“{constraint}”" for constraint in conflict)
    return InputError(
        "The constraints contradict each other." if len(conflict) > 1 else "A constraint cannot be met.",
        why=f"{named} cannot hold {'together' if len(conflict) > 1 else 'with what may be moved here'}.",
        next_step="Loosen or remove one of them in the brief.",
    )


def _value(kind: type[Constraint], key: str, value: object, place: str) -> Any:
    if key in _TRACK_KEYS:
        listed = [value] if isinstance(value, str | int) and not isinstance(value, bool) else value
        if not isinstance(listed, Sequence) or not listed or not all(isinstance(each, str | int) for each in listed):
            raise InputError(f"{place}: {key!r} is not a list of tracks.", next_step='Write ["Kick", "role:bass"].')
        return tuple(map(str, listed))
    if key == "parameter":
        if value not in _PARAMETERS[kind]:
            raise InputError(f"{place}: {key!r} is {value!r}.", why=f"It is one of {', '.join(_PARAMETERS[kind])}.")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise InputError(f"{place}: {key!r} is {value!r}, which is no number.")
    if value < _LEAST.get(key, -math.inf):
        raise InputError(f"{place}: {key!r} is {value!r}, which is under {_LEAST[key]:g}.")
    return int(value) if kind is FewMoves else float(value)


def _checked(constraint: Constraint, place: str) -> Constraint:
    if isinstance(constraint, Range) and constraint.lowest > constraint.highest:
        raise InputError(f"{place}: 'lowest' {constraint.lowest:g} is over 'highest' {constraint.highest:g}.")
    if isinstance(constraint, Range) and math.inf == constraint.highest == -constraint.lowest:
        raise InputError(f"{place} has neither 'lowest' nor 'highest'.")
    return constraint


def _names(tracks: Sequence[str]) -> str:
    return " + ".join(
        each.removeprefix("role:").replace("_", " ") if each.startswith("role:") else each for each in tracks
    )
