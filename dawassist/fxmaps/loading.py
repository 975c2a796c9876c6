"""Reading the parameter maps that ship with the plug-ins package."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from dawassist.errors import InputError
from dawassist.fxmaps.laws import law_from_table
from dawassist.fxmaps.model import TAIL_NAMES, BandMap, FreshBlock, FxMap, ParameterTemplate

SCHEMA = 1
_PACKAGE = "dawassist_plugins.maps"


@cache
def fx_maps() -> Mapping[str, FxMap]:
    """Every shipped map by plug-in name. Raises InputError when one is malformed."""
    files = sorted(resources.files(_PACKAGE).iterdir(), key=lambda file: file.name)
    maps = [fx_map_from_toml(file.read_text("utf-8"), file.name) for file in files if file.name.endswith(".toml")]
    return {found.name: found for found in maps}


def fx_map(*names: str) -> FxMap | None:
    """The map of a plug-in, known by its original name (``VST: ReaEQ (Cockos)``) or its file (any folder, any case)."""
    for found in fx_maps().values():
        for name in names:
            file = name.replace("\\", "/").rpartition("/")[2].partition("<")[0].lower()
            if name in found.fx_names or file in found.files:
                return found
    return None


def fx_map_from_toml(text: str, file_name: str) -> FxMap:
    """Raises InputError, naming the file, when anything is missing, unknown or contradictory."""
    try:
        return _fx_map(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The parameter map {file_name} cannot be read.", why=f"{error!r}.") from None
    except InputError as error:
        raise InputError(f"The parameter map {file_name} cannot be read.", why=error.sentence) from None


def _fx_map(data: dict[str, Any]) -> FxMap:
    if data["schema"] != SCHEMA:
        raise InputError(f"Schema {data['schema']} is unknown.")
    sources = {str(key): str(value) for key, value in data["sources"].items()}
    tail = tuple(data["tail"])
    if any(name not in TAIL_NAMES for name in tail):
        raise InputError(f"The tail {tail} is unknown.", why=f"Known: {', '.join(TAIL_NAMES)}.")
    return FxMap(
        name=data["name"], fx_names=tuple(data["fx_names"]), files=tuple(data["files"]), vst_id=int(data["vst_id"]),
        formats_without_setting=bool(data["formats_without_setting"]),
        templates=tuple(_template(table, sources) for table in data["parameters"]),
        bands=_bands(data["bands"], sources) if "bands" in data else None, tail=tail, sources=sources,
        block=FreshBlock(**{key: str(value) for key, value in data["block"].items()}) if "block" in data else None,
    )  # fmt: skip


def _bands(data: dict[str, Any], sources: Mapping[str, str]) -> BandMap:
    return BandMap(
        types={int(number): str(name) for number, name in data["types"].items()},
        first_name=data["first_name"],
        name=data["name"],
        parameters=tuple(_template(table, sources) for table in data["parameters"]),
        fresh=tuple((int(kind), float(frequency_hz)) for kind, frequency_hz in data.get("fresh", ())),
    )


def _template(table: dict[str, Any], sources: Mapping[str, str]) -> ParameterTemplate:
    unknown = set(table) - {"name", "unit", "law", "source", "steps", "writable"}
    missing = [name for name in str(table["source"]).split(", ") if name not in sources]
    if unknown or missing:
        raise InputError(f"Parameter {table['name']!r}: unknown {', '.join([*sorted(unknown), *missing])}.")
    return ParameterTemplate(
        name=str(table["name"]), unit=str(table["unit"]), law=law_from_table(table["law"]),
        source=str(table["source"]), steps=int(table.get("steps", 0)), writable=bool(table.get("writable", True)),
    )  # fmt: skip
