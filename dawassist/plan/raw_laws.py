"""How the value of a control that people read becomes REAPER's raw value, and back.

``gain``: 10^(dB/20); ``identity``; ``milliseconds``: seconds of milliseconds; ``NAME PARAMETER``: the law of that
parameter in the plug-in's map, such as ``ReaComp Threshold``; ``ReaEQ Q``: the bandwidth of that Q.
"""

from dawassist.console.biquads import octaves_of_q, q_of_octaves
from dawassist.errors import InputError
from dawassist.fxmaps import fx_maps
from dawassist.fxmaps.laws import Law
from dawassist.units import db_to_gain, gain_to_db

_WIDTH, _Q = "ReaEQ BW", "ReaEQ Q"


def raw_of(law: str, value: float) -> float:
    """The raw value. Raises InputError for a law that is not known."""
    if law == "gain":
        return db_to_gain(value)
    if law == "identity":
        return value
    if law == "milliseconds":
        return value / 1000.0
    if law == _Q:
        return raw_of(_WIDTH, octaves_of_q(value))
    return min(max(_parameter_law(law).normalized(value), 0.0), 1.0)


def value_of(law: str, raw: float) -> float:
    """Inverse of `raw_of`."""
    if law == "gain":
        return gain_to_db(raw)
    if law == "identity":
        return raw
    if law == "milliseconds":
        return raw * 1000.0
    return q_of_octaves(value_of(_WIDTH, raw)) if law == _Q else _parameter_law(law).physical(raw)


def _parameter_law(name: str) -> Law:
    plug_in, _, parameter = name.partition(" ")
    known = fx_maps().get(plug_in)
    templates = (*known.templates, *(known.bands.parameters if known.bands else ())) if known else ()
    for template in templates:
        if template.name == parameter:
            return template.law
    raise InputError(f"The law {name!r} is unknown.", why="No map of a plug-in holds such a parameter.")
