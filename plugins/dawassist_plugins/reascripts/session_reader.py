"""What a snapshot reads, as a generator that yields (done, total) between small steps. Values are REAPER's raw ones."""

from collections.abc import Callable, Iterator
from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import BUFFER, call

MAX_POINTS = 100_000
_PARAMETERS_PER_STEP = 100
_POINTS_PER_STEP = 200
_TRACK_VALUES = (
    "D_VOL", "D_PAN", "D_WIDTH", "D_DUALPANL", "D_DUALPANR", "D_PANLAW", "I_PANMODE", "B_PHASE", "I_PLAY_OFFSET_FLAG",
    "D_PLAY_OFFSET", "B_MUTE", "I_SOLO", "I_NCHAN", "I_FOLDERDEPTH", "I_AUTOMODE", "I_FXEN", "B_MAINSEND",
    "I_RECARM", "I_FREEZECOUNT", "I_SELECTED", "I_CUSTOMCOLOR", "I_FREEMODE",
)  # fmt: skip
_SEND_VALUES = ("D_VOL", "D_PAN", "B_MUTE", "B_PHASE", "B_MONO", "I_SENDMODE", "I_SRCCHAN", "I_DSTCHAN")
_ITEM_VALUES = (
    "D_POSITION", "D_LENGTH", "D_VOL", "B_MUTE", "B_LOOPSRC", "C_LOCK", "D_FADEINLEN", "D_FADEINLEN_AUTO",
    "C_FADEINSHAPE", "D_FADEINDIR", "D_FADEOUTLEN", "D_FADEOUTLEN_AUTO", "C_FADEOUTSHAPE", "D_FADEOUTDIR",
    "I_CURTAKE", "C_LANEPLAYS", "B_UISEL",
)  # fmt: skip
_TAKE_VALUES = ("D_VOL", "D_PAN", "D_STARTOFFS", "D_PLAYRATE", "D_PITCH", "B_PPITCH", "I_CHANMODE")
_GROUPS = (
    "VOLUME_LEAD", "VOLUME_FOLLOW", "PAN_LEAD", "PAN_FOLLOW", "MUTE_LEAD", "MUTE_FOLLOW", "SOLO_LEAD", "SOLO_FOLLOW",
    "VOLUME_VCA_LEAD", "VOLUME_VCA_FOLLOW",
)  # fmt: skip
_SEND_ENVELOPES = ("VOLENV", "PANENV", "MUTEENV")
_MOST_NAMED = 4096  # kinds of plug-ins whose parameter names are kept
_DEEPEST_CONTAINER = 16
_REAPERS_OWN = 3  # parameters at the end of every plug-in: Bypass, Wet, Delta
_parameter_names: dict[str, list[list[str]]] = {}
_kinds: dict[str, str] = {}


def read(head: dict[str, Any], add_track: Callable[[dict[str, Any]], None]) -> Iterator[tuple[int, int]]:
    """Fill `head` with the active project and give every track that is complete to `add_track`, the master first."""
    head.update(_project())
    tracks = api.all_tracks()
    head["fx_names"] = {}
    for done, track in enumerate(tracks):
        found: dict[str, Any] = _track(track, is_master=done == 0)
        for _ in _fx_chain(track, found, head["fx_names"]):
            yield done, len(tracks)
        for _ in _envelopes(track, found):
            yield done, len(tracks)
        for _ in _sends(track, found):
            yield done, len(tracks)
        for _ in _items(track, found):
            yield done, len(tracks)
        add_track(found)
        yield done + 1, len(tracks)


