"""A stock plug-in's state in a project file as normalized parameters, and patching one of them."""

import re
from dataclasses import dataclass, replace

from dawassist.errors import NotModelled
from dawassist.fxmaps import FxMap, ParameterMap
from dawassist.fxmaps.laws import GainLaw
from dawassist.rpp.chunks import (
    CompState,
    EqBand,
    EqState,
    decode_reacomp,
    decode_reaeq,
    encode_reacomp,
    encode_reaeq,
    read_state,
    write_state,
)
from dawassist.rpp.tree import Element
from dawassist.units import db_to_gain, gain_to_db

_CONFIG = re.compile(r"(BANDTYPE|BANDENABLED)(\d+)")
_PER_BAND = 3  # frequency, gain, bandwidth
_IN_PARAMETER_ORDER = ("ReaComp", "ReaGate", "ReaVerbate")  # whose states hold the native values one after the other


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
        if known.name == "ReaEQ":
            return _eq(decode_reaeq(read_state(vst)), known)
        if known.name in _IN_PARAMETER_ORDER:
            return _comp(decode_reacomp(read_state(vst)), known)
    except NotModelled:
        pass
    return None


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
        native = normalized * _native_full_scale(parameter)
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


def _eq(state: EqState, known: FxMap) -> StockState:
    parameters = known.parameters([band.kind for band in state.bands])
    physical = [v for b in state.bands for v in (b.frequency_hz, gain_to_db(b.gain), b.octaves)]
    physical.append(gain_to_db(state.global_gain))
    normalized = tuple(p.normalized(value) for p, value in zip(parameters, physical, strict=True))
    return StockState(parameters=parameters, normalized=normalized, tail=known.tail, state=state)


def _comp(state: CompState, known: FxMap) -> StockState:
    parameters = known.parameters()[: len(state.values)]
    normalized = tuple(
        min(max(value / _native_full_scale(p), 0.0), 1.0) for p, value in zip(parameters, state.values, strict=True)
    )
    return StockState(parameters=parameters, normalized=normalized, tail=known.tail, state=state)


def _native_full_scale(parameter: ParameterMap) -> float:
    return parameter.law.full_scale if isinstance(parameter.law, GainLaw) else 1.0


def _patched_band(band: EqBand, field: int, physical: float) -> EqBand:
    if field == 0:
        return replace(band, frequency_hz=physical)
    return replace(band, gain=db_to_gain(physical)) if field == 1 else replace(band, octaves=physical)
