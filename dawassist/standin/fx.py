"""Plug-ins of a chain: stock ones with their laws, third-party ones as an opaque fixed list of parameters."""

from dataclasses import replace
from functools import cached_property

from dawassist.errors import NotModelled
from dawassist.rpp.chunks import (
    CompState,
    EqBand,
    EqState,
    decode_reacomp,
    decode_readelay,
    decode_reaeq,
    encode_reacomp,
    encode_reaeq,
    read_state,
    write_state,
)  # fmt: skip
from dawassist.rpp.tree import Element, Line
from dawassist.standin import stock_fx
from dawassist.standin.envelope import Envelope
from dawassist.standin.fields import guid_or_new, read_number, read_text, write_line_number
from dawassist.standin.stock_fx import Parameter
from dawassist.standin.undo import History

TAIL = ("bypass", "wet", "delta")
_FOLDER = "/opt/REAPER/Plugins/FX/"
_CUSTOM_NAME = {"VST": 4, "CLAP": 4, "AU": 4, "JS": 2, "CONTAINER": 2}


class Fx:
    """One plug-in. `values` are normalized; REAPER's own Bypass, Wet and Delta follow as the last parameters."""

    def __init__(self, element: Element, bypass: Line, lines: dict[str, Line], history: History) -> None:
        self.element = element
        self.bypass_line = bypass
        self.lines = lines
        self._history = history
        self._state = _decoded(element)
        self.parameters = self._known_parameters()
        self.values = self._known_values()
        self.envelopes: list[Envelope] = []
        self.quantum: dict[int, float] = {}  # parameter → step: a plug-in that snaps what it is given

    @cached_property
    def kind(self) -> str:
        own = self.element.text(1)
        return (
            own.partition(":")[0]
            if self.element.tag in ("VST", "AU", "CLAP", "DX") and ":" in own
            else self.element.tag
        )

    @cached_property
    def file_name(self) -> str:
        return self.element.text(2) if self.element.tag in ("VST", "AU", "DX") else self.element.text(1)

    @cached_property
    def ident(self) -> str:
        if self.element.tag == "VST":
            return f"{_FOLDER}{self.file_name}<{self.element.text(5).partition('<')[0]}"
        return self.file_name

    @cached_property
    def name(self) -> str:
        custom = self.element.text(_CUSTOM_NAME[self.element.tag]) if self.element.tag in _CUSTOM_NAME else ""
        own = self.element.text(1)
        return custom or (f"JS: {own}" if self.element.tag == "JS" else own)

    @cached_property
    def guid(self) -> str:
        return guid_or_new(read_text(self.lines.get("FXID"), 1))

    @cached_property
    def is_cockos(self) -> bool:
        """Formats values without setting them (Cockos VST extensions)."""
        return "(Cockos)" in self.element.text(1)

    @cached_property
    def is_gate(self) -> bool:
        return "ReaGate" in self.element.text(1)

    @cached_property
    def is_reverb(self) -> bool:
        return "ReaVerbate" in self.element.text(1)

    @cached_property
    def is_delay(self) -> bool:
        return "ReaDelay" in self.element.text(1)

    @property
    def state(self) -> EqState | CompState | None:
        """The decoded state of a stock plug-in."""
        return self._state

    def config(self, name: str) -> str | None:
        """A configuration value that only some plug-ins have; None where there is none."""
        if not isinstance(self._state, EqState):
            return None
        for number, band in enumerate(self._state.bands):
            if name in (f"BANDTYPE{number}", f"BANDENABLED{number}"):
                return str(band.kind if name.startswith("BANDTYPE") else int(band.enabled))
        return None

    def set_config(self, name: str, value: str) -> bool:
        """Set type or switch of a band; parameters are named after the type from then on. Other names do nothing."""
        if self.config(name) is None or not isinstance(self._state, EqState):
            return False
        number = int(name.lstrip("BANDTYPEL"))
        band = self._state.bands[number]
        changed = replace(band, kind=int(value)) if "TYPE" in name else replace(band, enabled=value != "0")
        self._become(self._state.with_band(number, changed))
        return True

    def _become(self, state: EqState) -> None:
        before, lines = self._state, [(line, line.raw) for line in self.element.lines()]

        def do() -> None:
            self._state = state
            write_state(self.element, encode_reaeq(state))
            self.parameters = self._known_parameters()

        def undo() -> None:
            self._state = before
            for line, raw in lines:
                line.raw = raw
            self.parameters = self._known_parameters()

        self._history.do(do, undo)

    @property
    def is_enabled(self) -> bool:
        return read_number(self.bypass_line, 1, 0.0) == 0.0

    @property
    def is_offline(self) -> bool:
        return read_number(self.bypass_line, 2, 0.0) != 0.0

    def set_enabled(self, enabled: bool) -> None:
        write_line_number(self._history, self.bypass_line, 1, float(not enabled))

    @property
    def count(self) -> int:
        return len(self.parameters) + len(TAIL)

    def parameter_name(self, index: int) -> str:
        own = len(self.parameters)
        return self.parameters[index].name if index < own else TAIL[index - own].capitalize()

    def parameter_ident(self, index: int) -> str:
        own = len(self.parameters)
        return self.parameters[index].ident(index) if index < own else f":{TAIL[index - own]}"

    def value(self, index: int) -> float:
        own = len(self.values)
        if index < own:
            return self.values[index]
        return (float(not self.is_enabled), read_number(self.lines.get("WET"), 1, 1.0), 0.0)[index - own]

    def text(self, index: int, value: float | None = None) -> str:
        shown = self.value(index) if value is None else value
        own = len(self.parameters)
        return self.parameters[index].text(shown) if index < own else f"{shown:.2f}"

    def range(self, index: int) -> tuple[float, float]:
        if index >= len(self.parameters):
            return 0.0, 1.0
        return self.parameters[index].minimum, self.parameters[index].maximum

    def set_value(self, index: int, normalized: float) -> bool:
        """Set a parameter; the plug-in clips it, and snaps it where it has steps."""
        own = len(self.parameters)
        value = min(max(normalized, 0.0), 1.0)
        if index in self.quantum:
            value = round(value / self.quantum[index]) * self.quantum[index]
        if index < own:
            self._set_own(index, value)
        elif TAIL[index - own] == "bypass":
            self.set_enabled(value < 0.5)
        elif TAIL[index - own] == "wet" and "WET" in self.lines:
            write_line_number(self._history, self.lines["WET"], 1, value)
        else:
            raise NotModelled(f"not modelled in the stand-in: setting {TAIL[index - own]} of a plug-in")
        return True

    def _set_own(self, index: int, value: float) -> None:
        before, old_state = self.values[index], self._state
        old_lines = [(line, line.raw) for line in self.element.lines()]

        def do() -> None:
            self.values[index] = value
            self._encode(index, value)

        def undo() -> None:
            self.values[index] = before
            self._state = old_state
            for line, raw in old_lines:
                line.raw = raw

        self._history.do(do, undo)

    def _encode(self, index: int, value: float) -> None:
        """Carry a parameter into the chunk; a third-party plug-in's chunk is opaque and stays."""
        if isinstance(self._state, CompState):
            self._state = self._state.with_value(index, value * self.parameters[index].maximum)
            write_state(self.element, encode_reacomp(self._state))
        elif isinstance(self._state, EqState) and index < 3 * len(self._state.bands):
            band, part = divmod(index, 3)
            self._state = self._state.with_band(band, _patched(self._state.bands[band], part, value))
            write_state(self.element, encode_reaeq(self._state))

    def _known_parameters(self) -> list[Parameter]:
        if isinstance(self._state, EqState):
            return stock_fx.eq_parameters(self._state)
        if isinstance(self._state, CompState):
            named = stock_fx.gate_parameters if self.is_gate else stock_fx.comp_parameters
            named = stock_fx.verbate_parameters if self.is_reverb else named
            named = stock_fx.delay_parameters if self.is_delay else named
            return named(len(self._state.values))
        return stock_fx.opaque_parameters(self.file_name)

    def _known_values(self) -> list[float]:
        if isinstance(self._state, EqState):
            return stock_fx.eq_normalized(self._state)
        if isinstance(self._state, CompState):
            return stock_fx.native_normalized(self._state, self.parameters)
        return [0.1 * place % 1.0 for place in range(len(self.parameters))]


