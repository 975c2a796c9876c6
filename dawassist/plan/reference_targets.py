"""What a reference moves: loudness, tone and lead of the mix go part of the way to it, within limits."""

from dataclasses import dataclass

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.analysis.reference import ReferenceComparison
from dawassist.plan.brief import Brief
from dawassist.plan.roles import FIRM
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB

LARGEST_TONE_DB = 3.0  # of a band, whatever the reference has
LARGEST_LEAD_DB = 2.0
LARGEST_LOUDNESS_LU = 6.0
_DENSE_CREST_DB = 14.0  # a finished mix has less, raw tracks of a song mostly more
_DENSE_LUFS = -20.0
_THROUGHOUT = 0.6  # of the time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTargets:
    """`amount` 0..1 of the difference between `found.reference` and `found.mix`, cut at the limits.

    `tone_db` per third octave of the comparison; `lead_db` is 0 where no lead is told in one of both.
    """

    found: ReferenceComparison
    amount: float
    loudness_lufs: float
    tone_db: tuple[float, ...]
    lead_db: float


def reference_targets(analysis: Analysis, brief: Brief) -> ReferenceTargets | None:
    """None without a reference, or where none of it is wanted."""
    found, amount = analysis.reference, brief.reference_amount
    if found is None or amount == 0.0:
        return None
    gap_lu = found.reference.loudness_lufs - found.mix.loudness_lufs
    return ReferenceTargets(
        found=found,
        amount=amount,
        loudness_lufs=found.mix.loudness_lufs + _within(amount * gap_lu, LARGEST_LOUDNESS_LU),
        tone_db=tuple(_within(amount * each, LARGEST_TONE_DB) for each in found.tone_db),
        lead_db=_within(amount * (found.lead_db or 0.0), LARGEST_LEAD_DB),
    )


def reference_tracks(
    session: Session, graph: Graph, roles: dict[str, RoleGuess], analysis: Analysis
) -> tuple[Track, ...]:
    """Tracks that can serve as the reference: by name, or finished stereo music that is muted or bypasses the mix."""
    return tuple(track for track in session.tracks if _is_reference(track, graph, roles.get(track.guid), analysis))


def is_reference(guess: RoleGuess | None) -> bool:
    """Whether a track is kept out of the mix as a reference."""
    return guess is not None and guess.role == "reference" and guess.confidence >= FIRM


def _is_reference(track: Track, graph: Graph, guess: RoleGuess | None, analysis: Analysis) -> bool:
    measured = analysis.track(track.guid)
    if measured is None or measured.loudness is None or measured.loudness.integrated_lufs <= SILENCE_DB:
        return False
    if is_reference(guess):
        return True
    aside = track.muted or graph.kind[track.guid] == "hardware_only"
    dense = measured.loudness.crest_factor_db < _DENSE_CREST_DB and measured.loudness.integrated_lufs > _DENSE_LUFS
    return aside and dense and not measured.is_mono and measured.activity.share >= _THROUGHOUT


def _within(value: float, largest: float) -> float:
    return min(max(value, -largest), largest)
