"""Parameters of Cockos' stock plug-ins: names, laws between the normalized value and what is shown.

Facts are those of public measurements: ReaEQ's frequency law 20 + 59.95·(401^n − 1) Hz, its gain amp/4 and octaves/4;
full scales of ReaComp, ReaGate, ReaVerbate, ReaLimit and ReaDelay. What nobody has measured is shown as a number.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from dawassist.rpp.chunks import CompState, EqState
from dawassist.units import SILENCE_DB, gain_to_db

Text = Callable[[float], str]
_EQ_BAND_NAMES = {0: "Low Shelf", 1: "High Shelf", 4: "High Pass", 8: "Band"}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    text: Text  # of the normalized value
    minimum: float = 0.0
    maximum: float = 1.0

    def ident(self, index: int) -> str:
        plain = "".join(c if c.isalnum() and c.isascii() else "_" for c in self.name)
        return f"{index}:_{plain}"


def eq_parameters(state: EqState) -> list[Parameter]:
    found = []
    for number, band in enumerate(state.bands, start=1):
        label = _EQ_BAND_NAMES.get(band.kind, "Band") + (f" {number}" if number > 1 else "")
        found += [
            Parameter(f"Freq-{label}", lambda n: f"{eq_frequency_hz(n):.1f}"),
            Parameter(f"Gain-{label}", lambda n: _db(4.0 * n)),
            Parameter(f"BW-{label}", lambda n: f"{4.0 * n:.2f}"),
        ]
    found.append(Parameter("Global Gain", lambda n: _db(4.0 * n)))
    return found


def eq_normalized(state: EqState) -> list[float]:
    values = [
        value for b in state.bands for value in (eq_frequency_normalized(b.frequency_hz), b.gain / 4.0, b.octaves / 4.0)
    ]
    return [*values, state.global_gain / 4.0]


def eq_frequency_hz(normalized: float) -> float:
    return float(20.0 + 59.95 * (401.0**normalized - 1.0))


def eq_frequency_normalized(frequency_hz: float) -> float:
    return math.log((frequency_hz - 20.0) / 59.95 + 1.0) / math.log(401.0)


def comp_parameters(count: int) -> list[Parameter]:
    known = [
        _amplitude("Threshold"), _linear("Ratio", 99.0, 1.0), _linear("Attack", 500.0), _linear("Release", 5000.0),
        _linear("Pre-comp", 250.0), _number("resvd"), _linear("Lowpass", 20000.0), _linear("Hipass", 20000.0),
        _number("SignIn"), _number("AudIn"), _amplitude("Dry"), _amplitude("Wet"), _number("Filter preview"),
        _linear("RMS size", 100.0), _linear("Knee", 24.0), _number("AutoMakeUp"), _number("AutoRelease"),
    ]  # fmt: skip
    known += [_number(f"Parameter {number}") for number in range(len(known) + 1, count + 1)]
    return known[:count]


def gate_parameters(count: int) -> list[Parameter]:
    known = [
        _amplitude("Threshold"), _linear("Attack", 500.0), _linear("Release", 5000.0), _linear("Pre-open", 250.0),
        _linear("Hold", 1000.0), _linear("Lowpass", 20000.0), _linear("Hipass", 20000.0), _number("SignIn"),
        _number("AudIn"), _amplitude("Dry"), _amplitude("Wet"), _number("Noise"), _amplitude("Hysteresis"),
        _number("Preview filter"), _linear("RMS size", 100.0), _number("Send MIDI"), _number("MIDI note"),
        _number("MIDI channel"), _number("Invert wet"),
    ]  # fmt: skip
    known += [_number(f"Parameter {number}") for number in range(len(known) + 1, count + 1)]
    return known[:count]


def verbate_parameters(count: int) -> list[Parameter]:
    known = [
        _amplitude("Wet"), _amplitude("Dry"), _linear("Room size", 100.0), _linear("Dampening", 100.0),
        _linear("Stereo width", 2.0, -1.0), _linear("Initial delay", 500.0), _linear("Lowpass", 20000.0),
        _linear("Hipass", 20000.0),
    ]  # fmt: skip
    return known[:count]


def delay_parameters(count: int) -> list[Parameter]:
    known = [
        _amplitude("Wet"), _amplitude("Dry"), _number("1: Enabled"), _linear("1: Length (time)", 10000.0),
        _number("1: Length (musical)"), _amplitude("1: Feedback"), _linear("1: Lowpass", 20000.0),
        _linear("1: Hipass", 20000.0), _number("1: Resolution"), _linear("1: Stereo width", 2.0, -1.0),
        _amplitude("1: Volume"), _linear("1: Pan", 2.0, -1.0),
    ]  # fmt: skip
    return known[:count]


def native_normalized(state: CompState, parameters: list[Parameter]) -> list[float]:
    """Of a state that holds native values: amplitudes up to 2, all others up to 1."""
    return [min(max(v / p.maximum, 0.0), 1.0) for v, p in zip(state.values, parameters, strict=True)]


def opaque_parameters(ident: str) -> list[Parameter]:
    """A third-party plug-in: a fixed list that follows from its name."""
    count = 8 + sum(ident.encode()) % 40
    return [_number(f"Param {number}") for number in range(1, count + 1)]


def _amplitude(name: str) -> Parameter:
    return Parameter(name, lambda n: _db(2.0 * n), 0.0, 2.0)


def _linear(name: str, full_scale: float, offset: float = 0.0) -> Parameter:
    return Parameter(name, lambda n: f"{offset + full_scale * n:.2f}")


def _number(name: str) -> Parameter:
    return Parameter(name, lambda n: f"{n:.3f}")


def _db(gain: float) -> str:
    level = gain_to_db(gain)
    return "-inf" if level <= SILENCE_DB else f"{level:.1f}"
