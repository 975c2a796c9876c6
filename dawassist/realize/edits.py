"""From the changes that were accepted to the edits that make them, in the order in which they depend on each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dawassist.plan.model import Change, Recommendation
from dawassist.session.edits import CreateSend, CreateTrack, Edit, InsertFx, SetFxConfig, SetValue, SwitchEnvelope
from dawassist.session.targets import EnvelopeTarget


def edits_of(accepted: Iterable[tuple[Recommendation, Change]]) -> tuple[Edit, ...]:
    """New tracks, then new plug-ins, new sends and new envelopes, then everything else in the order of the plan.

    What several changes need is made once. New plug-ins at one place follow each other by their stage.
    """
    edits = _each_once([edit for recommendation, change in accepted for edit in _edits(recommendation, change)])
    insertions = sorted((e for e in edits if isinstance(e, InsertFx)), key=lambda e: e.stage)
    return (
        *(e for e in edits if isinstance(e, CreateTrack)),
        *_one_behind_the_other(insertions),
        *(e for e in edits if isinstance(e, CreateSend)),
        *(e for e in edits if isinstance(e, SwitchEnvelope)),
        *(e for e in edits if not isinstance(e, CreateTrack | InsertFx | CreateSend | SwitchEnvelope)),
    )


def _edits(recommendation: Recommendation, change: Change) -> list[Edit]:
    edits = [replace(edit, recommendation_id=recommendation.id) for edit in change.setup]
    values = [*change.also, change] if not isinstance(change.target, EnvelopeTarget) else []
    return edits + [
        SetValue(
            target=each.target,
            expected_raw=each.expected_raw,
            desired_raw=each.desired_raw,
            tolerance=each.tolerance,
            label=f"{recommendation.track_name} · {each.parameter}",
            recommendation_id=recommendation.id,
        )
        for each in values
    ]


def _each_once(edits: Sequence[Edit]) -> list[Edit]:
    """The first of those that make or set the same thing."""
    return list({_subject(edit): edit for edit in reversed(edits)}.values())[::-1]


def _subject(edit: Edit) -> object:
    match edit:
        case SetValue():
            return edit.target
        case InsertFx() | CreateTrack():
            return edit.creates
        case SwitchEnvelope():
            return ("envelope", edit.target)
        case SetFxConfig():
            return (edit.track_guid, edit.fx_guid, edit.name)
        case CreateSend():
            return (edit.track_guid, edit.destination_guid, edit.occurrence)
        case _:
            return edit


def _one_behind_the_other(insertions: Sequence[InsertFx]) -> list[InsertFx]:
    last: dict[tuple[str, str], str] = {}
    found = []
    for edit in insertions:
        place = (edit.track_guid, edit.after_fx_guid)
        found.append(replace(edit, after_fx_guid=last.get(place, edit.after_fx_guid)))
        last[place] = edit.creates
    return found
