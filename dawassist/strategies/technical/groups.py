"""Tracks that carry one source, with when each is heard and which way round.

A pair is one source when the engineer's names make it one object with several microphones, or when so little of one
track remains after the other, or what a room makes of it, is subtracted that both were pointed at the same thing.
Microphones of a kit that hear each other's drums are pairs too, but not of one source: their delays are distances and
stay.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from dawassist.analysis.model import RoleGuess
from dawassist.analysis.pairs import TrackPair
from dawassist.plan.objects import MixObject
from dawassist.plan.roles import FIRM
from dawassist.session.model import Session, Track

ACTING_CONFIDENCE = 0.95
"""A pair below this calibrated probability is never acted on, whatever its verdict. This is the one place for it; what
the probability means, and the songs it was calibrated on, is said in `analysis.pairs`."""
ONE_SOURCE_RESIDUAL_DB = -3.0  # the demo's kit: kick in/out −9.0, DI/amp −8.6; bleed into other close mics ≥ −1.1
ONE_SOURCE_UNLIKE_DB = -13.0  # see `analysis.alignment_likeness`
COPY_RESIDUAL_DB = -10.0  # for tracks whose roles differ: a sample beside its drum, a copy under another name
DISTANT_ROLES = frozenset({"overhead", "room"})
_DRUM_ROLES = frozenset({"kick", "snare", "tom", "hat", "drums", "percussion"})
_SAME_SAMPLES = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGroup:
    """Tracks of one source. `arrival_seconds`: when each is heard, after the first of all; `signs`: ±1 at the output.

    In a stereo pair the times belong to the picture: only its polarity is a fault.
    """

    tracks: tuple[Track, ...]
    arrival_seconds: tuple[float, ...]
    signs: tuple[int, ...]
    pairs: tuple[TrackPair, ...]
    is_stereo_pair: bool
    is_drum: bool = False

    @property
    def guids(self) -> tuple[str, ...]:
        return tuple(track.guid for track in self.tracks)

    @property
    def confidence(self) -> float:
        return min(pair.confidence for pair in self.pairs)


class SourcePairs:
    """The pairs of a session that are heard, by what may be done with them."""

    def __init__(
        self,
        session: Session,
        pairs: Iterable[TrackPair],
        heard: Iterable[Track],
        roles: Mapping[str, RoleGuess],
        objects: Sequence[MixObject],
        before_plugins: Set[str] = frozenset(),
    ) -> None:
        """`before_plugins`: tracks whose plug-ins were not heard; one may turn or delay what the recording tells."""
        self._tracks = {track.guid: track for track in heard}
        self._order = {track.guid: track.number for track in session.tracks}
        self._roles = roles
        self._before_plugins = before_plugins
        self._objects = {guid: each for each in objects for guid in each.guids}
        self._same_seconds = _SAME_SAMPLES / session.sample_rate_hz
        self.heard = [pair for pair in pairs if {pair.reference_guid, pair.other_guid} <= self._tracks.keys()]

    @property
    def certain(self) -> list[TrackPair]:
        """Those with a delay and a polarity to act on, the surest first."""
        found = [pair for pair in self.heard if self._is_told(pair) and not self._is_before_plugins(pair)]
        return sorted(found, key=lambda pair: (-pair.confidence, pair.residual_db))

    @property
    def recorded_apart(self) -> list[TrackPair]:
        """Those of one source that stand apart in their recordings, and whose plug-ins were not heard."""
        found = [pair for pair in self.heard if self._is_told(pair) and self._is_before_plugins(pair)]
        apart = [pair for pair in found if pair.inverted or pair.verdict == "offset"]
        return [pair for pair in apart if self.is_one_source(pair)]

    def _is_told(self, pair: TrackPair) -> bool:
        return pair.verdict in ("aligned", "offset") and pair.confidence >= ACTING_CONFIDENCE

    def _is_before_plugins(self, pair: TrackPair) -> bool:
        return bool({pair.reference_guid, pair.other_guid} & self._before_plugins)

    def track(self, guid: str) -> Track:
        return self._tracks[guid]

    def is_distant(self, guid: str) -> bool:
        """Overheads and rooms, which hold still while the rest is turned to fit them."""
        return self.role(guid) in DISTANT_ROLES

    def role(self, guid: str) -> str:
        """The role where it is firm; "" otherwise."""
        guess = self._roles.get(guid)
        return guess.role if guess and guess.confidence >= FIRM else ""

    def is_one_source(self, pair: TrackPair) -> bool:
        one, other = pair.reference_guid, pair.other_guid
        found = self._objects.get(one)
        if found is not None and found.kind != "single" and found is self._objects.get(other):
            return True
        roles = self.role(one), self.role(other)
        if DISTANT_ROLES & set(roles):
            return False
        differ = all(roles) and roles[0] != roles[1]
        if differ:
            return pair.residual_db <= COPY_RESIDUAL_DB
        return pair.residual_db <= ONE_SOURCE_RESIDUAL_DB or pair.unlike_db <= ONE_SOURCE_UNLIKE_DB

    def groups(self) -> tuple[list[SourceGroup], list[tuple[Track, ...]]]:
        """The groups of one source, and those whose pairs contradict each other."""
        joined = _Joined(self._same_seconds)
        for pair in filter(self.is_one_source, self.certain):
            joined.add(pair, self._sign(pair))
        whole = [self._group(guids, joined) for root, guids in joined.members.items() if root not in joined.torn]
        return whole, [self._sorted(guids) for root, guids in joined.members.items() if root in joined.torn]

    def _group(self, guids: list[str], joined: "_Joined") -> SourceGroup:
        tracks = self._sorted(guids)
        places = [joined.places[track.guid] for track in tracks]
        first = min(place.seconds for place in places)
        found = self._objects.get(tracks[0].guid)
        return SourceGroup(
            tracks=tracks,
            arrival_seconds=tuple(place.seconds - first for place in places),
            signs=tuple(place.sign * places[0].sign for place in places),
            pairs=tuple(joined.used[places[0].root]),
            is_drum=any(self.role(guid) in _DRUM_ROLES for guid in guids),
            is_stereo_pair=bool(found and found.kind == "stereo_pair" and set(guids) <= set(found.guids)),
        )

    def _sorted(self, guids: Iterable[str]) -> tuple[Track, ...]:
        return tuple(self._tracks[guid] for guid in sorted(guids, key=self._order.__getitem__))

    def _sign(self, pair: TrackPair) -> int:
        """−1 when the two stand against each other at their outputs: as recorded, and by their polarity switches."""
        switches = self._tracks[pair.reference_guid].polarity_inverted ^ self._tracks[pair.other_guid].polarity_inverted
        return -1 if pair.inverted ^ switches else 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a track stands in its group: when it is heard and which way round, against the track `root`."""

    root: str
    seconds: float
    sign: int


