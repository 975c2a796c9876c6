"""Envelopes of a project file: points in physical units, and the lines that hold them.

In files, volumes are linear amplitudes (also when VOLTYPE is 1), and pans have the opposite sign of the pan control.
"""

from dawassist.rpp.tokens import number_text
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import Envelope, EnvelopeKind, EnvelopePoint
from dawassist.units import db_to_gain, gain_to_db, physical

MAX_POINTS = 100_000
_TRACK_KINDS: dict[str, EnvelopeKind] = {
    "VOLENV": "volume_pre_fx", "VOLENV2": "volume", "VOLENV3": "trim_volume", "PANENV": "pan_pre_fx",
    "PANENV2": "pan", "WIDTHENV": "width_pre_fx", "WIDTHENV2": "width", "MUTEENV": "mute",
}  # fmt: skip
KINDS: dict[str, EnvelopeKind] = {
    **_TRACK_KINDS,
    **dict.fromkeys(("DUALPANENVL", "DUALPANENV", "DUALPANENVL2", "DUALPANENV2"), "other"),
}
MASTER_KINDS: dict[str, EnvelopeKind] = {f"MASTER{tag}": kind for tag, kind in KINDS.items()}
SEND_KINDS: dict[str, EnvelopeKind] = {"AUXVOLENV": "send_volume", "AUXPANENV": "send_pan", "AUXMUTEENV": "send_mute"}
TAKE_KINDS: dict[str, EnvelopeKind] = {
    "VOLENV": "take_volume", "PANENV": "take_pan", "MUTEENV": "take_mute", "PITCHENV": "take_pitch",
}  # fmt: skip
_VOLUMES = {"volume", "volume_pre_fx", "trim_volume", "send_volume", "take_volume"}
_PANS = {"pan", "pan_pre_fx", "send_pan", "take_pan"}
_REAPER_OWN = ("bypass", "wet", "delta")


def read_envelopes(element: Element, kinds: dict[str, EnvelopeKind]) -> tuple[Envelope, ...]:
    """The envelopes among the children of `element` whose tag is in `kinds`, in file order."""
    return tuple(read_envelope(child, kinds[child.tag]) for child in element.find_all() if child.tag in kinds)


def read_envelope(element: Element, kind: EnvelopeKind) -> Envelope:
    """Points are left out, as a summary, beyond the limit and where automation items lie over them.

    How automation items play is not shown by any project we know, so they are counted and not flattened.
    """
    tags: dict[str, Line] = {}
    points: list[Line] = []
    automation_items = 0
    for line in element.lines():
        tag = line.tag
        if tag == "PT":
            points.append(line)
        elif tag == "POOLEDENVINST":
            automation_items += 1
        else:
            tags.setdefault(tag, line)
    summarized = automation_items > 0 or len(points) > MAX_POINTS
    return Envelope(
        kind=kind, guid=_text(tags, "EGUID", "").upper(), active=_text(tags, "ACT", "1") != "0",
        points=() if summarized else tuple(read_point(line, kind) for line in points),
        point_count=max(len(points), automation_items),
        parameter_ident=_parameter_ident(element) if kind == "fx_parameter" else "",
        fader_scaling=_text(tags, "VOLTYPE", "0") == "1", automation_item_count=automation_items,
    )  # fmt: skip


def read_point(line: Line, kind: EnvelopeKind) -> EnvelopePoint:
    time_seconds, value, shape, _, _, _, tension = line.numbers(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return EnvelopePoint(
        time_seconds=physical(time_seconds),
        value=_from_file(value, kind),
        shape=int(shape),
        tension=physical(tension),
    )


def point_line(element: Element, point: EnvelopePoint, kind: EnvelopeKind) -> Line:
    """A new line for `point`, indented as the others of `element`."""
    texts = ["PT", number_text(point.time_seconds), number_text(_to_file(point.value, kind)), str(point.shape)]
    if point.tension:
        texts += ["0", "0", "0", number_text(point.tension)]
    return element.new_line(*texts)


def has_automation_items(element: Element) -> bool:
    return element.line("POOLEDENVINST") is not None


def _from_file(value: float, kind: EnvelopeKind) -> float:
    if kind in _VOLUMES:
        return physical(gain_to_db(value))
    return physical(-value if kind in _PANS else value)


def _to_file(value: float, kind: EnvelopeKind) -> float:
    if kind in _VOLUMES:
        return db_to_gain(value)
    return -value if kind in _PANS else value


def _parameter_ident(element: Element) -> str:
    ident = element.text(1)
    name = ident.partition(":")[2]
    return f":{name}" if name in _REAPER_OWN else ident


def _text(lines: dict[str, Line], tag: str, default: str) -> str:
    return lines[tag].text(1, default) if tag in lines else default
