"""What a strategy wants, in physical units and before any concrete control is chosen.

A strategy returns intents; `dawassist.realize` turns each into changes on controls that this session has.
"""

from dataclasses import dataclass, field
from typing import Literal

from dawassist.session.model import SendTap
from dawassist.units import SILENCE_DB

BandType = Literal["high_pass", "low_shelf", "bell", "high_shelf"]
Effect = Literal["reverb", "delay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelIntent:
    """Move a track's level by `gain_db`, heard after its own chain."""

    track_guid: str
    gain_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PanIntent:
    """Place a track at `pan` (−1 left … 1 right), its loudness kept."""

    track_guid: str
    pan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarityIntent:
    """Turn a track's polarity over, from whatever it is."""

    track_guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayIntent:
    """Play a track `later_seconds` later than it plays now."""

    track_guid: str
    later_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteIntent:
    """Take a track out of the mix."""

    track_guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EqBandIntent:
    """One band of an equalizer. `gain_db` has no meaning for a high-pass; `q` of a shelf is its slope."""

    track_guid: str
    type: BandType
    frequency_hz: float
    gain_db: float = 0.0
    q: float = 0.71


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressorIntent:
    """A compressor on a track; `makeup_gain_db` is what keeps the track as loud."""

    track_guid: str
    threshold_db: float
    ratio: float
    attack_ms: float
    release_ms: float
    knee_db: float = 6.0
    makeup_gain_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverbSettings:
    """A reverb on a bus: only its wet sound is heard. Room size and dampening are 0..1, width is −1..1."""

    room_size: float = 0.5
    dampening: float = 0.5
    width: float = 1.0
    pre_delay_ms: float = 20.0
    low_cut_hz: float = 200.0
    high_cut_hz: float = 9000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DelaySettings:
    """An echo on a bus: only its wet sound is heard. Every repetition is `feedback_db` under the one before it."""

    time_ms: float = 110.0
    feedback_db: float = SILENCE_DB  # one repetition
    low_cut_hz: float = 200.0
    high_cut_hz: float = 5000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedBus:
    """A return that the session lacks: a track at the end with one effect on it. Proposals of one name share it."""

    name: str
    effect: Effect
    reverb: ReverbSettings = field(default_factory=ReverbSettings)
    delay: DelaySettings = field(default_factory=DelaySettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendIntent:
    """A send to a bus of this session, or, where `destination_guid` is "", to the session's own bus for the effect of
    `bus` or else to that bus, new. A send that is there already moves to `level_db`."""

    track_guid: str
    level_db: float
    destination_guid: str = ""
    bus: ProposedBus | None = None
    tap: SendTap = "post_fader"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeIntent:
    """A ride: over a passage a track's volume envelope (behind its plug-ins, so that no compressor is driven otherwise)
    is moved by `gain_db`, with ramps of `ramp_seconds` outside. `creates`: where there is none, one may be made."""

    track_guid: str
    start_seconds: float
    end_seconds: float
    gain_db: float
    ramp_seconds: float = 0.1
    creates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGainIntent:
    """Move the gain of one item of a track by `gain_db`."""

    track_guid: str
    item_guid: str
    gain_db: float


BalanceIntent = LevelIntent | PanIntent | PolarityIntent | DelayIntent | MuteIntent
ToolIntent = EqBandIntent | CompressorIntent | SendIntent | EnvelopeIntent | ItemGainIntent
Intent = BalanceIntent | ToolIntent
