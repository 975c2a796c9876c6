"""Mixdowns that play beside their own parts: everything is heard twice."""

from collections.abc import Iterator

from dawassist.analysis.model import Analysis, TrackSum
from dawassist.session.findings import Evidence, Finding
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track
from dawassist.units import gain_to_db

_MOST_NAMED = 3
_CONFIDENCE = 0.95


def print_findings(session: Session, analysis: Analysis, graph: Graph) -> Iterator[Finding]:
    """Of sums that are heard while all their parts are."""
    for found in analysis.sums:
        track = session.track(found.track_guid)
        parts = [part for guid in found.part_guids if (part := session.track(guid))]
        if track is not None and {track.guid, *found.part_guids} <= graph.audible:
            yield _doubled(track, parts, found)


def _doubled(track: Track, parts: list[Track], found: TrackSum) -> Finding:
    named = [f"{part.number} {part.display_name}" for part in parts[:_MOST_NAMED]]
    more = len(parts) - len(named)
    listed = f"{', '.join(named)} and {more} more" if more else f"{', '.join(named[:-1])} and {named[-1]}"
    twice_db = gain_to_db(2.0)
    return Finding(
        kind="duplicate",
        track_guid=track.guid,
        other_guid=parts[0].guid,
        sentence=f"{track.display_name} is the sum of {listed}, residual {found.residual_db:.0f} dB: they play twice; "
        "it is kept out of the mix.",
        confidence=_CONFIDENCE,
        evidence=(
            Evidence(
                text=f"When its {len(parts)} parts are subtracted from it, {found.residual_db:.0f} dB remain.",
                value=found.residual_db,
                unit="dB",
            ),
            Evidence(
                text=f"Where both are as loud, the parts come out {twice_db:.1f} dB louder than their faders say.",
                value=twice_db,
                unit="dB",
            ),
        ),
    )
