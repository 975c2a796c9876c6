"""Items, takes and media sources."""

from dawassist.standin.functions.registry import api, project_of, track_of
from dawassist.standin.host import Host
from dawassist.standin.item import Item, Source, Take


@api
def CountMediaItems(host: Host, project: object) -> int:
    return sum(len(track.items) for track in project_of(host, project).tracks)


@api
def GetMediaItem(host: Host, project: object, index: int) -> str:
    found = [item for track in project_of(host, project).tracks for item in track.items]
    return host.pointers.text("MediaItem", found[index] if 0 <= index < len(found) else None)


@api
def CountTrackMediaItems(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return len(track.items) if track else 0


@api
def GetTrackNumMediaItems(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return len(track.items) if track else 0


@api
def GetTrackMediaItem(host: Host, pointer: object, index: int) -> str:
    track = track_of(host, pointer)
    found = track.items if track else []
    return host.pointers.text("MediaItem", found[index] if 0 <= index < len(found) else None)


@api
def GetMediaItemInfo_Value(host: Host, pointer: object, name: str) -> float:
    item = _item(host, pointer)
    return (item.get(name) or 0.0) if item else 0.0


@api
def SetMediaItemInfo_Value(host: Host, pointer: object, name: str, value: float) -> bool:
    item = _item(host, pointer)
    return item.set(name, value) if item else False


@api
def SetMediaItemPosition(host: Host, pointer: object, position_seconds: float, _refresh: bool) -> bool:
    item = _item(host, pointer)
    return item.set("D_POSITION", position_seconds) if item else False


@api
def SetMediaItemLength(host: Host, pointer: object, length_seconds: float, _refresh: bool) -> bool:
    item = _item(host, pointer)
    return item.set("D_LENGTH", length_seconds) if item else False


@api
def GetSetMediaItemInfo_String(host: Host, pointer: object, name: str, _text: str, _is_set: bool) -> tuple[bool, str]:
    item = _item(host, pointer)
    return (True, item.guid) if item and name == "GUID" else (False, "")


@api
def GetMediaItem_Track(host: Host, pointer: object) -> str:
    item = _item(host, pointer)
    return host.pointers.text("MediaTrack", item.track if item else None)


@api
def GetMediaItemTrack(host: Host, pointer: object) -> str:
    return GetMediaItem_Track(host, pointer)  # type: ignore[no-any-return]


@api
def IsMediaItemSelected(host: Host, pointer: object) -> bool:
    item = _item(host, pointer)
    return bool(item and item.get("B_UISEL"))


@api
def CountTakes(host: Host, pointer: object) -> int:
    item = _item(host, pointer)
    return len(item.takes) if item else 0


@api
def GetMediaItemNumTakes(host: Host, pointer: object) -> int:
    return CountTakes(host, pointer)  # type: ignore[no-any-return]


@api
def GetTake(host: Host, pointer: object, index: int) -> str:
    item = _item(host, pointer)
    found = item.takes if item else []
    return host.pointers.text("MediaItem_Take", found[index] if 0 <= index < len(found) else None)


@api
def GetMediaItemTake(host: Host, pointer: object, index: int) -> str:
    return GetTake(host, pointer, index)  # type: ignore[no-any-return]


@api
def GetActiveTake(host: Host, pointer: object) -> str:
    item = _item(host, pointer)
    return host.pointers.text("MediaItem_Take", item.active_take if item else None)


@api
def GetTakeName(host: Host, pointer: object) -> str:
    take = _take(host, pointer)
    return take.name if take else ""


@api
def GetMediaItemTakeInfo_Value(host: Host, pointer: object, name: str) -> float:
    take = _take(host, pointer)
    return (take.get(name) or 0.0) if take else 0.0


@api
def SetMediaItemTakeInfo_Value(host: Host, pointer: object, name: str, value: float) -> bool:
    take = _take(host, pointer)
    return take.set(name, value) if take else False


@api
def GetSetMediaItemTakeInfo_String(
    host: Host, pointer: object, name: str, _text: str, _is_set: bool
) -> tuple[bool, str]:
    take = _take(host, pointer)
    if take is None or name not in ("GUID", "P_NAME"):
        return False, ""
    return True, take.guid if name == "GUID" else take.name


@api
def GetMediaItemTake_Item(host: Host, pointer: object) -> str:
    take = _take(host, pointer)
    return host.pointers.text("MediaItem", take.item if take else None)


@api
def GetMediaItemTake_Track(host: Host, pointer: object) -> str:
    take = _take(host, pointer)
    return host.pointers.text("MediaTrack", take.item.track if take else None)


@api
def GetMediaItemTake_Source(host: Host, pointer: object) -> str:
    take = _take(host, pointer)
    return host.pointers.text("PCM_source", take.source if take else None)


@api
def TakeIsMIDI(host: Host, pointer: object) -> bool:
    take = _take(host, pointer)
    return bool(take and take.source and take.source.kind == "MIDI")


@api
def GetMediaSourceParent(host: Host, pointer: object) -> str:
    source = _source(host, pointer)
    return host.pointers.text("PCM_source", source.parent if source else None)


@api
def GetMediaSourceType(host: Host, pointer: object, _buffer: str, _size: int) -> tuple[str]:
    source = _source(host, pointer)
    return (source.kind if source else "",)


@api
def GetMediaSourceFileName(host: Host, pointer: object, _buffer: str, _size: int) -> tuple[str]:
    source = _source(host, pointer)
    return (source.file_name if source else "",)


@api
def PCM_Source_GetSectionInfo(
    host: Host, pointer: object, _offset: float, _length: float, _reverse: bool
) -> tuple[bool, float, float, bool]:
    source = _source(host, pointer)
    section = source.section if source else None
    return (True, *section) if section else (False, 0.0, 0.0, False)


def _item(host: Host, pointer: object) -> Item | None:
    found = host.pointers.get("MediaItem", pointer)
    return found if isinstance(found, Item) else None


def _take(host: Host, pointer: object) -> Take | None:
    found = host.pointers.get("MediaItem_Take", pointer)
    return found if isinstance(found, Take) else None


def _source(host: Host, pointer: object) -> Source | None:
    found = host.pointers.get("PCM_source", pointer)
    return found if isinstance(found, Source) else None
