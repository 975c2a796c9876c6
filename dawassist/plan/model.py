"""Plan, recommendation and their parts: frozen values, made by a strategy, read by review and apply.

Invariant of a plan: at most one recommendation per target. Recommendations of one `card` (a stereo pair, the
microphones of one source, a pan with the fader that keeps its loudness) are shown and decided together.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from dawassist.plan.material_kinds import MaterialKind
from dawassist.plan.raw_laws import raw_of
from dawassist.session.edits import Edit, SetEnvelopePoints, edit_to_json
from dawassist.session.findings import Evidence, Finding, FindingClass, PlotSeries
from dawassist.session.model import Fingerprint
from dawassist.session.targets import Target, TrackTarget, target_to_json
from dawassist.units import SILENCE_DB

Basis = Literal["technical", "corrective", "taste"]
Kind = Literal[
    "fader", "pan", "width", "polarity", "delay", "eq", "compressor", "gate", "send", "envelope", "mute", "item"
]
PlotKind = Literal["", "loudness_bars", "stereo_field", "lines"]
BY_HAND, LEFT_OUT = "To be set by hand", "Considered and left out"
LOWEST_FILTER_HZ = 20.0  # where a high-pass that is switched off counts as being

_CARED_FOR: dict[str, tuple[FindingClass, ...]] = {
    "master_peaks": ("true_peak",), "master_target": ("true_peak",),
    "polarity": ("polarity",), "delay": ("delay",), "polarity_and_delay": ("polarity", "delay"),
    "duplicate": ("duplicate",), "hard_panned_low_end": ("off_center",), "hard_panned_lead": ("off_center",),
    "energy_under_range": ("rumble", "dc"), "dc": ("dc", "rumble"), "rumble": ("rumble", "dc"),
    "dc_and_rumble": ("dc", "rumble"), "hum": ("hum",),
}  # fmt: skip


def content_hash(*parts: object) -> str:
    """A short stable name of some JSON-able content: 16 hex digits of its SHA-256."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control: `before` → `after` in `unit` for people, `expected_raw` → `desired_raw` for REAPER.

    `also` are further controls of the same tool that move with it, `setup` are edits that it needs first: a plug-in
    that is inserted, a band that is switched on, a send that is created. Of a ride, `setup` ends with the points and
    `ride_base` what the envelope has at their times. `about` names what it is about where another control could be
    chosen for it next time: the place of a band.
    """

    target: Target
    parameter: str
    before: float
    after: float
    unit: str  # "dB", "pan", "Hz", "switch", …: see units.value_text
    expected_raw: float
    desired_raw: float
    tolerance: float
    raw_law: str  # see plan.raw_laws
    is_whole: bool = False
    also: tuple["Change", ...] = ()
    setup: tuple[Edit, ...] = ()
    ride_base: tuple[float, ...] = ()
    about: str = ""

    @property
    def is_discrete(self) -> bool:
        """It has no amount: a switch, a delay, of which half aligns nothing, or the frequency of a band."""
        return self.is_whole or self.unit in ("switch", "ms")

    @property
    def moves(self) -> bool:
        """Something is written."""
        return self.desired_raw != self.expected_raw or bool(self.setup) or any(c.moves for c in self.also)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every control that it moves."""
        return (self.target, *(change.target for change in self.also))

    def to_value(self, after: float) -> Self:
        """The same change with another proposed value; what moves with it follows in proportion."""
        share = (after - self.before) / (self.after - self.before) if self.after != self.before else 1.0
        return replace(
            self,
            after=after,
            desired_raw=raw_of(self.raw_law, after),
            also=tuple(c if c.is_discrete else c.to_value(c.before + share * (c.after - c.before)) for c in self.also),
            setup=self._ridden(share) if self.ride_base else self.setup,
        )

    def scaled(self, amount: float) -> Self:
        """`amount` 0..1 between now and proposed: dB for levels (a gain for what comes from silence), octaves for
        frequencies, linear for pans. 0 leaves the control alone."""
        if amount == 1.0 or (self.is_discrete and amount > 0.0):
            return self
        if amount == 0.0:
            still = tuple(change.scaled(0.0) for change in self.also)
            return replace(self, after=self.before, desired_raw=self.expected_raw, also=still, setup=())
        return replace(self.to_value(self._between(amount)), also=tuple(c.scaled(amount) for c in self.also))

    def _between(self, amount: float) -> float:
        if self.unit == "dB" and self.before <= SILENCE_DB:
            return self.after + 20.0 * math.log10(amount)
        if self.unit == "Hz":
            start = self.before or LOWEST_FILTER_HZ
            return float(start * (self.after / start) ** amount)
        return self.before + amount * (self.after - self.before)

    def _ridden(self, share: float) -> tuple[Edit, ...]:
        """The points of a ride at another share of what `setup` holds last."""
        *first, edit = self.setup
        assert isinstance(edit, SetEnvelopePoints)
        moved = tuple(
            replace(point, value=base + share * (point.value - base))
            for point, base in zip(edit.desired_points, self.ride_base, strict=True)
        )
        return (*first, replace(edit, desired_points=moved))


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

    @property
    def text(self) -> str:
        """``track loudness: -20.1 → -18.6 LUFS (+1.5)``; a level of nothing is ``none``."""
        before, after = ("none" if value <= SILENCE_DB else f"{value:z.1f}" for value in (self.before, self.after))
        change = "" if "none" in (before, after) else f" ({self.after - self.before:+z.1f})"
        return f"{self.metric}: {before} → {after} {self.unit}{change}"


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
    is_folded: bool = False  # beyond the moves that are shown first

    @staticmethod
    def identify(change: Change, kind: Kind, reason_class: str) -> str:
        """The id of a recommendation: it survives a re-solve and an engine version."""
        if change.about:
            return content_hash(change.target.track_guid, change.about, kind, reason_class)
        return Recommendation.identify_control(change.target, kind, reason_class)

    @staticmethod
    def identify_control(target: Target, kind: Kind, reason_class: str) -> str:
        """The id of a recommendation that moves a single control."""
        return content_hash(target_to_json(target), kind, reason_class)

    @classmethod
    def create(
        cls, *, track_guid: str, track_number: int, track_name: str, kind: Kind, reason_class: str, change: Change,
        basis: Basis, confidence: float, rationale: Rationale, predicted: tuple[Prediction, ...], card: str = "",
        requires: tuple[str, ...] = (),
    ) -> Self:  # fmt: skip
        """A recommendation whose `id` and `revision` follow from its content; `card` defaults to the id."""
        identity = cls.identify(change, kind, reason_class)
        return cls(
            id=identity, revision=_revision(change), track_guid=track_guid,
            track_number=track_number, track_name=track_name, kind=kind, reason_class=reason_class, change=change,
            basis=basis, confidence=confidence, rationale=rationale, predicted=predicted, card=card or identity,
            requires=requires,
        )  # fmt: skip


def _revision(change: Change) -> str:
    further = [_revision(each) for each in change.also] + [edit_to_json(edit) for edit in change.setup]
    return content_hash(change.expected_raw, change.desired_raw, *further)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was considered and not proposed, with the reason; `track_name` "" for the session as a whole.

    `by_hand`: it is advice for a tool that is there and that only the engineer can set.
    """

    track_guid: str
    track_name: str
    reason: str
    by_hand: bool = False


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
    material: MaterialKind = "music"
    material_reason: str = ""

    @property
    def by_hand(self) -> tuple[LeftOut, ...]:
        """Advice for tools that only the engineer can set."""
        return tuple(left for left in self.left_out if left.by_hand)

    @property
    def considered(self) -> tuple[LeftOut, ...]:
        """What was left out otherwise."""
        return tuple(left for left in self.left_out if not left.by_hand)

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
