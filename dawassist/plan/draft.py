"""What a strategy returns: intents with reasons, before they meet the concrete controls of a session."""

from dataclasses import dataclass, field
from typing import Literal

from dawassist.intents import Intent
from dawassist.plan.material import Material
from dawassist.plan.model import Basis, LeftOut, Prediction, Rationale, TrackRole
from dawassist.session.findings import Finding
from dawassist.session.model import Session

SessionState = Literal["raw", "in_progress", "printed_stems", "finished"]


OUTSIDE = "it is outside of the scope."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Intents that stand or fall together, for one measured reason. Proposals of one `card` name share a card.

    `predicted` is what all of them together do, where the balance alone does not tell it. `is_final` amounts hold the
    brief's strength and what keeps tracks as loud already.
    """

    intents: tuple[Intent, ...]
    reason_class: str
    basis: Basis
    confidence: float
    rationale: Rationale
    card: str = ""
    predicted: tuple[Prediction, ...] = ()
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Proposals, best first. `empty_reason` is the sentence for a session that gives nothing to judge; "" otherwise."""

    session_state: SessionState
    session_state_reason: str
    roles: tuple[TrackRole, ...]
    proposals: tuple[Proposal, ...]
    left_out: tuple[LeftOut, ...]
    checked: str  # what was judged, for the sentence "nothing to do"
    empty_reason: str = ""
    findings: tuple[Finding, ...] = ()  # to report, the gravest first
    material: Material = field(default_factory=Material)


def left_out(session: Session, proposal: Proposal, why: str) -> LeftOut:
    """What would have been proposed of its first track, and `why` it is not."""
    guid = proposal.intents[0].track_guid
    track = session.track(guid)
    name = track.display_name if track else ""
    return LeftOut(track_guid=guid, track_name=name, reason=f"{proposal.rationale.headline}, but {why}")
