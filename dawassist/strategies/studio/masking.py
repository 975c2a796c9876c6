"""Cuts on what covers a lead vocal: one band that the voice needs and the masker does not, never more than 3 dB.

After A. Hafezi, J. D. Reiss, "Autonomous multitrack equalization based on masking reduction", JAES 63(5), 2015: a band
is cut where it ranks high in the maskee and low in the masker. Who yields is a choice: the evidence names both ways;
for a track that does not yield (`Brief.unyielding_tracks`) the voice is lifted there instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dawassist.analysis.masking import Masker, TrackMasking, measure_masking
from dawassist.analysis.model import Analysis
from dawassist.console.gains import Console
from dawassist.intents import EqBandIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import FIRM
from dawassist.plan.scope import resolve_tracks
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.model import Session
from dawassist.strategies.studio.chain import has_cut
from dawassist.strategies.studio.spectra import bell_power
from dawassist.units import frequency_text

YIELDING_ROLES = frozenset(
    {"electric_guitar", "acoustic_guitar", "keys", "synth", "strings", "brass", "backing_vocal"}
)  # fmt: skip
LEAST_SHARE = 0.4  # of the sung time in which one track alone covers the band
LOWEST_HZ, HIGHEST_HZ = 900.0, 6000.0  # where words are told apart
CUT_Q = 2.0  # Hafezi & Reiss
SMALLEST_CUT_DB, LARGEST_CUT_DB = 2.0, 3.0
_CUT_SHARE = 0.5  # of what the masker has more in the band
_NEAR_OCTAVES = 1.0 / 3.0
_MOST_MASKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conflict:
    maskee: MixObject
    maskee_guid: str
    masker: MixObject
    found: Masker
    center_hz: float
    share: float
    cut_db: float
    lifts: bool  # the maskee, in place of a cut of the masker

    @property
    def moved(self) -> MixObject:
        return self.maskee if self.lifts else self.masker

    @property
    def gain_db(self) -> float:
        return self.cut_db if self.lifts else -self.cut_db


def masking_cuts(situation: Situation, session: Session) -> Iterator[Proposal]:
    """`session` is the one that is judged: with the levels that the plan proposes."""
    leads = [each for each in situation.objects if each.role.role == "lead_vocal" and each.role.confidence >= FIRM]
    owner = {guid: each for each in situation.objects for guid in each.guids}
    groups = {guid: each.guids[0] for guid, each in owner.items()} | {g: "lead" for each in leads for g in each.guids}
    guids = [guid for each in leads for guid in each.guids if _is_heard(situation.analysis, guid)]
    taken: set[str] = set()
    for masking in measure_masking(situation.analysis, Console(session), track_guids=guids, groups=groups):
        for conflict in _conflicts(situation, masking, owner):
            if conflict.moved.guids[0] not in taken and len(taken) < _MOST_MASKERS:
                taken.add(conflict.moved.guids[0])
                yield _proposal(situation, session, conflict, groups)


def _is_heard(analysis: Analysis, guid: str) -> bool:
    measured = analysis.track(guid)
    return measured is not None and measured.measured_at == "after_chain"


def _conflicts(situation: Situation, masking: TrackMasking, owner: Mapping[str, MixObject]) -> Iterator[_Conflict]:
    """Of every masker that may yield, the band with the most to gain."""
    session, maskee = situation.mix.session, owner[masking.track_guid]
    unyielding = resolve_tracks(session, situation.brief.unyielding_tracks)
    for found in masking.maskers:
        masker = owner.get(found.track_guid)
        if masker is None or masker.role.role not in YIELDING_ROLES or masker.role.confidence < FIRM:
            continue
        lifts = bool(unyielding & set(masker.guids))
        if any(has_cut(session, track, LOWEST_HZ, HIGHEST_HZ) for track in masker.tracks) and not lifts:
            continue
        if not all(_is_heard(situation.analysis, guid) for guid in masker.guids):
            continue
        bands = [b for b in found.bands if b.share >= LEAST_SHARE and LOWEST_HZ <= b.center_hz <= HIGHEST_HZ]
        ranked = [
            (more_db, hertz, band)
            for hertz, more_db in found.rank_masking
            for band in bands
            if abs(np.log2(band.center_hz / hertz)) <= _NEAR_OCTAVES
        ]
        if ranked:
            more_db, hertz, band = max(ranked, key=lambda one: (one[0], one[2].share))
            cut_db = float(np.clip(_CUT_SHARE * more_db, SMALLEST_CUT_DB, LARGEST_CUT_DB))
            yield _Conflict(
                maskee=maskee, maskee_guid=masking.track_guid, masker=masker, found=found, center_hz=hertz,
                share=band.share, cut_db=round(cut_db, 1), lifts=lifts,
            )  # fmt: skip


def _proposal(situation: Situation, session: Session, conflict: _Conflict, groups: Mapping[str, str]) -> Proposal:
    masker = conflict.masker
    after = _share_after(situation.analysis, session, conflict, groups)
    return Proposal(
        intents=tuple(
            EqBandIntent(
                track_guid=guid, type="bell", frequency_hz=conflict.center_hz, gain_db=conflict.gain_db, q=CUT_Q
            )
            for guid in conflict.moved.guids
        ),
        reason_class="covered_lead" if conflict.lifts else "covers_lead",
        basis="corrective",
        confidence=masker.role.confidence * conflict.share,
        rationale=_rationale(situation, conflict),
        predicted=(
            Prediction(
                metric=f"sung time covered at {frequency_text(conflict.center_hz)}",
                before=round(100.0 * conflict.share, 1), after=round(100.0 * after, 1), unit="%",
            ),
        ),
    )  # fmt: skip


def _share_after(analysis: Analysis, session: Session, conflict: _Conflict, groups: Mapping[str, str]) -> float:
    """The same share with the masker's bands cut, or the maskee's lifted."""
    cut = tuple(
        replace(
            track,
            bands=replace(
                track.bands,
                erb=track.bands.erb
                * bell_power(np.array(track.bands.erb_center_hz), conflict.center_hz, conflict.gain_db, CUT_Q).astype(
                    np.float32
                ),
            ),
        )
        if track.track_guid in conflict.moved.guids and track.bands
        else track
        for track in analysis.tracks
    )
    changed = replace(analysis, tracks=cut)
    (masking,) = measure_masking(changed, Console(session), track_guids=(conflict.maskee_guid,), groups=groups)
    found = [masker for masker in masking.maskers if masker.track_guid == conflict.found.track_guid]
    near = [
        band.share
        for masker in found
        for band in masker.bands
        if abs(np.log2(band.center_hz / conflict.center_hz)) <= _NEAR_OCTAVES
    ]
    return min(max(near, default=0.0), conflict.share)


def _other_way(conflict: _Conflict) -> str:
    name = shortened(conflict.masker.name)
    if conflict.lifts:
        return f"The other way to the same margin, if {name} yields: {-conflict.cut_db:+.1f} dB there."
    return (
        f"The other way to the same margin: {conflict.cut_db:+.1f} dB on the voice there, if {name} does not yield "
        "(the menu of the track)."
    )


def _rationale(situation: Situation, conflict: _Conflict) -> Rationale:
    lead = situation.mix.session.track(conflict.maskee_guid)
    name = shortened(lead.display_name) if lead else "the lead"
    place = frequency_text(conflict.center_hz)
    verb = "cover" if len(conflict.masker.tracks) > 1 else "covers"
    places = ", ".join(situation.places.text(at) for at in conflict.found.at_seconds)
    return Rationale(
        headline=f"{shortened(conflict.masker.name)} {verb} {name} at {place}, {conflict.share:.0%} of sung time",
        evidence=(
            Evidence(
                text=f"In {conflict.share:.0%} of the sung time it alone has over nine times the voice's energy there; "
                f"most around {places}.",
                value=conflict.share, unit="share",
            ),
            Evidence(
                text=f"The voice needs {place}; it is not among the ten strongest bands of what covers it.",
                value=conflict.center_hz, unit="Hz",
            ),
            Evidence(text=_other_way(conflict), value=-conflict.gain_db, unit="dB"),
        ),
        sources=("rank masking after Hafezi and Reiss (2015); excitation after Glasberg and Moore",),
        plot_kind="lines",
        plot=(
            PlotSeries(
                label=f"{name} covered", x=tuple(band.center_hz for band in conflict.found.bands),
                y=tuple(band.share for band in conflict.found.bands),
            ),
        ),
    )  # fmt: skip
