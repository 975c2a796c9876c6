"""Version, paths, console, ext states, pointers, GUIDs, colors, actions and conversions."""

import sys

from dawassist.standin.functions.envelopes import create_envelope
from dawassist.standin.functions.loudness import KEEPS_STATISTICS
from dawassist.standin.functions.registry import api, project_of
from dawassist.standin.functions.rendering import render_stems
from dawassist.standin.host import Host
from dawassist.units import SILENCE_DB, db_to_gain, envelope_raw_to_gain, gain_to_db, gain_to_envelope_raw

_ENVELOPE_ACTIONS = {
    40406: "VOLENV2",
    40407: "PANENV2",
    40408: "VOLENV",
    40409: "PANENV",
    40867: "MUTEENV",
    41870: "WIDTHENV2",
}
_MASTER_MONO = 40917
_RENDER = 42230


@api
def GetAppVersion(_host: Host) -> str:
    return "7.78/stand-in"


@api
def GetResourcePath(host: Host) -> str:
    return str(host.resource_folder)


@api
def GetExePath(_host: Host) -> str:
    return "/opt/REAPER"


@api
def get_ini_file(host: Host) -> str:
    return str(host.resource_folder / "reaper.ini")


@api
def ShowConsoleMsg(_host: Host, text: str) -> None:
    sys.stderr.write(str(text))


@api
def APITest(_host: Host) -> None:
    return None


@api
def SetExtState(host: Host, section: str, key: str, value: object, _persist: bool) -> None:
    host.ext_state[(section, key)] = str(value)


@api
def GetExtState(host: Host, section: str, key: str) -> str:
    return host.ext_state.get((section, key), "")


@api
def HasExtState(host: Host, section: str, key: str) -> bool:
    return (section, key) in host.ext_state


@api
def DeleteExtState(host: Host, section: str, key: str, _persist: bool) -> None:
    host.ext_state.pop((section, key), None)


@api
def SetProjExtState(host: Host, project: object, section: str, key: str, value: str) -> int:
    project_of(host, project).set_project_state(section, key, value)
    return len(value)


@api
def GetProjExtState(host: Host, project: object, section: str, key: str, _buffer: str, size: int) -> tuple[int, str]:
    value = project_of(host, project).ext_state.get((section, key), "")[:size]
    return int(bool(value)), value


@api
def ValidatePtr(host: Host, pointer: object, kind: str) -> bool:
    return host.pointers.get(kind.rstrip("*"), pointer) is not None


@api
def ValidatePtr2(host: Host, _project: object, pointer: object, kind: str) -> bool:
    return ValidatePtr(host, pointer, kind)  # type: ignore[no-any-return]


@api
def guidToString(host: Host, pointer: object, _destination: str) -> tuple[str]:
    guid = host.pointers.get("GUID", pointer)
    return (str(guid.text) if guid is not None else "",)


@api
def ColorFromNative(_host: Host, color: int, _red: int, _green: int, _blue: int) -> tuple[int, int, int]:
    return color & 0xFF, color >> 8 & 0xFF, color >> 16 & 0xFF


@api
def ColorToNative(_host: Host, red: int, green: int, blue: int) -> int:
    return red | green << 8 | blue << 16


@api
def DB2SLIDER(_host: Host, level_db: float) -> float:
    return gain_to_envelope_raw(db_to_gain(level_db))


@api
def SLIDER2DB(_host: Host, raw: float) -> float:
    return max(gain_to_db(envelope_raw_to_gain(raw)), SILENCE_DB)


@api
def PreventUIRefresh(host: Host, count: int) -> None:
    host.project.refresh_blocks += count


@api
def UpdateArrange(_host: Host) -> None:
    return None


@api
def TrackList_AdjustWindows(_host: Host, _minor: bool) -> None:
    return None


@api
def UpdateTimeline(_host: Host) -> None:
    return None


@api
def GetToggleCommandState(host: Host, command: int) -> int:
    flags = int(host.project.number("MASTERMUTESOLO", 1, 0.0))
    return int(bool(flags & 4)) if command == _MASTER_MONO else -1


@api
def NamedCommandLookup(host: Host, name: str) -> int:
    return 50000 + sorted(host.actions).index(name) if name in host.actions else 0


@api
def ReverseNamedCommandLookup(host: Host, command: int) -> str:
    names = sorted(host.actions)
    return names[command - 50000].lstrip("_") if 0 <= command - 50000 < len(names) else ""


@api
def Main_OnCommand(host: Host, command: int, flag: int) -> None:
    Main_OnCommandEx(host, command, flag, 0)


@api
def Main_OnCommandEx(host: Host, command: int, _flag: int, project: object) -> None:
    """The actions that are modelled: envelopes of the selected tracks, stem render, transport, registered scripts."""
    opened = project_of(host, project)
    if command in _ENVELOPE_ACTIONS:
        for track in opened.tracks:
            if track.get("I_SELECTED"):
                create_envelope(track, _ENVELOPE_ACTIONS[command])
    elif command == _RENDER:
        render_stems(host, opened)
    elif command == 1007:
        opened.transport = 1
    elif command == 1016:
        opened.transport = 0
    elif command >= 50000 and ReverseNamedCommandLookup(host, command):
        host.actions[sorted(host.actions)[command - 50000]]()
    else:
        raise RuntimeError(f"not modelled in the stand-in: action {command}")


@api
def get_config_var_string(host: Host, name: str, _buffer: str, size: int) -> tuple[bool, str]:
    """Only the settings that a snapshot and a measurement of loudness need."""
    if name == "renderclosewhendone":
        return True, str(1 | (KEEPS_STATISTICS if host.keeps_statistics else 0))[:size]
    tags = {
        "panlaw": ("PANLAW", 1, 1.0), "panmode": ("PANMODE", 1, 0.0), "projtimemode": ("TIMEMODE", 1, 1.0),
        "projfrbase": ("TIMEMODE", 4, 30.0), "projtimeoffs": ("PROJOFFS", 1, 0.0), "projmeasoffs": ("PROJOFFS", 2, 0.0),
    }  # fmt: skip
    if name not in tags:
        return False, ""
    return True, repr(host.project.number(*tags[name]))[:size]


@api
def time_precise(_host: Host) -> float:
    import time

    return time.perf_counter()
