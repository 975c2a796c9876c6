"""REAPER's functions, found when they are called, and the conversions that every module needs."""

import ctypes
import itertools
import math
import sys
from collections.abc import Callable
from typing import Any

BUFFER = 4096
SILENCE_DB = -150.0
MASTER_GUID = "{00000000-0000-0000-0000-000000000000}"
_SMALLEST_GAIN = 2.98e-8
_MOST_FX = 1000  # of one track, containers unfolded
_GUID_CHARACTERS = 64
_MOST_BANDS = 100


_order = {"count": 0, "project": -1}


def order() -> int:
    """A number that stays while nothing can have been inserted, removed or moved: indexes hold for that long."""
    return _order["count"]


def order_may_change() -> None:
    """Something was inserted or removed."""
    _order["count"] += 1


def look_for_changes() -> None:
    """At a new tick: whatever was inserted or removed since has changed the project's state."""
    count = int(call("GetProjectStateChangeCount", 0))
    if count != _order["project"]:
        _order["project"] = count
        order_may_change()


def call(name: str, *arguments: Any) -> Any:
    """One function of REAPER's Python binding, without its prefix."""
    return getattr(sys.modules["reaper_python"], "RPR_" + name)(*arguments)


def function(name: str) -> Callable[..., Any]:
    """One function of REAPER's Python binding, for loops."""
    found: Callable[..., Any] = getattr(sys.modules["reaper_python"], "RPR_" + name)
    return found


def has(name: str) -> bool:
    return hasattr(sys.modules["reaper_python"], "RPR_" + name)


def defer(code: str) -> None:
    """Run `code` in `__main__` at the next tick."""
    sys.modules["__main__"].RPR_defer(code)


def is_null(pointer: object) -> bool:
    """Null pointers are texts too: ``(MediaTrack*)0x0000000000000000``."""
    return not pointer or str(pointer).endswith("0x0000000000000000")


def pointer_text(kind: str, address: float) -> str:
    return f"({kind}*)0x{int(address):016X}"


def gain_to_db(gain: float) -> float:
    return 20.0 * math.log10(abs(gain)) if abs(gain) > _SMALLEST_GAIN else SILENCE_DB


def db_to_gain(level_db: float) -> float:
    return 10.0 ** (level_db / 20.0) if level_db > SILENCE_DB else 0.0


def text(name: str, place: int, *arguments: Any) -> str:
    """The text at `place` of a function's answer; a text that is not UTF-8 does not stop a snapshot."""
    try:
        return str(call(name, *arguments)[place])
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "replace").rstrip("\0")


def track_string(track: str, name: str) -> str:
    return text("GetSetMediaTrackInfo_String", 3, track, name, "", False)


def track_value(track: str, name: str) -> float:
    return float(call("GetMediaTrackInfo_Value", track, name))


def project() -> tuple[str, str]:
    """Pointer and path of the active project."""
    found = call("EnumProjects", -1, "", BUFFER)
    return str(found[0]), str(found[2])


def all_tracks() -> list[str]:
    """The master first."""
    tracks = [str(call("GetTrack", 0, index)) for index in range(int(call("CountTracks", 0)))]
    return [str(call("GetMasterTrack", 0)), *tracks]


def guid_of(track: str) -> str:
    """The master has the GUID of zeros, whatever REAPER calls it."""
    if track_value(track, "IP_TRACKNUMBER") == -1.0:
        return MASTER_GUID
    return track_string(track, "GUID").upper()


def send_destination(track: str, index: int) -> str:
    """GUID of the track that a send goes to."""
    address = call("GetTrackSendInfo_Value", track, 0, index, "P_DESTTRACK")
    return guid_of(pointer_text("MediaTrack", address)) if address else ""


def send_source(track: str, index: int) -> str:
    """GUID of the track that a receive comes from."""
    address = call("GetTrackSendInfo_Value", track, -1, index, "P_SRCTRACK")
    return guid_of(pointer_text("MediaTrack", address)) if address else ""


def sends_to(track: str, destination_guid: str) -> list[int]:
    """Indexes of the sends to one destination."""
    return [index for index in range(int(call("GetTrackNumSends", track, 0)))
            if send_destination(track, index) == destination_guid]  # fmt: skip


def fx_addresses(track: str) -> list[int]:
    """Every plug-in of a track, those in containers included."""
    found = list(range(int(call("TrackFX_GetCount", track))))
    for fx in found:  # grows while containers are unfolded
        if len(found) < _MOST_FX:
            found.extend(fx_children(track, fx))
    return found


def fx_children(track: str, fx: int) -> list[int]:
    """Addresses of the plug-ins in a container."""
    count = int(fx_config(track, fx, "container_count") or 0)
    return [int(fx_config(track, fx, f"container_item.{place}")) for place in range(count)]


def fx_guid(track: str, fx: int) -> str:
    return guid_text(str(call("TrackFX_GetFXGUID", track, fx)))


def guid_text(pointer: str) -> str:
    """The GUID behind a pointer.

    REAPER's Python binding hands a null pointer on for the GUID pointers that it does not know; its table of raw
    functions does not, so that is used where there is one.
    """
    if is_null(pointer):
        return ""
    raw = getattr(sys.modules["reaper_python"], "_ft", {}).get("guidToString")
    if not raw:
        return str(call("guidToString", pointer, "")[1]).upper()
    buffer = ctypes.create_string_buffer(_GUID_CHARACTERS)
    address = int(pointer.rpartition("x")[2], 16)
    ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_char_p)(raw)(address, buffer)
    return buffer.value.decode("ascii", "replace").upper()


def fx_config(track: str, fx: int, name: str) -> str:
    """A named configuration value; "" where the plug-in has none."""
    found = call("TrackFX_GetNamedConfigParm", track, fx, name, "", BUFFER)
    return str(found[4]) if found[0] else ""


def fx_bands(track: str, fx: int) -> list[list[str]]:
    """Type and switch of ReaEQ's bands, which are no parameters; names and values, empty for other plug-ins."""
    names = ((f"BANDTYPE{band}", f"BANDENABLED{band}") for band in range(_MOST_BANDS))
    bands = ([[name, fx_config(track, fx, name)] for name in pair] for pair in names)
    return [setting for band in itertools.takewhile(lambda band: all(v for _, v in band), bands) for setting in band]


def fx_file_name(ident: str) -> str:
    """``/path/reaeq.vst.so<1919247729`` → ``reaeq.vst.so``: the same on every machine.

    Idents that are no path of this machine stay whole: of a JS plug-in the folder is a part of its name.
    """
    path = ident.partition("<")[0].replace("\\", "/")
    is_path = "<" in ident or path.startswith("/") or path[1:2] == ":"
    return path.rpartition("/")[2] if is_path else ident
