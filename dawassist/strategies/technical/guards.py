"""Findings that are no faults: what engineers do on purpose, and tracks that nobody hears.

The detectors look at one signal; here the rest of the session is known. Guards of requirement 7 that need nothing but
the signal (sparse tracks, peaks inside the float path) are the detectors' own.
"""

from collections.abc import Mapping, Set

from dawassist.analysis.model import RoleGuess
from dawassist.plan.names import name_parts
from dawassist.plan.roles import FIRM
from dawassist.session.findings import TECHNICAL, Finding
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track

_NOT_JUDGED_KINDS = frozenset({"folder", "send_bus", "key_or_cue", "hardware_only", "unused"})
_NOT_JUDGED_ROLES = frozenset({"click", "reference"})
_DRIVEN_ROLES = frozenset({"electric_guitar", "synth"})
_DRIVEN_WORDS = frozenset({"amp", "808", "sample", "samples", "trigger", "trig", "smp", "dist", "fuzz"})
_LEAST_AGAINST = -0.9  # correlation of the sides: stereo tracks of real songs reach −0.9 on purpose (15 of 62 are < 0)


def is_judged(track: Track, graph: Graph, roles: Mapping[str, RoleGuess]) -> bool:
    """Whether a technical finding on the track means anything: by routing first, then by role."""
    guess = roles.get(track.guid)
    role = guess.role if guess and guess.confidence >= FIRM else ""
    return (
        graph.kind.get(track.guid) not in _NOT_JUDGED_KINDS
        and track.guid in graph.audible
        and role not in _NOT_JUDGED_ROLES
    )


def why_withheld(
    finding: Finding,
    session: Session,
    graph: Graph,
    roles: Mapping[str, RoleGuess],
    masked_hums: Set[str] = frozenset(),
) -> str | None:
    """None for a finding to report; otherwise the reason, "" where it needs no word.

    `masked_hums` are the GUIDs of tracks whose hum the rest of the mix covers all the time.
    """
    track = session.track(finding.track_guid)
    if finding.kind not in TECHNICAL or track is None or track is session.master:
        return None
    if not is_judged(track, graph, roles):
        return ""
    if finding.kind == "true_peak":
        return ""  # between tracks and master the path is float: only its end can clip
    if finding.kind == "stereo_polarity" and any(
        line.unit == "correlation" and line.value > _LEAST_AGAINST for line in finding.evidence
    ):
        return ""
    if finding.kind == "hum" and track.guid in masked_hums:
        return "The rest of the mix covers it at the present faders, so it is no fault here."
    if finding.kind == "dead_side" and name_parts(track.name).side:
        return ""  # a track that is one side of a pair, kept in a stereo file
    if finding.kind == "clipping" and _is_driven(track, roles):
        return (
            "Flat tops belong to the sound of driven amplifiers, synthesizers and samples, so they are no fault here."
        )
    return None


def _is_driven(track: Track, roles: Mapping[str, RoleGuess]) -> bool:
    guess = roles.get(track.guid)
    is_role = bool(guess and guess.confidence >= FIRM and guess.role in _DRIVEN_ROLES)
    return is_role or not _DRIVEN_WORDS.isdisjoint(name_parts(track.name).words)
