"""The same recording on two tracks. What engineers do on purpose with a copy makes it no fault.

Parallel chains, doubles that are panned apart, copies that are turned over to subtract, copies for another bus or
headphone mix, copies with their own ride: all of them differ in something but the sound on the tape.
"""

import math
from dataclasses import dataclass, replace

from dawassist.analysis.pairs import TrackPair
from dawassist.console.unmodelled import active_fx
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.session.graph import folder_parents
from dawassist.session.model import Envelope, Session, Track
from dawassist.strategies.technical.groups import ACTING_CONFIDENCE, SourcePairs
from dawassist.units import db_to_gain, gain_to_db

_SAME_PAN = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """`copy` plays what `original` plays; without it `raise_db` on the original keep the part as loud."""

    original: Track
    copy: Track
    pair: TrackPair
    raise_db: float

    @property
    def notch_hz(self) -> float:
        """Where the two first cancel; 0 when they are in time."""
        return 0.5 / abs(self.pair.delay_seconds) if self.pair.delay_seconds else 0.0


def copies(session: Session, pairs: SourcePairs) -> list[Copy]:
    """The copies that serve no purpose that the session shows. A track is the copy of one original only."""
    found: dict[str, Copy] = {}
    for pair in pairs.heard:
        one, other = pairs.track(pair.reference_guid), pairs.track(pair.other_guid)
        if pair.verdict != "duplicate" or pair.confidence < ACTING_CONFIDENCE or purpose(session, pair, one, other):
            continue
        original, copy = sorted((one, other), key=lambda track: track.number)
        gain_db = pair.gain_db if original is one else -pair.gain_db
        if copy.guid in found or original.guid in found:
            continue
        raise_db = _raise_db(original, copy, gain_db)
        if original.fader_db + raise_db <= HIGHEST_FADER_DB:
            found[copy.guid] = Copy(original=original, copy=copy, pair=pair, raise_db=raise_db)
    return list(found.values())


def purpose(session: Session, pair: TrackPair, one: Track, other: Track) -> str:
    """What the two tracks differ in, which makes a duplicate intended; "" when in nothing."""
    if _chain(one) != _chain(other):
        return "plug-ins"
    apart = abs(one.pan - other.pan) > _SAME_PAN or one.width != other.width or one.pan_mode != other.pan_mode
    if apart or (one.pan_mode == "dual" and one.dual_pan != other.dual_pan):
        return "pan"
    if pair.inverted ^ one.polarity_inverted ^ other.polarity_inverted:
        return "polarity"
    if _routing(session, one) != _routing(session, other):
        return "routing"
    return "automation" if _moves(one) != _moves(other) else ""


def _raise_db(original: Track, copy: Track, gain_db: float) -> float:
    """Both are equal up to a gain, so their amplitudes add."""
    amplitude = db_to_gain(original.fader_db)
    both = amplitude + db_to_gain(copy.fader_db) * db_to_gain(gain_db)
    return round(gain_to_db(both / amplitude), 2) if amplitude > 0.0 else math.inf


def _chain(track: Track) -> list[tuple[object, ...]]:
    """What sounds; a plug-in whose settings cannot be read counts as unlike any other."""
    chain = [(fx.ident, fx.guid if fx.parameters is None else fx.parameters) for fx in active_fx(track)]
    takes = sorted({name for item in track.items for take in item.takes for name in take.fx_names})
    return [*chain, *((name,) for name in takes)]


def _routing(session: Session, track: Track) -> tuple[object, ...]:
    sends = [(s.destination_guid, round(s.level_db, 2), s.muted, s.tap, s.destination_channel) for s in track.sends]
    outputs = [(output.channel, output.muted) for output in track.hardware_outputs]
    return folder_parents(session)[track.guid], track.main_send, sorted(sends), sorted(outputs)


def _moves(track: Track) -> list[Envelope]:
    return [replace(envelope, guid="") for envelope in track.envelopes if envelope.active and envelope.point_count]
