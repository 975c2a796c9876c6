"""Polarity and delay of the microphones of one source: which tracks turn over, and which play later.

Nothing is ever played before its recording: the earlier tracks wait for the latest. Only an offset that the engineer
has set may shrink.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dawassist.strategies.technical.groups import SourceGroup
from dawassist.strategies.technical.sums import BODY_BAND_HZ, Effect, Sums, effect_of_pair

SMALLEST_RISE_DB = 1.5  # requirement 6 of facts/mixers-view.md
SMALLEST_BODY_RISE_DB = 2.0  # above 250 Hz, where combs of two microphones are part of many sounds
SMALLEST_DIP_FILL_DB = 6.0  # of a third octave: half the amplitude is lost in a comb
SMALLEST_DELAY_SECONDS = 0.0001  # 3 cm; the estimate is good to two samples
_SMALLEST_GAIN_BY_DELAY_DB = 0.5  # beside a flip
_OWN_HAND = 2.0  # a switch or an offset that the engineer has set doubles the threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Tracks of a group to turn over, and by how much later some play (negative: an own offset shrinks)."""

    group: SourceGroup
    flipped: frozenset[str]
    later_seconds: Mapping[str, float]
    effects: tuple[Effect, ...]

    @property
    def effect(self) -> Effect:
        """On the lowest band that gains enough to act on, else on the one that gains most."""
        enough = (effect for effect in self.effects if effect.rise_db >= _smallest_rise_db(effect))
        return next(enough, max(self.effects, key=lambda effect: effect.rise_db))


def polarities(group: SourceGroup, sums: Sums) -> tuple[frozenset[str], frozenset[str]]:
    """The two ways to bring all of a group the same way round, the lesser one first; both empty when nothing cancels.

    Lesser: fewer tracks, then those with less of the low end, then those listed later.
    """
    minus = frozenset(g for g, sign in zip(group.guids, group.signs, strict=True) if sign < 0)
    if not minus:
        return frozenset(), frozenset()
    sums = sums.among(group.guids)
    plus = frozenset(group.guids) - minus
    lesser, other = sorted((minus, plus), key=lambda each: (len(each), _level(each, sums), -_place(group, each)))
    return lesser, other


def delays(group: SourceGroup) -> dict[str, float]:
    """How much later each track plays so that all are heard together, by the least movement; tracks that stay absent.

    Final offsets are never negative unless the engineer's own is.
    """
    if group.is_stereo_pair:
        return {}
    latest = max(group.arrival_seconds)
    waits = {t.guid: latest - at for t, at in zip(group.tracks, group.arrival_seconds, strict=True)}
    own = {track.guid: track.delay_seconds for track in group.tracks}
    ways = [{guid: wait - less for guid, wait in waits.items()} for less in sorted(set(waits.values()), reverse=True)]
    allowed = [way for way in ways if all(own[g] + min(way[g], 0.0) >= min(own[g], 0.0) for g in way)]
    best = min(allowed, key=lambda way: round(sum(map(abs, way.values())), 9))
    return {guid: wait for guid, wait in best.items() if abs(wait) >= SMALLEST_DELAY_SECONDS}


def correction(group: SourceGroup, flipped: frozenset[str], sums: Sums) -> Correction | None:
    """What to correct with these polarities; None when it is nothing, or would not be heard."""
    sums = sums.among(group.guids)
    waits = delays(group)
    both = _with_effects(group, flipped, waits, sums)
    flip_only = _with_effects(group, flipped, {}, sums)
    gains = _gains_by_delay(flip_only.effects, both.effects) or _fills_dip(both, flip_only.effects)
    if flipped and flip_only.effects and waits and not gains:
        both = flip_only
    if not (both.flipped or both.later_seconds) or not both.effects:
        return None
    return both if _is_worth_it(both) else None


def left_apart(group: SourceGroup, flipped: frozenset[str], found: Correction | None, sums: Sums) -> Correction | None:
    """What waiting would do, with these polarities, beyond what is proposed (`found`): too little to be proposed too.

    None where all are in time, or are proposed to be.
    """
    waits = delays(group)
    if not waits or (found is not None and found.later_seconds):
        return None
    both = _with_effects(group, flipped, waits, sums.among(group.guids))
    now = {effect.band_hz: effect.after_db for effect in found.effects} if found is not None else {}
    effects = (replace(effect, before_db=now.get(effect.band_hz, effect.before_db)) for effect in both.effects)
    return replace(both, effects=tuple(effects)) if both.effects else None


def is_close(group: SourceGroup, sums: Sums) -> bool:
    """Whether anything is to be corrected with half of the effect that is asked for, one way round or the other."""
    waits = delays(group)
    ways = [way for way in polarities(group, sums) if way] or [frozenset()]
    found = [_with_effects(group, way, later, sums) for way in ways for later in (waits, {}) if way or later]
    return any(
        2.0 * effect.rise_db >= _smallest_rise_db(effect) or 2.0 * effect.dip_fill_db >= SMALLEST_DIP_FILL_DB
        for each in found
        for effect in each.effects
    )


def _with_effects(
    group: SourceGroup, flipped: frozenset[str], later_seconds: Mapping[str, float], sums: Sums
) -> Correction:
    effects = sums.effects(group.guids, flipped, later_seconds)
    switched = any(track.polarity_inverted for track in group.tracks)
    if not sums.knows(group.guids) and len(group.tracks) == 2 and not switched:
        effects = effect_of_pair(group.pairs[0])
    return Correction(group=group, flipped=flipped, later_seconds=later_seconds, effects=effects)


def _gains_by_delay(without: Sequence[Effect], with_delay: Iterable[Effect]) -> bool:
    before = {effect.band_hz: effect.after_db for effect in without}
    return any(e.after_db - before.get(e.band_hz, e.after_db) >= _SMALLEST_GAIN_BY_DELAY_DB for e in with_delay)


def _is_worth_it(found: Correction) -> bool:
    touched = {*found.flipped, *found.later_seconds}
    own = any(t.guid in touched and (t.polarity_inverted or t.delay_seconds) for t in found.group.tracks)
    factor = _OWN_HAND if own else 1.0
    return (_fills_dip(found) and not own) or any(
        effect.rise_db >= factor * _smallest_rise_db(effect) for effect in found.effects
    )


def _fills_dip(found: Correction, without: Iterable[Effect] = ()) -> bool:
    """Waiting fills a dip that is heard, beyond what is filled `without`; drums keep their natural distances."""
    already_db = max((effect.dip_fill_db for effect in without), default=0.0)
    fills_db = max((effect.dip_fill_db for effect in found.effects), default=0.0) - already_db
    return bool(found.later_seconds) and not found.group.is_drum and fills_db >= SMALLEST_DIP_FILL_DB


def _smallest_rise_db(effect: Effect) -> float:
    return SMALLEST_BODY_RISE_DB if effect.band_hz == BODY_BAND_HZ else SMALLEST_RISE_DB


def _level(guids: Collection[str], sums: Sums) -> float:
    if not sums.knows(guids):
        return 0.0
    return round(float(sums.powers(sorted(guids), (), {}).sum()), 12)


def _place(group: SourceGroup, guids: Collection[str]) -> int:
    return min(group.guids.index(guid) for guid in guids)
