"""REAPER's functions, found when they are called, and the conversions that every module needs."""

import math
import sys
from collections.abc import Callable
from typing import Any

BUFFER = 4096
SILENCE_DB = -150.0
_SMALLEST_GAIN = 2.98e-8


def call(name: str, *arguments: Any) -> Any:
    """One function of REAPER's Python binding, without its prefix."""
    return getattr(sys.modules["reaper_python"], "RPR_" + name)(*arguments)


def function(name: str) -> Callable[..., Any]:
    """One function of REAPER's Python binding, for loops."""
    found: Callable[..., Any] = getattr(sys.modules["reaper_python"], "RPR_" + name)
    return found


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


def track_string(track: str, name: str) -> str:
    return str(call("GetSetMediaTrackInfo_String", track, name, "", False)[3])


def track_value(track: str, name: str) -> float:
    return float(call("GetMediaTrackInfo_Value", track, name))


def project() -> tuple[str, str]:
    """Pointer and path of the active project."""
    found = call("EnumProjects", -1, "", BUFFER)
    return str(found[0]), str(found[2])


def fx_guid(track: str, fx: int) -> str:
    return str(call("guidToString", call("TrackFX_GetFXGUID", track, fx), "")[1])


def fx_config(track: str, fx: int, name: str) -> str:
    """A named configuration value; "" where the plug-in has none."""
    found = call("TrackFX_GetNamedConfigParm", track, fx, name, "", BUFFER)
    return str(found[4]) if found[0] else ""


def fx_file_name(ident: str) -> str:
    """``/path/reaeq.vst.so<1919247729`` → ``reaeq.vst.so``: the same on every machine."""
    return ident.partition("<")[0].replace("\\", "/").rpartition("/")[2]


def all_tracks() -> list[str]:
    tracks = [str(call("GetTrack", 0, index)) for index in range(int(call("CountTracks", 0)))]
    return [str(call("GetMasterTrack", 0)), *tracks]


def guid_of(track: str) -> str:
    return track_string(track, "GUID").upper()
