"""Equalizer intents on a free band of a ReaEQ that is there, or on a new ReaEQ at its place in the chain.

A band is free when it does nothing: it is switched off with its gain at 0 dB, or on with its gain at 0 dB. A high-pass
that is on is moved rather than doubled.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from dawassist.fxmaps import fx_maps
from dawassist.intents import BandType, EqBandIntent
from dawassist.plan.model import Change
from dawassist.plan.raw_laws import value_of
from dawassist.realize.chain import ByHand, Controls, automated_idents, by_hand_tool, new_fx, settable, unsettable_tool
from dawassist.session.edits import Edit, SetFxConfig
from dawassist.session.model import Fx, Track
from dawassist.session.targets import Target
from dawassist.units import frequency_text, signed_db_text

NAMES: dict[BandType, str] = {
    "high_pass": "high-pass", "low_shelf": "low shelf", "bell": "bell", "high_shelf": "high shelf",
}  # fmt: skip
_NUMBERS: dict[BandType, int] = {"high_pass": 4, "low_shelf": 0, "bell": 8, "high_shelf": 1}  # BANDTYPE values
_HIGH_PASS = 4
_NEUTRAL_DB = 0.05
_HIGHEST_HZ = 20_000.0
_NAME = "ReaEQ"
_BANDS_PER_OCTAVE = 3  # two cuts closer than that are the same one, in another analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    number: int
    kind: int
    is_on: bool
    frequency_hz: float
    gain_db: float


def realize_eq_band(track: Track, intent: EqBandIntent, taken: Collection[Target] = ()) -> Change | ByHand:
    """The band: its gain, or the frequency of a high-pass, with everything that it needs first."""
    other = by_hand_tool(track, "equalizer", _NAME)
    if other:
        return ByHand(tool=other, advice=_advice(intent))
    for fx in _candidates(track):
        controls = Controls(track=track, known=fx_maps()[_NAME], guid=fx.guid, fx=fx)
        bands = _bands(fx)
        found = _choose(controls, bands, intent, taken)
        if found is not None:
            return _change(controls, bands, found, intent, ())
    full = unsettable_tool(track, "equalizer", "has no free band that may be set")
    if full:
        return ByHand(tool=full, advice=_advice(intent))
    return _on_a_new_one(track, intent, taken)


def _candidates(track: Track) -> Iterator[Fx]:
    """Those before compression first."""
    usable = [fx for fx in settable(track, _NAME) if not automated_idents(fx) and _bands(fx)]
    anchor = new_fx(track, _NAME).after_fx_guid
    guids = [fx.guid for fx in track.fx]
    before = guids[: guids.index(anchor) + 1] if anchor else []
    yield from sorted(usable, key=lambda fx: fx.guid not in before)


def _bands(fx: Fx) -> list[_Band]:
    """The bands of a ReaEQ; empty where its configuration is not known, or holds a type that is not."""
    known = fx_maps()[_NAME].bands
    config = dict(fx.config)
    kinds = [int(value) for name, value in fx.config if name.startswith("BANDTYPE")]
    raw = [p.normalized for p in fx.parameters or ()]
    if len(raw) < 3 * len(kinds) or known is None or not set(kinds) <= set(known.types):
        return []
    return [
        _Band(
            number=k, kind=kind, is_on=config.get(f"BANDENABLED{k}") == "1",
            frequency_hz=value_of("ReaEQ Freq", raw[3 * k]), gain_db=value_of("ReaEQ Gain", raw[3 * k + 1]),
        )
        for k, kind in enumerate(kinds)
    ]  # fmt: skip


def _choose(controls: Controls, bands: list[_Band], intent: EqBandIntent, taken: Collection[Target]) -> _Band | None:
    """The band to use: of the wanted type before one that changes its type, the nearest in frequency."""
    wanted = _NUMBERS[intent.type]
    untaken = [b for b in bands if not controls.is_taken(range(3 * b.number, 3 * b.number + 3), taken)]
    if intent.type == "high_pass":
        same = [b for b in untaken if b.kind == _HIGH_PASS]
        if same:
            return max(same, key=lambda b: b.is_on)
        if any(b.kind == _HIGH_PASS for b in bands):
            return None
    free = [b for b in untaken if b.kind != _HIGH_PASS and abs(b.gain_db) < _NEUTRAL_DB]
    by_fit = sorted(free, key=lambda b: (b.kind != wanted, abs(b.frequency_hz / intent.frequency_hz - 1.0)))
    return by_fit[0] if by_fit else None


def _on_a_new_one(track: Track, intent: EqBandIntent, taken: Collection[Target]) -> Change | ByHand:
    known = fx_maps()[_NAME]
    assert known.bands is not None
    off = tuple((f"BANDENABLED{k}", "0") for k in range(len(known.bands.fresh)))
    insertion = new_fx(track, _NAME, off)
    controls = Controls(track=track, known=known, guid=insertion.creates)
    bands = [
        _Band(number=k, kind=kind, is_on=False, frequency_hz=hz, gain_db=0.0)
        for k, (kind, hz) in enumerate(known.bands.fresh)
    ]
    found = _choose(controls, bands, intent, taken)
    if found is None:
        return ByHand(tool="a further equalizer", advice=_advice(intent))
    return _change(controls, bands, found, intent, (insertion,))


def _change(
    controls: Controls, bands: list[_Band], band: _Band, intent: EqBandIntent, first: tuple[Edit, ...]
) -> Change:
    kind = _NUMBERS[intent.type]
    kinds = [kind if b.number == band.number else b.kind for b in bands]
    start = 3 * band.number
    renamed = kind != band.kind or controls.fx is None
    idents = [p.ident if renamed else "" for p in controls.known.parameters(kinds)[start : start + 3]]
    frequency_hz = min(max(intent.frequency_hz, 20.0), _HIGHEST_HZ)
    width = controls.change(start + 2, "Q", intent.q, law="ReaEQ Q", unit="Q", ident=idents[2], is_whole=True)
    setup = (*first, *_configured(controls, band, kind))
    if intent.type == "high_pass":
        main = controls.change(
            start, "High-pass", frequency_hz, law="ReaEQ Freq", unit="Hz", ident=idents[0],
            before=band.frequency_hz if band.is_on else 0.0,
        )  # fmt: skip
        return replace(main, also=(width,), setup=setup, about="high-pass")
    frequency = controls.change(
        start, "Frequency", frequency_hz, law="ReaEQ Freq", unit="Hz", ident=idents[0], is_whole=True
    )
    main = controls.change(
        start + 1, f"EQ {NAMES[intent.type]} {frequency_text(frequency_hz)} Q {intent.q:.1f}", intent.gain_db,
        law="ReaEQ Gain", unit="dB", ident=idents[1], before=0.0,
    )  # fmt: skip
    about = f"{NAMES[intent.type]} {round(_BANDS_PER_OCTAVE * math.log2(frequency_hz / 1000.0))}"
    return replace(main, also=(frequency, width), setup=setup, about=about)


def _configured(controls: Controls, band: _Band, kind: int) -> Iterator[Edit]:
    name = controls.track.display_name
    for setting, now, wanted in (("BANDTYPE", band.kind, kind), ("BANDENABLED", int(band.is_on), 1)):
        if now != wanted:
            yield SetFxConfig(
                track_guid=controls.track.guid, fx_guid=controls.guid,
                fx_ident=controls.fx.ident if controls.fx else "", name=f"{setting}{band.number}",
                expected=str(now), desired=str(wanted), label=f"{name} · {_NAME} band {band.number + 1}",
            )  # fmt: skip


def _advice(intent: EqBandIntent) -> str:
    place = frequency_text(intent.frequency_hz)
    if intent.type == "high_pass":
        return f"high-pass at {place}"
    return f"{NAMES[intent.type]} at {place}, {signed_db_text(intent.gain_db)}, Q {intent.q:.1f}"
