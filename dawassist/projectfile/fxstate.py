"""A stock plug-in's state in a project file as normalized parameters, and patching one of them."""

import re
from dataclasses import dataclass, replace

from dawassist.errors import NotModelled
from dawassist.fxmaps import FxMap, ParameterMap
from dawassist.fxmaps.native import decoded, native_full_scale, normalized_of, parameters_of
from dawassist.rpp.chunks import (
    CompState,
    EqBand,
    EqState,
    decode_reaeq,
    encode_reacomp,
    encode_reaeq,
    read_state,
    write_state,
)
from dawassist.rpp.tree import Element
from dawassist.units import db_to_gain

_CONFIG = re.compile(r"(BANDTYPE|BANDENABLED)(\d+)")
_PER_BAND = 3  # frequency, gain, bandwidth


@dataclass(frozen=True, slots=True, kw_only=True)
class StockState:
    """`normalized` holds the value of each of `parameters` that the state holds; older states hold fewer."""

    parameters: tuple[ParameterMap, ...]
    normalized: tuple[float, ...]
    tail: tuple[str, ...]
    state: EqState | CompState


def read_stock_state(vst: Element, known: FxMap) -> StockState | None:
    """None where the state is laid out in a way that we do not know."""
    try:
        state = decoded(known, read_state(vst))
        parameters = parameters_of(known, state)
    except NotModelled:
        return None
    normalized = normalized_of(known, state)
    return StockState(parameters=parameters, normalized=normalized, tail=known.tail, state=state)


def read_config(element: Element) -> tuple[tuple[str, str], ...]:
    """Settings that are no parameters: type and switch of ReaEQ's bands."""
    try:
        state = decode_reaeq(read_state(element)) if element.tag == "VST" and "ReaEQ" in element.text(1) else None
    except NotModelled:
        return ()
    return tuple(
        (f"{name}{number}", str(value))
        for number, band in enumerate(state.bands if state else ())
        for name, value in (("BANDTYPE", band.kind), ("BANDENABLED", int(band.enabled)))
    )


def write_parameter(vst: Element, stock: StockState, index: int, normalized: float) -> None:
    """Patch one parameter in the chunk. Raises NotModelled for one whose place in the chunk is not sure."""
    parameter = stock.parameters[index]
    if not parameter.writable:
        raise NotModelled(f"{parameter.name} cannot be written to a project file.", why="Its meaning is not verified.")
    if isinstance(stock.state, CompState):
        native = normalized * native_full_scale(parameter)
        write_state(vst, encode_reacomp(stock.state.with_value(index, native)))
    else:
        band = index // _PER_BAND
        patched = _patched_band(stock.state.bands[band], index % _PER_BAND, parameter.physical(normalized))
        write_state(vst, encode_reaeq(stock.state.with_band(band, patched)))


def write_config(vst: Element, known: FxMap, name: str, value: str) -> None:
    """Patch type or switch of a ReaEQ band. Raises NotModelled for any other setting or value."""
    stock = read_stock_state(vst, known)
    place = _CONFIG.fullmatch(name)
    state = stock.state if stock else None
    if not isinstance(state, EqState) or place is None or int(place.group(2)) >= len(state.bands):
        raise NotModelled(f"The setting {name} cannot be written to a project file.", next_step="Apply it in REAPER.")
    number = int(place.group(2))
    kinds = known.bands.types if known.bands else {}
    is_type = place.group(1) == "BANDTYPE"
    if not value.isdecimal() or (int(value) not in kinds if is_type else value not in ("0", "1")):
        raise NotModelled(f"{value!r} is not a value of {name}.")
    band = state.bands[number]
    patched = replace(band, kind=int(value)) if is_type else replace(band, enabled=value == "1")
    write_state(vst, encode_reaeq(state.with_band(number, patched)))


def _patched_band(band: EqBand, field: int, physical: float) -> EqBand:
    if field == 0:
        return replace(band, frequency_hz=physical)
    return replace(band, gain=db_to_gain(physical)) if field == 1 else replace(band, octaves=physical)
