"""Intents for tools (equalizer, compressor, send, ride, item gain) at the brief's strength: a change or advice."""

from collections.abc import Collection
from dataclasses import replace

from dawassist.intents import CompressorIntent, EnvelopeIntent, EqBandIntent, ItemGainIntent, SendIntent, ToolIntent
from dawassist.plan.controls import why_not_fx, why_not_ride, why_not_tool
from dawassist.plan.model import Change
from dawassist.realize.chain import ByHand
from dawassist.realize.compressor import realize_compressor
from dawassist.realize.equalizer import realize_eq_band
from dawassist.realize.item_gain import realize_item_gain, why_not_item_gain
from dawassist.realize.ride import realize_ride
from dawassist.realize.send import realize_send, why_not_send
from dawassist.session.model import Session, Track
from dawassist.session.targets import Target

SMALLEST_TOOL_MOVE_DB = 0.5
SMALLEST_FILTER_MOVE = 1.1  # ratio of frequencies
_SMALLEST_SHARE = 0.1  # of a ratio or time


def why_not_intent(session: Session, track: Track, intent: ToolIntent) -> str:
    """Why the track is not to get that tool now; "" when it may."""
    match intent:
        case EqBandIntent() | CompressorIntent():
            return why_not_fx(track)
        case SendIntent():
            return why_not_tool(track) or why_not_send(session, track, intent)
        case EnvelopeIntent():
            return why_not_ride(track, creates=intent.creates)
        case ItemGainIntent():
            return why_not_item_gain(track, intent)


def realize_tool(
    session: Session, track: Track, intent: ToolIntent, strength: float, taken: Collection[Target]
) -> Change | ByHand | None:
    """The change at `strength` (0..1, above 0); None when it is too small to matter, or its control is taken.

    `taken` are the controls that earlier cards move: bands of an equalizer are given out one after the other.
    """
    found: Change | ByHand | None
    match intent:
        case EqBandIntent():
            if intent.type == "high_pass":
                found = realize_eq_band(track, intent, taken)
                return _worth_it(found.scaled(strength)) if isinstance(found, Change) else found
            gain_db = round(strength * intent.gain_db, 1)
            if abs(gain_db) < SMALLEST_TOOL_MOVE_DB:
                return None
            return realize_eq_band(track, replace(intent, gain_db=gain_db), taken)
        case CompressorIntent():
            found = realize_compressor(track, intent, taken)
        case SendIntent():
            found = realize_send(session, track, intent, taken)
        case EnvelopeIntent():
            found = realize_ride(track, intent)
        case ItemGainIntent():
            found = realize_item_gain(track, intent)
    return _worth_it(found.scaled(strength)) if isinstance(found, Change) else found


def _worth_it(change: Change) -> Change | None:
    """With a round value; None where it hardly moves."""
    if change.unit == "Hz":
        change = change.to_value(float(f"{change.after:.2g}"))
        is_worth_it = change.before <= 0.0 or _ratio(change.after, change.before) >= SMALLEST_FILTER_MOVE
    else:
        change = change.to_value(round(change.after, 1))
        beside = () if change.setup else change.also
        is_worth_it = abs(change.after - change.before) >= SMALLEST_TOOL_MOVE_DB or any(map(_moves_much, beside))
    return change if is_worth_it else None


def _moves_much(change: Change) -> bool:
    """A setting beside the main one that is heard: another ratio, time or knee, a make-up gain."""
    if change.unit == "dB":
        return abs(change.after - change.before) >= SMALLEST_TOOL_MOVE_DB
    return abs(change.after - change.before) >= _SMALLEST_SHARE * max(abs(change.before), abs(change.after))


def _ratio(one: float, other: float) -> float:
    return max(one, other) / min(one, other)
