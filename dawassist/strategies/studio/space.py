"""Reverb for dry voices: a send to the return that the session has, or to a proposed one.

Only roles that most engineers give reverb; so never kick and bass. In a raw session every dry voice, on one card; in
one in progress only a lead that is left dry where others already go to a reverb. What a reverb adds is modelled. The
pre-delay of a new one is a note value where the session's tempo is the one that is played.
"""

from collections.abc import Iterator

import numpy as np

from dawassist.analysis.tempo_fit import TempoFit, tempo_fit
from dawassist.intents import Effect, ProposedBus, ReverbSettings, SendIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.note_values import pre_delay
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, spoken
from dawassist.plan.roles import FIRM
from dawassist.plan.tools_there import find_bus, tools_there
from dawassist.session.findings import Evidence
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB, signed_db_text

MOST_USE_IT = 0.7  # share of engineers: lead vocals 82 %, backing vocals 73 %, all other roles less
UNDER_DRY_LU = 9.0
# Loudness of a Freeverb-like room of size 0.5 behind the cuts of `ReverbSettings` against its input: +6.1, +6.3 and
# +2.6 LU for the voices of three CC0 songs (pedalboard). ReaVerbate itself was not measured.
RETURN_GAIN_LU = 6.0
_AMBIENCE: tuple[Effect, ...] = ("reverb", "delay")


def reverb_sends(situation: Situation, *, is_raw: bool) -> Iterator[Proposal]:
    """Of a raw session, or of one in progress."""
    session = situation.mix.session
    bus = find_bus(session, "reverb")
    used_db = send_levels(session, bus) if bus else []
    if not is_raw and not used_db:
        return
    fit = tempo_fit(session, situation.analysis)
    priors = effect_priors().by_role
    for each in situation.objects:
        prior = priors.get(each.role.role)
        if prior is None or prior.reverb_share < MOST_USE_IT or each.role.confidence < FIRM:
            continue
        if not (is_raw or each.role.role == "lead_vocal") or not all(
            is_dry(situation, t, _AMBIENCE) for t in each.tracks
        ):
            continue
        if used_db:
            level_db = float(np.median(used_db))
        elif bus is not None and prior.reverb_send_db is not None:
            level_db = prior.reverb_send_db.p25
        else:
            level_db = -UNDER_DRY_LU - RETURN_GAIN_LU
        yield _proposal(each, bus, used_db, round(level_db, 1), fit)


def send_levels(session: Session, bus: Track) -> list[float]:
    """Of the sends that go to the return now."""
    sends = (send for track in session.tracks for send in track.sends if send.destination_guid == bus.guid)
    return [send.level_db for send in sends if not send.muted and send.level_db > SILENCE_DB]


def is_dry(situation: Situation, track: Track, effects: tuple[Effect, ...]) -> bool:
    """None of the effects in its own chain, nor in anything that it feeds; one that is switched off is one, too."""
    graph, session = situation.mix.graph, situation.mix.session
    measured = situation.analysis.track(track.guid)
    if measured is None or measured.measured_at != "after_chain":
        return False
    chains = [track, *(found for guid in graph.downstream(track.guid) if (found := session.track(guid)))]
    returns = {bus.guid for effect in effects if (bus := find_bus(session, effect))}
    return not any(each.guid in returns or any(tools_there(each, kind) for kind in effects) for each in chains)


def sends(each: MixObject, level_db: float, to: Track | ProposedBus) -> tuple[SendIntent, ...]:
    """Of every track of an object, to a return that is there or one that is proposed."""
    bus = to if isinstance(to, ProposedBus) else None
    there = "" if isinstance(to, ProposedBus) else to.guid
    return tuple(SendIntent(track_guid=guid, level_db=level_db, destination_guid=there, bus=bus) for guid in each.guids)


def _proposal(
    each: MixObject, bus: Track | None, used_db: list[float], level_db: float, fit: TempoFit | None
) -> Proposal:
    wet_db = level_db + RETURN_GAIN_LU
    new = ProposedBus(name="Reverb", effect="reverb", reverb=_settings(fit))
    return Proposal(
        intents=sends(each, level_db, bus or new),
        reason_class="dry_voice",
        basis="taste",
        confidence=each.role.confidence * effect_priors().by_role[each.role.role].reverb_share,
        rationale=_rationale(each, bus, used_db, level_db, fit),
        card="reverb",
        predicted=()
        if bus
        else (Prediction(metric="reverb against dry, modelled", before=SILENCE_DB, after=wet_db, unit="dB"),),
    )  # fmt: skip


def _settings(fit: TempoFit | None) -> ReverbSettings:
    return ReverbSettings() if fit is None else ReverbSettings(pre_delay_ms=round(pre_delay(fit).ms, 1))


def _rationale(
    each: MixObject, bus: Track | None, used_db: list[float], level_db: float, fit: TempoFit | None
) -> Rationale:
    prior = effect_priors()
    share = prior.by_role[each.role.role].reverb_share
    evidence = [
        Evidence(text="No reverb or delay in its chain, its sends or what it feeds.", value=0.0, unit=""),
        Evidence(
            text=f"{share:.0%} of {spoken(each.role.role)} tracks in engineers' mixes have reverb.",
            value=share, unit="share",
        ),
    ]  # fmt: skip
    if used_db:
        text = f"What goes to {bus.display_name if bus else ''} now stands at {level_db:.1f} dB in the middle."
        evidence.append(Evidence(text=text, value=level_db, unit="dB"))
    elif bus is not None:
        evidence.append(
            Evidence(
                text=f"A quarter of engineers' sends stand lower than {level_db:.1f} dB; how loud "
                f"{bus.display_name} answers is not known.",
                value=level_db, unit="dB",
            )
        )  # fmt: skip
    else:
        evidence += _of_a_new_one(fit)
    where = bus.display_name if bus else "a new reverb"
    verb = "have" if len(each.tracks) > 1 else "has"
    return Rationale(
        headline=f"{shortened(each.name)} {verb} no reverb: a send to {shortened(where)} at {signed_db_text(level_db)}",
        evidence=tuple(evidence),
        sources=(prior.source,),
    )


def _of_a_new_one(fit: TempoFit | None) -> Iterator[Evidence]:
    reverb = _settings(fit)
    text = (
        f"Modelled, not measured: about {UNDER_DRY_LU:.0f} LU under the dry track; low cut of the return at "
        f"{reverb.low_cut_hz:.0f} Hz, high cut at {reverb.high_cut_hz / 1000.0:.0f} kHz."
    )
    yield Evidence(text=text, value=UNDER_DRY_LU, unit="LU")
    if fit is None:
        late = f"Pre-delay {reverb.pre_delay_ms:.0f} ms, the same at any tempo: what is played follows none for sure."
    else:
        late = f"Pre-delay {reverb.pre_delay_ms:.1f} ms, a {pre_delay(fit).name} note at {tempo_text(fit)}."
    yield Evidence(text=late, value=reverb.pre_delay_ms, unit="ms")


def tempo_text(fit: TempoFit) -> str:
    """The tempo and why it counts."""
    return (
        f"{fit.bpm:g} BPM, on whose grid the {fit.onsets} notes and hits begin (agreement {fit.agreement:.2f} of 1, by "
        "chance under 0.1)"
    )
