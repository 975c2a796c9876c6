"""Projects: listing, names, change count, undo, transport, cursor, time selection, tempo."""

from dawassist.standin.functions.loudness import statistics
from dawassist.standin.functions.registry import api, project_of, track_of
from dawassist.standin.host import Host
from dawassist.standin.project import Project

_RENDERING_PROJECT = 0x40000000


@api
def EnumProjects(host: Host, index: int, _buffer: str, _size: int) -> tuple[str, str]:
    open_ones = [host.project, *([host.other_tab] if host.other_tab else [])]
    if index == _RENDERING_PROJECT:
        return host.pointers.text("ReaProject", host.project if host.is_rendering else None), ""
    found = host.project if index == -1 else open_ones[index] if 0 <= index < len(open_ones) else None
    return host.pointers.text("ReaProject", found), str(found.path.absolute()) if found else ""


@api
def GetProjectName(host: Host, project: object, _buffer: str, _size: int) -> tuple[str]:
    return (project_of(host, project).path.name,)


@api
def GetProjectPathEx(host: Host, project: object, _buffer: str, _size: int) -> tuple[str]:
    return (str(project_of(host, project).path.absolute().parent),)


@api
def GetProjectPath(host: Host, _buffer: str, _size: int) -> tuple[str]:
    return (str(host.project.path.absolute().parent),)


@api
def GetProjectLength(host: Host, project: object) -> float:
    return project_of(host, project).length_seconds


@api
def GetProjectStateChangeCount(host: Host, project: object) -> int:
    return project_of(host, project).history.change_count


@api
def IsProjectDirty(host: Host, project: object) -> int:
    return int(project_of(host, project).history.change_count > 1)


@api
def MarkProjectDirty(_host: Host, _project: object) -> None:
    return None


@api
def Main_SaveProject(host: Host, project: object, _force_as: bool) -> None:
    opened = project_of(host, project)
    opened.save(opened.path)


@api
def GetSetProjectInfo(host: Host, project: object, name: str, value: float, is_set: bool) -> float:
    opened = project_of(host, project)
    if name == "PROJECT_SRATE":
        return opened.sample_rate_hz
    if name == "PROJECT_SRATE_USE":
        return opened.number("SAMPLERATE", 2, 0.0)
    if not name.startswith("RENDER_"):
        raise RuntimeError(f"not modelled in the stand-in: GetSetProjectInfo {name}")
    if is_set:
        opened.settings[name] = value
    return float(opened.settings.get(name, 0.0))


@api
def GetSetProjectInfo_String(host: Host, project: object, name: str, text: str, is_set: bool) -> tuple[bool, str]:
    opened = project_of(host, project)
    if not name.startswith("RENDER_"):
        return False, ""
    if name == "RENDER_STATS":
        return True, statistics(host, opened, text)
    if is_set:
        opened.settings[name] = text
    return True, str(opened.settings.get(name, ""))


@api
def Undo_BeginBlock(host: Host) -> None:
    host.project.history.begin()


@api
def Undo_BeginBlock2(host: Host, project: object) -> None:
    project_of(host, project).history.begin()


@api
def Undo_EndBlock(host: Host, label: str, flags: int) -> None:
    host.project.history.end(label, flags)


@api
def Undo_EndBlock2(host: Host, project: object, label: str, flags: int) -> None:
    project_of(host, project).history.end(label, flags)


@api
def Undo_CanUndo2(host: Host, project: object) -> str:
    done = project_of(host, project).history.done
    return done[-1].label if done else ""


@api
def Undo_CanRedo2(host: Host, project: object) -> str:
    undone = project_of(host, project).history.undone
    return undone[-1].label if undone else ""


@api
def Undo_DoUndo2(host: Host, project: object) -> int:
    return int(project_of(host, project).history.undo())


@api
def Undo_DoRedo2(host: Host, project: object) -> int:
    return int(project_of(host, project).history.redo())


@api
def GetPlayState(host: Host) -> int:
    return host.project.transport


@api
def GetPlayStateEx(host: Host, project: object) -> int:
    return project_of(host, project).transport


@api
def GetPlayPositionEx(host: Host, project: object) -> float:
    return project_of(host, project).cursor_seconds


@api
def GetPlayPosition2Ex(host: Host, project: object) -> float:
    return project_of(host, project).cursor_seconds


@api
def GetCursorPositionEx(host: Host, project: object) -> float:
    return project_of(host, project).cursor_seconds


