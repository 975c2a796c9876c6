"""The gain of one stage: a track from fader input to its output, or a send from its tap to its destination."""

from collections.abc import Iterable

import numpy as np

from dawassist.audio.envelopes import Values, envelope_gains, envelope_values
from dawassist.console.pan import Matrices, pan_matrix, project_pan_law_db, track_pan_law_db
from dawassist.session.model import Envelope, EnvelopeKind, Send, Session, Track
from dawassist.units import db_to_gain

MONO_SUM = np.full((2, 2), 0.5)
_MONO_CHANNEL = 1024  # I_SRCCHAN, I_DSTCHAN: one channel
_CHANNEL_MASK = 1023


def track_gain(session: Session, track: Track, at_seconds: Values | None = None) -> Matrices:
    """Fader, polarity, pan and width of one track, and the master's mute: (2, 2), or (times, 2, 2) with envelopes.

    The mute of other tracks acts on all their outputs and is left to the caller.
    """
    level = np.array(db_to_gain(track.fader_db) * (-1.0 if track.polarity_inverted else 1.0))
    if track.number == 0 and track.muted:
        level = np.array(0.0)
    pan, width = np.array(track.pan), np.array(track.width)
    if at_seconds is not None:
        level = level * _volume(track.envelopes, ("volume", "trim_volume"), "mute", at_seconds)
        pan = pan + _offset(track.envelopes, "pan", at_seconds)
        moving_width = _active(track.envelopes, "width")
        width = width if moving_width is None else envelope_values(moving_width, at_seconds)
    law_db = track_pan_law_db(session, track)
    return _scaled(level, pan_matrix(track.pan_mode, law_db, pan, width, track.dual_pan))


def send_gain(session: Session, send: Send, at_seconds: Values | None = None) -> Matrices:
    """Level, pan, polarity, mono and channels of a send, from the tapped pair to the destination's pair.

    (2, 2), or (times, 2, 2) with envelopes.
    """
    polarity = -1.0 if send.polarity_inverted else 1.0
    level, pan = np.array(0.0 if send.muted else polarity * db_to_gain(send.level_db)), np.array(send.pan)
    if at_seconds is not None:
        level = level * _volume(send.envelopes, ("send_volume",), "send_mute", at_seconds)
        pan = pan + _offset(send.envelopes, "send_pan", at_seconds)
    panned = pan_matrix("balance", project_pan_law_db(session), pan, 1.0, (-1.0, 1.0))
    mono = MONO_SUM if send.mono else np.eye(2)
    return _scaled(level, _to_destination(send) @ panned @ mono @ _from_source(send))


def _volume(
    envelopes: Iterable[Envelope], volumes: Iterable[EnvelopeKind], mute: EnvelopeKind, at_seconds: Values
) -> Values:
    gain = np.ones(len(at_seconds))
    for kind in volumes:
        volume = _active(envelopes, kind)
        if volume is not None:
            gain = gain * envelope_gains(volume, at_seconds)
    muting = _active(envelopes, mute)
    return gain if muting is None else gain * (envelope_values(muting, at_seconds) >= 0.5)


def _offset(envelopes: Iterable[Envelope], kind: EnvelopeKind, at_seconds: Values) -> Values:
    envelope = _active(envelopes, kind)
    return np.zeros(len(at_seconds)) if envelope is None else envelope_values(envelope, at_seconds)


def _active(envelopes: Iterable[Envelope], kind: EnvelopeKind) -> Envelope | None:
    return next((e for e in envelopes if e.kind == kind and e.active and e.points), None)


def _scaled(level: Values, matrix: Matrices) -> Matrices:
    return level[..., None, None] * matrix


def _from_source(send: Send) -> Matrices:
    """Which of the source's channels 1/2 arrive as the send's pair; a mono source channel feeds both sides."""
    first = send.source_channel & _CHANNEL_MASK
    picked = np.zeros((2, 2))
    if send.source_channel & _MONO_CHANNEL:
        picked[:, first : first + 1] = 1.0
        return picked
    for side in (0, 1):
        picked[side, first + side : first + side + 1] = 1.0
    return picked


def _to_destination(send: Send) -> Matrices:
    """Where the send's pair lands in the destination's channels 1/2; a mono destination takes (L + R) / 2."""
    first = send.destination_channel & _CHANNEL_MASK
    landed = np.zeros((2, 2))
    if send.destination_channel & _MONO_CHANNEL:
        landed[first : first + 1, :] = 0.5
        return landed
    for side in (0, 1):
        landed[first + side : first + side + 1, side] = 1.0
    return landed
