"""Hand-made sessions, pairs and low ends for tests of the technical pass: what each track hears is a sum of sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dawassist.analysis.low_end import LowEnd
from dawassist.analysis.model import Analysis
from dawassist.analysis.pairs import PairVerdict, TrackPair
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.realize.plan import realize
from dawassist.session.model import Session, Track
from dawassist.strategies.studio import Studio
from dawassist.strategies.technical import with_technical
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

FREQUENCY_HZ = np.arange(21.0, 2000.0, 3.0)


@dataclass(frozen=True)
class Mic:
    """A microphone: per source its gain (negative: inverted) and how late it hears it, in ms."""

    hears: Mapping[str, tuple[float, float]]
    fields: Mapping[str, Any]


def mic(name: str, fields: Mapping[str, Any] | None = None, **hears: tuple[float, float]) -> Mic:
    return Mic(hears=hears, fields={"name": name, **(fields or {})})


def session_of(*mics: Mic) -> Session:
    return make_session([make_track(number=n, items=[make_item("a.wav")], **m.fields) for n, m in enumerate(mics, 1)])


def low_end_of(session: Session, *mics: Mic, slope: float = 1.0) -> LowEnd:
    """Sources are noises that know nothing of each other, pink (slope 1) or darker; tracks are mono and delayed."""
    names = sorted({name for each in mics for name in each.hears})
    reached = np.zeros((len(FREQUENCY_HZ), len(mics), len(names)), dtype=np.complex128)
    for place, (each, track) in enumerate(zip(mics, session.tracks, strict=True)):
        for name, (gain, late_ms) in each.hears.items():
            late_seconds = late_ms / 1000.0 + track.delay_seconds
            reached[:, place, names.index(name)] = gain * np.exp(-2j * np.pi * FREQUENCY_HZ * late_seconds)
    products = reached @ np.swapaxes(reached.conj(), 1, 2) / FREQUENCY_HZ[:, None, None] ** slope
    spectra = np.repeat(np.repeat(products, 2, axis=1), 2, axis=2).astype(np.complex64)
    return LowEnd(track_guids=tuple(t.guid for t in session.tracks), frequency_hz=FREQUENCY_HZ, spectra=spectra)


def pair(reference: int, other: int, verdict: PairVerdict = "offset", **fields: Any) -> TrackPair:
    """Between tracks by number; `late_ms` and `inverted` as recorded, own delays included."""
    late_ms = fields.pop("late_ms", 0.0)
    values: dict[str, Any] = {
        "inverted": False, "confidence": 0.99, "low_end_gain_db": 3.0, "residual_db": -9.0, "gain_db": 0.0,
    }  # fmt: skip
    return TrackPair(
        reference_guid=make_guid(reference),
        other_guid=make_guid(other),
        verdict=verdict,
        delay_seconds=late_ms / 1000.0,
        **{**values, **fields},
    )


def analyzed(session: Session, pairs: Sequence[TrackPair], *mics: Mic, slope: float = 1.0) -> Analysis:
    """An analysis with these pairs; the low end is heard where `mics` say what the tracks hear."""
    analysis = make_analysis(session, [Sound(lufs=-22.0)] * sum(bool(t.items) for t in session.tracks))
    return replace(analysis, pairs=tuple(pairs), low_end=low_end_of(session, *mics, slope=slope) if mics else None)


def planned(session: Session, analysis: Analysis, brief: Brief | None = None) -> Plan:
    """As the assistant plans: the technical pass before the default strategy."""
    chosen = brief or Brief()
    draft = with_technical(session, analysis, chosen, Studio().suggest(session, analysis, chosen))
    return realize(session, analysis, chosen, draft, strategy="studio")


def technical_moves(plan: Plan) -> dict[str, tuple[str, float]]:
    """Kind and proposed value of the technical moves, by track name; at most one each."""
    moves = [r for r in plan.recommendations if r.basis == "technical"]
    found = {r.track_name: (r.kind, round(r.change.after, 3)) for r in moves}
    assert len(found) == len(moves), moves
    return found


def track(session: Session, number: int) -> Track:
    return session.tracks[number - 1]
