"""Markers and regions, by the old enumeration and by the functions of REAPER 7.4x."""

from dawassist.standin.functions.registry import api, project_of
from dawassist.standin.host import Host
from dawassist.standin.project import Marker


@api
def CountProjectMarkers(host: Host, project: object, _markers: int, _regions: int) -> tuple[int, int, int]:
    found = project_of(host, project).markers
    regions = sum(marker.is_region for marker in found)
    return len(found), len(found) - regions, regions


@api
def EnumProjectMarkers2(
    host: Host, project: object, index: int, *_outs: object
) -> tuple[int, bool, float, float, str, int]:
    """As seen from Python in REAPER 7, the name does not survive."""
    found = project_of(host, project).markers
    if not 0 <= index < len(found):
        return 0, False, 0.0, 0.0, "", 0
    marker = found[index]
    return index + 1, marker.is_region, marker.start_seconds, marker.end_seconds, "", marker.number


@api
def GetNumRegionsOrMarkers(host: Host, project: object) -> int:
    return len(project_of(host, project).markers)


@api
def GetRegionOrMarker(host: Host, project: object, index: int, _guid: str) -> str:
    found = project_of(host, project).markers
    return host.pointers.text("ProjectMarker", found[index] if 0 <= index < len(found) else None)


@api
def GetRegionOrMarkerInfo_Value(host: Host, _project: object, pointer: object, name: str) -> float:
    marker = host.pointers.get("ProjectMarker", pointer)
    if not isinstance(marker, Marker):
        return 0.0
    values = {
        "I_NUMBER": float(marker.number), "B_ISREGION": float(marker.is_region),
        "D_STARTPOS": marker.start_seconds, "D_ENDPOS": marker.end_seconds,
    }  # fmt: skip
    return values.get(name, 0.0)


@api
def GetSetRegionOrMarkerInfo_String(
    host: Host, _project: object, pointer: object, name: str, _text: str, _is_set: bool
) -> tuple[bool, str]:
    marker = host.pointers.get("ProjectMarker", pointer)
    return (True, marker.name) if isinstance(marker, Marker) and name == "P_NAME" else (False, "")
