"""State chunks of plug-ins: the base64 lines of a ``<VST`` element, and the layouts of ReaEQ and ReaComp.

A block holds a header line (its u32 at length − 12 is the state's byte length), the state in lines of 128
characters, and a trailer line with the program name. Layouts are those that real projects show; a state that
differs raises NotModelled and is never touched. Encoding patches a decoded state: bytes that are not understood stay.
"""

import base64
import binascii
import struct
from dataclasses import dataclass, replace

from dawassist.errors import NotModelled, RppError
from dawassist.rpp.tree import Element, Line

_EQ_VERSION = 33
_EQ_BAND = struct.Struct("<IIdddB")
_EQ_HEAD = struct.Struct("<II")
_EQ_TAILS = (28, 32)
_EQ_TAIL_START = struct.pack("<II", 1, 1)
_EQ_MAX_BANDS = 100
_COMP_SENTINEL = bytes.fromhex("efbeadde0df0adde")
_COMP_VALUES = (8, 19, 21, 22)  # 8: ReaVerbate
_MOST_COMP_VALUES = 21
_DELAY_HEAD = struct.Struct("<6I")  # 0, 0, number of taps, bytes of a tap, 2, 0
_DELAY_TAP_BYTES, _DELAY_BYTES = 44, 76


@dataclass(frozen=True, slots=True, kw_only=True)
class EqBand:
    """`kind`: 0 low shelf, 1 high shelf, 4 high-pass, 8 band; `gain` is linear."""

    kind: int
    enabled: bool
    frequency_hz: float
    gain: float
    octaves: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EqState:
    """`global_gain` is linear; `tail` keeps the bytes after the bands."""

    bands: tuple[EqBand, ...]
    global_gain: float
    tail: bytes

    def with_band(self, index: int, band: EqBand) -> "EqState":
        return replace(self, bands=(*self.bands[:index], band, *self.bands[index + 1 :]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompState:
    """Native values in parameter order (amplitudes 0..2, all others 0..1); `rest` keeps the bytes after them, of
    ReaDelay (`is_delay`) those before and between them."""

    values: tuple[float, ...]
    rest: bytes
    is_delay: bool = False

    def with_value(self, index: int, value: float) -> "CompState":
        return replace(self, values=(*self.values[:index], value, *self.values[index + 1 :]))


def read_state(vst: Element) -> bytes:
    """The state bytes of a ``<VST`` element. Raises NotModelled when the block is laid out in another way."""
    lines = [line.content for line in vst.lines()]
    if len(lines) < 3:
        raise NotModelled("The plug-in's state is not laid out as known.", why="It has fewer than three lines.")
    header, state = _decoded(lines[:1], vst.number), _decoded(lines[1:-1], vst.number)
    if len(header) < 12 or int.from_bytes(header[-12:-8], "little") != len(state):
        raise NotModelled("The plug-in's state is not laid out as known.", why="Its length is not in its header.")
    return state


def write_state(vst: Element, state: bytes) -> None:
    """Replace the state by one of the same length; lines whose text does not change keep their bytes.

    Raises NotModelled as `read_state` does, or when the length differs.
    """
    if len(read_state(vst)) != len(state):
        raise NotModelled("A plug-in's state of another length cannot be written.")
    text = base64.b64encode(state)
    position = 0
    for line in vst.lines()[1:-1]:
        size = len(line.content)
        _replace_content(line, text[position : position + size])
        position += size


def decode_reaeq(state: bytes) -> EqState:
    """Raises NotModelled when the layout is not the known one."""
    if len(state) < _EQ_HEAD.size:
        raise NotModelled("This ReaEQ state is not laid out as known.")
    version, count = _EQ_HEAD.unpack_from(state)
    end = _EQ_HEAD.size + count * _EQ_BAND.size
    if version != _EQ_VERSION or count > _EQ_MAX_BANDS or len(state) - end not in _EQ_TAILS:
        raise NotModelled("This ReaEQ state is not laid out as known.", why=f"Version {version}, {count} bands.")
    tail = state[end:]
    rows = list(_EQ_BAND.iter_unpack(state[_EQ_HEAD.size : end]))
    if not tail.startswith(_EQ_TAIL_START) or any(row[1] > 1 or row[5] != 1 for row in rows):
        raise NotModelled("This ReaEQ state is not laid out as known.", why="A flag has an unknown value.")
    bands = tuple(
        EqBand(kind=kind, enabled=bool(enabled), frequency_hz=hz, gain=gain, octaves=octaves)
        for kind, enabled, hz, gain, octaves, _flag in rows
    )
    return EqState(bands=bands, global_gain=struct.unpack_from("<d", tail, len(_EQ_TAIL_START))[0], tail=tail)


def encode_reaeq(state: EqState) -> bytes:
    """Inverse of `decode_reaeq`; the global gain is written as it was read (no project shows another one than 1)."""
    rows = [_EQ_BAND.pack(b.kind, int(b.enabled), b.frequency_hz, b.gain, b.octaves, 1) for b in state.bands]
    return _EQ_HEAD.pack(_EQ_VERSION, len(rows)) + b"".join(rows) + state.tail


def decode_reacomp(state: bytes) -> CompState:
    """Raises NotModelled when the layout is not the known one."""
    count, remainder = divmod(len(state) - len(_COMP_SENTINEL), 4)
    if not state.startswith(_COMP_SENTINEL) or remainder or count not in _COMP_VALUES:
        raise NotModelled("This ReaComp state is not laid out as known.", why=f"It has {len(state)} bytes.")
    known = min(count, _MOST_COMP_VALUES)
    values = struct.unpack_from(f"<{known}f", state, len(_COMP_SENTINEL))
    return CompState(values=values, rest=state[len(_COMP_SENTINEL) + 4 * known :])


def encode_reacomp(state: CompState) -> bytes:
    """Inverse of `decode_reacomp` and `decode_readelay`; values are stored as float32."""
    if state.is_delay:
        head, between = state.rest[: _DELAY_HEAD.size], state.rest[_DELAY_HEAD.size :]
        return head + struct.pack("<2f", *state.values[:2]) + between + struct.pack("<10f", *state.values[2:])
    return _COMP_SENTINEL + struct.pack(f"<{len(state.values)}f", *state.values) + state.rest


def decode_readelay(state: bytes) -> CompState:
    """Wet, dry, and the ten values of one tap. Raises NotModelled for several taps and for any other layout."""
    head = _DELAY_HEAD.unpack_from(state) if len(state) == _DELAY_BYTES else ()
    if head[2:4] != (1, _DELAY_TAP_BYTES):
        raise NotModelled("This ReaDelay state is not laid out as known.", why=f"It has {len(state)} bytes.")
    start = _DELAY_HEAD.size
    wet_dry, tap = struct.unpack_from("<2f", state, start), struct.unpack_from("<10f", state, start + 12)
    return CompState(values=(*wet_dry, *tap), rest=state[:start] + state[start + 8 : start + 12], is_delay=True)


def _decoded(lines: list[bytes], line_number: int) -> bytes:
    try:
        return base64.b64decode(b"".join(lines), validate=True)
    except (binascii.Error, ValueError):
        raise RppError("The plug-in's state is not base64.", line_number=line_number) from None


def _replace_content(line: Line, content: bytes) -> None:
    start = line.raw.find(line.content)
    line.raw = line.raw[:start] + content + line.raw[start + len(line.content) :]
