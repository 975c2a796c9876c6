"""What is to be heard once more, and whole, before a plan is made: few tracks, and only their low end."""

from collections.abc import Iterator

from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio, situation_of
from dawassist.strategies.studio.high_pass import high_passes
from dawassist.strategies.technical import tracks_to_correct

Segments = dict[str, tuple[tuple[float, float], ...]]


def to_hear_whole(session: Session, analysis: Analysis, brief: Brief) -> Iterator[Segments]:
    """For every move whose effect on the low end is predicted its tracks, by GUID, and when they are to be heard.

    Tracks that may cancel where they play; one that gets a high-pass in its pauses, too, where noise lies open. A pure
    function of its arguments.
    """
    for guids in tracks_to_correct(session, analysis, brief):
        found = ((guid, analysis.track(guid)) for guid in guids)
        yield {guid: each.activity.segments for guid, each in found if each and each.measured_at != "not_heard"}
    for guid in _high_passed(session, analysis, brief):
        yield {guid: ((analysis.start_seconds, analysis.end_seconds),)}


def _high_passed(session: Session, analysis: Analysis, brief: Brief) -> Iterator[str]:
    if brief.strategy == Studio.name and analysis.covariance is not None:
        for proposal in high_passes(situation_of(session, analysis, brief)):
            yield from (intent.track_guid for intent in proposal.intents)