def _project() -> dict[str, Any]:
    selection = call("GetSet_LoopTimeRange2", 0, False, False, 0.0, 0.0, False)
    signature = call("TimeMap_GetTimeSigAtTime", 0, 0.0, 0, 0, 0.0)
    return {
        "sample_rate_hz": call("GetSetProjectInfo", 0, "PROJECT_SRATE", 0.0, False),
        "play_rate": call("Master_GetPlayRate", 0),
        "time_selection": [selection[3], selection[4]],
        "pan_law": _number(api.text("get_config_var_string", 2, "panlaw", "", BUFFER), 1.0),
        "ruler": [
            _number(api.text("get_config_var_string", 2, name, "", BUFFER), default)
            for name, default in (
                ("projtimemode", 1.0),
                ("projtimeoffs", 0.0),
                ("projmeasoffs", 0.0),
                ("projfrbase", 30.0),
            )
        ],
        "tempo": [0.0, signature[4], signature[2], signature[3]],
        "tempo_markers": [_tempo_marker(i) for i in range(int(call("CountTempoTimeSigMarkers", 0)))],
        "markers": _markers(),
        "master_flags": int(call("GetMasterMuteSoloFlags")),
        "master_mono": int(call("GetToggleCommandState", 40917)),
    }


def _tempo_marker(index: int) -> list[float]:
    found = call("GetTempoTimeSigMarker", 0, index, 0.0, 0, 0.0, 0.0, 0, 0, False)
    return [found[3], found[6], found[7], found[8]]


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _markers() -> list[dict[str, Any]]:
    if api.has("GetNumRegionsOrMarkers"):
        return [_marker(index) for index in range(int(call("GetNumRegionsOrMarkers", 0)))]
    found = [call("EnumProjectMarkers2", 0, i, False, 0.0, 0.0, "", 0) for i in range(_old_marker_count())]
    keys = ("B_ISREGION", "D_STARTPOS", "D_ENDPOS", "name", "I_NUMBER")
    return [dict(zip(keys, marker[3:])) for marker in found]  # noqa: B905 - as many as there are keys


def _old_marker_count() -> int:
    """Of a REAPER before it could list markers and regions by pointer."""
    return int(call("CountProjectMarkers", 0, 0, 0)[0])


def _marker(index: int) -> dict[str, Any]:
    pointer = call("GetRegionOrMarker", 0, index, "")
    values = {
        name: call("GetRegionOrMarkerInfo_Value", 0, pointer, name)
        for name in ("I_NUMBER", "B_ISREGION", "D_STARTPOS", "D_ENDPOS")
    }
    return {**values, "name": api.text("GetSetRegionOrMarkerInfo_String", 4, 0, pointer, "P_NAME", "", False)}


def _track(track: str, *, is_master: bool) -> dict[str, Any]:
    color = int(api.track_value(track, "I_CUSTOMCOLOR"))
    return {
        "guid": api.guid_of(track),
        "name": "" if is_master else api.track_string(track, "P_NAME"),
        "values": {name: api.track_value(track, name) for name in _TRACK_VALUES},
        "color": list(call("ColorFromNative", color & 0xFFFFFF, 0, 0, 0)[1:]) if color & 0x1000000 else None,
        "groups": {} if is_master else _groups(track),
        "hardware": [_hardware(track, i) for i in range(int(call("GetTrackNumSends", track, 1)))],
    }


def _groups(track: str) -> dict[str, int]:
    found = {name: int(call("GetSetTrackGroupMembership", track, name, 0, 0)) for name in _GROUPS}
    return {name: mask for name, mask in found.items() if mask}


def _sends(track: str, found: dict[str, Any]) -> Iterator[None]:
    found["sends"] = []
    for index in range(int(call("GetTrackNumSends", track, 0))):
        envelopes: list[dict[str, Any]] = []
        own: dict[str, Any] = {
            "destination": api.send_destination(track, index),
            "values": {name: call("GetTrackSendInfo_Value", track, 0, index, name) for name in _SEND_VALUES},
            "envelopes": envelopes,
        }
        found["sends"].append(own)
        for tag in _SEND_ENVELOPES:
            address = call("GetTrackSendInfo_Value", track, 0, index, f"P_ENV:<{tag}")
            if address:
                envelopes.append(_envelope(api.pointer_text("TrackEnvelope", address), f"AUX{tag}"))
                yield from _points(envelopes[-1])
        yield


def _hardware(track: str, index: int) -> dict[str, float]:
    return {name: call("GetTrackSendInfo_Value", track, 1, index, name) for name in ("D_VOL", "B_MUTE", "I_DSTCHAN")}


