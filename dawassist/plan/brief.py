"""The engineer's intent: what to mix for, what to leave alone, where to listen."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from dawassist.errors import InputError
from dawassist.plan.constraints import Constraint, constraints_from_tables
from dawassist.plan.material_kinds import MATERIALS, MaterialKind
from dawassist.plan.taste import Taste

TRACK_REFERENCE = "track:"  # before the name, number or GUID of a track that is the reference
Extra = Literal["delay", "new_envelopes", "reference_tone"]
ScopeKind = Literal["project", "selection", "region", "tracks", "selected"]
_KEYS = frozenset(
    {"target_loudness_lufs", "scope", "strategy", "strength", "locked_tracks", "focus_tracks", "roles"}
    | {"unyielding_tracks", "constraints", "rough_mix", "material", "extras", "reference", "reference_amount"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to measure and where to propose: the project, its time selection, a region by name, some tracks, or those
    that are selected in the session."""

    kind: ScopeKind = "project"
    region: str = ""
    tracks: tuple[str, ...] = ()  # GUIDs, numbers or names, as typed

    @classmethod
    def parse(cls, text: str) -> Self:
        """`project`, `selection`, `selected`, `region=NAME`, `tracks=A,B` (numbers, names or GUIDs)."""
        kind, _, rest = text.partition("=")
        if kind in ("project", "selection", "selected") and not rest:
            return cls(kind=kind)  # type: ignore[arg-type]
        if kind == "region" and rest:
            return cls(kind="region", region=rest)
        if kind == "tracks" and rest:
            return cls(kind="tracks", tracks=tuple(part.strip() for part in rest.split(",") if part.strip()))
        raise InputError(
            f"The scope {text!r} is unknown.",
            next_step="Use project, selection (of time), selected (tracks), region=NAME or tracks=NAME,NAME.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    focus_tracks: tuple[str, ...] = ()  # GUIDs
    target_loudness_lufs: float | None = None
    scope: Scope = field(default_factory=Scope)
    material: MaterialKind | None = None  # None: as it sounds and is called
    strategy: str = "studio"
    strength: float = 1.0  # 0 proposes nothing
    locked_tracks: frozenset[str] = frozenset()  # GUIDs, numbers or names: never touched
    unyielding_tracks: frozenset[str] = frozenset()  # as above: no cut there for what they cover; that is lifted
    pinned_roles: tuple[tuple[str, str], ...] = ()  # (track GUID, number or name; role)
    rough_mix: str = ""  # path of a stereo bounce to match
    reference: str = ""  # path of a recording, or track:NAME
    reference_amount: float = 0.5  # of the way to it, 0..1
    taste: Taste = field(default_factory=Taste)  # what was learned from this engineer's verdicts
    constraints: tuple[Constraint, ...] = ()  # what every plan keeps to
    extras: frozenset[Extra] = frozenset()  # what is proposed only where it is asked for
    rejected: frozenset[str] = frozenset()  # ids of recommendations that are not to come back

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise InputError(f"The strength {self.strength} is outside 0..1.", next_step="Give a number from 0 to 1.")
        unknown = sorted(self.extras - set(get_args(Extra)))
        if unknown:
            raise InputError(f"The extra {unknown[0]!r} is unknown.", why=f"Known: {', '.join(get_args(Extra))}.")
        if not 0.0 <= self.reference_amount <= 1.0:
            raise InputError(
                f"The reference's amount {self.reference_amount} is outside 0..1.",
                next_step="Give a number from 0 (nothing) to 1 (all the way).",
            )

    def changed(self, **values: Any) -> Self:
        return replace(self, **values)


def parse_material(text: str) -> MaterialKind | None:
    """`music`, `speech`, `live`, `post`; None for `auto`."""
    if text == "auto":
        return None
    found = next((kind for kind in MATERIALS if kind == text), None)
    if found is None:
        known = ", ".join(("auto", *MATERIALS))
        raise InputError(f"The material {text!r} is unknown.", next_step=f"Use one of {known}.")
    return found


def load_brief(path: Path) -> Brief:
    """Read a brief from TOML. Keys are the fields of `Brief`; `[roles]` maps a track to its role, and every
    `[[constraints]]` table holds one constraint (see `dawassist.plan.constraints`).

    Raises InputError when the file is missing, is not TOML, or holds an unknown key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The brief {path} cannot be read.", why=f"{error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"The brief {path} is not valid TOML.", why=f"{error}.") from None
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise InputError(
            f"The brief {path} has the unknown key {unknown[0]!r}.", why=f"Known keys: {', '.join(sorted(_KEYS))}."
        )
    try:
        return Brief(
            focus_tracks=tuple(map(str, data.get("focus_tracks", ()))),
            target_loudness_lufs=_optional_number(data.get("target_loudness_lufs")),
            scope=Scope.parse(str(data.get("scope", "project"))),
            material=parse_material(str(data.get("material", "auto"))),
            strategy=str(data.get("strategy", "studio")),
            strength=float(data.get("strength", 1.0)),
            locked_tracks=frozenset(map(str, data.get("locked_tracks", ()))),
            unyielding_tracks=frozenset(map(str, data.get("unyielding_tracks", ()))),
            rough_mix=str(path.parent / str(data["rough_mix"])) if "rough_mix" in data else "",
            reference=_reference(path, str(data.get("reference", ""))),
            reference_amount=float(data.get("reference_amount", 0.5)),
            pinned_roles=tuple((str(track), str(role)) for track, role in data.get("roles", {}).items()),
            extras=frozenset(map(str, data.get("extras", ()))),  # type: ignore[arg-type]
            constraints=constraints_from_tables(data.get("constraints", [])),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The brief {path} has a value of the wrong type.", why=f"{error}.") from None


def _reference(brief: Path, text: str) -> str:
    return text if not text or text.startswith(TRACK_REFERENCE) else str(brief.parent / text)


def _optional_number(value: object) -> float | None:
    return None if value is None else float(str(value))
