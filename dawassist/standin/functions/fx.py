"""Plug-ins: TrackFX_* on tracks, and the few TakeFX_* that list a take's plug-ins."""

from dawassist.standin import chain_edits
from dawassist.standin.functions.registry import api, track_of
from dawassist.standin.functions.tracks import guid_object
from dawassist.standin.fx import Fx
from dawassist.standin.host import Host
from dawassist.standin.item import Take
from dawassist.standin.stock_blocks import block_named

_INSERT_FROM = -1000  # and below: at position −1000 − instantiate


@api
def TrackFX_GetCount(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return len(track.fx) if track else 0


@api
def TrackFX_AddByName(host: Host, pointer: object, name: str, is_input: bool, instantiate: int) -> int:
    """Place of the plug-in, −1 where there is none. Only Cockos' own ones are installed."""
    track, block = track_of(host, pointer), block_named(str(name))
    if track is None or block is None or is_input:
        return -1
    if instantiate >= 0:
        found = next((k for k, fx in enumerate(track.fx) if fx.element.text(1) == block.name), -1)
        if found >= 0 or instantiate == 0:
            return found
    place = _INSERT_FROM - instantiate if instantiate <= _INSERT_FROM else len(track.fx)
    return chain_edits.insert_fx(track, block, place)


@api
def TrackFX_Delete(host: Host, pointer: object, fx: int) -> bool:
    track = track_of(host, pointer)
    return chain_edits.delete_fx(track, fx) if track else False


@api
def TrackFX_SetNamedConfigParm(host: Host, pointer: object, fx: int, name: str, value: str) -> bool:
    found = _fx(host, pointer, fx)
    return bool(found and found.set_config(str(name), str(value)))


@api
def TrackFX_GetFXName(host: Host, pointer: object, fx: int, _buffer: str, _size: int) -> tuple[bool, str]:
    found = _fx(host, pointer, fx)
    return (True, found.name) if found else (False, "")


@api
def TrackFX_GetFXGUID(host: Host, pointer: object, fx: int) -> str:
    found = _fx(host, pointer, fx)
    return host.pointers.text("GUID", guid_object(found, found.guid) if found else None)


@api
def TrackFX_GetNamedConfigParm(
    host: Host, pointer: object, fx: int, name: str, _buffer: str, _size: int
) -> tuple[bool, str]:
    found = _fx(host, pointer, fx)
    if found is None:
        return False, ""
    values = {
        "fx_ident": found.ident,
        "fx_type": found.kind,
        "fx_name": found.element.text(1),
        "renamed_name": found.name,
    }
    value = values.get(name, found.config(name))
    return (False, "") if value is None else (True, value)


@api
def TrackFX_GetEnabled(host: Host, pointer: object, fx: int) -> bool:
    found = _fx(host, pointer, fx)
    return bool(found and found.is_enabled)


@api
def TrackFX_SetEnabled(host: Host, pointer: object, fx: int, enabled: bool) -> None:
    found = _fx(host, pointer, fx)
    if found is not None:
        found.set_enabled(bool(enabled))


@api
def TrackFX_GetOffline(host: Host, pointer: object, fx: int) -> bool:
    found = _fx(host, pointer, fx)
    return bool(found and found.is_offline)


@api
def TrackFX_GetNumParams(host: Host, pointer: object, fx: int) -> int:
    found = _fx(host, pointer, fx)
    return found.count if found else 0


@api
def TrackFX_GetParamName(
    host: Host, pointer: object, fx: int, parameter: int, _buffer: str, _size: int
) -> tuple[bool, str]:
    found = _parameter(host, pointer, fx, parameter)
    return (True, found.parameter_name(parameter)) if found else (False, "")


@api
def TrackFX_GetParamIdent(
    host: Host, pointer: object, fx: int, parameter: int, _buffer: str, _size: int
) -> tuple[bool, str]:
    found = _parameter(host, pointer, fx, parameter)
    return (True, found.parameter_ident(parameter)) if found else (False, "")


@api
def TrackFX_GetParamFromIdent(host: Host, pointer: object, fx: int, ident: str) -> int:
    found = _fx(host, pointer, fx)
    places = range(found.count) if found else ()
    return next((place for place in places if found and found.parameter_ident(place) == ident), -1)


@api
def TrackFX_GetParamNormalized(host: Host, pointer: object, fx: int, parameter: int) -> float:
    found = _parameter(host, pointer, fx, parameter)
    return found.value(parameter) if found else -1.0


@api
def TrackFX_GetParam(
    host: Host, pointer: object, fx: int, parameter: int, _minimum: float, _maximum: float
) -> tuple[float, float, float]:
    found = _parameter(host, pointer, fx, parameter)
    if found is None:
        return -1.0, 0.0, 0.0
    low, high = found.range(parameter)
    return low + found.value(parameter) * (high - low), low, high


@api
def TrackFX_SetParamNormalized(host: Host, pointer: object, fx: int, parameter: int, value: float) -> bool:
    found = _parameter(host, pointer, fx, parameter)
    return found.set_value(parameter, value) if found else False


@api
def TrackFX_SetParam(host: Host, pointer: object, fx: int, parameter: int, value: float) -> bool:
    found = _parameter(host, pointer, fx, parameter)
    if found is None:
        return False
    low, high = found.range(parameter)
    return found.set_value(parameter, (value - low) / (high - low))


@api
def TrackFX_GetFormattedParamValue(
    host: Host, pointer: object, fx: int, parameter: int, _buffer: str, _size: int
) -> tuple[bool, str]:
    found = _parameter(host, pointer, fx, parameter)
    return (True, found.text(parameter)) if found else (False, "")


@api
def TrackFX_FormatParamValueNormalized(
    host: Host, pointer: object, fx: int, parameter: int, value: float, _buffer: str, _size: int
) -> tuple[bool, str]:
    """Works for plug-ins with Cockos' extensions only."""
    found = _parameter(host, pointer, fx, parameter)
    return (True, found.text(parameter, value)) if found and found.is_cockos else (False, "")


@api
def TakeFX_GetCount(host: Host, pointer: object) -> int:
    take = host.pointers.get("MediaItem_Take", pointer)
    return len(take.fx) if isinstance(take, Take) else 0


@api
def TakeFX_GetFXName(host: Host, pointer: object, fx: int, _buffer: str, _size: int) -> tuple[bool, str]:
    take = host.pointers.get("MediaItem_Take", pointer)
    found = take.fx if isinstance(take, Take) else []
    return (True, found[fx].name) if 0 <= fx < len(found) else (False, "")


def _fx(host: Host, pointer: object, fx: int) -> Fx | None:
    track = track_of(host, pointer)
    return track.fx[fx] if track and 0 <= fx < len(track.fx) else None


def _parameter(host: Host, pointer: object, fx: int, parameter: int) -> Fx | None:
    found = _fx(host, pointer, fx)
    return found if found and 0 <= parameter < found.count else None
