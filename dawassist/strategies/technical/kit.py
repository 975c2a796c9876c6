"""The polarities of a kit, chosen together at the present faders; overheads and rooms hold still.

A kit is what hears itself: tracks that are linked by certain pairs. Tracks whose names make them something else than
drums are not part of one, and two of them are known to be drums by name or sound.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from dawassist.strategies.technical.groups import SourcePairs
from dawassist.strategies.technical.sums import DRUM_BAND_HZ, Effect, Sums
from dawassist.units import power_to_db

KIT_ROLES = frozenset({"", "kick", "snare", "tom", "hat", "overhead", "room", "drums"})
_DRUM_ROLES = KIT_ROLES - {"", "room"}
_FEWEST_BODIES = 3
_FEWEST_DRUMS = 2  # else it may be a stage on which everyone hears everyone
_MOST_TRIED = 12  # bodies that are tried in every combination: 4096 sums
_WORTH_A_FLIP_DB = 0.3  # what a flip must add to the sum of all others
Body = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """Bodies that may turn, each a group of one source or a single track, and the tracks that hold still."""

    free: tuple[Body, ...]
    still: tuple[str, ...]
    confidence: float  # the least of its pairs

    @property
    def guids(self) -> tuple[str, ...]:
        return (*(guid for body in self.free for guid in body), *self.still)


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPolarity:
    """`turned` are whole bodies; `effect` is on the sum of the kit."""

    kit: Kit
    turned: tuple[Body, ...]
    effect: Effect


def kits(pairs: SourcePairs, groups: Sequence[Body]) -> Iterator[Kit]:
    """The kits of a session, of three bodies or more."""
    body_of = {guid: body for body in groups for guid in body}
    linked: dict[str, set[str]] = {}
    trust: dict[str, float] = {}
    for pair in pairs.certain:
        ends = (pair.reference_guid, pair.other_guid)
        if KIT_ROLES.issuperset(map(pairs.role, ends)):
            for one, other in (ends, ends[::-1]):
                linked.setdefault(one, {one}).add(other)
                trust[one] = min(trust.get(one, 1.0), pair.confidence)
    waiting = dict.fromkeys(linked)
    while waiting:
        found = _reached(next(iter(waiting)), linked)
        waiting = {guid: None for guid in waiting if guid not in found}
        bodies = list(dict.fromkeys(body_of.get(guid, (guid,)) for guid in found))
        still = [body for body in bodies if any(map(pairs.is_distant, body))]
        drums = sum(pairs.role(guid) in _DRUM_ROLES for guid in found)
        if len(bodies) >= _FEWEST_BODIES and drums >= _FEWEST_DRUMS:
            yield Kit(
                free=tuple(body for body in bodies if body not in still),
                still=tuple(guid for body in still for guid in body),
                confidence=min(trust[guid] for guid in found),
            )


def _reached(guid: str, linked: Mapping[str, set[str]]) -> list[str]:
    found = [guid]
    for current in found:  # grows while links are followed
        found += [each for each in sorted(linked[current]) if each not in found]
    return found


def kit_polarity(
    kit: Kit, turnable: Sequence[Body], sums: Sums, flipped: Collection[str], later_seconds: Mapping[str, float]
) -> KitPolarity | None:
    """The bodies of `turnable` whose turning brings the most to the kit's low end, beside what is corrected already.

    Without overheads or rooms the body with most low end holds still. None where the kit was not heard.
    """
    sums = sums.among(kit.guids)
    if not sums.knows(kit.guids):
        return None
    sound = _Sound(sums, kit.guids, frozenset(flipped), later_seconds)
    strongest = () if kit.still else max(kit.free, key=sound.alone)
    turned = sound.best([body for body in turnable if body != strongest])
    effect = Effect(
        band_hz=DRUM_BAND_HZ, before_db=power_to_db(sound.energy(())), after_db=power_to_db(sound.energy(turned)),
        whole_seconds=sums.whole_seconds,
    )  # fmt: skip
    return KitPolarity(kit=kit, turned=tuple(turned), effect=effect)


class _Sound:
    def __init__(
        self, sums: Sums, guids: Sequence[str], flipped: frozenset[str], later_seconds: Mapping[str, float]
    ) -> None:
        self._sums = sums
        self._guids = guids
        self._flipped = flipped
        self._later = later_seconds

    def energy(self, turned: Iterable[Body]) -> float:
        flipped = self._flipped ^ {guid for body in turned for guid in body}
        return self._sums.in_band(self._sums.powers(self._guids, flipped, self._later), DRUM_BAND_HZ)

    def alone(self, body: Body) -> float:
        return self._sums.in_band(self._sums.powers(body, self._flipped & {*body}, self._later), DRUM_BAND_HZ)

    def best(self, bodies: Sequence[Body]) -> list[Body]:
        """The bodies to turn: the best combination, without those that hardly matter in it."""
        if len(bodies) <= _MOST_TRIED:
            ways = product((False, True), repeat=len(bodies))
            turned = max(([b for b, turns in zip(bodies, way, strict=True) if turns] for way in ways), key=self.energy)
        else:
            turned = []
            for body in sorted(bodies, key=self.alone, reverse=True):
                if self.energy([*turned, body]) > self.energy(turned):
                    turned.append(body)
        for body in list(turned):
            fewer = [each for each in turned if each != body]
            if power_to_db(self.energy(turned)) - power_to_db(self.energy(fewer)) < _WORTH_A_FLIP_DB:
                turned = fewer
        return turned
