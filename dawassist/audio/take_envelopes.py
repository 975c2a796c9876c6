"""The envelopes of a take: volume, pan and mute, from the item's start on.

Assumed, not verified on a real REAPER: points count from the item's start; a pan envelope adds to the take's pan. At a
play rate other than 1 it is not known which clock the points follow: such envelopes are not followed.
"""

import numpy as np

from dawassist.audio.envelopes import Values, envelope_gains, envelope_values, reading_frames
from dawassist.session.model import Envelope, EnvelopeKind, Take

_FOLLOWED: tuple[EnvelopeKind, ...] = ("take_volume", "take_pan", "take_mute")


def playing_envelopes(take: Take) -> tuple[Envelope, ...]:
    """Those that are active and hold a point."""
    return tuple(envelope for envelope in take.envelopes if envelope.active and envelope.point_count)


def followed_envelopes(take: Take) -> dict[EnvelopeKind, Envelope]:
    """Those of the playing ones that are heard, by kind."""
    if take.play_rate != 1.0:
        return {}
    return {e.kind: e for e in reversed(playing_envelopes(take)) if e.kind in _FOLLOWED and e.points}


def side_gains(
    envelopes: dict[EnvelopeKind, Envelope], take_pan: float, first_frame: int, frames: int, sample_rate_hz: int
) -> Values:
    """Gains of the left and right side for each frame of an item, shape (2, frames), the take's own pan included."""
    nodes = reading_frames(first_frame, frames, sample_rate_hz)
    seconds = nodes / sample_rate_hz
    level = np.ones(len(nodes))
    if "take_volume" in envelopes:
        level = level * envelope_gains(envelopes["take_volume"], seconds)
    if "take_mute" in envelopes:
        level = level * (envelope_values(envelopes["take_mute"], seconds) >= 0.5)
    pan = np.full(len(nodes), take_pan)
    if "take_pan" in envelopes:
        pan = np.clip(pan + envelope_values(envelopes["take_pan"], seconds), -1.0, 1.0)
    at = first_frame + np.arange(frames)
    return np.stack([np.interp(at, nodes, level * np.minimum(1.0, side)) for side in (1.0 - pan, 1.0 + pan)])