@api
def SetEditCurPos(host: Host, time_seconds: float, _move_view: bool, _seek_play: bool) -> None:
    host.project.cursor_seconds = time_seconds


@api
def SetEditCurPos2(host: Host, project: object, time_seconds: float, _move_view: bool, _seek_play: bool) -> None:
    project_of(host, project).cursor_seconds = time_seconds


@api
def OnPlayButtonEx(host: Host, project: object) -> None:
    project_of(host, project).transport = 1


@api
def OnStopButtonEx(host: Host, project: object) -> None:
    project_of(host, project).transport = 0


@api
def OnPauseButtonEx(host: Host, project: object) -> None:
    project_of(host, project).transport ^= 2


@api
def OnPlayButton(host: Host) -> None:
    host.project.transport = 1


@api
def OnStopButton(host: Host) -> None:
    host.project.transport = 0


@api
def GetSet_LoopTimeRange2(
    host: Host, project: object, is_set: bool, is_loop: bool, start: float, end: float, _seek: bool
) -> tuple[float, float]:
    opened = project_of(host, project)
    if is_set and is_loop:
        opened.loop = (start, end)
    elif is_set:
        opened.time_selection = (start, end)
    return opened.loop if is_loop else opened.time_selection


@api
def Master_GetPlayRate(host: Host, project: object) -> float:
    return project_of(host, project).number("PLAYRATE", 1, 1.0)


@api
def GetGlobalAutomationOverride(host: Host) -> int:
    return int(host.project.number("GLOBAL_AUTO", 1, -1.0))


@api
def CountTempoTimeSigMarkers(host: Host, project: object) -> int:
    return len(_tempo(project_of(host, project)))


@api
def GetTempoTimeSigMarker(
    host: Host, project: object, index: int, *_outs: object
) -> tuple[bool, float, int, float, float, int, int, bool]:
    points = _tempo(project_of(host, project))
    if not 0 <= index < len(points):
        return False, 0.0, 0, 0.0, 0.0, 0, 0, False
    time_seconds, bpm, numerator, denominator = points[index]
    return True, time_seconds, -1, -1.0, bpm, numerator, denominator, False


@api
def TimeMap_GetTimeSigAtTime(
    host: Host, project: object, _time_seconds: float, *_outs: object
) -> tuple[int, int, float]:
    """The start of the project; the tempo map gives what follows."""
    opened = project_of(host, project)
    return int(opened.number("TEMPO", 2, 4)), int(opened.number("TEMPO", 3, 4)), opened.number("TEMPO", 1, 120.0)


@api
def GetProjectTimeSignature2(host: Host, project: object, _bpm: float, _bpi: float) -> tuple[float, float]:
    opened = project_of(host, project)
    return opened.number("TEMPO", 1, 120.0), opened.number("TEMPO", 2, 4)


@api
def Master_GetTempo(host: Host) -> float:
    return host.project.number("TEMPO", 1, 120.0)


@api
def GetMasterMuteSoloFlags(host: Host) -> int:
    return int(host.project.number("MASTERMUTESOLO", 1, 0.0))


@api
def AnyTrackSolo(host: Host, project: object) -> bool:
    return any(track.get("I_SOLO") for track in project_of(host, project).tracks)


@api
def CountSelectedTracks2(host: Host, project: object, master: bool) -> int:
    opened = project_of(host, project)
    tracks = [opened.master, *opened.tracks] if master else opened.tracks
    return sum(bool(track.get("I_SELECTED")) for track in tracks)


@api
def GetSelectedTrack(host: Host, project: object, index: int) -> str:
    chosen = [track for track in project_of(host, project).tracks if track.get("I_SELECTED")]
    return host.pointers.text("MediaTrack", chosen[index] if 0 <= index < len(chosen) else None)


@api
def SetOnlyTrackSelected(host: Host, pointer: object) -> None:
    chosen = track_of(host, pointer)
    for track in host.project.tracks:
        select(track, track is chosen)


def select(track: object, selected: bool) -> None:
    """Selection is no change of the project: it goes past the undo history."""
    element = track.element  # type: ignore[attr-defined]
    line = element.line("SEL")
    if line is not None:
        line.set_number(1, float(selected))


def _tempo(project: Project) -> list[tuple[float, float, int, int]]:
    envelope = project.root.find("TEMPOENVEX")
    found = []
    for line in envelope.lines("PT") if envelope else ():
        denominator, numerator = divmod(line.integer_at(4, 0), 65536)
        found.append((line.number_at(1, 0.0), line.number_at(2, 120.0), numerator, denominator))
    return found
