"""From proposals to single controls: what may be written, at the brief's strength, each track as loud as before."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from dawassist.intents import (
    BalanceIntent,
    CompressorIntent,
    DelayIntent,
    EnvelopeIntent,
    EqBandIntent,
    Intent,
    ItemGainIntent,
    LevelIntent,
    MuteIntent,
    PanIntent,
    PolarityIntent,
    SendIntent,
)
from dawassist.plan.brief import Brief
from dawassist.plan.controls import (
    offsets_envelope,
    why_not_delay,
    why_not_fader,
    why_not_mute,
    why_not_pan,
    why_not_polarity,
)
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Change, Kind, LeftOut, Prediction, Rationale, Recommendation, content_hash
from dawassist.plan.rationale import shortened
from dawassist.plan.scope import resolve_tracks
from dawassist.realize.chain import ByHand
from dawassist.realize.drive import changes_of_drive, left_behind
from dawassist.realize.fader import realize_level, realize_pan
from dawassist.realize.notes import notes_of
from dawassist.realize.switches import realize_delay, realize_mute, realize_polarity
from dawassist.realize.tools import realize_tool, why_not_intent
from dawassist.session.findings import Evidence
from dawassist.session.model import Track
from dawassist.session.targets import Target, TrackTarget

SMALLEST_LEVEL_MOVE_DB = 0.3
SMALLEST_PAN_MOVE = 0.05
_KINDS: dict[type[Intent], Kind] = {
    LevelIntent: "fader", PanIntent: "pan", PolarityIntent: "polarity", MuteIntent: "mute", DelayIntent: "delay",
    EqBandIntent: "eq", CompressorIntent: "compressor", SendIntent: "send", EnvelopeIntent: "envelope",
    ItemGainIntent: "item",
}  # fmt: skip
_KEPT_LOUDNESS_LU = 0.05  # a pan that changes a track's loudness by less needs no fader


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One control of a card, before its effect is known. Steps of one `card` are decided together."""

    proposal: Proposal
    track: Track
    change: Change
    kind: Kind
    reason_class: str
    rationale: Rationale
    card: str
    requires: tuple[str, ...] = ()
    bycatch: tuple[Prediction, ...] = ()  # what comes along with a level

    @property
    def identity(self) -> str:
        return Recommendation.identify(self.change, self.kind, self.reason_class)

    def with_evidence(self, text: str, value: float = 0.0, unit: str = "") -> "Step":
        lines = (*self.rationale.evidence, Evidence(text=text, value=value, unit=unit))
        return replace(self, rationale=replace(self.rationale, evidence=lines))


def steps_of(mix: MixState, proposals: Iterable[Proposal], brief: Brief) -> tuple[list[Step], list[LeftOut]]:
    """At most one step per control. A proposal whose tracks may not all be touched is left out whole."""
    locked = resolve_tracks(mix.session, brief.locked_tracks)
    steps: list[Step] = []
    left_out: list[LeftOut] = []
    taken: set[Target] = set()
    for proposal in proposals:
        strength = 1.0 if proposal.is_final else brief.strength
        found, refused = _steps_of_one(mix, proposal, strength, locked, taken)
        left_out += refused
        targets = {target for step in found for target in step.change.targets}
        if any(not left.by_hand for left in refused) or any(step.identity in brief.rejected for step in found):
            continue
        if targets & taken:
            left_out.append(_left_out(found[0].track, proposal, "another card moves the same control."))
            continue
        taken |= targets
        steps += found
    return _each_as_loud(mix, steps), left_out


def _steps_of_one(
    mix: MixState, proposal: Proposal, strength: float, locked: frozenset[str], taken: Set[Target]
) -> tuple[list[Step], list[LeftOut]]:
    steps: list[Step] = []
    by_hand: list[tuple[Track, ByHand]] = []
    if strength > 0.0 and any(isinstance(intent, MuteIntent) for intent in proposal.intents):
        strength = 1.0  # what replaces a muted copy replaces all of it
    for intent in proposal.intents:
        track = mix.session.track(intent.track_guid)
        if track is None:
            continue
        reason = _why_not(mix, track, intent, locked)
        if reason:
            return [], [_left_out(track, proposal, reason)]
        if isinstance(intent, BalanceIntent):
            is_whole = proposal.is_final
            change: Change | ByHand | None = _whole(track, intent) if is_whole else _scaled(track, intent, strength)
        elif strength > 0.0:
            own = {target for step in steps for target in step.change.targets}
            change = realize_tool(mix.session, track, intent, strength, taken | own)
        else:
            change = None
        if isinstance(change, ByHand):
            by_hand.append((track, change))
        elif change is not None:
            steps.append(_with_drive(mix, _step(proposal, track, change, _KINDS[type(intent)])))
    if by_hand:  # no microphone or side of an object is filtered alone
        advised = {track.guid for track, _ in by_hand}
        beside = {step.track.guid: step.track for step in steps if step.kind == "eq"}
        beside = {guid: track for guid, track in beside.items() if guid not in advised}
        steps = [step for step in steps if step.kind != "eq" or step.track.guid in advised]
        return _with_switches_first(steps), list(_advised(proposal, by_hand, tuple(beside.values())))
    return _with_switches_first(steps), []


