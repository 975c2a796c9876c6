"""The texts of one change, as the list, the card and a screen reader show them."""

from dataclasses import dataclass

from dawassist.plan.model import Change, Recommendation
from dawassist.units import SILENCE_DB, signed_db_text, spoken_pan, value_text
from dawassist_ui.theme import DARK
from dawassist_ui.workspace import Workspace

GLYPHS = {
    "pending": "◌", "accepted": "✓", "rejected": "✕", "locked": "■", "conflicted": "⚠", "blocked": "⦸",
    "applied": "●", "reverted": "↺", "failed": "✖", "unchanged": "◌", "rolled_back": "↺",
}  # fmt: skip
COLORS = {
    "pending": DARK.pending, "accepted": DARK.accept, "rejected": DARK.reject, "locked": DARK.locked,
    "conflicted": DARK.warning, "blocked": DARK.warning, "applied": DARK.accept, "reverted": DARK.muted,
    "failed": DARK.reject, "unchanged": DARK.pending, "rolled_back": DARK.muted,
}  # fmt: skip
CONFIDENT, LIKELY = 0.8, 0.6


@dataclass(frozen=True)
class Row:
    """What the list shows of one recommendation under the present decisions."""

    recommendation: Recommendation
    change: Change
    state: str
    reason: str
    amount: float

    @property
    def now(self) -> str:
        return value_text(self.change.before, self.change.unit)

    @property
    def proposed(self) -> str:
        return value_text(self.change.after, self.change.unit)

    @property
    def difference(self) -> str:
        difference = self.change.after - self.change.before
        if self.change.unit == "dB" and self.change.before > SILENCE_DB:
            return signed_db_text(difference)
        if self.change.unit == "pan":
            return f"{abs(difference) * 100:.0f}% {'right' if difference > 0 else 'left'}"
        return ""

    @property
    def effect(self) -> str:
        """The first prediction as one number, scaled with the amount where it is a level."""
        if not self.recommendation.predicted:
            return ""
        first = self.recommendation.predicted[0]
        if first.before <= SILENCE_DB:
            return f"{first.after:.1f} {first.unit}"
        if first.after <= SILENCE_DB:
            return "gone"
        if first.unit in ("LUFS", "dB", "dBFS"):
            return f"{first.after - first.before:+.1f} {'LU' if first.unit == 'LUFS' else 'dB'}"
        return f"{first.after:.1f} {first.unit}"

    @property
    def confidence(self) -> str:
        value = self.recommendation.confidence
        return "high" if value >= CONFIDENT else "medium" if value >= LIKELY else "low"

    @property
    def spoken(self) -> str:
        """One sentence for a screen reader."""
        spoken = spoken_pan if self.change.unit == "pan" else lambda value: value_text(value, self.change.unit)
        return (
            f"{self.recommendation.track_name}, {self.change.parameter}, from {spoken(self.change.before)} "
            f"to {spoken(self.change.after)}, {self.state}, confidence {self.confidence}. {self.reason}"
        ).strip()


def row_of(workspace: Workspace, recommendation: Recommendation) -> Row:
    decisions = workspace.decisions
    decision = decisions.of(recommendation.id)
    state: str = decision.verdict
    reason = ""
    result = workspace.results.get(recommendation.id)
    if result is not None:
        held = f"The session holds {result.text}." if result.text else ""
        state, reason = result.status, result.reason or held
    elif recommendation.track_guid in decisions.locked_tracks:
        state, reason = "locked", f"{recommendation.track_name} is locked."
    elif state == "accepted" and workspace.plan is not None:
        reason = decisions.blocked(workspace.plan, recommendation)
        state = "blocked" if reason else state
    return Row(recommendation, decisions.change(recommendation), state, reason, decision.amount)
