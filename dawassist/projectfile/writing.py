"""Setting one control in the tree of a project file: only the line that holds it changes.

What no project we know shows is refused with NotModelled: track width, dual pan, a switch of the master but mute.
"""

import math

from dawassist.errors import NotModelled
from dawassist.projectfile import sends
from dawassist.projectfile.addresses import Addresses
from dawassist.projectfile.fx import FxSlot
from dawassist.projectfile.fxstate import write_parameter
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import MASTER_GUID
from dawassist.session.targets import EnvelopeTarget, FxTarget, ItemTarget, SendField, SendTarget, Target, TrackTarget

_TRACK_LINES = {"fader_gain": ("VOLPAN", 1), "pan": ("VOLPAN", 2), "polarity": ("IPHASE", 1), "mute": ("MUTESOLO", 1)}
_MASTER_LINES = {"fader_gain": ("MASTER_VOLUME", 1), "pan": ("MASTER_VOLUME", 2)}
_SEND_FIELDS: dict[SendField, int] = {
    "level_gain": sends.LEVEL, "pan": sends.PAN, "mute": sends.MUTE, "polarity": sends.POLARITY,
}  # fmt: skip
_SWITCHES = ("polarity", "mute")
_MASTER_MUTE = 1  # flag of MASTERMUTESOLO
_DELAY_FLAGS = 3  # of PLAYOFFS: 1 bypassed, 2 in samples
_DELAY_BYPASSED = 1


def write_value(addresses: Addresses, target: Target, raw: float) -> None:
    """Set `target` to `raw` (units of `session.targets`). Raises NotModelled, with a sentence, for what cannot be."""
    _require_in_range("" if isinstance(target, FxTarget | EnvelopeTarget) else target.field, raw)
    if isinstance(target, TrackTarget):
        _write_track(addresses, target, raw)
    elif isinstance(target, SendTarget):
        _set(addresses.send(target), _SEND_FIELDS[target.field], raw, is_switch=target.field in _SWITCHES)
    elif isinstance(target, ItemTarget):
        line = _line(addresses.item(target), "VOLPAN")
        line.set_number(1, math.copysign(raw, line.number_at(1, 1.0)))
    elif isinstance(target, FxTarget):
        _write_fx(addresses.fx(target), target.param_ident, raw)
    else:
        raise NotModelled("An envelope has no single value.")


def _require_in_range(field: str, raw: float) -> None:
    """Gains are not negative, pans within −1..1, switches 0 or 1."""
    allowed = math.isfinite(raw)
    if field.endswith("_gain"):
        allowed = allowed and raw >= 0.0
    elif field == "pan":
        allowed = allowed and abs(raw) <= 1.0
    elif field in _SWITCHES:
        allowed = raw in (0.0, 1.0)
    if not allowed:
        raise NotModelled(f"{raw} is not a value of that control.")


def _write_track(addresses: Addresses, target: TrackTarget, raw: float) -> None:
    if target.field == "width":
        raise NotModelled("The width of a track cannot be written to a project file.", why="Its field is not verified.")
    if target.track_guid == MASTER_GUID:
        _write_master(addresses.root, target, raw)
        return
    track = addresses.track(target.track_guid)[1]
    if target.field == "play_offset_seconds":
        _write_delay(_line(track, "PLAYOFFS"), raw)
        return
    tag, field = _TRACK_LINES[target.field]
    _set(_line(track, tag), field, raw, is_switch=target.field in _SWITCHES)


def _write_master(root: Element, target: TrackTarget, raw: float) -> None:
    if target.field == "mute":
        line = _line(root, "MASTERMUTESOLO")
        others = line.integer_at(1, 0) & ~_MASTER_MUTE
        line.set_token(1, str(others | (_MASTER_MUTE if raw else 0)))
        return
    if target.field not in _MASTER_LINES:
        raise NotModelled(f"The master has no {target.field.replace('_', ' ')}.")
    tag, field = _MASTER_LINES[target.field]
    _set(_line(root, tag), field, raw, is_switch=False)


def _write_delay(line: Line, seconds: float) -> None:
    """An offset in seconds that plays; no offset is written as REAPER does, bypassed."""
    flags = line.integer_at(2, _DELAY_BYPASSED) & ~_DELAY_FLAGS
    line.set_number(1, seconds)
    line.set_token(2, str(flags if seconds else flags | _DELAY_BYPASSED))


def _write_fx(slot: FxSlot, ident: str, normalized: float) -> None:
    if not 0.0 <= normalized <= 1.0:
        raise NotModelled(f"{normalized} is not between 0 and 1.")
    stock = slot.stock_state()
    if stock is None:
        raise NotModelled("The plug-in's state in a project file is not known.", next_step="Apply it in REAPER.")
    if ident == ":bypass":
        _set(slot.bypass, 1, normalized, is_switch=True)
        return
    if ident == ":wet" and "WET" in slot.lines:
        slot.lines["WET"].set_number(1, normalized)
        return
    index = next((k for k, p in enumerate(stock.parameters) if p.ident == ident), None)
    if index is None:
        raise NotModelled(f"The parameter {ident} cannot be written to this project file.")
    write_parameter(slot.element, stock, index, normalized)


def _set(line: Line, field: int, raw: float, *, is_switch: bool) -> None:
    if is_switch:
        line.set_token(field, "1" if raw else "0")
    else:
        line.set_number(field, raw)


def _line(element: Element, tag: str) -> Line:
    line = element.line(tag)
    if line is None:
        raise NotModelled(f"The project file has no {tag} line there.", next_step="Save it once in REAPER 5 or later.")
    return line
