"""Echoes for leads, where the brief asks for them: a send to the delay that the session has, or to a proposed one.

One lead vocal in eight has a delay in engineers' mixes, so none is proposed unasked, and never one for kick and bass.
The time is a note value where the session's tempo is the one that is played, and a short slap where it is not.
"""

from collections.abc import Iterator

import numpy as np

from dawassist.analysis.tempo_fit import TempoFit, tempo_fit
from dawassist.intents import DelaySettings, ProposedBus
from dawassist.plan.draft import Proposal
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.note_values import NoteValue, echo
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, spoken
from dawassist.plan.roles import FIRM
from dawassist.plan.tools_there import find_bus
from dawassist.session.findings import Evidence
from dawassist.session.model import Track
from dawassist.strategies.studio.space import is_dry, send_levels, sends, tempo_text
from dawassist.units import SILENCE_DB, signed_db_text

# How far the first repetition lies under the dry track, by role: judgement. A lead's echo is heard in its pauses only,
# those of what plays beside it lie deeper. Roles that are not named get none.
UNDER_DRY_DB = {
    "lead_vocal": 14.0, "backing_vocal": 17.0, "electric_guitar": 16.0, "acoustic_guitar": 18.0, "keys": 17.0,
}  # fmt: skip
_FEEDBACK_DB = -10.0


def delay_sends(situation: Situation) -> Iterator[Proposal]:
    """Of lead vocals and of the brief's focus tracks, one card for all of them."""
    if "delay" not in situation.brief.extras:
        return
    session = situation.mix.session
    bus = find_bus(session, "delay")
    used_db = send_levels(session, bus) if bus else []
    fit = tempo_fit(session, situation.analysis)
    for each in situation.objects:
        is_wanted = each.role.role == "lead_vocal" or bool(set(each.guids) & set(situation.brief.focus_tracks))
        if not is_wanted or each.role.role not in UNDER_DRY_DB or each.role.confidence < FIRM:
            continue
        if all(is_dry(situation, track, ("delay",)) for track in each.tracks):
            level_db = float(np.median(used_db)) if used_db else -UNDER_DRY_DB[each.role.role]
            yield _proposal(each, bus, bool(used_db), round(level_db, 1), fit)


def _proposal(each: MixObject, bus: Track | None, is_used: bool, level_db: float, fit: TempoFit | None) -> Proposal:
    note = echo(fit) if fit else None
    new = ProposedBus(name="Delay", effect="delay", delay=_settings(note))
    where = shortened(bus.display_name) if bus else f"a new {_echo_text(note)} delay"
    verb = "have" if len(each.tracks) > 1 else "has"
    return Proposal(
        intents=sends(each, level_db, bus or new),
        reason_class="echo",
        basis="taste",
        confidence=each.role.confidence * effect_priors().by_role[each.role.role].delay_share,
        rationale=Rationale(
            headline=f"{shortened(each.name)} {verb} no echo: a send to {where} at {signed_db_text(level_db)}",
            evidence=tuple(_evidence(each, bus, is_used, level_db, fit, note)),
            sources=(effect_priors().source,),
        ),
        card="delay",
        predicted=()
        if bus
        else (Prediction(metric="first echo against dry, modelled", before=SILENCE_DB, after=level_db, unit="dB"),),
    )  # fmt: skip


def _settings(note: NoteValue | None) -> DelaySettings:
    return DelaySettings() if note is None else DelaySettings(time_ms=round(note.ms, 1), feedback_db=_FEEDBACK_DB)


def _echo_text(note: NoteValue | None) -> str:
    return f"{note.name} note" if note else f"{DelaySettings().time_ms:.0f} ms"


def _evidence(
    each: MixObject, bus: Track | None, is_used: bool, level_db: float, fit: TempoFit | None, note: NoteValue | None
) -> Iterator[Evidence]:
    share = effect_priors().by_role[each.role.role].delay_share
    text = f"The brief asks for it; {share:.0%} of {spoken(each.role.role)} tracks in engineers' mixes have a delay."
    yield Evidence(text=text, value=share, unit="share")
    if bus is not None:
        name = bus.display_name
        text = (
            f"What goes to {name} now stands at {level_db:.1f} dB in the middle." if is_used
            else f"A level by role, {-level_db:.0f} dB under the dry track; how loud {name} answers is not known."
        )  # fmt: skip
        yield Evidence(text=text, value=level_db, unit="dB")
        return
    settings = _settings(note)
    repeats = f"each further one {-settings.feedback_db:.0f} dB lower" if note else "played once"
    text = (
        f"Modelled, not measured: the first echo {-level_db:.0f} dB under the dry track, {repeats}; low cut of the "
        f"return at {settings.low_cut_hz:.0f} Hz, high cut at {settings.high_cut_hz / 1000.0:.0f} kHz."
    )
    yield Evidence(text=text, value=level_db, unit="dB")
    if fit is None or note is None:
        text = f"{settings.time_ms:.0f} ms, a slap that suits any tempo: no note value is sure to fit what is played."
    else:
        text = f"{settings.time_ms:.1f} ms, a {note.name} note at {tempo_text(fit)}; another tempo needs another time."
    yield Evidence(text=text, value=settings.time_ms, unit="ms")
