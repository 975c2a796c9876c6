"""What an engineer types into the Proposed column: ``-2,5 dB``, ``25%L``, ``30 r``, ``center``, ``-inf``, ``2.5k``."""

import re

from dawassist.errors import InputError
from dawassist.units import SILENCE_DB

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_HIGHEST_DB = 12.0
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20_000.0


def parse_value(text: str, unit: str) -> float:
    """The value in the change's unit. Raises InputError with an example for what cannot be read."""
    plain = text.strip().lower().replace("−", "-").replace(",", ".")
    if unit == "pan":
        return _pan(plain, text)
    if unit == "Hz":
        return _frequency(plain, text)
    if unit == "dB" and plain.removesuffix("db").strip() == "-inf":
        return SILENCE_DB
    match = _NUMBER.fullmatch(plain.removesuffix(unit.lower()).strip())
    if match is None:
        raise InputError(f"{text!r} is not a value in {unit}.", next_step=f"Type it like -2.5 {unit}.")
    value = float(match.group())
    if unit == "dB" and not SILENCE_DB <= value <= _HIGHEST_DB:
        raise InputError(f"{text!r} is outside of REAPER's fader, -inf to +12 dB.")
    return value


def _frequency(plain: str, text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(k?)\s*(?:hz)?", plain)
    value = float(match.group(1)) * (1000.0 if match.group(2) else 1.0) if match else 0.0
    if not _LOWEST_HZ <= value <= _HIGHEST_HZ:
        raise InputError(f"{text!r} is not a frequency of 20 Hz to 20 kHz.", next_step="Type it like 80 Hz or 2.5k.")
    return value


def _pan(plain: str, text: str) -> float:
    if plain in ("c", "center", "0"):
        return 0.0
    match = re.fullmatch(r"([-+]?\d+(?:\.\d+)?)\s*%?\s*([lr]?)\w*", plain)
    if match is None or abs(float(match.group(1))) > 100:
        raise InputError(f"{text!r} is not a pan.", next_step="Type it like 25%L, 40 R or center.")
    value = float(match.group(1)) / 100.0
    return -abs(value) if match.group(2) == "l" else value