class _Joined:
    """Tracks joined pair by pair. A pair that closes a circle must agree with the way round, or the group is torn."""

    def __init__(self, same_seconds: float) -> None:
        self._same_seconds = same_seconds
        self.places: dict[str, _Place] = {}
        self.members: dict[str, list[str]] = {}  # by root
        self.used: dict[str, list[TrackPair]] = {}
        self.torn: set[str] = set()

    def add(self, pair: TrackPair, sign: int) -> None:
        one, other = self._place(pair.reference_guid), self._place(pair.other_guid)
        later = one.seconds + pair.delay_seconds - other.seconds
        turned = one.sign * sign * other.sign
        if one.root != other.root:
            self._move(one.root, other.root, later, turned)
        elif abs(later) > self._same_seconds or turned < 0:
            self.torn.add(one.root)
        self.used[one.root].append(pair)

    def _place(self, guid: str) -> _Place:
        if guid not in self.places:
            self.places[guid] = _Place(guid, 0.0, 1)
            self.members[guid], self.used[guid] = [guid], []
        return self.places[guid]

    def _move(self, to_root: str, root: str, later: float, turned: int) -> None:
        for guid in self.members[root]:
            place = self.places[guid]
            self.places[guid] = _Place(to_root, place.seconds + later, place.sign * turned)
        if root in self.torn:
            self.torn.add(to_root)
        self.members[to_root] += self.members.pop(root)
        self.used[to_root] += self.used.pop(root)
