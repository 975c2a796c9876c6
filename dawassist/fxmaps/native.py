"""Decoded states of stock plug-ins as normalized parameters, and what a fresh instance holds."""

import base64
from functools import cache

from dawassist.errors import NotModelled
from dawassist.fxmaps.laws import GainLaw
from dawassist.fxmaps.loading import fx_maps
from dawassist.fxmaps.model import FxMap, ParameterMap
from dawassist.rpp.chunks import CompState, EqState, decode_reacomp, decode_readelay, decode_reaeq
from dawassist.units import gain_to_db

IN_PARAMETER_ORDER = ("ReaComp", "ReaGate", "ReaVerbate")  # whose states hold the native values one after the other


def decoded(known: FxMap, state: bytes) -> EqState | CompState:
    """Raises NotModelled where the layout is not known."""
    if known.name == "ReaEQ":
        return decode_reaeq(state)
    if known.name in IN_PARAMETER_ORDER:
        return decode_reacomp(state)
    if known.name == "ReaDelay":
        return decode_readelay(state)
    raise NotModelled(f"The state of {known.name} is not known.")


def parameters_of(known: FxMap, state: EqState | CompState) -> tuple[ParameterMap, ...]:
    """The parameters that a state holds; older states hold fewer. Raises NotModelled for a band of unknown type."""
    if isinstance(state, EqState):
        return known.parameters([band.kind for band in state.bands])
    return known.parameters()[: len(state.values)]


def normalized_of(known: FxMap, state: EqState | CompState) -> tuple[float, ...]:
    """The normalized value of each of `parameters_of`."""
    parameters = parameters_of(known, state)
    if isinstance(state, EqState):
        physical = [v for b in state.bands for v in (b.frequency_hz, gain_to_db(b.gain), b.octaves)]
        physical.append(gain_to_db(state.global_gain))
        return tuple(p.normalized(value) for p, value in zip(parameters, physical, strict=True))
    return tuple(
        min(max(value / native_full_scale(p), 0.0), 1.0) for p, value in zip(parameters, state.values, strict=True)
    )


def native_full_scale(parameter: ParameterMap) -> float:
    return parameter.law.full_scale if isinstance(parameter.law, GainLaw) else 1.0


@cache
def fresh_values(name: str) -> tuple[float, ...]:
    """The normalized values of a new instance of a stock plug-in that can be inserted."""
    known = fx_maps()[name]
    assert known.block is not None
    return normalized_of(known, decoded(known, base64.b64decode(known.block.state)))
