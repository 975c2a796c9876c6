"""The envelopes that act before a track's plug-ins: volume, pan and width (pre-FX).

Assumed, not verified on a real REAPER: a pre-FX pan is a balance at 0 dB law, a pre-FX width scales the side signal,
and both pans count in every pan mode.
"""

import numpy as np
import numpy.typing as npt

from dawassist.audio.envelopes import Values, envelope_gains, envelope_values, reading_frames
from dawassist.console.biquads import Samples
from dawassist.console.pan import pan_matrix
from dawassist.session.model import Envelope, EnvelopeKind, Track

_BOTH_SIDES = (-1.0, 1.0)
_KINDS: tuple[EnvelopeKind, ...] = ("volume_pre_fx", "pan_pre_fx", "width_pre_fx")


def pre_fx_envelopes(track: Track) -> dict[EnvelopeKind, Envelope]:
    """Those that play, by kind. Ones with too many points to be known are left out."""
    found = {kind: track.envelope(kind) for kind in _KINDS}
    return {kind: envelope for kind, envelope in found.items() if envelope is not None and envelope.points}


class PreFxGain:
    """Follows the pre-FX envelopes of a track from `start_seconds` of the project on."""

    latency_samples = 0

    def __init__(self, track: Track, sample_rate_hz: int, start_seconds: float) -> None:
        self._envelopes = pre_fx_envelopes(track)
        self._start_seconds = start_seconds
        self._rate = sample_rate_hz
        self._frame = 0

    def push(self, block: Samples) -> Samples:
        frames = block.shape[-1]
        if not frames:
            return block
        nodes = reading_frames(self._frame, frames, self._rate)
        matrices = self._matrices(self._start_seconds + nodes / self._rate)
        at = np.arange(self._frame, self._frame + frames)
        self._frame += frames
        gains = [[np.interp(at, nodes, matrices[:, out, channel]) for channel in (0, 1)] for out in (0, 1)]
        return np.stack([gains[out][0] * block[0] + gains[out][1] * block[1] for out in (0, 1)])

    def _matrices(self, at_seconds: Values) -> npt.NDArray[np.float64]:
        matrices = np.broadcast_to(np.eye(2), (len(at_seconds), 2, 2))
        width = self._envelopes.get("width_pre_fx")
        if width is not None:
            matrices = pan_matrix(
                "stereo", 0.0, np.zeros(len(at_seconds)), envelope_values(width, at_seconds), _BOTH_SIDES
            )
        pan = self._envelopes.get("pan_pre_fx")
        if pan is not None:
            matrices = pan_matrix("balance", 0.0, envelope_values(pan, at_seconds), 1.0, _BOTH_SIDES) @ matrices
        volume = self._envelopes.get("volume_pre_fx")
        return matrices if volume is None else envelope_gains(volume, at_seconds)[:, None, None] * matrices
