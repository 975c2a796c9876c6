"""Every card that moves a level says what comes along with it, where microphones hear each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dawassist.analysis.model import Analysis
from dawassist.plan.bycatch import Bycatch, bycatches
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Prediction
from dawassist.plan.rationale import shortened
from dawassist.realize.steps import Step
from dawassist.session.edits import SetEnvelopePoints
from dawassist.session.targets import ItemTarget

_MOST_TOLD = 2  # per move


def with_bycatch(mix: MixState, analysis: Analysis, card: Sequence[Step]) -> list[Step]:
    """The card with a line and a prediction on every move that lifts or lowers another source."""
    if not analysis.bleed:
        return list(card)
    segments = {track.track_guid: track.activity.segments for track in analysis.tracks}
    moves_db = _moves_db(mix, card)
    found = bycatches(mix, analysis.bleed, moves_db, segments)
    told = []
    for step in card:
        if step.kind == "fader":
            inside = {step.track.guid, *mix.graph.descendants(step.track.guid)}
            own = [each for each in found if each.track_guid in inside]
        else:
            own = list(_in_passage(mix, analysis, step, segments.get(step.track.guid, ())))
        told.append(_told(mix, step, own[:_MOST_TOLD]))
    return told


def _moves_db(mix: MixState, card: Iterable[Step]) -> dict[str, float]:
    """By track, what all faders of the card move, those of folders on all that they hold."""
    moves: dict[str, float] = {}
    for step in card:
        if step.kind == "fader":
            for guid in (step.track.guid, *mix.graph.descendants(step.track.guid)):
                moves[guid] = moves.get(guid, 0.0) + step.change.after - step.change.before
    return moves


def _in_passage(
    mix: MixState, analysis: Analysis, step: Step, segments: Sequence[tuple[float, float]]
) -> tuple[Bycatch, ...]:
    """Of a ride or an item's gain, in its own time."""
    span = passage_of(step)
    if span is None:
        return ()
    guid, gain_db = step.track.guid, step.change.after - step.change.before
    own = tuple((max(a, span[0]), min(b, span[1])) for a, b in segments if min(b, span[1]) > max(a, span[0]))
    return bycatches(mix, analysis.bleed, {guid: gain_db}, {guid: own})


def passage_of(step: Step) -> tuple[float, float] | None:
    """From when to when a passage is moved, in seconds; None for what moves none."""
    target = step.change.target
    if isinstance(target, ItemTarget):
        item = next((each for each in step.track.items if each.guid == target.item_guid), None)
        return (item.position_seconds, item.position_seconds + item.length_seconds) if item else None
    points = next((edit for edit in step.change.setup if isinstance(edit, SetEnvelopePoints)), None)
    return (points.start_seconds, points.end_seconds) if points else None


def _told(mix: MixState, step: Step, found: Sequence[Bycatch]) -> Step:
    for each in found:
        source, track = (mix.session.track(guid) for guid in (each.source_guid, each.track_guid))
        if source is None or track is None:
            continue
        way = "raises" if each.change_db > 0.0 else "lowers"
        step = step.with_evidence(
            f"Also {way} {shortened(source.display_name)} by {abs(each.change_db):.1f} dB while "
            f"{shortened(track.display_name)} sounds: its microphone hears it at {each.bleed_db:.1f} dB.",
            each.change_db, "dB",
        )  # fmt: skip
        predicted = Prediction(
            metric=f"{shortened(source.display_name)} while {shortened(track.display_name)} sounds",
            before=0.0, after=round(each.change_db, 2), unit="dB",
        )  # fmt: skip
        step = replace(step, bycatch=(*step.bycatch, predicted))
    return step
