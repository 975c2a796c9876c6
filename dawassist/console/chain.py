"""A track's own plug-ins as the console can render them: read from the session through the parameter maps.

Modelled: ReaEQ with bands of known type, ReaComp and ReaGate that listen to their own input, and JS Volume
Adjustment, each while none of its parameters is automated. A chain is heard up to the first plug-in that is not
modelled; every plug-in that is not is listed with the reason.
"""

from collections.abc import Callable, Iterable

from dawassist.console.biquads import FilterKind
from dawassist.console.compressor import CompressorSettings
from dawassist.console.dynamics import DetectorSettings
from dawassist.console.equalizer import EqualizerBand, EqualizerSettings
from dawassist.console.gate import GateSettings
from dawassist.console.inserts import Chain, Insert, Settings, VolumeSettings
from dawassist.console.unmodelled import UnmodelledFx
from dawassist.errors import NotModelled
from dawassist.fxmaps import FxMap, fx_map
from dawassist.session.model import Fx, Session, Track

Physical = dict[str, float]
"""Values by parameter name, in the units of the parameter map."""
_BAND_KINDS: dict[str, FilterKind] = {
    "Low Shelf": "low_shelf", "High Shelf": "high_shelf", "High Pass": "high_pass", "Band": "peak",
}  # fmt: skip
_OPEN_LOW_PASS_HZ = 19_999.0  # the control's upper end: off


def chain_of(session: Session, track: Track) -> Chain:
    """The chain of one track; one that is bypassed as a whole is empty. Plug-ins of takes are not modelled."""
    return chain_at(session.sample_rate_hz, track)


def chain_at(sample_rate_hz: int, track: Track) -> Chain:
    """The chain of one track, at a rate."""
    inserts: list[Insert] = []
    unmodelled = list(_on_takes(track))
    for fx, in_container in _active(track.fx) if track.fx_enabled else ():
        try:
            if in_container:
                raise NotModelled("it sits in a container, whose routing is not known")
            insert = insert_of(fx)
            if not unmodelled:
                inserts.append(insert)
        except NotModelled as reason:
            unmodelled.append(
                UnmodelledFx(
                    track_guid=track.guid, track_name=track.display_name, fx_guid=fx.guid, fx_name=fx.name,
                    reason=reason.sentence,
                )
            )  # fmt: skip
    return Chain(track=track, sample_rate_hz=sample_rate_hz, inserts=tuple(inserts), unmodelled=tuple(unmodelled))


def _on_takes(track: Track) -> Iterable[UnmodelledFx]:
    """Plug-ins of playing takes, each name once; they come before the track's chain."""
    playing = [
        item.takes[item.active_take]
        for item in track.items
        if not item.muted and item.lane_plays and 0 <= item.active_take < len(item.takes)
    ]
    for name in dict.fromkeys(name for take in playing for name in take.fx_names):
        yield UnmodelledFx(
            track_guid=track.guid, track_name=track.display_name, fx_guid="", fx_name=name, reason="it is on an item"
        )  # fmt: skip


def insert_of(fx: Fx) -> Insert:
    """One plug-in. Raises NotModelled with the reason as a clause."""
    known = fx_map(fx.ident, fx.name)
    if known is None or known.name not in _READERS:
        raise NotModelled("its processing is not known here")
    if not fx.parameters:
        raise NotModelled("its state is laid out in an unknown way")
    for envelope in fx.envelopes:
        if envelope.active and envelope.point_count:
            names = [p.name for p in fx.parameters if p.ident == envelope.parameter_ident]
            raise NotModelled(f"its {(names or [envelope.parameter_ident])[0]} is automated")
    tail = {p.ident: p.normalized for p in fx.parameters if p.ident.startswith(":")}
    if tail.get(":delta", 0.0) >= 0.5:
        raise NotModelled("only its difference is played")
    return Insert(settings=_READERS[known.name](fx, known), wet=tail.get(":wet", 1.0))