def _with_switches_first(steps: Sequence[Step]) -> list[Step]:
    """What goes with a switch (the delay of a track that is turned over, the level of one whose copy is muted)
    would do harm without it, and requires it. A polarity that was judged together with delays requires them as well:
    turned over alone it does not do what is predicted of both."""
    switches = tuple(step.identity for step in steps if step.change.unit == "switch")
    delays = tuple(step.identity for step in steps if step.kind == "delay")
    return [replace(step, requires=_others(step, switches, delays)) for step in steps]


def _others(step: Step, switches: Sequence[str], delays: Sequence[str]) -> tuple[str, ...]:
    needed = (*switches, *delays) if step.kind in ("polarity", "delay") and switches else switches
    is_alone = step.change.unit == "switch" and step.kind != "polarity"
    return () if is_alone else tuple(each for each in needed if each != step.identity)


def _why_not(mix: MixState, track: Track, intent: Intent, locked: frozenset[str]) -> str:
    if track.guid in locked:
        return "the brief locks this track."
    if locked & set(mix.graph.descendants(track.guid)):
        return "the brief locks a track in this folder."
    match intent:
        case LevelIntent():
            return why_not_fader(track)
        case PanIntent():
            return why_not_pan(track)
        case PolarityIntent():
            return why_not_polarity(track)
        case MuteIntent():
            return why_not_mute(track)
        case DelayIntent():
            return why_not_delay(track, intent.later_seconds)
        case _:
            return why_not_intent(mix.session, track, intent)


def _left_out(track: Track, proposal: Proposal, reason: str) -> LeftOut:
    sentence = f"{proposal.rationale.headline}, but {reason}"
    return LeftOut(track_guid=track.guid, track_name=track.display_name, reason=sentence)


def _advised(proposal: Proposal, found: Sequence[tuple[Track, ByHand]], beside: Sequence[Track]) -> Iterator[LeftOut]:
    """One line for all tracks that get the same advice; those `beside` them, whose tool could be set, get it too."""
    for advice in dict.fromkeys(each.advice for _, each in found):
        tools: dict[str, list[Track]] = {}
        for track, each in found:
            if each.advice == advice:
                tools.setdefault(each.tool, []).append(track)
        tracks = [track for tracks in tools.values() for track in tracks]
        is_one = len(tools) == 1 and not beside
        places = [tool if is_one else f"{tool} ({_names(of)})" for tool, of in tools.items()]
        places += [f"{_names(beside)} alike"] if beside else []
        yield LeftOut(
            track_guid=tracks[0].guid,
            track_name=_names((*tracks, *beside)),
            reason=f"{proposal.rationale.headline}. To be set by hand on {'; on '.join(places)}: {advice}.",
            by_hand=True,
        )


def _names(tracks: Sequence[Track]) -> str:
    return " + ".join(track.display_name for track in tracks)


def _scaled(track: Track, intent: BalanceIntent, strength: float) -> Change | None:
    """The change at the brief's strength, to 0.1 dB and 1 %; None when it is too small to matter.

    Switches and delays are made whole at any strength but 0.
    """
    if strength == 0.0:
        return None
    if isinstance(intent, PolarityIntent):
        return realize_polarity(track)
    if isinstance(intent, MuteIntent):
        return realize_mute(track)
    if isinstance(intent, DelayIntent):
        return realize_delay(track, intent)
    if isinstance(intent, LevelIntent):
        change = realize_level(track, replace(intent, gain_db=round(strength * intent.gain_db, 1)))
        return change if abs(change.after - change.before) >= SMALLEST_LEVEL_MOVE_DB else None
    pan = track.pan + strength * (intent.pan - track.pan)
    change = realize_pan(track, PanIntent(track_guid=track.guid, pan=round(pan, 2)))
    return change if abs(change.after - change.before) >= SMALLEST_PAN_MOVE else None


