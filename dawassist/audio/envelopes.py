"""Values of automation envelopes between their points.

Shapes as REAPER names them: linear, square, slow start/end, fast start, fast end. Volume moves in amplitude, or on the
fader's own curve where the envelope is fader-scaled (`units.envelope_raw_to_gain`). Not verified on a real REAPER: the
cubic forms of the curved shapes; a Bézier segment is taken as linear.
"""

import numpy as np
import numpy.typing as npt

from dawassist.session.model import Envelope
from dawassist.units import db_to_gain, envelope_raw_to_gain, gain_to_envelope_raw

Values = npt.NDArray[np.float64]
_READ_EVERY_SECONDS = 0.005
_SQUARE, _SLOW, _FAST_START, _FAST_END = 1, 2, 3, 4


def envelope_values(envelope: Envelope, at_seconds: Values) -> Values:
    """The envelope at every time, in the unit of its points (pan, width: −1..1; mute: 0 is muted).

    The first value holds before the first point, the last after the last. An envelope has at least one point.
    """
    return _interpolated(envelope, np.array([point.value for point in envelope.points]), at_seconds)


def envelope_gains(envelope: Envelope, at_seconds: Values) -> Values:
    """A volume envelope (points in dB) at every time, as linear gain."""
    gains = [db_to_gain(point.value) for point in envelope.points]
    if not envelope.fader_scaling:
        return _interpolated(envelope, np.array(gains), at_seconds)
    raw = _interpolated(envelope, np.array([gain_to_envelope_raw(gain) for gain in gains]), at_seconds)
    return np.array([envelope_raw_to_gain(value) for value in raw])


def reading_frames(first_frame: int, frames: int, sample_rate_hz: int) -> npt.NDArray[np.int_]:
    """Where to read an envelope for a block: every 5 ms, counted from frame 0, so that the size of blocks is no matter.

    Between them it is followed in straight lines.
    """
    step = max(round(_READ_EVERY_SECONDS * sample_rate_hz), 1)
    return np.arange(first_frame // step, (first_frame + frames) // step + 2) * step


def _interpolated(envelope: Envelope, values: Values, at_seconds: Values) -> Values:
    times = np.array([point.time_seconds for point in envelope.points])
    shapes = np.array([point.shape for point in envelope.points])
    before = np.clip(np.searchsorted(times, at_seconds, side="right") - 1, 0, len(times) - 1)
    after = np.minimum(before + 1, len(times) - 1)
    span = times[after] - times[before]
    way = np.clip((at_seconds - times[before]) / np.where(span > 0.0, span, 1.0), 0.0, 1.0)
    return np.asarray(values[before] + (values[after] - values[before]) * _shaped(way, shapes[before]))


def _shaped(way: Values, shapes: npt.NDArray[np.int_]) -> Values:
    """How far the value has gone when the time has gone `way` (0..1) from one point to the next."""
    curves = {
        _SQUARE: np.where(way >= 1.0, 1.0, 0.0),
        _SLOW: way * way * (3.0 - 2.0 * way),
        _FAST_START: 1.0 - (1.0 - way) ** 3,
        _FAST_END: way**3,
    }
    return np.select([shapes == shape for shape in curves], list(curves.values()), default=way)
