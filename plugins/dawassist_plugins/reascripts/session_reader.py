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
    "I_RECARM", "I_FREEZECOUNT", "I_SELECTED", "I_CUSTOMCOLOR",
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
_parameter_names: dict[tuple[str, int], list[list[str]]] = {}


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
        "pan_law": float(call("get_config_var_string", "panlaw", "", BUFFER)[2] or 1.0),
        "tempo": [0.0, signature[4], signature[2], signature[3]],
        "tempo_markers": [_tempo_marker(i) for i in range(int(call("CountTempoTimeSigMarkers", 0)))],
        "markers": [_marker(i) for i in range(int(call("GetNumRegionsOrMarkers", 0)))],
        "master_flags": int(call("GetMasterMuteSoloFlags")),
        "master_mono": int(call("GetToggleCommandState", 40917)),
    }


def _tempo_marker(index: int) -> list[float]:
    found = call("GetTempoTimeSigMarker", 0, index, 0.0, 0, 0.0, 0.0, 0, 0, False)
    return [found[3], found[6], found[7], found[8]]


def _marker(index: int) -> dict[str, Any]:
    pointer = call("GetRegionOrMarker", 0, index, "")
    values = {
        name: call("GetRegionOrMarkerInfo_Value", 0, pointer, name)
        for name in ("I_NUMBER", "B_ISREGION", "D_STARTPOS", "D_ENDPOS")
    }
    return {**values, "name": call("GetSetRegionOrMarkerInfo_String", 0, pointer, "P_NAME", "", False)[4]}


def _track(track: str, *, is_master: bool) -> dict[str, Any]:
    color = int(api.track_value(track, "I_CUSTOMCOLOR"))
    return {
        "guid": api.guid_of(track),
        "name": "" if is_master else api.track_string(track, "P_NAME"),
        "values": {name: api.track_value(track, name) for name in _TRACK_VALUES},
        "color": list(call("ColorFromNative", color & 0xFFFFFF, 0, 0, 0)[1:]) if color & 0x1000000 else None,
        "groups": {} if is_master else _groups(track),
        "sends": [_send(track, i) for i in range(int(call("GetTrackNumSends", track, 0)))],
        "hardware": [_hardware(track, i) for i in range(int(call("GetTrackNumSends", track, 1)))],
    }


def _groups(track: str) -> dict[str, int]:
    found = {name: int(call("GetSetTrackGroupMembership", track, name, 0, 0)) for name in _GROUPS}
    return {name: mask for name, mask in found.items() if mask}


def _send(track: str, index: int) -> dict[str, Any]:
    destination = api.pointer_text("MediaTrack", call("GetTrackSendInfo_Value", track, 0, index, "P_DESTTRACK"))
    found: dict[str, Any] = {
        "destination": api.guid_of(destination),
        "values": {name: call("GetTrackSendInfo_Value", track, 0, index, name) for name in _SEND_VALUES},
        "envelopes": [],
    }
    for tag in _SEND_ENVELOPES:
        address = call("GetTrackSendInfo_Value", track, 0, index, f"P_ENV:<{tag}")
        if address:
            envelope = _envelope(api.pointer_text("TrackEnvelope", address), f"AUX{tag}")
            for _ in _points(envelope):
                pass
            found["envelopes"].append(envelope)
    return found


def _hardware(track: str, index: int) -> dict[str, float]:
    return {name: call("GetTrackSendInfo_Value", track, 1, index, name) for name in ("D_VOL", "B_MUTE", "I_DSTCHAN")}


