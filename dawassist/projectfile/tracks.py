"""Tracks of a project file, the master included."""

from collections.abc import Sequence

from dawassist.projectfile.envelopes import KINDS, MASTER_KINDS, read_envelopes
from dawassist.projectfile.fields import OwnLines, color, guid_or_made, level_db, pan_law_db, pan_mode
from dawassist.projectfile.fx import read_chain
from dawassist.projectfile.items import read_items
from dawassist.projectfile.sends import read_hardware_outputs, read_sends
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import MASTER_GUID, AutomationMode, PanMode, Send, SoloMode, Track
from dawassist.units import physical

FX_CHAIN, MASTER_FX_CHAIN = "FXCHAIN", "MASTERFXLIST"
_AUTOMATION: tuple[AutomationMode, ...] = ("trim_read", "read", "touch", "write", "latch", "latch_preview")
_SOLO: dict[int, SoloMode] = {1: "solo", 2: "solo_in_place", 5: "safe_solo", 6: "safe_solo_in_place"}
_VCA_FOLLOW = 22  # field of GROUP_FLAGS, one bit per group
_BYPASSED, _IN_SAMPLES = 1, 2  # flags of PLAYOFFS
_MUTE, _SOLO_FLAG = 1, 2  # flags of MASTERMUTESOLO
_OLD_FOLDER_DEPTH = {1: 1, 2: -1}  # files before REAPER 4 hold only the kind of folder


def track_place(index: int) -> str:
    """How places in files without GUIDs are named."""
    return f"track {index}"


def track_guid(track: Element, index: int) -> str:
    line = track.line("TRACKID")
    return guid_or_made(track.text(1) or (line.text(1) if line else ""), track_place(index))


def read_tracks(root: Element, project_pan_mode: PanMode, sample_rate_hz: int) -> tuple[Track, ...]:
    elements = list(root.find_all("TRACK"))
    guids = [track_guid(element, index) for index, element in enumerate(elements)]
    sends = read_sends(elements, guids)
    return tuple(
        _track(element, index, guids[index], sends[index], project_pan_mode, sample_rate_hz)
        for index, element in enumerate(elements)
    )


def read_master(root: Element, project_pan_mode: PanMode) -> Track:
    own = OwnLines(root)
    flags = own["MASTERMUTESOLO"].integer_at(1, 0)
    volpan = own["MASTER_VOLUME"]
    return Track(
        guid=MASTER_GUID, number=0, name="", color=color(own["MASTERPEAKCOL"].integer_at(1, 0)),
        fader_db=level_db(volpan.number_at(1, 1.0)), pan=physical(volpan.number_at(2, 0.0)),
        width=physical(volpan.number_at(5, 1.0)), dual_pan=_dual_pan(volpan), pan_law_db=_own_pan_law_db(volpan),
        pan_mode=pan_mode(own["MASTER_PANMODE"].integer_at(1, -1), project_pan_mode),
        polarity_inverted=False, delay_seconds=0.0, muted=bool(flags & _MUTE),
        solo="solo" if flags & _SOLO_FLAG else "none", channel_count=own["MASTER_NCH"].integer_at(1, 2),
        folder_depth=0, automation_mode=_automation(own["MASTERAUTOMODE"]),
        fx_enabled=own["MASTER_FX"].integer_at(1, 1) != 0, main_send=False, record_armed=False, freeze_count=0,
        selected=own["MASTER_SEL"].integer_at(1, 0) != 0, locked=False, groups=0, vca_follower=False,
        envelopes=read_envelopes(root, MASTER_KINDS), fx=read_chain(root.find(MASTER_FX_CHAIN), "master"),
        hardware_outputs=read_hardware_outputs(root, "MASTERHWOUT"),
    )  # fmt: skip


def _track(
    element: Element, index: int, guid: str, sends: Sequence[Send], default_pan_mode: PanMode, sample_rate_hz: int
) -> Track:
    own = OwnLines(element)
    volpan = own["VOLPAN"]
    return Track(
        guid=guid, number=index + 1, name=own["NAME"].text(1), color=color(own["PEAKCOL"].integer_at(1, 0)),
        fader_db=level_db(volpan.number_at(1, 1.0)), pan=physical(volpan.number_at(2, 0.0)),
        width=physical(volpan.number_at(5, 1.0)), dual_pan=_dual_pan(volpan), pan_law_db=_own_pan_law_db(volpan),
        pan_mode=pan_mode(own["PANMODE"].integer_at(1, -1), default_pan_mode),
        polarity_inverted=own["IPHASE"].integer_at(1, 0) != 0,
        delay_seconds=_delay_seconds(own["PLAYOFFS"], sample_rate_hz),
        muted=own["MUTESOLO"].integer_at(1, 0) != 0, solo=_SOLO.get(own["MUTESOLO"].integer_at(2, 0), "none"),
        channel_count=own["NCHAN"].integer_at(1, 2), folder_depth=_folder_depth(own["ISBUS"]),
        automation_mode=_automation(own["AUTOMODE"]), fx_enabled=own["FX"].integer_at(1, 1) != 0,
        main_send=own["MAINSEND"].integer_at(1, 1) != 0, record_armed=own["REC"].integer_at(1, 0) != 0,
        freeze_count=len(element.find_all("FREEZE")), selected=own["SEL"].integer_at(1, 0) != 0,
        locked=own["LOCK"].integer_at(1, 0) != 0, groups=_groups(own["GROUP_FLAGS"]),
        vca_follower=own["GROUP_FLAGS"].integer_at(_VCA_FOLLOW, 0) != 0,
        envelopes=read_envelopes(element, KINDS), fx=read_chain(element.find(FX_CHAIN), track_place(index)),
        sends=tuple(sends), hardware_outputs=read_hardware_outputs(element, "HWOUT"),
        items=read_items(element, track_place(index)),
    )  # fmt: skip


def _delay_seconds(line: Line, sample_rate_hz: int) -> float:
    flags = line.integer_at(2, _BYPASSED)
    if flags & _BYPASSED:
        return 0.0
    offset = line.number_at(1, 0.0)
    return physical(offset / sample_rate_hz if flags & _IN_SAMPLES else offset)


def _folder_depth(line: Line) -> int:
    return line.integer_at(2, _OLD_FOLDER_DEPTH.get(line.integer_at(1, 0), 0))


def _automation(line: Line) -> AutomationMode:
    number = line.integer_at(1, 0)
    return _AUTOMATION[number] if 0 <= number < len(_AUTOMATION) else "trim_read"


def _dual_pan(volpan: Line) -> tuple[float, float]:
    return physical(volpan.number_at(4, -1.0)), physical(volpan.number_at(5, 1.0))


def _own_pan_law_db(volpan: Line) -> float | None:
    law = volpan.number_at(3, -1.0)
    if law < 0.0:
        return None
    return -pan_law_db(law) if law > 1.0 else pan_law_db(law)


def _groups(line: Line) -> int:
    mask = 0
    for index in range(1, len(line.texts)):
        mask |= line.integer_at(index, 0)
    return mask
