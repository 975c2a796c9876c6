"""What belongs together: the microphones of one source, stereo pairs, DI and amp. One object gets one decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dawassist.analysis.model import RoleGuess
from dawassist.analysis.pairs import TrackPair
from dawassist.plan.names import name_parts
from dawassist.plan.roles import FIRM
from dawassist.session.graph import Graph
from dawassist.session.model import Track

ObjectKind = Literal["single", "stereo_pair", "microphones"]
_ONE_SOURCE = ("kick", "snare", "bass")
_HEARS_ALL = {"overhead", "room", "drums"}
_ALIKE_RESIDUAL_DB = -6.0  # three quarters of the energy are the other track's: more than bleed
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


def mix_objects(
    tracks: Sequence[Track], graph: Graph, roles: Mapping[str, RoleGuess], alike: Sequence[TrackPair] = ()
) -> tuple[MixObject, ...]:
    """Group source tracks of one folder; in the order of their first tracks.

    Kick, snare and bass are one source each, whatever their microphones are called. Others belong together by name
    (same stem with different sides or microphones), as a pair that is panned to opposite sides, or because one is
    heard to carry mostly what the other does (`alike`, of the analysis).
    """
    groups: dict[tuple[str, ...], list[Track]] = {}
    for track in tracks:
        groups.setdefault(_key(track, graph, roles[track.guid]), []).append(track)
    found = [each for members in groups.values() for each in _grouped(members, roles)]
    places = {track.guid: place for place, track in enumerate(tracks)}
    joined = _joined_by_sound(list(_paired(found, graph)), graph, alike)
    return tuple(sorted(joined, key=lambda each: places[each.tracks[0].guid]))


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


def _joined_by_sound(objects: Sequence[MixObject], graph: Graph, alike: Sequence[TrackPair]) -> Iterable[MixObject]:
    """Objects that share a source by ear become one; a copy is none of its microphones."""
    members = {guid: group for each in objects for group in [[each]] for guid in each.guids}
    for pair in alike:
        if pair.verdict == "duplicate" or pair.residual_db > _ALIKE_RESIDUAL_DB:
            continue
        one, other = members.get(pair.reference_guid, []), members.get(pair.other_guid, [])
        if one is not other and one and other and all(_may_join(a, b, graph) for a in one for b in other):
            one += other
            members.update((guid, one) for each in other for guid in each.guids)
    for group in {id(group): group for group in members.values()}.values():
        order = [each for each in objects if each in group]
        if len(order) == 1:
            yield order[0]
        else:
            role = max((each.role for each in order), key=lambda guess: guess.confidence)
            yield MixObject(kind="microphones", tracks=tuple(t for each in order for t in each.tracks), role=role)


def _may_join(one: MixObject, other: MixObject, graph: Graph) -> bool:
    """Not what hears a whole kit, not sides of a pair, not two sources whose roles are known to differ."""
    roles = {each.role.role for each in (one, other)}
    is_apart = len(roles) == 2 and min(one.role.confidence, other.role.confidence) >= FIRM
    return (
        not is_apart
        and not roles & _HEARS_ALL
        and "stereo_pair" not in (one.kind, other.kind)
        and graph.parent.get(one.guids[0]) == graph.parent.get(other.guids[0])
    )


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
