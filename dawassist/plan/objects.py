"""What belongs together: the microphones of one source, stereo pairs, DI and amp. One object gets one decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dawassist.analysis.model import RoleGuess
from dawassist.plan.names import NameParts, name_parts
from dawassist.session.graph import Graph
from dawassist.session.model import Track

ObjectKind = Literal["single", "stereo_pair", "microphones"]


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
    """Group source tracks of one folder by their names: same stem with different sides or microphones."""
    groups: dict[tuple[str, tuple[str, ...], str, str], list[tuple[Track, NameParts]]] = {}
    for track in tracks:
        parts = name_parts(track.name)
        key = (graph.parent.get(track.guid, ""), parts.stem, parts.number, roles[track.guid].role)
        groups.setdefault(key if parts.stem else (track.guid, (), "", ""), []).append((track, parts))
    objects: list[MixObject] = []
    for members in groups.values():
        objects.extend(_grouped(members, roles))
    places = {track.guid: place for place, track in enumerate(tracks)}
    return tuple(sorted(objects, key=lambda each: places[each.tracks[0].guid]))


def _grouped(members: Sequence[tuple[Track, NameParts]], roles: Mapping[str, RoleGuess]) -> Iterable[MixObject]:
    tracks = tuple(track for track, _ in members)
    sides = [parts.side for _, parts in members]
    marks = {(parts.side, parts.microphones) for _, parts in members}
    if len(tracks) > 1 and len(marks) == len(tracks):
        kind: ObjectKind = "stereo_pair" if sorted(sides) == ["L", "R"] else "microphones"
        best = max((roles[track.guid] for track in tracks), key=lambda guess: guess.confidence)
        return [MixObject(kind=kind, tracks=tracks, role=best)]
    return [MixObject(kind="single", tracks=(track,), role=roles[track.guid]) for track in tracks]
