"""FX chains of a project file. Parameters are known for the stock plug-ins whose state and map are known."""

from dataclasses import dataclass, field

from dawassist.fxmaps import fx_map
from dawassist.fxmaps.model import TAIL_NAMES
from dawassist.projectfile.envelopes import read_envelope
from dawassist.projectfile.fields import guid_or_made
from dawassist.projectfile.fxstate import StockState, read_config, read_stock_state
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import Fx, FxParameter
from dawassist.units import physical

_CUSTOM_NAME = {"VST": 4, "CLAP": 4, "AU": 4, "JS": 2, "CONTAINER": 2, "VIDEO_EFFECT": 2}  # field of the head line


@dataclass(slots=True)
class FxSlot:
    """One FX of a chain: its BYPASS line, its element, and the lines and elements that follow up to the next FX."""

    place: str
    element: Element
    bypass: Line
    lines: dict[str, Line] = field(default_factory=dict)
    envelopes: list[Element] = field(default_factory=list)

    @property
    def guid(self) -> str:
        line = self.lines.get("FXID")
        return guid_or_made(line.text(1) if line else "", self.place)

    @property
    def original_name(self) -> str:
        return self.element.text(1)

    def stock_state(self) -> StockState | None:
        """The decoded state of a stock plug-in; None where the plug-in or the layout of its state is not known."""
        known = fx_map(self.original_name, self.element.text(2)) if self.element.tag == "VST" else None
        return read_stock_state(self.element, known) if known else None


def fx_slots(chain: Element | None, place: str) -> list[FxSlot]:
    """The FX of a chain in order; an FX is the element behind a BYPASS line. `place` names the chain."""
    slots: list[FxSlot] = []
    bypass: Line | None = None
    for child in chain.children if chain else ():
        if isinstance(child, Line):
            tag = child.tag
            if tag == "BYPASS":
                bypass = child
            elif slots and not bypass:
                slots[-1].lines.setdefault(tag, child)
        elif bypass:
            slots.append(FxSlot(place=f"{place} fx {len(slots)}", element=child, bypass=bypass))
            bypass = None
        elif slots and child.tag == "PARMENV":
            slots[-1].envelopes.append(child)
    return slots


def every_slot(chain: Element | None, place: str) -> list[FxSlot]:
    """`fx_slots` with those inside containers."""
    found = fx_slots(chain, place)
    for slot in found:  # grows while containers are unfolded
        if slot.element.tag == "CONTAINER":
            found.extend(fx_slots(slot.element, slot.place))
    return found


def read_chain(chain: Element | None, place: str) -> tuple[Fx, ...]:
    return tuple(_fx(slot) for slot in fx_slots(chain, place))


def _fx(slot: FxSlot) -> Fx:
    element = slot.element
    own = slot.original_name
    prefix = own.partition(":")[0] if ":" in own else ""
    return Fx(
        guid=slot.guid,
        ident=element.text(2) if element.tag in ("VST", "AU", "DX") else own,
        name=_custom_name(element) or (f"JS: {own}" if element.tag == "JS" else own),
        kind=prefix if element.tag in ("VST", "AU", "CLAP", "DX", "LV2") and prefix else _kind(element.tag),
        enabled=slot.bypass.integer_at(1, 0) == 0,
        offline=slot.bypass.integer_at(2, 0) != 0,
        parameters=_parameters(slot),
        envelopes=tuple(read_envelope(e, "fx_parameter") for e in slot.envelopes),
        children=read_chain(element, slot.place) if element.tag == "CONTAINER" else (),
        config=read_config(element),
    )


def _parameters(slot: FxSlot) -> tuple[FxParameter, ...] | None:
    state = slot.stock_state()
    if state is None:
        return None
    own = [
        FxParameter(ident=p.ident, name=p.name, normalized=physical(value))
        for p, value in zip(state.parameters, state.normalized, strict=True)
    ]
    wet = slot.lines.get("WET")
    tail = {
        "bypass": float(slot.bypass.integer_at(1, 0) != 0),
        "wet": physical(wet.number_at(1, 1.0)) if wet else 1.0,
        "delta": 0.0,
    }
    return (*own, *(FxParameter(ident=f":{key}", name=TAIL_NAMES[key], normalized=tail[key]) for key in state.tail))


def _kind(tag: str) -> str:
    return {"CONTAINER": "Container", "VIDEO_EFFECT": "Video"}.get(tag, tag)


def _custom_name(element: Element) -> str:
    index = _CUSTOM_NAME.get(element.tag)
    return element.text(index) if index else ""
