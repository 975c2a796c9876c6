"""What a reference asks of the whole mix, as advice with numbers; and REF tracks of the session, offered.

The master's tone stays by hand unless it is asked for: a mix goes neutral into the master chain, and what is there is
the engineer's.
"""

from dawassist.plan.brief import Brief
from dawassist.plan.draft import SessionState
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import LeftOut, Rationale
from dawassist.plan.reference_targets import (
    LARGEST_LEAD_DB,
    LARGEST_TONE_DB,
    ReferenceTargets,
    reference_targets,
    reference_tracks,
)
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.strategies.studio.reference_tone import (
    LEAST_TONE_DB,
    band_text,
    octave_differences,
    tone_bands,
    tone_moves,
    why_not_tone,
)
from dawassist.units import frequency_text, signed_db_text

LEAST_GAP_LU = 0.5


def reference_advice(situation: Situation, state: SessionState) -> tuple[LeftOut, ...]:
    """What the reference has that the mix has not, and how far the way to it goes."""
    targets = reference_targets(situation.analysis, situation.brief)
    if targets is None:
        return _offers(situation)
    master = situation.mix.session.master
    reasons = [_loudness(targets, situation.brief), _tone(targets, situation, state), _lead(targets)]
    return tuple(
        LeftOut(track_guid=master.guid, track_name=master.display_name, reason=reason, by_hand=True)
        for reason in reasons
        if reason
    )


def with_reference(rationale: Rationale, targets: ReferenceTargets) -> Rationale:
    """A lead's card with what the reference has to do with it."""
    text = (
        f"Its reference {targets.found.name} lets its lead stand out by {targets.found.lead_db or 0.0:+.1f} dB against "
        f"this mix; {targets.amount:.0%} of that, {targets.lead_db:+.1f} dB, is in the move."
    )
    evidence = (*rationale.evidence, Evidence(text=text, value=targets.lead_db, unit="dB"))
    return Rationale(
        headline=rationale.headline, evidence=evidence, sources=rationale.sources, plot_kind=rationale.plot_kind,
        plot=rationale.plot,
    )  # fmt: skip


def reference_lead(name: str, targets: ReferenceTargets, move_db: float) -> Rationale:
    """The card of a lead that moves for no other reason."""
    found = targets.found
    lead_db = found.lead_db or 0.0
    return Rationale(
        headline=f"{name[:40]}: {signed_db_text(move_db)}, part of the way to the reference",
        evidence=(
            Evidence(
                text=f"In {found.name} the center of the voice's band stands {lead_db:+.1f} dB further out than here, "
                "in seconds in which a voice is heard.",
                value=lead_db,
                unit="dB",
            ),
            Evidence(
                text=f"{targets.amount:.0%} of that is taken, at most {LARGEST_LEAD_DB:.0f} dB.",
                value=targets.amount,
                unit="share",
            ),
        ),
        sources=("center of both sides between 300 Hz and 4 kHz; voice told by Silero VAD",),
        plot_kind="lines",
        plot=(PlotSeries(label="reference against mix, dB", x=found.reference.center_hz, y=found.tone_db),),
    )


def _offers(situation: Situation) -> tuple[LeftOut, ...]:
    mix = situation.mix
    if situation.analysis.reference is not None:
        return ()
    found = reference_tracks(mix.session, mix.graph, dict(situation.roles), situation.analysis)
    return tuple(
        LeftOut(
            track_guid=track.guid, track_name=track.display_name,
            reason="It can serve as the reference, and stays out of the mix: --reference "
            f'"track:{track.display_name}" moves loudness, tone and lead part of the way to it.',
        )
        for track in found
    )  # fmt: skip


def _loudness(targets: ReferenceTargets, brief: Brief) -> str:
    """Nothing where the brief has a target of its own."""
    found = targets.found
    gap_lu = targets.loudness_lufs - found.mix.loudness_lufs
    if brief.target_loudness_lufs is not None or abs(gap_lu) < LEAST_GAP_LU:
        return ""
    return (
        f"The mix measures {found.mix.loudness_lufs:.1f} LUFS: {targets.amount:.0%} of the way to {found.name} at "
        f"{found.reference.loudness_lufs:.1f} LUFS, the {targets.loudness_lufs:.1f} LUFS take {gap_lu:+.1f} dB at the "
        "end of the master."
    )


def _tone(targets: ReferenceTargets, situation: Situation, state: SessionState) -> str:
    """Nothing where it is a move already."""
    found = targets.found
    told = [
        f"{each:+.1f} dB at {frequency_text(hz)}"
        for hz, each in octave_differences(targets)
        if abs(each) >= LEAST_TONE_DB
    ]
    if not told:
        return f"The tone of {found.name} and of this mix lie within {LEAST_TONE_DB:.0f} dB of each other per octave."
    if tone_moves(situation, state):
        return ""
    moves = ", ".join(band_text(band) for band in tone_bands(targets, situation.mix.session.sample_rate_hz))
    way = f" {targets.amount:.0%} of the way, at most {LARGEST_TONE_DB:.0f} dB per band: {moves}." if moves else ""
    return f"Against this mix {found.name} has {', '.join(told)}, levels apart.{way} {_by_hand(situation, state)}"


def _by_hand(situation: Situation, state: SessionState) -> str:
    by_hand = "To be set by hand, where those tracks are or on the master: nothing of it is written"
    why_not = why_not_tone(situation, state)
    if "reference_tone" in situation.brief.extras and why_not:
        return f"{by_hand}. The master gets no equalizer: {why_not}"
    asked = ', unless it is asked for (Extras in the panel, extras = ["reference_tone"] in the brief)'
    return f"{by_hand}{'' if why_not else asked}."


def _lead(targets: ReferenceTargets) -> str:
    found = targets.found
    if found.lead_db is not None:
        return ""
    sides = [(found.name, found.reference.no_lead), ("this mix", found.mix.no_lead)]
    return " ".join(f"No lead is told in {name}: {why}" for name, why in sides if why) + " Its level moves no target."