def _fx_chain(track: str, found: dict[str, Any], names: dict[str, Any]) -> Iterator[None]:
    addresses = range(int(call("TrackFX_GetCount", track)))
    found["fx"] = []
    for fx in addresses:
        yield from _fx(track, fx, found["fx"], names, 0)


def _fx(track: str, fx: int, chain: list[Any], names: dict[str, Any], depth: int) -> Iterator[None]:
    """A plug-in and, when it is a container, those in it."""
    ident = api.fx_config(track, fx, "fx_ident")
    count = int(call("TrackFX_GetNumParams", track, fx))
    values: list[float] = []
    children: list[Any] = []
    own: dict[str, Any] = {
        "guid": api.fx_guid(track, fx),
        "ident": api.fx_file_name(ident),
        "kind": _kind(track, fx, ident),
        "name": api.text("TrackFX_GetFXName", 3, track, fx, "", BUFFER),
        "enabled": call("TrackFX_GetEnabled", track, fx),
        "offline": call("TrackFX_GetOffline", track, fx),
        "config": api.fx_bands(track, fx) if "reaeq" in ident.lower() else [],
        "values": values,
        "children": children,
    }
    chain.append(own)
    yield from _names(track, fx, ident, count, own, names)
    value = api.function("TrackFX_GetParamNormalized")
    for first in range(0, count, _PARAMETERS_PER_STEP):
        step = range(first, min(first + _PARAMETERS_PER_STEP, count))
        values.extend([value(track, fx, parameter) for parameter in step])
        yield
    is_open = own["kind"].lower() == "container" and depth < _DEEPEST_CONTAINER
    for child in api.fx_children(track, fx) if is_open else ():
        yield from _fx(track, child, children, names, depth + 1)


def _kind(track: str, fx: int, ident: str) -> str:
    """VST, JS, Container …: the same for every plug-in of an ident."""
    if ident not in _kinds:
        while len(_kinds) >= _MOST_NAMED:
            del _kinds[next(iter(_kinds))]
        _kinds[ident] = api.fx_config(track, fx, "fx_type")
    return _kinds[ident]


def _names(track: str, fx: int, ident: str, count: int, own: dict[str, Any], names: dict[str, Any]) -> Iterator[None]:
    """Idents and names of the parameters, read once for plug-ins that look the same.

    Some plug-ins name their parameters by their settings: ReaEQ, which is always read, and others, of which the first
    and the last own parameter are looked at. Every text costs REAPER's Python binding a buffer of 4 MiB.
    """
    key = "" if "reaeq" in ident.lower() else _key(track, fx, ident, count)
    listed = _parameter_names.get(key)
    if listed is None:
        listed = []
        for parameter in range(count):
            listed.append(_name(track, fx, parameter))
            if parameter % _PARAMETERS_PER_STEP == _PARAMETERS_PER_STEP - 1:
                yield
        if key:
            while len(_parameter_names) >= _MOST_NAMED:
                del _parameter_names[next(iter(_parameter_names))]
            _parameter_names[key] = listed
    if key:
        own["names_key"] = key
        names[key] = listed
    else:
        own["names"] = listed


def _key(track: str, fx: int, ident: str, count: int) -> str:
    own = max(count - _REAPERS_OWN, 0)
    looked_at = sorted({0, own - 1}) if own else []
    names = [api.text("TrackFX_GetParamName", 4, track, fx, parameter, "", BUFFER) for parameter in looked_at]
    return "|".join([ident, str(count), *names])


def _name(track: str, fx: int, parameter: int) -> list[str]:
    ident = api.text("TrackFX_GetParamIdent", 4, track, fx, parameter, "", BUFFER)
    return [ident, api.text("TrackFX_GetParamName", 4, track, fx, parameter, "", BUFFER)]


def _envelopes(track: str, found: dict[str, Any]) -> Iterator[None]:
    found["envelopes"] = []
    for index in range(int(call("CountTrackEnvelopes", track))):
        pointer = str(call("GetTrackEnvelope", track, index))
        parent = call("Envelope_GetParentTrack", pointer, 0, 0)
        fx, parameter = int(parent[2]), int(parent[3])
        envelope = _envelope(pointer, "")
        if fx >= 0:
            envelope["fx"] = api.fx_guid(track, fx)
            envelope["parameter"] = api.text("TrackFX_GetParamIdent", 4, track, fx, parameter, "", BUFFER)
        found["envelopes"].append(envelope)
        yield from _points(envelope)


