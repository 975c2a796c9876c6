"""Something the engineer should know about a session, found while reading or hearing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FindingClass = Literal[
    # what could not be read or heard
    "media_missing", "media_truncated", "media_empty", "media_damaged", "media_rate", "media_unsafe_path",
    "not_heard", "approximate", "silent", "too_many_points", "automation",
    "loudness_differs",
    # technical faults
    "polarity", "delay", "delay_varies", "stereo_polarity", "duplicate", "dead_channel", "dead_side", "dc", "rumble",
    "hum", "clipping", "true_peak", "gain_staging", "off_center", "imbalance", "mono_unsafe",
    # what was asked of a track
    "covered",
    # what differs between songs or passages of one track
    "songs_differ", "phrase_levels", "sibilance", "plosive", "breath",
    # what silently ruins mixes
    "session_check",
]  # fmt: skip
TECHNICAL: frozenset[FindingClass] = frozenset(
    {"polarity", "delay", "delay_varies", "stereo_polarity", "duplicate", "dead_channel", "dead_side", "dc", "rumble",
     "hum", "clipping", "true_peak", "gain_staging", "off_center", "imbalance", "mono_unsafe"}
)  # fmt: skip


PASSAGES: frozenset[FindingClass] = frozenset({"songs_differ", "phrase_levels", "sibilance", "plosive", "breath"})
_GROUPS = ("Session check", "Technical", "Songs and passages", "Media", "What covers it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One measured line: the text holds `value` in `unit`, printed with the digits that `text` has."""

    text: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSeries:
    """Data for one line, bar row or scatter of a plot."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`sentence` says what, where and what to do; numbers included.

    `confidence` is the calibrated probability that a technical fault is one; `at_seconds` are places to listen to.
    """

    kind: FindingClass
    track_guid: str
    sentence: str
    item_guid: str = ""
    other_guid: str = ""  # the second track of a pair
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    at_seconds: tuple[float, ...] = ()
    plot: tuple[PlotSeries, ...] = ()


def group_of(finding: Finding) -> str:
    """Under which heading a finding is shown, such as ``Session check`` or ``Technical``."""
    if finding.kind == "session_check":
        return _GROUPS[0]
    if finding.kind == "covered":
        return _GROUPS[4]
    return _GROUPS[1 if finding.kind in TECHNICAL else 2 if finding.kind in PASSAGES else 3]


def grouped(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Headings with their findings, in the order of the headings; empty ones are left out."""
    found = list(findings)
    groups = [(name, [finding for finding in found if group_of(finding) == name]) for name in _GROUPS]
    return [(name, members) for name, members in groups if members]
