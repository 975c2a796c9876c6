"""Tracks: listing, values, strings, selection."""

from dawassist.errors import NotModelled
from dawassist.standin import chain_edits
from dawassist.standin.functions.projects import select
from dawassist.standin.functions.registry import api, project_of, track_of
from dawassist.standin.host import Host


@api
def CountTracks(host: Host, project: object) -> int:
    return len(project_of(host, project).tracks)


@api
def GetNumTracks(host: Host) -> int:
    return len(host.project.tracks)


@api
def GetTrack(host: Host, project: object, index: int) -> str:
    tracks = project_of(host, project).tracks
    return host.pointers.text("MediaTrack", tracks[index] if 0 <= index < len(tracks) else None)


@api
def GetMasterTrack(host: Host, project: object) -> str:
    return host.pointers.text("MediaTrack", project_of(host, project).master)


@api
def InsertTrackAtIndex(host: Host, index: int, has_defaults: bool) -> None:
    """At the end, without the engineer's default envelopes and plug-ins."""
    if index < len(host.project.tracks) or has_defaults:
        raise NotModelled("not modelled in the stand-in: InsertTrackAtIndex before other tracks, or with defaults")
    chain_edits.append_track(host.project)


@api
def DeleteTrack(host: Host, pointer: object) -> None:
    track = track_of(host, pointer)
    if track is not None:
        chain_edits.delete_last_track(host.project, track)
        host.pointers.forget(track)


@api
def GetTrackName(host: Host, pointer: object, _buffer: str, _size: int) -> tuple[bool, str]:
    track = track_of(host, pointer)
    return (True, track.display_name) if track else (False, "")


@api
def GetTrackGUID(host: Host, pointer: object) -> str:
    track = track_of(host, pointer)
    return host.pointers.text("GUID", guid_object(track, track.guid) if track else None)


@api
def GetSetMediaTrackInfo_String(host: Host, pointer: object, name: str, text: str, is_set: bool) -> tuple[bool, str]:
    track = track_of(host, pointer)
    if track is None:
        return False, ""
    if name == "P_NAME":
        if is_set:
            track.rename(text)
        return True, track.name
    if name == "GUID":
        return True, track.guid
    if name.startswith("P_EXT:"):
        if is_set:
            track.script_data[name] = text
        return name in track.script_data, track.script_data.get(name, "")
    return False, ""


@api
def GetMediaTrackInfo_Value(host: Host, pointer: object, name: str) -> float:
    track = track_of(host, pointer)
    value = track.get(name) if track else None
    if track is not None and value is None and name.startswith("P_ENV:<"):
        tag = ("MASTER" if track.is_master else "") + name.removeprefix("P_ENV:<")
        found = next((e for e in track.envelopes if e.element.tag == tag), None)
        return float(host.pointers.address("TrackEnvelope", found))
    return 0.0 if value is None else value


@api
def SetMediaTrackInfo_Value(host: Host, pointer: object, name: str, value: float) -> bool:
    track = track_of(host, pointer)
    if track is None:
        return False
    if name == "I_SELECTED":
        select(track, bool(value))
        return True
    return track.set(name, value)


@api
def SetTrackSelected(host: Host, pointer: object, selected: bool) -> None:
    track = track_of(host, pointer)
    if track is not None:
        select(track, bool(selected))


@api
def IsTrackSelected(host: Host, pointer: object) -> bool:
    track = track_of(host, pointer)
    return bool(track and track.get("I_SELECTED"))


@api
def GetTrackStateChunk(host: Host, pointer: object, _buffer: str, size: int, _is_undo: bool) -> tuple[bool, str]:
    """What the project file would hold; longer ones than the buffer are cut, and refused."""
    track = track_of(host, pointer)
    text = track.element.to_bytes().decode("utf-8", "replace") if track and not track.is_master else ""
    return bool(text) and len(text) < size, text[: size - 1]


@api
def GetTrackColor(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return int(track.get("I_CUSTOMCOLOR") or 0) if track else 0


@api
def GetTrackDepth(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    depth = 0
    for each in host.project.tracks:
        if each is track:
            return depth
        depth = max(0, depth + int(each.get("I_FOLDERDEPTH") or 0))
    return 0


@api
def GetParentTrack(host: Host, pointer: object) -> str:
    track = track_of(host, pointer)
    parents: list[object] = []
    for each in host.project.tracks:
        if each is track:
            return host.pointers.text("MediaTrack", parents[-1] if parents else None)
        depth = int(each.get("I_FOLDERDEPTH") or 0)
        parents = [*parents, each] if depth > 0 else parents[: len(parents) + depth] if depth < 0 else parents
    return host.pointers.text("MediaTrack", None)


@api
def GetTrackAutomationMode(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return int(track.get("I_AUTOMODE") or 0) if track else 0


@api
def GetSetTrackGroupMembership(host: Host, pointer: object, name: str, _mask: int, _value: int) -> int:
    """Reading only, of the fields of GROUP_FLAGS that are known: volume, pan, mute, solo and VCA."""
    track = track_of(host, pointer)
    line = track.element.line("GROUP_FLAGS") if track and not track.is_master else None
    fields = {
        "VOLUME_LEAD": 1, "VOLUME_FOLLOW": 2, "PAN_LEAD": 3, "PAN_FOLLOW": 4, "MUTE_LEAD": 5, "MUTE_FOLLOW": 6,
        "SOLO_LEAD": 7, "SOLO_FOLLOW": 8, "VOLUME_VCA_LEAD": 21, "VOLUME_VCA_FOLLOW": 22,
    }  # fmt: skip
    return line.integer_at(fields[name], 0) if line is not None and name in fields else 0


class Guid:
    """What a GUID pointer points at."""

    def __init__(self, text: str) -> None:
        self.text = text


_GUIDS: dict[tuple[int, str], Guid] = {}


def guid_object(owner: object, text: str) -> Guid:
    """The same object for the same owner, so that its pointer stays."""
    return _GUIDS.setdefault((id(owner), text), Guid(text))
