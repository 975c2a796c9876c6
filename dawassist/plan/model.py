"""Plan, recommendation and their parts: frozen values, made by a strategy, read by review and apply.

Invariant of a plan: at most one recommendation per target. Recommendations of one `card` (a stereo pair, the
microphones of one source, a pan with the fader that keeps its loudness) are shown and decided together.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from dawassist.session.findings import Evidence, Finding, FindingClass, PlotSeries
from dawassist.session.model import Fingerprint
from dawassist.session.targets import Target, TrackTarget, target_to_json
from dawassist.units import db_to_gain

Basis = Literal["technical", "corrective", "taste"]
Kind = Literal["fader", "pan", "width", "polarity", "delay", "eq", "compressor", "gate", "send", "envelope", "mute"]
PlotKind = Literal["", "loudness_bars", "stereo_field", "lines"]
RawLaw = Literal["gain", "identity", "milliseconds"]  # raw = 10^(dB/20); = value; = value / 1000


_CARED_FOR: dict[str, tuple[FindingClass, ...]] = {
    "polarity": ("polarity",), "delay": ("delay",), "polarity_and_delay": ("polarity", "delay"),
    "duplicate": ("duplicate",), "hard_panned_low_end": ("off_center",), "hard_panned_lead": ("off_center",),
}  # fmt: skip


def content_hash(*parts: object) -> str:
    """A short stable name of some JSON-able content: 16 hex digits of its SHA-256."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control: `before` → `after` in `unit` for people, `expected_raw` → `desired_raw` for REAPER."""

    target: Target
    parameter: str
    before: float
    after: float
    unit: str  # "dB", "pan", "switch", …: see units.value_text
    expected_raw: float
    desired_raw: float
    tolerance: float
    raw_law: RawLaw

    @property
    def is_discrete(self) -> bool:
        """It has no amount: a switch, or a delay, of which half aligns nothing."""
        return self.unit in ("switch", "ms")

    def to_value(self, after: float) -> Self:
        """The same change with another proposed value."""
        raw = {"gain": db_to_gain(after), "identity": after, "milliseconds": after / 1000.0}[self.raw_law]
        return replace(self, after=after, desired_raw=raw)

    def scaled(self, amount: float) -> Self:
        """`amount` 0..1 between now and proposed (dB for levels, linear for pans); 0 leaves the control alone."""
        if amount == 1.0 or (self.is_discrete and amount > 0.0):
            return self
        if amount == 0.0:
            return replace(self, after=self.before, desired_raw=self.expected_raw)
        return self.to_value(self.before + amount * (self.after - self.before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rationale:
    """`headline` ≤ 90 characters, with a number or a place in it."""

    headline: str
    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]
    plot_kind: PlotKind = ""
    plot: tuple[PlotSeries, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    metric: str
    before: float
    after: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    id: str  # hash(target, kind, reason class): survives a re-solve
    revision: str  # hash of the values: Apply checks it
    track_guid: str
    track_number: int
    track_name: str
    kind: Kind
    reason_class: str  # such as "hidden_lead", "hard_panned_bass", "level_outside_human_range"
    change: Change
    basis: Basis
    confidence: float
    rationale: Rationale
    predicted: tuple[Prediction, ...]  # the first is the one to print
    card: str
    requires: tuple[str, ...] = ()

    @staticmethod
    def identify(target: Target, kind: Kind, reason_class: str) -> str:
        """The id of a recommendation: it survives a re-solve and an engine version."""
        return content_hash(target_to_json(target), kind, reason_class)

    @classmethod
    def create(
        cls, *, track_guid: str, track_number: int, track_name: str, kind: Kind, reason_class: str, change: Change,
        basis: Basis, confidence: float, rationale: Rationale, predicted: tuple[Prediction, ...], card: str = "",
        requires: tuple[str, ...] = (),
    ) -> Self:  # fmt: skip
        """A recommendation whose `id` and `revision` follow from its content; `card` defaults to the id."""
        identity = cls.identify(change.target, kind, reason_class)
        return cls(
            id=identity, revision=content_hash(change.expected_raw, change.desired_raw), track_guid=track_guid,
            track_number=track_number, track_name=track_name, kind=kind, reason_class=reason_class, change=change,
            basis=basis, confidence=confidence, rationale=rationale, predicted=predicted, card=card or identity,
            requires=requires,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was considered and not proposed, with the reason; `track_name` "" for the session as a whole."""

    track_guid: str
    track_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRole:
    track_guid: str
    role: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    fingerprint: Fingerprint
    strategy: str
    engine: str  # name and version
    session_state: Literal["raw", "in_progress", "printed_stems", "finished"]
    session_state_reason: str
    roles: tuple[TrackRole, ...]
    recommendations: tuple[Recommendation, ...]  # best first
    left_out: tuple[LeftOut, ...]
    summary: str  # one sentence, also when there is nothing to do
    findings: tuple[Finding, ...] = ()  # to report, the gravest first

    def recommendation(self, identity: str) -> Recommendation | None:
        return next((r for r in self.recommendations if r.id == identity), None)

    def cards(self) -> Iterator[tuple[Recommendation, ...]]:
        """The recommendations of each card, in the order of the plan."""
        groups: dict[str, list[Recommendation]] = {}
        for recommendation in self.recommendations:
            groups.setdefault(recommendation.card, []).append(recommendation)
        return (tuple(group) for group in groups.values())

    def card_of(self, identity: str) -> tuple[str, ...]:
        """The ids that are decided together with `identity`."""
        found = self.recommendation(identity)
        return tuple(r.id for r in self.recommendations if found and r.card == found.card)

    def unmoved_findings(self) -> tuple[Finding, ...]:
        """The findings that no recommendation of this plan takes care of."""
        reasons = {(r.track_guid, kind) for r in self.recommendations for kind in _CARED_FOR.get(r.reason_class, ())}
        tracks = {guid for guid, _ in reasons}
        return tuple(
            finding
            for finding in self.findings
            if not any((guid, finding.kind) in reasons for guid in {finding.track_guid, finding.other_guid} & tracks)
        )

    def role(self, track_guid: str) -> TrackRole | None:
        return next((role for role in self.roles if role.track_guid == track_guid), None)


def target_json(target: Target) -> dict[str, Any]:
    """The target as the command line prints it (DESIGN §8)."""
    data = target_to_json(target)
    if isinstance(target, TrackTarget):
        data["param_ident"] = target.field
    return data