def _whole(track: Track, intent: BalanceIntent) -> Change | None:
    """A final fader or pan move as it is."""
    match intent:
        case LevelIntent():
            return realize_level(track, intent) if intent.gain_db else None
        case PanIntent():
            return realize_pan(track, intent) if intent.pan != track.pan else None
        case _:
            return _scaled(track, intent, 1.0)


def _step(proposal: Proposal, track: Track, change: Change, kind: Kind) -> Step:
    step = Step(
        proposal=proposal,
        track=track,
        change=change,
        kind=kind,
        reason_class=proposal.reason_class,
        rationale=proposal.rationale,
        card=proposal.card or content_hash(proposal.reason_class, sorted(i.track_guid for i in proposal.intents)),
    )
    for text in notes_of(change):
        step = step.with_evidence(text)
    if step.kind == "fader" and offsets_envelope(track):
        step = step.with_evidence("Its volume is automated in Trim/Read: the fader offsets the envelope.")
    if track.groups and isinstance(change.target, TrackTarget):
        step = step.with_evidence(f"It belongs to a track group; only the {step.kind} of this track moves.")
    return step


def _with_drive(mix: MixState, step: Step) -> Step:
    """A fader says what it drives besides the mix, and what of a folder goes past it."""
    if step.kind != "fader":
        return step
    change_db = step.change.after - step.change.before
    lines = (
        *changes_of_drive(mix.session, step.track, change_db),
        *left_behind(mix.session, mix.graph, step.track, change_db),
    )
    for line in lines:
        step = step.with_evidence(line.text, line.value, line.unit)
    return step


def _each_as_loud(mix: MixState, steps: Sequence[Step]) -> list[Step]:
    """Every pan gets the fader move that keeps its track as loud, under the track's own pan law."""
    kept = list(steps)
    for pan in [step for step in steps if step.kind == "pan" and not step.proposal.is_final]:
        change_lu = _change_lu(mix, pan)
        if abs(change_lu) < _KEPT_LOUDNESS_LU:
            continue
        reason = why_not_fader(pan.track)
        place = next(place for place, step in enumerate(kept) if step.identity == pan.identity)
        mover = next((s for s in kept if s.kind == "fader" and s.track.guid == pan.track.guid), None)
        if reason:
            kept[place] = pan.with_evidence(f"It gets {change_lu:+.1f} LU louder: {reason}", change_lu, "LU")
        elif mover is None:
            kept.insert(place + 1, _keeping(pan, change_lu))
        else:
            kept[kept.index(mover)] = _also_keeping(mover, change_lu)
            kept = [replace(step, card=mover.card) if step.card == pan.card else step for step in kept]
    return kept


def _change_lu(mix: MixState, pan: Step) -> float:
    guid = pan.track.guid
    if guid not in mix.track_lufs:
        return 0.0
    return mix.changed({pan.change.target: pan.change.desired_raw}).track_lufs[guid] - mix.track_lufs[guid]


def _keeping(pan: Step, change_lu: float) -> Step:
    gain = LevelIntent(track_guid=pan.track.guid, gain_db=-round(change_lu, 2))
    rationale = Rationale(
        headline=f"{shortened(pan.track.display_name)} stays as loud: the pan alone changes it by {change_lu:+.1f} LU",
        evidence=(Evidence(text=f"The pan law changes its level by {change_lu:+.2f} LU.", value=change_lu, unit="LU"),),
        sources=("the track's own pan law and mode",),
    )
    return replace(
        pan,
        change=realize_level(pan.track, gain),
        kind="fader",
        reason_class=f"{pan.reason_class}_loudness",
        rationale=rationale,
        requires=(pan.identity,),
    )


def _also_keeping(mover: Step, change_lu: float) -> Step:
    gain_db = mover.change.after - mover.change.before - round(change_lu, 2)
    change = realize_level(mover.track, LevelIntent(track_guid=mover.track.guid, gain_db=gain_db))
    text = f"{-change_lu:+.2f} dB of the move keep the track as loud while its pan moves."
    return replace(mover, change=change).with_evidence(text, -change_lu, "dB")
