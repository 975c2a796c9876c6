"""Item work on voices: gain steps between comped takes, and phrases that lie off their neighbors, as item gain.

A take that was recorded with another gain brings its noise along; one that was sung more softly does not. Phrases are
leveled only where an item holds nothing else; nothing is split.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.passages import PassageLevel, off_neighbors_db, passage_level
from dawassist.intents import ItemGainIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.material import speakers
from dawassist.plan.mix_problem import Situation, is_driven
from dawassist.plan.model import Basis, Prediction, Rationale
from dawassist.plan.rationale import shortened
from dawassist.plan.role_by_name import VOICES
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.model import Item, Take, Track
from dawassist.session.ruler import Places
from dawassist.units import counted

LEAST_STEP_DB = 3.0  # against both neighbors
_NEIGHBORS_ALIKE_DB = 2.0
_FLOOR_ALIKE_DB = 2.0  # the noise moves with the level: gain
_NEAR_SECONDS = 4.0  # between the items of one comp
_CONTINUED_SECONDS = 0.01
LEAST_OFF_DB = 4.0  # of a phrase against those around it
LARGEST_PHRASE_DB = 3.0
_PHRASE_SHARE = 0.5  # of the distance: a voice keeps its dynamics
_FEWEST_PHRASES, _SHORTEST_PHRASE_SECONDS, _REACH = 5, 1.0, 3
LARGEST_TAKE_DB = 12.0
_ALONE_SHARE = 0.8  # of what sounds in an item belongs to one phrase
_MOST_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comp:
    """A voice and its items that play, each with its take and level, in the order of time."""

    track: Track
    measured: TrackAnalysis
    items: tuple[tuple[Item, Take, PassageLevel], ...]
    places: Places


def item_work(situation: Situation) -> Iterator[Proposal]:
    """Takes first, then phrases on items that no take step moves; one card per track and reason."""
    for comp in _comps(situation):
        steps = list(_take_steps(comp))
        yield from steps
        moved = {i.item_guid for each in steps for i in each.intents if isinstance(i, ItemGainIntent)}
        yield from (
            made for made in _phrase_moves(situation, comp)
            if not any(isinstance(i, ItemGainIntent) and i.item_guid in moved for i in made.intents)
        )  # fmt: skip


def phrase_findings(situation: Situation) -> tuple[Finding, ...]:
    """Phrases off their neighbors that share an item with others: told with their places, nothing is split."""
    found = []
    for comp in _comps(situation):
        off = [(phrase, db) for phrase, db in _phrases_off(situation, comp) if _own_item(comp, phrase) is None]
        if off:
            found.append(_phrase_finding(comp, off))
    return tuple(found)


def _comps(situation: Situation) -> Iterator[_Comp]:
    talking = {t.guid for t in speakers(situation.mix.session, situation.analysis, situation.roles)}
    for track in situation.mix.session.tracks:
        guess, measured = situation.roles.get(track.guid), situation.analysis.track(track.guid)
        is_voice = guess is not None and guess.role in VOICES and guess.confidence >= FIRM
        if measured is None or track.guid in situation.fixed or not (is_voice or track.guid in talking):
            continue
        items = tuple(_heard_items(situation, track, measured))
        if items:
            yield _Comp(track=track, measured=measured, items=items, places=situation.places)


def _heard_items(
    situation: Situation, track: Track, measured: TrackAnalysis
) -> Iterator[tuple[Item, Take, PassageLevel]]:
    origin = situation.analysis.start_seconds
    for item in sorted(track.items, key=lambda each: each.position_seconds):
        if item.muted or not item.lane_plays or not 0 <= item.active_take < len(item.takes):
            continue
        start, end = item.position_seconds, item.position_seconds + item.length_seconds
        level = passage_level(measured, origin, start, end)
        if level is not None and start >= origin and end <= situation.analysis.end_seconds + 1.0:
            yield item, item.takes[item.active_take], level


def _take_steps(comp: _Comp) -> Iterator[Proposal]:
    for before, (item, take, level), after in zip(comp.items, comp.items[1:], comp.items[2:], strict=False):
        offs = [level.level_dbfs - other.level_dbfs for _, _, other in (before, after)]
        is_step = min(map(abs, offs)) >= LEAST_STEP_DB and offs[0] * offs[1] > 0.0
        is_near = all(_are_near(one[0], other[0]) for one, other in pairwise((before, (item, take, level), after)))
        if not is_step or abs(offs[0] - offs[1]) > _NEIGHBORS_ALIKE_DB or not is_near:
            continue
        if any(_continues(one, other) for one, other in ((before, (item, take)), ((item, take), after))):
            continue
        yield _take_proposal(comp, item, take, level, (before[2], after[2]))


def _are_near(one: Item, other: Item) -> bool:
    return other.position_seconds - one.position_seconds - one.length_seconds <= _NEAR_SECONDS


def _continues(one: Sequence[object], other: Sequence[object]) -> bool:
    """The second item goes on where the first one ends in the same file: one performance, split."""
    (item, take), (later, next_take) = (_pair(each) for each in (one, other))
    if take.source is None or next_take.source is None or take.source.path != next_take.source.path:
        return False
    apart = (later.position_seconds - item.position_seconds) * take.play_rate
    is_on = abs(next_take.start_offset_seconds - take.start_offset_seconds - apart) < _CONTINUED_SECONDS
    return is_on and take.level_db == next_take.level_db and item.level_db == later.level_db


def _pair(each: Sequence[object]) -> tuple[Item, Take]:
    item, take = each[0], each[1]
    assert isinstance(item, Item)
    assert isinstance(take, Take)
    return item, take


def _take_proposal(
    comp: _Comp, item: Item, take: Take, level: PassageLevel, neighbors: tuple[PassageLevel, PassageLevel]
) -> Proposal:
    off_db = level.level_dbfs - float(np.mean([each.level_dbfs for each in neighbors]))
    floors = [each.floor_dbfs for each in neighbors if each.floor_dbfs is not None]
    floor_off_db = level.floor_dbfs - float(np.mean(floors)) if level.floor_dbfs is not None and floors else None
    is_gain = floor_off_db is not None and abs(floor_off_db - off_db) <= _FLOOR_ALIKE_DB
    is_sung = floor_off_db is not None and not is_gain
    gain_db = float(np.clip(-off_db * (_PHRASE_SHARE if is_sung else 1.0), -LARGEST_TAKE_DB, LARGEST_TAKE_DB))
    basis: Basis = "taste" if is_sung else "corrective"
    evidence = [
        Evidence(
            text=f"It sounds at {level.level_dbfs:.1f} dBFS (RMS while it sounds), the item before at "
            f"{neighbors[0].level_dbfs:.1f} and the one after at {neighbors[1].level_dbfs:.1f} dBFS.",
            value=level.level_dbfs, unit="dBFS",
        ),
        *_floor_evidence(floor_off_db, is_gain=is_gain),
    ]  # fmt: skip
    name = f"{_take_name(item, take)} of {shortened(comp.track.display_name)}"
    return _proposal(
        comp, item, round(gain_db, 1), "take_step", basis, 0.85 if is_gain else 0.5 if is_sung else 0.65,
        f"{name} ({_span(comp, level)}) is {abs(off_db):.1f} dB {_way(off_db)} than its neighbors", evidence,
        (off_db, "against its neighbors"),
    )  # fmt: skip


def _floor_evidence(floor_off_db: float | None, *, is_gain: bool) -> Iterator[Evidence]:
    if floor_off_db is None:
        return
    why = "another gain, no other singing" if is_gain else "it was performed so; half of the distance is taken"
    text = f"The noise in its pauses lies {floor_off_db:+.1f} dB off theirs: {why}."
    yield Evidence(text=text, value=floor_off_db, unit="dB")


def _phrases_off(situation: Situation, comp: _Comp) -> Iterator[tuple[PassageLevel, float]]:
    origin = situation.analysis.start_seconds
    levels = [
        level for start, end in comp.measured.activity.segments
        if end - start >= _SHORTEST_PHRASE_SECONDS
        and (level := passage_level(comp.measured, origin, start, end)) is not None
    ]  # fmt: skip
    if len(levels) < _FEWEST_PHRASES:
        return
    for place, level in enumerate(levels):
        off_db = off_neighbors_db([each.level_dbfs for each in levels], place, _REACH)
        if abs(off_db) >= LEAST_OFF_DB:
            yield level, off_db


def _phrase_moves(situation: Situation, comp: _Comp) -> Iterator[Proposal]:
    for phrase, off_db in _phrases_off(situation, comp):
        item = _own_item(comp, phrase)
        if item is None:
            continue
        gain_db = round(float(np.clip(-_PHRASE_SHARE * off_db, -LARGEST_PHRASE_DB, LARGEST_PHRASE_DB)), 1)
        evidence = [
            Evidence(
                text=f"The middle of {_REACH} phrases on either side lies {abs(off_db):.1f} dB "
                f"{'higher' if off_db < 0.0 else 'lower'} or more (RMS while they sound).",
                value=off_db, unit="dB",
            ),
            Evidence(
                text=f"{gain_db:+.1f} dB take back half of it, and never more than {LARGEST_PHRASE_DB:.0f} dB.",
                value=gain_db, unit="dB",
            ),
        ]  # fmt: skip
        headline = f"{shortened(comp.track.display_name)}: the phrase at {_span(comp, phrase)} is {abs(off_db):.1f} dB "
        yield _proposal(
            comp, item, gain_db, "phrase_level", "taste", 0.5,
            f"{headline}{_way(off_db)} than those around it", evidence, (off_db, "against the phrases around it"),
        )  # fmt: skip


def _own_item(comp: _Comp, phrase: PassageLevel) -> Item | None:
    """The item that holds this phrase and hardly anything else."""
    middle = (phrase.start_seconds + phrase.end_seconds) / 2.0
    for item, _, _ in comp.items:
        start, end = item.position_seconds, item.position_seconds + item.length_seconds
        if not start <= middle < end:
            continue
        sounding = sum(max(min(b, end) - max(a, start), 0.0) for a, b in comp.measured.activity.segments)
        inside = min(phrase.end_seconds, end) - max(phrase.start_seconds, start)
        length = phrase.end_seconds - phrase.start_seconds
        return item if inside >= _ALONE_SHARE * max(sounding, length) else None
    return None


def _proposal(
    comp: _Comp, item: Item, gain_db: float, reason_class: str, basis: Basis, confidence: float, headline: str,
    evidence: list[Evidence], off: tuple[float, str],
) -> Proposal:  # fmt: skip
    if is_driven(comp.track):
        evidence.append(
            Evidence(
                text="Measured behind its plug-ins, which react to it: before them the step may be larger.",
                value=0.0, unit="",
            )
        )  # fmt: skip
        confidence *= 0.8
    places = [level.start_seconds for _, _, level in comp.items]
    return Proposal(
        intents=(ItemGainIntent(track_guid=comp.track.guid, item_guid=item.guid, gain_db=gain_db),),
        reason_class=reason_class,
        basis=basis,
        confidence=confidence,
        rationale=Rationale(
            headline=headline,
            evidence=tuple(evidence),
            sources=("levels of the track at its fader input, in steps of 5 ms",),
            plot_kind="lines",
            plot=(
                PlotSeries(
                    label=comp.track.display_name, x=tuple(places),
                    y=tuple(level.level_dbfs for _, _, level in comp.items),
                ),
            ),
        ),
        card=f"{reason_class} {comp.track.guid}",
        predicted=(
            Prediction(metric=off[1], before=round(off[0], 1), after=round(off[0] + gain_db, 1), unit="dB"),
        ),
    )  # fmt: skip


def _phrase_finding(comp: _Comp, off: Sequence[tuple[PassageLevel, float]]) -> Finding:
    furthest = sorted(off, key=lambda each: -abs(each[1]))[:_MOST_SHOWN]
    name = comp.track.display_name
    return Finding(
        kind="phrase_levels",
        track_guid=comp.track.guid,
        sentence=f"{counted(len(off), 'phrase')} of {name} {'lies' if len(off) == 1 else 'lie'} over "
        f"{LEAST_OFF_DB:.0f} dB off those around; they share items with others, so an envelope or split items level "
        "them.",
        confidence=0.5,
        evidence=tuple(
            Evidence(text=f"{_span(comp, phrase)}: {db:+.1f} dB against the phrases around it.", value=db, unit="dB")
            for phrase, db in sorted(furthest, key=lambda each: each[0].start_seconds)
        ),
        at_seconds=tuple(sorted(phrase.start_seconds for phrase, _ in furthest)),
    )


def _take_name(item: Item, take: Take) -> str:
    if len(item.takes) > 1:
        return f"Take {item.active_take + 1}"
    return f"“{shortened(take.name, 16)}”" if take.name else "An item"


def _span(comp: _Comp, passage: PassageLevel) -> str:
    return comp.places.span(passage.start_seconds, passage.end_seconds)


def _way(off_db: float) -> str:
    return "quieter" if off_db < 0.0 else "louder"
