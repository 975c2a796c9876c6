"""Sends of a project file: stored on the destination as AUXRECV with the source's index, envelopes behind each."""

from collections.abc import Sequence

from dawassist.errors import RppError
from dawassist.projectfile.envelopes import SEND_KINDS, read_envelope
from dawassist.projectfile.fields import level_db
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import HardwareOutput, Send, SendTap
from dawassist.units import physical

LEVEL, PAN, MUTE, MONO, POLARITY = 3, 4, 5, 6, 7  # fields of AUXRECV
_TAPS: dict[int, SendTap] = {0: "post_fader", 1: "pre_fx", 2: "pre_fader", 3: "pre_fader"}  # 2 is the old way of 3


def read_sends(tracks: Sequence[Element], guids: Sequence[str]) -> list[tuple[Send, ...]]:
    """The sends of each track, in the order of their destinations. An AUXRECV from no track is left out."""
    found: list[list[Send]] = [[] for _ in tracks]
    for destination, guid in zip(tracks, guids, strict=True):
        for line, envelopes in receives(destination):
            source = line.integer_at(1, -1)
            if 0 <= source < len(found):
                found[source].append(_send(line, envelopes, guid))
    return [tuple(sends) for sends in found]


def receives(track: Element) -> list[tuple[Line, list[Element]]]:
    """Each AUXRECV line of a track with the envelopes that follow it."""
    found: list[tuple[Line, list[Element]]] = []
    for child in track.children:
        if isinstance(child, Line) and child.tag == "AUXRECV":
            found.append((child, []))
        elif isinstance(child, Element) and found and child.tag in SEND_KINDS:
            found[-1][1].append(child)
    return found


def read_hardware_outputs(element: Element, tag: str) -> tuple[HardwareOutput, ...]:
    """Lines of HWOUT, or of MASTERHWOUT for the master; an empty MASTERHWOUT means none."""
    return tuple(
        HardwareOutput(
            channel=line.integer_at(1, 0),
            level_db=level_db(line.number_at(3, 1.0)),
            muted=line.integer_at(5, 0) != 0,
        )
        for line in element.lines(tag)
        if len(line.texts) > 3
    )


def _send(line: Line, envelopes: list[Element], destination_guid: str) -> Send:
    mode = line.integer_at(2, 0)
    if mode not in _TAPS:
        raise RppError(f"A send of mode {mode} is not known.", line_number=line.number)
    return Send(
        destination_guid=destination_guid,
        level_db=level_db(line.number_at(LEVEL, 1.0)),
        pan=physical(line.number_at(PAN, 0.0)),
        muted=line.integer_at(MUTE, 0) != 0,
        polarity_inverted=line.integer_at(POLARITY, 0) != 0,
        mono=line.integer_at(MONO, 0) != 0,
        tap=_TAPS[mode],
        source_channel=line.integer_at(8, 0),
        destination_channel=line.integer_at(9, 0),
        envelopes=tuple(read_envelope(e, SEND_KINDS[e.tag]) for e in envelopes),
    )