def _patched(band: EqBand, part: int, normalized: float) -> EqBand:
    if part == 0:
        return replace(band, frequency_hz=stock_fx.eq_frequency_hz(normalized))
    return replace(band, gain=4.0 * normalized) if part == 1 else replace(band, octaves=4.0 * normalized)


def load_chain(chain: Element | None, history: History) -> list[Fx]:
    """The plug-ins of a chain: each is the element behind a BYPASS line, its own lines follow it."""
    found: list[Fx] = []
    bypass: Line | None = None
    for child in chain.children if chain else ():
        if isinstance(child, Line):
            if child.tag == "BYPASS":
                bypass = child
            elif found and bypass is None:
                found[-1].lines.setdefault(child.tag, child)
        elif bypass is not None:
            found.append(Fx(child, bypass, {}, history))
            bypass = None
        elif found and child.tag == "PARMENV":
            index = int(child.text(1).partition(":")[0])
            found[-1].envelopes.append(Envelope(child, history, None, fx=found[-1], parameter=index))
    return found


def _decoded(element: Element) -> EqState | CompState | None:
    if element.tag != "VST":
        return None
    try:
        if "ReaEQ" in element.text(1):
            return decode_reaeq(read_state(element))
        if any(name in element.text(1) for name in ("ReaComp", "ReaGate", "ReaVerbate")):
            return decode_reacomp(read_state(element))
        if "ReaDelay" in element.text(1):
            return decode_readelay(read_state(element))
    except NotModelled:
        return None
    return None
