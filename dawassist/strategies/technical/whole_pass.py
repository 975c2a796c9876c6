"""The technical pass: what is wrong, rather than what could be mixed differently. Every strategy begins with it.

It runs in every state of a session, raw or finished. By requirement 6 of the mixers' view it turns and aligns what are
truly microphones of one source and chooses the polarities of a kit together; overheads and rooms hold still, nothing
plays before its recording, and close microphones are not moved to the overheads, which is a matter of taste. Where it
cannot tell, it says so and proposes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.intents import DelayIntent, EqBandIntent, LevelIntent, MuteIntent, PolarityIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import OUTSIDE, Draft, Proposal, left_out
from dawassist.plan.material import material_of, never_moved
from dawassist.plan.model import LeftOut
from dawassist.plan.objects import mix_objects
from dawassist.plan.roles import guess_roles
from dawassist.plan.scope import resolve_pinned_roles, resolve_scope
from dawassist.session.findings import Finding
from dawassist.session.graph import Graph, build_graph
from dawassist.session.model import Session, Track
from dawassist.strategies.technical import text
from dawassist.strategies.technical.alignment import (
    SMALLEST_RISE_DB,
    Correction,
    correction,
    is_close,
    left_apart,
    polarities,
)
from dawassist.strategies.technical.copies import Copy, copies
from dawassist.strategies.technical.filters import filters
from dawassist.strategies.technical.groups import SourceGroup, SourcePairs
from dawassist.strategies.technical.guards import is_judged, why_withheld
from dawassist.strategies.technical.image import image_findings
from dawassist.strategies.technical.kit import Kit, KitPolarity, kit_polarity, kits
from dawassist.strategies.technical.levels import level_findings
from dawassist.strategies.technical.masking import masked_hums
from dawassist.strategies.technical.mono import mono_findings
from dawassist.strategies.technical.prints import print_findings
from dawassist.strategies.technical.sums import Sums
from dawassist.strategies.technical.triggers import trigger_findings, varying_triggers
from dawassist.units import counted

_IN_POST = "in post-production M&E and multichannel tracks stay as they are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Technical:
    """`findings` are all that are to be reported, of the tracks and of the session too, the gravest first."""

    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]


def with_technical(session: Session, analysis: Analysis, brief: Brief, draft: Draft) -> Draft:
    """The draft of a strategy, with the technical pass before it. In post-production some tracks never move."""
    found = technical_pass(session, analysis, brief)
    pairs = len(analysis.pairs)
    compared = f"; {counted(pairs, 'pair')} of tracks for polarity and delay" if pairs else ""
    roles = guess_roles(session, build_graph(session), analysis, resolve_pinned_roles(session, brief))
    material = material_of(session, analysis, roles, brief.material)
    kept = never_moved(session) if material.kind == "post" else frozenset()
    filtered = {guid for proposal in draft.proposals for guid in _filtered(proposal)}
    every = (*(p for p in found.proposals if not filtered & _filtered(p)), *draft.proposals)
    free = tuple(p for p in every if not any(intent.track_guid in kept for intent in p.intents))
    return replace(
        draft,
        proposals=free,
        material=material,
        findings=(*found.findings, *draft.findings),
        left_out=(*found.left_out, *(left_out(session, p, _IN_POST) for p in every if p not in free), *draft.left_out),
        checked=f"{draft.checked}{compared}",
    )


def _filtered(proposal: Proposal) -> frozenset[str]:
    """The tracks that it gives a high-pass: a strategy's own, set by what is played, takes DC and rumble as well."""
    return frozenset(
        intent.track_guid
        for intent in proposal.intents
        if isinstance(intent, EqBandIntent) and intent.type == "high_pass"
    )


def technical_pass(session: Session, analysis: Analysis, brief: Brief) -> Technical:
    """A pure function of its arguments."""
    judged = _Judged(session, analysis, brief)
    graph, roles, heard, objects, pairs = judged.graph, judged.roles, judged.heard, judged.objects, judged.pairs
    triggers = judged.triggers
    one_source = _OneSource(pairs, Sums(session, analysis.low_end, analysis.whole_low_ends))
    reported, withheld = _reported(session, analysis, graph, roles)
    made: list[tuple[Proposal, tuple[Finding, ...]]] = [
        *(
            (_correction_proposal(each, session), _correction_findings(each, session))
            for each in one_source.corrections
        ),
        *((_kit_proposal(each, pairs), ()) for each in one_source.kit_polarities),
        *((_copy_proposal(each), _copy_findings(each)) for each in copies(session, pairs)),
        *((proposal, ()) for proposal in filters(session, analysis, objects, reported)),
    ]
    scope = resolve_scope(session, brief).track_guids
    inside = [all(intent.track_guid in scope for intent in proposal.intents) for proposal, _ in made]
    findings = (
        *(f for _, found in made for f in found),
        *_varying(pairs),
        *trigger_findings(triggers, heard),
        *print_findings(session, analysis, graph),
        *image_findings(session, analysis, objects, heard),
        *mono_findings(session, analysis, objects),
        *level_findings(session, analysis, heard),
        *reported,
    )
    elsewhere = {track.guid for track in session.tracks} - scope
    return Technical(
        proposals=tuple(proposal for (proposal, _), is_inside in zip(made, inside, strict=True) if is_inside),
        findings=tuple(f for f in findings if f.track_guid not in elsewhere or f.other_guid in scope),
        left_out=(
            *withheld,
            *_not_told(pairs, one_source.torn),
            *_left_apart(one_source.left_apart, session),
            *(left_out(session, p, OUTSIDE) for (p, _), is_inside in zip(made, inside, strict=True) if not is_inside),
        ),
    )


