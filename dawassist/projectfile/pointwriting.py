"""Replacing the points of an existing envelope within a range of time."""

from dawassist.errors import NotModelled
from dawassist.projectfile.addresses import Addresses
from dawassist.projectfile.envelopes import has_automation_items, point_line, read_point
from dawassist.rpp.tree import Element, Line
from dawassist.session.model import EnvelopeKind, EnvelopePoint
from dawassist.transaction import SetEnvelopePoints


def points_within(addresses: Addresses, edit: SetEnvelopePoints) -> tuple[EnvelopePoint, ...]:
    """The points that the file holds in the edit's range. Raises NotModelled where they cannot be edited."""
    element = addresses.envelope(edit.target)
    if has_automation_items(element):
        raise NotModelled("Automation items lie over the envelope.")
    return tuple(read_point(line, edit.target.envelope) for line in _lines_within(element, edit))


def write_points(addresses: Addresses, edit: SetEnvelopePoints) -> None:
    """Points that stay keep their lines byte for byte; new ones go in order of time. Call `points_within` first."""
    element, kind = addresses.envelope(edit.target), edit.target.envelope
    wanted = sorted(edit.desired_points, key=lambda point: point.time_seconds)
    for point in wanted:
        if not edit.start_seconds <= point.time_seconds <= edit.end_seconds:
            raise NotModelled(f"A point at {point.time_seconds} s is outside the range of the edit.")
    old = _lines_within(element, edit)
    position = _insert_position(element, edit, old)
    leaving = {id(line) for line in old}
    before = [child for child in element.children[:position] if id(child) not in leaving]
    after = [child for child in element.children[position:] if id(child) not in leaving]
    kept: dict[EnvelopePoint, list[Line]] = {}
    for line in old:
        kept.setdefault(read_point(line, kind), []).append(line)
    now = [kept[point].pop() if kept.get(point) else point_line(element, point, kind) for point in wanted]
    element.children[:] = [*before, *now, *after]


def _lines_within(element: Element, edit: SetEnvelopePoints) -> list[Line]:
    kind: EnvelopeKind = edit.target.envelope
    return [
        line
        for line in element.lines("PT")
        if edit.start_seconds <= read_point(line, kind).time_seconds <= edit.end_seconds
    ]


def _insert_position(element: Element, edit: SetEnvelopePoints, old: list[Line]) -> int:
    if old:
        return element.index(old[0])
    later = (c for c in element.lines("PT") if read_point(c, edit.target.envelope).time_seconds > edit.end_seconds)
    following = next(later, None)
    return len(element.children) if following is None else element.index(following)
