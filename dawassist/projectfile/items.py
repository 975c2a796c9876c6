"""Items of a project file with their takes and media sources.

The lines before the first TAKE belong to the item and to its first take, those behind a TAKE to that take.
"""

from dawassist.projectfile.envelopes import TAKE_KINDS, read_envelope
from dawassist.projectfile.fields import OwnLines, guid_or_made, level_db
from dawassist.projectfile.fx import read_chain
from dawassist.rpp.tree import Element, Line, Node
from dawassist.session.channel_modes import channel_mode
from dawassist.session.model import Fade, Item, Source, Take
from dawassist.units import physical

_SECTION_REVERSED = (2, 3)
_WHOLE_REVERSED = 3
_LANES_SHOWN = 32


def read_items(track: Element, place: str) -> tuple[Item, ...]:
    """`place` names the track, for items of old files that hold no GUID."""
    lanes = _playing_lanes(track)
    items = enumerate(track.find_all("ITEM"))
    return tuple(_item(element, f"{place} item {index}", lanes) for index, element in items)


def _item(element: Element, place: str, playing_lanes: int | None) -> Item:
    own = OwnLines(element)
    sections = _sections(element)
    takes = [_take(section, first=index == 0, place=f"{place} take {index}") for index, section in enumerate(sections)]
    active = next((index for index, section in enumerate(sections) if _is_selected(section)), 0)
    if len(takes) == 1 and not _has_take(sections[0]):
        takes, active = [], -1
    return Item(
        guid=guid_or_made(own["IGUID"].text(1), place),
        position_seconds=physical(own["POSITION"].number_at(1, 0.0)),
        length_seconds=physical(own["LENGTH"].number_at(1, 0.0)),
        level_db=level_db(own["VOLPAN"].number_at(1, 1.0)),
        muted=own["MUTE"].integer_at(1, 0) != 0,
        looped=own["LOOP"].integer_at(1, 0) != 0,
        locked=own["LOCK"].integer_at(1, 0) != 0,
        fade_in=_fade(own["FADEIN"]),
        fade_out=_fade(own["FADEOUT"]),
        active_take=active,
        takes=tuple(takes),
        lane_plays=playing_lanes is None or bool(playing_lanes >> _lane(own["YPOS"]) & 1),
        selected=own["SEL"].integer_at(1, 0) != 0,
    )


def _sections(element: Element) -> list[list[Node]]:
    sections: list[list[Node]] = [[]]
    for child in element.children:
        if isinstance(child, Line) and child.tag == "TAKE":
            sections.append([])
        sections[-1].append(child)
    return sections


def _has_take(section: list[Node]) -> bool:
    return any(node.tag in ("SOURCE", "GUID") for node in section)


def _is_selected(section: list[Node]) -> bool:
    head = section[0] if section else None
    return isinstance(head, Line) and head.tag == "TAKE" and "SEL" in head.texts[1:]


def _is_empty(section: list[Node]) -> bool:
    head = section[0] if section else None
    return isinstance(head, Line) and head.tag == "TAKE" and "NULL" in head.texts[1:]


def _take(section: list[Node], *, first: bool, place: str) -> Take:
    part = Element(Line(b""), section, Line(b""))
    own = OwnLines(part)
    volpan = own["VOLPAN" if first else "TAKEVOLPAN"]
    gain_field = 3 if first else 2
    gain = volpan.number_at(gain_field, 1.0)
    source = part.find("SOURCE")
    chain = part.find("TAKEFX")
    mode, first_channel = channel_mode(own["CHANMODE"].integer_at(1, 0))
    return Take(
        guid="" if _is_empty(section) else guid_or_made(own["GUID"].text(1), place),
        name=own["NAME"].text(1),
        level_db=level_db(gain),
        pan=physical(volpan.number_at(gain_field - 1, 0.0)),
        polarity_inverted=gain < 0.0,
        start_offset_seconds=physical(own["SOFFS"].number_at(1, 0.0)),
        play_rate=physical(own["PLAYRATE"].number_at(1, 1.0)),
        pitch_semitones=physical(own["PLAYRATE"].number_at(3, 0.0)),
        preserve_pitch=own["PLAYRATE"].integer_at(2, 1) != 0,
        channel_mode=mode,
        first_channel=first_channel,
        source=_source(source) if source else None,
        envelopes=tuple(read_envelope(e, TAKE_KINDS[e.tag]) for e in part.find_all() if e.tag in TAKE_KINDS),
        fx_names=tuple(fx.name for fx in read_chain(chain, place)),
    )


def _source(element: Element) -> Source:
    """The media behind a source, through its sections; `kind` is the innermost one's."""
    start, length, is_reversed = 0.0, 0.0, False
    while element.text(1) == "SECTION":
        own = OwnLines(element)
        mode = own["MODE"].integer_at(1, 0)
        is_reversed ^= mode in _SECTION_REVERSED
        if mode != _WHOLE_REVERSED:
            start += own["STARTPOS"].number_at(1, 0.0)
            length = length or own["LENGTH"].number_at(1, 0.0)
        inner = element.find("SOURCE")
        if inner is None:
            break
        element = inner
    file = element.line("FILE")
    return Source(
        kind=element.text(1),
        path=file.text(1) if file else "",
        section_start_seconds=physical(start),
        section_length_seconds=physical(length),
        reversed=is_reversed,
    )


def _fade(line: Line) -> Fade:
    """The length of an automatic fade (a crossfade) wins over the manual one."""
    automatic = line.number_at(3, 0.0)
    return Fade(
        length_seconds=physical(automatic if automatic > 0.0 else line.number_at(2, 0.0)),
        shape=line.integer_at(4, line.integer_at(1, 0)),
        curvature=physical(line.number_at(6, 0.0)),
    )


def _playing_lanes(track: Element) -> int | None:
    """Bit mask of the fixed lanes that play; None where every item plays."""
    own = OwnLines(track)
    if own["FREEMODE"].integer_at(1, 0) != 2 or "LANESOLO" not in own:
        return None
    return own["LANESOLO"].integer_at(1, 0) | -1 << _LANES_SHOWN


def _lane(line: Line) -> int:
    """YPOS holds top and height relative to the track; where the height is 1, the top is the lane's number."""
    top, height = line.number_at(1, 0.0), line.number_at(2, 1.0)
    return max(round(top / height), 0) if height > 0.0 else 0