def tracks_to_correct(session: Session, analysis: Analysis, brief: Brief) -> tuple[tuple[str, ...], ...]:
    """The tracks, by GUID, of every correction that excerpts bring up or nearly so: its effect is told from all of it.

    A pure function of its arguments.
    """
    if not analysis.pairs:
        return ()
    pairs, sums = _Judged(session, analysis, brief).pairs, Sums(session, analysis.low_end)
    groups, _ = pairs.groups()
    return (
        *(group.guids for group in groups if is_close(group, sums)),
        *(each.kit.guids for each in _OneSource(pairs, sums).kit_polarities),
    )


class _Judged:
    """The tracks that the pass judges, and what is known of them."""

    def __init__(self, session: Session, analysis: Analysis, brief: Brief) -> None:
        self.graph = build_graph(session)
        self.roles = guess_roles(session, self.graph, analysis, resolve_pinned_roles(session, brief))
        self.heard = [track for track in session.tracks if is_judged(track, self.graph, self.roles)]
        self.objects = mix_objects(self.heard, self.graph, self.roles)
        self.triggers = varying_triggers(analysis, self.heard, self.roles)
        apart = {frozenset((each.reference_guid, each.other_guid)) for each in self.triggers}
        related = [each for each in analysis.pairs if frozenset((each.reference_guid, each.other_guid)) not in apart]
        unheard = {measured.track_guid for measured in analysis.tracks if measured.measured_at == "before_plugins"}
        self.pairs = SourcePairs(session, related, self.heard, self.roles, self.objects, unheard)


class _OneSource:
    """The corrections of all groups, with the polarities of a kit chosen together."""

    def __init__(self, pairs: SourcePairs, sums: Sums) -> None:
        groups, self.torn = pairs.groups()
        self._sums = sums
        self._ways = {group.guids: polarities(group, sums) for group in groups}
        self._found = {group.guids: correction(group, self._ways[group.guids][0], sums) for group in groups}
        self._groups: Mapping[tuple[str, ...], SourceGroup] = {group.guids: group for group in groups}
        together = [self._kit(kit) for kit in kits(pairs, list(self._groups))]
        self.kit_polarities = [each for each in together if each and each.effect.rise_db >= SMALLEST_RISE_DB]

    @property
    def corrections(self) -> list[Correction]:
        return [found for found in self._found.values() if found is not None]

    @property
    def left_apart(self) -> list[tuple[Correction, bool]]:
        """What waiting would do where it is too little, and whether the polarity is corrected there."""
        tried = [
            (left_apart(group, found.flipped if found else self._ways[guids][0], found, self._sums), found is not None)
            for guids, group in self._groups.items()
            for found in [self._found[guids]]
        ]
        return [(apart, is_turned) for apart, is_turned in tried if apart is not None]

    def _kit(self, kit: Kit) -> KitPolarity | None:
        """First which side of each group turns, then which whole bodies."""
        split = [body for body in kit.free if (found := self._found.get(body)) and found.flipped]
        sides = kit_polarity(kit, split, self._sums, *self._corrected())
        for body in sides.turned if sides else ():
            self._found[body] = correction(self._groups[body], self._ways[body][1], self._sums)
        whole = [body for body in kit.free if body not in split]
        turned = kit_polarity(kit, whole, self._sums, *self._corrected())
        return turned if turned and turned.turned else None

    def _corrected(self) -> tuple[frozenset[str], dict[str, float]]:
        flipped = frozenset(guid for found in self.corrections for guid in found.flipped)
        return flipped, {guid: later for found in self.corrections for guid, later in found.later_seconds.items()}


def _correction_proposal(found: Correction, session: Session) -> Proposal:
    flips = [PolarityIntent(track_guid=guid) for guid in found.group.guids if guid in found.flipped]
    waits = [
        DelayIntent(track_guid=guid, later_seconds=found.later_seconds[guid])
        for guid in found.group.guids
        if guid in found.later_seconds
    ]
    return Proposal(
        intents=(*flips, *waits),
        reason_class="polarity_and_delay" if flips and waits else "polarity" if flips else "delay",
        basis="technical",
        confidence=found.group.confidence,
        rationale=text.correction_rationale(found, session.sample_rate_hz),
        predicted=text.correction_predictions(found),
    )