def _envelope(pointer: str, tag: str) -> dict[str, Any]:
    return {
        "pointer": pointer,
        "tag": tag,
        "name": api.text("GetEnvelopeName", 2, pointer, "", BUFFER),
        "guid": call("GetSetEnvelopeInfo_String", pointer, "GUID", "", False)[3],
        "active": call("GetSetEnvelopeInfo_String", pointer, "ACTIVE", "", False)[3] != "0",
        "scaling": int(call("GetEnvelopeScalingMode", pointer)),
        "automation_items": int(call("CountAutomationItems", pointer)),
        "count": int(call("CountEnvelopePointsEx", pointer, -1)),
    }


def _points(envelope: dict[str, Any]) -> Iterator[None]:
    """The points with their values out of fader scaling; none beyond the limit or under automation items."""
    points: list[list[float]] = []
    envelope["points"] = points
    pointer, scaling = envelope.pop("pointer"), envelope["scaling"]
    if envelope["automation_items"] or envelope["count"] > MAX_POINTS:
        return
    for index in range(envelope["count"]):
        found = call("GetEnvelopePointEx", pointer, -1, index, 0.0, 0.0, 0, 0.0, False)
        _, _, _, _, time_seconds, raw, shape, tension, _ = found
        value = call("ScaleFromEnvelopeMode", scaling, raw) if scaling else raw
        points.append([time_seconds, value, shape, tension])
        if index % _POINTS_PER_STEP == _POINTS_PER_STEP - 1:
            yield


def _items(track: str, found: dict[str, Any]) -> Iterator[None]:
    found["items"] = []
    for index in range(int(call("CountTrackMediaItems", track))):
        item = call("GetTrackMediaItem", track, index)
        own: dict[str, Any] = {
            "guid": call("GetSetMediaItemInfo_String", item, "GUID", "", False)[3].upper(),
            "values": {name: call("GetMediaItemInfo_Value", item, name) for name in _ITEM_VALUES},
            "takes": [],
        }
        found["items"].append(own)
        for place in range(int(call("GetMediaItemNumTakes", item))):
            take = str(call("GetMediaItemTake", item, place))
            own["takes"].append(None if api.is_null(take) else _take(take))
            for envelope in own["takes"][-1]["envelopes"] if own["takes"][-1] else ():
                yield from _points(envelope)
        yield


def _take(take: str) -> dict[str, Any]:
    envelopes = range(int(call("CountTakeEnvelopes", take)))
    return {
        "guid": call("GetSetMediaItemTakeInfo_String", take, "GUID", "", False)[3].upper(),
        "name": api.text("GetSetMediaItemTakeInfo_String", 3, take, "P_NAME", "", False),
        "values": {name: call("GetMediaItemTakeInfo_Value", take, name) for name in _TAKE_VALUES},
        "source": _source(str(call("GetMediaItemTake_Source", take))),
        "fx_names": [
            api.text("TakeFX_GetFXName", 3, take, i, "", BUFFER) for i in range(int(call("TakeFX_GetCount", take)))
        ],
        "envelopes": [_envelope(str(call("GetTakeEnvelope", take, index)), "") for index in envelopes],
    }


def _source(source: str) -> dict[str, Any] | None:
    """The media behind a take, through its sections: where it starts, how long, and which way."""
    if api.is_null(source):
        return None
    start, length, is_reversed = 0.0, 0.0, False
    while True:
        section = call("PCM_Source_GetSectionInfo", source, 0.0, 0.0, False)
        parent = str(call("GetMediaSourceParent", source))
        if section[0]:
            start += section[2]
            length = length or section[3]
            is_reversed ^= bool(section[4])
        if api.is_null(parent):
            break
        source = parent
    return {
        "kind": api.text("GetMediaSourceType", 1, source, "", BUFFER),
        "file": api.text("GetMediaSourceFileName", 1, source, "", BUFFER),
        "start": start,
        "length": length,
        "reversed": is_reversed,
    }