def _equalizer(fx: Fx, known: FxMap) -> EqualizerSettings:
    config = dict(fx.config)
    types = [value for name, value in fx.config if name.startswith("BANDTYPE")]
    if not types:
        raise NotModelled("which of its bands are on is not known")
    values = list(_physical(fx, known, [int(value) for value in types]).values())
    bands = [
        EqualizerBand(
            kind=_band_kind(known, int(kind)), cutoff_frequency_hz=values[3 * place],
            gain_db=values[3 * place + 1], bandwidth_octaves=values[3 * place + 2],
        )
        for place, kind in enumerate(types)
        if config.get(f"BANDENABLED{place}") == "1"
    ]  # fmt: skip
    return EqualizerSettings(bands=tuple(bands), output_gain_db=values[3 * len(types)])


def _band_kind(known: FxMap, number: int) -> FilterKind:
    assert known.bands is not None
    return _BAND_KINDS[known.bands.types[number]]


def _compressor(fx: Fx, known: FxMap) -> CompressorSettings:
    values = _physical(fx, known)
    _refuse(values, {"Filter preview": "its filter preview is on", "AutoMakeUp": "its automatic make-up gain is on",
                     "AutoRelease": "its automatic release is on"})  # fmt: skip
    return CompressorSettings(
        threshold_db=values["Threshold"], ratio=values["Ratio"], attack_ms=values["Attack"],
        release_ms=values["Release"], knee_db=values.get("Knee", 0.0), look_ahead_ms=values["Pre-comp"],
        wet_db=values["Wet"], dry_db=values["Dry"], detector=_detector(values),
    )  # fmt: skip


def _gate(fx: Fx, known: FxMap) -> GateSettings:
    values = _physical(fx, known)
    _refuse(values, {"Preview filter": "its filter preview is on", "Noise": "it plays noise",
                     "Invert wet": "its output is inverted"})  # fmt: skip
    return GateSettings(
        threshold_db=values["Threshold"], attack_ms=values["Attack"], release_ms=values["Release"],
        hold_ms=values["Hold"], hysteresis_db=values["Hysteresis"], look_ahead_ms=values["Pre-open"],
        wet_db=values["Wet"], dry_db=values["Dry"], detector=_detector(values),
    )  # fmt: skip


def _volume(fx: Fx, known: FxMap) -> VolumeSettings:
    values = _physical(fx, known)
    return VolumeSettings(gain_db=values["Adjustment"], ceiling_db=values["Max Volume"])


def _detector(values: Physical) -> DetectorSettings:
    if round(values["SignIn"]) != 0 or values["AudIn"] > 0.0:
        raise NotModelled("it listens to another input")
    low_pass_hz = values["Lowpass"]
    return DetectorSettings(
        rms_size_ms=values.get("RMS size", 0.0), high_pass_hz=values["Hipass"],
        low_pass_hz=low_pass_hz if 0.0 < low_pass_hz < _OPEN_LOW_PASS_HZ else 0.0,
    )  # fmt: skip


def _physical(fx: Fx, known: FxMap, band_types: Iterable[int] = ()) -> Physical:
    """The plug-in's own parameters by name, in order; states of older versions hold fewer."""
    own = [p for p in fx.parameters or () if not p.ident.startswith(":")]
    return {
        p.name: p.physical(found.normalized)
        for p, found in zip(known.parameters(list(band_types)), own, strict=False)
    }  # fmt: skip


def _refuse(values: Physical, switches: dict[str, str]) -> None:
    for name, reason in switches.items():
        if values.get(name, 0.0) >= 0.5:
            raise NotModelled(reason)


def _active(chain: Iterable[Fx], *, in_container: bool = False) -> Iterable[tuple[Fx, bool]]:
    for fx in chain:
        if fx.enabled and not fx.offline:
            if fx.children:
                yield from _active(fx.children, in_container=True)
            else:
                yield fx, in_container


_READERS: dict[str, Callable[[Fx, FxMap], Settings]] = {
    "ReaEQ": _equalizer, "ReaComp": _compressor, "ReaGate": _gate, "Volume Adjustment": _volume,
}  # fmt: skip