def _fx_chain(track: str, found: dict[str, Any], names: dict[str, Any]) -> Iterator[None]:
    found["fx"] = []
    for fx in range(int(call("TrackFX_GetCount", track))):
        ident = api.fx_config(track, fx, "fx_ident")
        count = int(call("TrackFX_GetNumParams", track, fx))
        values: list[float] = []
        own: dict[str, Any] = {
            "guid": api.fx_guid(track, fx),
            "ident": api.fx_file_name(ident),
            "kind": api.fx_config(track, fx, "fx_type"),
            "name": call("TrackFX_GetFXName", track, fx, "", BUFFER)[3],
            "enabled": call("TrackFX_GetEnabled", track, fx),
            "offline": call("TrackFX_GetOffline", track, fx),
            "values": values,
        }
        found["fx"].append(own)
        yield from _names(track, fx, ident, count, own, names)
        value = api.function("TrackFX_GetParamNormalized")
        for first in range(0, count, _PARAMETERS_PER_STEP):
            step = range(first, min(first + _PARAMETERS_PER_STEP, count))
            values.extend([value(track, fx, parameter) for parameter in step])
            yield


def _names(track: str, fx: int, ident: str, count: int, own: dict[str, Any], names: dict[str, Any]) -> Iterator[None]:
    """Idents and names of the parameters: once per plug-in; ReaEQ's follow its bands and are always read."""
    changing = "reaeq" in ident.lower()
    key = (ident, count)
    if changing or key not in _parameter_names:
        listed = []
        for parameter in range(count):
            text = call("TrackFX_GetParamIdent", track, fx, parameter, "", BUFFER)[4]
            listed.append([text, call("TrackFX_GetParamName", track, fx, parameter, "", BUFFER)[4]])
            if parameter % _PARAMETERS_PER_STEP == _PARAMETERS_PER_STEP - 1:
                yield
        if changing:
            own["names"] = listed
            return
        _parameter_names[key] = listed
    own["names_key"] = f"{ident}|{count}"
    names[own["names_key"]] = _parameter_names[key]


def _envelopes(track: str, found: dict[str, Any]) -> Iterator[None]:
    found["envelopes"] = []
    for index in range(int(call("CountTrackEnvelopes", track))):
        pointer = str(call("GetTrackEnvelope", track, index))
        parent = call("Envelope_GetParentTrack", pointer, 0, 0)
        fx, parameter = int(parent[2]), int(parent[3])
        envelope = _envelope(pointer, "")
        if fx >= 0:
            envelope["fx"] = fx
            envelope["parameter"] = call("TrackFX_GetParamIdent", track, fx, parameter, "", BUFFER)[4]
        found["envelopes"].append(envelope)
        yield from _points(envelope)


def _envelope(pointer: str, tag: str) -> dict[str, Any]:
    return {
        "pointer": pointer,
        "tag": tag,
        "name": call("GetEnvelopeName", pointer, "", BUFFER)[2],
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
        takes = [call("GetMediaItemTake", item, i) for i in range(int(call("GetMediaItemNumTakes", item)))]
        own = {
            "guid": call("GetSetMediaItemInfo_String", item, "GUID", "", False)[3],
            "values": {name: call("GetMediaItemInfo_Value", item, name) for name in _ITEM_VALUES},
            "takes": [None if api.is_null(take) else _take(take) for take in takes],
        }
        found["items"].append(own)
        yield


def _take(take: str) -> dict[str, Any]:
    envelopes = []
    for index in range(int(call("CountTakeEnvelopes", take))):
        envelope = _envelope(str(call("GetTakeEnvelope", take, index)), "")
        for _ in _points(envelope):
            pass
        envelopes.append(envelope)
    return {
        "guid": call("GetSetMediaItemTakeInfo_String", take, "GUID", "", False)[3],
        "name": call("GetSetMediaItemTakeInfo_String", take, "P_NAME", "", False)[3],
        "values": {name: call("GetMediaItemTakeInfo_Value", take, name) for name in _TAKE_VALUES},
        "source": _source(str(call("GetMediaItemTake_Source", take))),
        "fx_names": [
            call("TakeFX_GetFXName", take, i, "", BUFFER)[3] for i in range(int(call("TakeFX_GetCount", take)))
        ],
        "envelopes": envelopes,
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
        "kind": call("GetMediaSourceType", source, "", BUFFER)[1],
        "file": call("GetMediaSourceFileName", source, "", BUFFER)[1],
        "start": start,
        "length": length,
        "reversed": is_reversed,
    }
