"""States of REAPER's own plug-ins as a project file holds them.

ReaEQ and ReaComp states are encoded by `dawassist.rpp.chunks`; headers and tails are those that real projects show.
ReaVerbate: an 8-byte sentinel and float32 wet, dry, room size, dampening, width, initial delay, low-pass, high-pass.
"""

import base64
import struct
from dataclasses import dataclass

from dawassist.rpp.chunks import CompState, EqBand, EqState, encode_reacomp, encode_reaeq

LOW_SHELF, HIGH_SHELF, HIGH_PASS, BAND = 0, 1, 4, 8
_EQ_TAIL = base64.b64decode("AQAAAAEAAAAAAAAAAADwPwAAAABAAgAAawEAAAIAAAA=")
_SENTINEL = bytes.fromhex("efbeadde0df0adde")
_COMP_DEFAULTS = (
    1.0, 3 / 99, 3 / 500, 100 / 5000, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 10**-7.5, 1.0, 0.0, 0.05, 0.0, 0.0, 0.0, 0.25, 0.0,
    0.0, 0.0,
)  # fmt: skip
_TWO_IN = "7l7t/gIAAAABAAAAAAAAAAIAAAAAAAAAAgAAAAEAAAAAAAAAAgAAAAAAAAA="
_FOUR_IN = "717t/gQAAAABAAAAAAAAAAIAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAA"
_VERB_PINS = "717t/gIAAAABAAAAAAAAAAIAAAAAAAAAAgAAAAEAAAAAAAAAAgAAAAAAAAA="


@dataclass(frozen=True, slots=True)
class _Identity:
    name: str
    file: str
    number: int
    text: str
    pins: str
    flag: int

    def lines(self, state: bytes) -> tuple[str, ...]:
        header = struct.pack("<I", self.number) + base64.b64decode(self.pins)
        header += struct.pack("<III", len(state), self.flag, 0x00100000)
        body = base64.b64encode(state).decode()
        wrapped = [body[at : at + 128] for at in range(0, len(body), 128)]
        head = f'<VST "VST: {self.name} (Cockos)" {self.file}.vst.so 0 "" {self.number}<{self.text}> ""'
        return (head, *(f"  {line}" for line in (base64.b64encode(header).decode(), *wrapped, "AAAQAAAA")), ">")


_REAEQ = _Identity("ReaEQ", "reaeq", 1919247729, "56535472656571726561657100000000", _TWO_IN, 1)
_REACOMP = _Identity("ReaComp", "reacomp", 1919247213, "5653547265636D726561636F6D700000", _FOUR_IN, 0)
_REAVERBATE = _Identity("ReaVerbate", "reaverbate", 1920361016, "56535472766238726561766572626174", _VERB_PINS, 0)


def equalizer(*bands: tuple[int, float, float, float]) -> tuple[str, ...]:
    """ReaEQ; each band is (type, Hz, dB, octaves)."""
    states = tuple(
        EqBand(kind=kind, enabled=True, frequency_hz=hertz, gain=10.0 ** (level_db / 20.0), octaves=octaves)
        for kind, hertz, level_db, octaves in bands
    )
    return _REAEQ.lines(encode_reaeq(EqState(bands=states, global_gain=1.0, tail=_EQ_TAIL)))


def compressor(
    *, threshold_db: float, ratio: float, attack_ms: float, release_ms: float, makeup_db: float = 0.0
) -> tuple[str, ...]:
    """ReaComp; make-up gain is its Wet control."""
    state = CompState(values=_COMP_DEFAULTS, rest=b"")
    settings = (
        (0, 10.0 ** (threshold_db / 20.0)), (1, (ratio - 1.0) / 99.0), (2, attack_ms / 500.0),
        (3, release_ms / 5000.0), (11, 10.0 ** (makeup_db / 20.0)),
    )  # fmt: skip
    for index, value in settings:
        state = state.with_value(index, value)
    return _REACOMP.lines(encode_reacomp(state))


def reverb(*, room_size: float, dampening: float, initial_delay_ms: float, high_pass_hz: float) -> tuple[str, ...]:
    """ReaVerbate, wet only."""
    values = (1.0, 0.0, room_size, dampening, 1.0, initial_delay_ms / 500.0, 1.0, high_pass_hz / 20000.0)
    return _REAVERBATE.lines(_SENTINEL + struct.pack("<8f", *values))
