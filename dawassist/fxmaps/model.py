"""What is known about a plug-in's parameters: names, idents, units, laws, and where each fact comes from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dawassist.errors import NotModelled
from dawassist.fxmaps.laws import Law

TAIL_NAMES = {"bypass": "Bypass", "wet": "Wet", "delta": "Delta"}  # what REAPER appends to every plug-in


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterMap:
    """`index` and `ident` are REAPER's, such as ``0:_Threshold``; `source` names entries of the map's sources."""

    index: int
    ident: str
    name: str
    unit: str
    law: Law
    source: str
    steps: int = 0  # 0: continuous
    writable: bool = True

    def physical(self, normalized: float) -> float:
        """The value in `unit` of a normalized 0..1."""
        return self.law.physical(normalized)

    def normalized(self, physical: float) -> float:
        """The nearest normalized 0..1 of a value in `unit`; values beyond the range give its end."""
        return min(max(self.law.normalized(physical), 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterTemplate:
    """A parameter before its index is known; of a band, `name` is the part that the band's name completes."""

    name: str
    unit: str
    law: Law
    source: str
    steps: int = 0
    writable: bool = True

    def at(self, index: int, name: str) -> ParameterMap:
        ident = f"{index}:_{re.sub(r'[^0-9A-Za-z]', '_', name)}"
        return ParameterMap(
            index=index, ident=ident, name=name, unit=self.unit, law=self.law, source=self.source,
            steps=self.steps, writable=self.writable,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BandMap:
    """Parameters that repeat for each band of an equalizer; `types` names the band types by their number.

    `fresh` holds type and frequency in Hz of each band of a new instance.
    """

    types: Mapping[int, str]
    first_name: str
    name: str
    parameters: tuple[ParameterTemplate, ...]
    fresh: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshBlock:
    """What a new instance is in a project file: its id, and the base64 texts of header, state and trailer."""

    id: str
    header: str
    state: str
    trailer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FxMap:
    """`tail` lists which of Bypass, Wet, Delta REAPER appends, in order. Without `block` it is never inserted."""

    name: str
    fx_names: tuple[str, ...]
    files: tuple[str, ...]
    vst_id: int
    formats_without_setting: bool
    templates: tuple[ParameterTemplate, ...]
    bands: BandMap | None
    tail: tuple[str, ...]
    sources: Mapping[str, str]
    block: FreshBlock | None = None

    def parameters(self, band_types: Sequence[int] = ()) -> tuple[ParameterMap, ...]:
        """The plug-in's own parameters in order, without the tail. Raises NotModelled for an unknown band type."""
        found: list[ParameterMap] = []
        for number, band_type in enumerate(band_types, start=1):
            found.extend(self._band(number, band_type))
        for template in self.templates:
            found.append(template.at(len(found), template.name))
        return tuple(found)

    def _band(self, number: int, band_type: int) -> list[ParameterMap]:
        if self.bands is None or band_type not in self.bands.types:
            raise NotModelled(f"{self.name} has a band of type {band_type}.", why="Its map does not know that type.")
        pattern = self.bands.first_name if number == 1 else self.bands.name
        start = (number - 1) * len(self.bands.parameters)
        return [
            t.at(start + k, pattern.format(parameter=t.name, type=self.bands.types[band_type], number=number))
            for k, t in enumerate(self.bands.parameters)
        ]