def _correction_findings(found: Correction, session: Session) -> tuple[Finding, ...]:
    group, rationale = found.group, text.correction_rationale(found, session.sample_rate_hz)
    latest = max(zip(group.arrival_seconds, group.guids, strict=True))[1]
    turned = sorted(found.flipped, key=group.guids.index)
    at_fault = [("polarity", guid) for guid in turned] + [("delay", latest)] * bool(found.later_seconds)
    return tuple(
        Finding(
            kind=kind,  # type: ignore[arg-type]
            track_guid=guid,
            other_guid=next(each for each in group.guids if each != guid),
            sentence=f"{rationale.headline}.",
            confidence=group.confidence,
            evidence=rationale.evidence,
            plot=rationale.plot,
        )
        for kind, guid in at_fault
    )


def _kit_proposal(found: KitPolarity, pairs: SourcePairs) -> Proposal:
    turned = [pairs.track(guid) for body in found.turned for guid in body]
    still = [pairs.track(guid) for guid in found.kit.still]
    return Proposal(
        intents=tuple(PolarityIntent(track_guid=track.guid) for track in turned),
        reason_class="kit_polarity",
        basis="technical",
        confidence=found.kit.confidence,
        rationale=text.kit_rationale(found, turned, still),
        predicted=text.kit_predictions(found),
    )


def _copy_proposal(found: Copy) -> Proposal:
    return Proposal(
        intents=(
            MuteIntent(track_guid=found.copy.guid),
            LevelIntent(track_guid=found.original.guid, gain_db=found.raise_db),
        ),
        reason_class="duplicate",
        basis="technical",
        confidence=found.pair.confidence,
        rationale=text.copy_rationale(found),
    )


def _copy_findings(found: Copy) -> tuple[Finding, ...]:
    rationale = text.copy_rationale(found)
    return (
        Finding(
            kind="duplicate",
            track_guid=found.copy.guid,
            other_guid=found.original.guid,
            sentence=f"{rationale.headline}.",
            confidence=found.pair.confidence,
            evidence=rationale.evidence,
            plot=rationale.plot,
        ),
    )


def _varying(pairs: SourcePairs) -> Iterator[Finding]:
    """Delays that change are shown and never compensated."""
    for pair in pairs.heard:
        if pair.verdict != "varies" or pairs.is_distant(pair.reference_guid) or pairs.is_distant(pair.other_guid):
            continue
        yield Finding(
            kind="delay_varies",
            track_guid=pair.other_guid,
            other_guid=pair.reference_guid,
            sentence=text.varying_sentence(pair, pairs.track(pair.reference_guid), pairs.track(pair.other_guid)),
            confidence=pair.confidence,
            evidence=pair.evidence,
            at_seconds=tuple(stretch.start_seconds for stretch in pair.stretches),
            plot=pair.plot,
        )


def _reported(
    session: Session, analysis: Analysis, graph: Graph, roles: Mapping[str, RoleGuess]
) -> tuple[list[Finding], list[LeftOut]]:
    """The findings of the listening that are faults here, and the word on those that are not."""
    found = [*(f for measured in analysis.tracks for f in measured.findings), *analysis.findings]
    masked = masked_hums(session, analysis)
    reasons = [why_withheld(finding, session, graph, roles, masked) for finding in found]
    withheld = []
    for finding, reason in zip(found, reasons, strict=True):
        track = session.track(finding.track_guid)
        if reason and track:
            sentence = f"{finding.sentence} {reason}"
            withheld.append(LeftOut(track_guid=track.guid, track_name=track.display_name, reason=sentence))
    return [finding for finding, reason in zip(found, reasons, strict=True) if reason is None], withheld


def _left_apart(apart: Iterable[tuple[Correction, bool]], session: Session) -> Iterator[LeftOut]:
    """A delay that is known and too small in effect for a card: requirement 6."""
    for found, is_turned in apart:
        late, reason = text.left_apart(found, session.sample_rate_hz, is_turned=is_turned)
        yield LeftOut(track_guid=late.guid, track_name=late.display_name, reason=reason)


def _not_told(pairs: SourcePairs, torn: Sequence[tuple[Track, ...]]) -> Iterator[LeftOut]:
    for tracks in torn:
        names = " and ".join(track.display_name for track in tracks)
        reason = f"The delays and polarities between {names} contradict each other, so none of them is corrected."
        yield LeftOut(track_guid=tracks[0].guid, track_name=tracks[0].display_name, reason=reason)
    for pair in pairs.heard:
        if pair.verdict == "unsure" and pairs.is_one_source(pair):
            other, reference = pairs.track(pair.other_guid), pairs.track(pair.reference_guid)
            reason = f"It plays what {reference.display_name} plays, but how late or which way round cannot be told."
            yield LeftOut(track_guid=other.guid, track_name=other.display_name, reason=reason)
    for pair in pairs.recorded_apart:
        other, reference = pairs.track(pair.other_guid), pairs.track(pair.reference_guid)
        reason = (
            f"In the recording it is {text.stands_apart(pair, reference)}; what plug-ins make of it is not heard, so "
            "nothing is turned or delayed until REAPER has rendered these tracks."
        )
        yield LeftOut(track_guid=other.guid, track_name=other.display_name, reason=reason)
