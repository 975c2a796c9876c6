"""Compressor intents on the ReaComp that is there, or on a new one behind the equalizers."""

from collections.abc import Collection
from dataclasses import replace

from dawassist.fxmaps import fx_maps
from dawassist.intents import CompressorIntent
from dawassist.plan.model import Change
from dawassist.realize.chain import ByHand, Controls, automated_idents, by_hand_tool, new_fx, settable, unsettable_tool
from dawassist.session.model import Fx, Track
from dawassist.session.targets import Target
from dawassist.units import db_text, signed_db_text

_NAME = "ReaComp"
_KEYED = "SignIn"
_RMS_SIZE_MS = 5.0  # ReaComp's own default


def realize_compressor(track: Track, intent: CompressorIntent, taken: Collection[Target] = ()) -> Change | ByHand:
    """The threshold, with ratio, times, knee and make-up gain. The make-up gain is ReaComp's Wet."""
    other = by_hand_tool(track, "compressor", _NAME)
    if other:
        return ByHand(tool=other, advice=_advice(intent))
    known = fx_maps()[_NAME]
    for fx in settable(track, _NAME):
        controls = Controls(track=track, known=known, guid=fx.guid, fx=fx)
        if controls.is_taken(range(len(known.templates)), taken):
            continue
        if automated_idents(fx) or _is_keyed(fx):
            return ByHand(tool=f"{fx.name}, which is automated or listens to a key", advice=_advice(intent))
        return _change(controls, intent)
    busy = unsettable_tool(track, "compressor", "another move sets already, or which cannot be set here")
    if busy:
        return ByHand(tool=busy, advice=_advice(intent))
    insertion = new_fx(track, _NAME)
    controls = Controls(track=track, known=known, guid=insertion.creates)
    if controls.is_taken(range(len(known.templates)), taken):
        return ByHand(tool="a further compressor", advice=_advice(intent))
    change = _change(controls, intent)
    return replace(change, also=(*_fresh(controls), *change.also), setup=(insertion,))


def _change(controls: Controls, intent: CompressorIntent) -> Change:
    """Of a new one the threshold starts at 0 dB and the make-up gain at 0 dB."""
    start = None if controls.fx else 0.0
    further = [
        _set(controls, "Ratio", intent.ratio, ":1", is_whole=True),
        _set(controls, "Attack", intent.attack_ms, "ms"),
        _set(controls, "Release", intent.release_ms, "ms"),
        _set(controls, "Knee", intent.knee_db, "dB", is_whole=True),
        replace(_set(controls, "Wet", intent.makeup_gain_db, "dB", before=start), parameter="Make-up gain"),
    ]
    threshold = _set(controls, "Threshold", intent.threshold_db, "dB", before=start)
    name = f"Compressor {intent.ratio:.1f}:1, {intent.attack_ms:g}/{intent.release_ms:g} ms: threshold"
    return replace(threshold, parameter=name, also=tuple(further))


def _fresh(controls: Controls) -> tuple[Change, ...]:
    """What a saved default preset of the engineer could have set otherwise."""
    return (
        _set(controls, "Dry", -150.0, "dB", is_whole=True),
        _set(controls, "RMS size", _RMS_SIZE_MS, "ms"),
        _set(controls, "AutoMakeUp", 0.0, "switch"),
        _set(controls, "AutoRelease", 0.0, "switch"),
    )


def _set(
    controls: Controls, parameter: str, value: float, unit: str, *, before: float | None = None, is_whole: bool = False
) -> Change:
    index = next(k for k, template in enumerate(controls.known.templates) if template.name == parameter)
    return controls.change(
        index, parameter, value, law=f"{_NAME} {parameter}", unit=unit, before=before, is_whole=is_whole
    )


def _is_keyed(fx: Fx) -> bool:
    return any(p.name == _KEYED and p.normalized > 0.0 for p in fx.parameters or ())


def _advice(intent: CompressorIntent) -> str:
    return (
        f"threshold {db_text(intent.threshold_db)}, {intent.ratio:.1f}:1, attack {intent.attack_ms:g} ms, release "
        f"{intent.release_ms:g} ms, knee {intent.knee_db:g} dB, make-up {signed_db_text(intent.makeup_gain_db)}"
    )
