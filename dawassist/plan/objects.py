"""What belongs together: the microphones of one source, stereo pairs, DI and amp. One object gets one decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dawassist.analysis.model import RoleGuess
from dawassist.plan.names import name_parts
from dawassist.plan.roles import FIRM
from dawassist.session.graph import Graph
from dawassist.session.model import Track

ObjectKind = Literal["single", "stereo_pair", "microphones"]
_ONE_SOURCE = ("kick", "snare", "bass")
_ASIDE = 0.5
_SAME_PAN = 0.02
_SHORTEST_ENDED = 2  # "OHL" and "OHR" end in a side, "al" and "ar" do not


@dataclass(frozen=True, slots=True, kw_only=True)
class MixObject:
    """Tracks that move together, in session order, with the role of the object."""

    kind: ObjectKind
    tracks: tuple[Track, ...]
    role: RoleGuess

    @property
    def name(self) -> str:
        return " + ".join(track.display_name for track in self.tracks)

    @property
    def guids(self) -> tuple[str, ...]:
        return tuple(track.guid for track in self.tracks)


def mix_objects(tracks: Sequence[Track], graph: Graph, roles: Mapping[str, RoleGuess]) -> tuple[MixObject, ...]:
    """Group source tracks of one folder; in the order of their first tracks.

    Kick, snare and bass are one source each, whatever their microphones are called. Others belong together by name
    (same stem with different sides or microphones) or as a pair that is panned to opposite sides.
    """
    groups: dict[tuple[str, ...], list[Track]] = {}
    for track in tracks:
        groups.setdefault(_key(track, graph, roles[track.guid]), []).append(track)
    found = [each for members in groups.values() for each in _grouped(members, roles)]
    places = {track.guid: place for place, track in enumerate(tracks)}
    return tuple(sorted(_paired(found, graph), key=lambda each: places[each.tracks[0].guid]))


def _key(track: Track, graph: Graph, role: RoleGuess) -> tuple[str, ...]:
    folder = graph.parent.get(track.guid, "")
    if role.role in _ONE_SOURCE and role.confidence >= FIRM:
        return (folder, role.role)
    parts = name_parts(track.name)
    return (folder, role.role, parts.number, *parts.stem) if parts.stem else (track.guid,)


def _grouped(members: Sequence[Track], roles: Mapping[str, RoleGuess]) -> Iterable[MixObject]:
    role = max((roles[track.guid] for track in members), key=lambda guess: guess.confidence)
    names = [name_parts(track.name) for track in members]
    is_pair = sorted(parts.side for parts in names) == ["L", "R"]
    is_one = role.role in _ONE_SOURCE and role.confidence >= FIRM
    if len(members) > 1 and (is_one or len({(parts.side, parts.microphones) for parts in names}) == len(members)):
        kind: ObjectKind = "stereo_pair" if is_pair else "microphones"
        return [MixObject(kind=kind, tracks=tuple(members), role=role)]
    return [MixObject(kind="single", tracks=(track,), role=roles[track.guid]) for track in members]


def _paired(objects: Sequence[MixObject], graph: Graph) -> Iterable[MixObject]:
    """Single tracks of one role and folder become a pair when they are each other's only counterpart."""
    singles = [each for each in objects if each.kind == "single"]
    partners = {
        each.guids[0]: [other for other in singles if other is not each and _are_counterparts(each, other, graph)]
        for each in singles
    }
    for each in objects:
        mates = partners.get(each.guids[0], []) if each.kind == "single" else []
        if len(mates) != 1 or len(partners[mates[0].guids[0]]) != 1:
            yield each
        elif objects.index(each) < objects.index(mates[0]):
            surer = max(each.role, mates[0].role, key=lambda guess: guess.confidence)
            yield MixObject(kind="stereo_pair", tracks=(*each.tracks, *mates[0].tracks), role=surer)


def _are_counterparts(one: MixObject, other: MixObject, graph: Graph) -> bool:
    left, right = one.tracks[0], other.tracks[0]
    if one.role.role != other.role.role or graph.parent.get(left.guid) != graph.parent.get(right.guid):
        return False
    words, others = name_parts(left.name).words, name_parts(right.name).words
    differing = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    is_named_so = len(words) == len(others) and len(differing) == 1 and _end_in_sides(*differing[0])
    is_mirrored = abs(left.pan) >= _ASIDE and abs(left.pan + right.pan) < _SAME_PAN and one.role.confidence >= FIRM
    return is_named_so or is_mirrored


def _end_in_sides(one: str, other: str) -> bool:
    return len(one) > _SHORTEST_ENDED and one[:-1] == other[:-1] and {one[-1], other[-1]} == {"l", "r"}
