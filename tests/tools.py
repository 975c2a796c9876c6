"""Hand-made plug-ins for sessions in tests: stock ones with their fresh values, others opaque."""

from collections.abc import Sequence
from typing import Any

from dawassist.fxmaps import fx_maps
from dawassist.plan.raw_laws import raw_of
from dawassist.session.model import Fx, FxParameter

EQ_BANDS = ((0, True, 100.0, 0.0), (8, True, 300.0, 0.0), (8, True, 1000.0, 0.0), (1, True, 5000.0, 0.0),
            (4, False, 100.0, 0.0))  # fmt: skip
"""Type, switch, frequency and gain of each band of a fresh ReaEQ."""


def make_fx(name: str, guid: str = "{FX}", **fields: Any) -> Fx:
    """A plug-in of which nothing but its name is known."""
    values: dict[str, Any] = {"guid": guid, "ident": name, "name": name, "kind": "VST3", "enabled": True,
                              "offline": False, "parameters": None}  # fmt: skip
    return Fx(**{**values, **fields})


def make_eq(guid: str = "{EQ}", bands: Sequence[tuple[int, bool, float, float]] = EQ_BANDS, **fields: Any) -> Fx:
    known = fx_maps()["ReaEQ"].parameters([kind for kind, *_ in bands])
    raw = [
        value
        for _, _, frequency_hz, gain_db in bands
        for value in (raw_of("ReaEQ Freq", frequency_hz), raw_of("ReaEQ Gain", gain_db), 0.5)
    ]
    config = [
        (f"{name}{number}", str(int(value)))
        for number, (kind, is_on, *_) in enumerate(bands)
        for name, value in (("BANDTYPE", kind), ("BANDENABLED", is_on))
    ]
    return _stock("ReaEQ", guid, zip(known, [*raw, 0.25], strict=True), **{"config": tuple(config), **fields})


def make_comp(guid: str = "{COMP}", **fields: Any) -> Fx:
    """`values` are physical, by the parameter's name."""
    wanted = {"Threshold": 0.0, "Ratio": 4.0, "Attack": 3.0, "Release": 100.0, "Wet": 0.0, "Dry": -150.0}
    wanted |= fields.pop("values", {})
    known = fx_maps()["ReaComp"].parameters()
    pairs = [(p, p.normalized(wanted[p.name]) if p.name in wanted else 0.0) for p in known]
    return _stock("ReaComp", guid, pairs, **fields)


def make_verb(guid: str = "{VERB}", **fields: Any) -> Fx:
    return _stock("ReaVerbate", guid, [(p, 0.5) for p in fx_maps()["ReaVerbate"].parameters()], **fields)


def _stock(name: str, guid: str, values: Any, **fields: Any) -> Fx:
    known = fx_maps()[name]
    own = tuple(FxParameter(ident=p.ident, name=p.name, normalized=raw) for p, raw in values)
    tail = tuple(FxParameter(ident=f":{key}", name=key, normalized=float(key == "wet")) for key in known.tail)
    return make_fx(known.fx_names[0], guid, **{"ident": known.files[2], "parameters": (*own, *tail), "kind": "VST",
                                               **fields})  # fmt: skip
