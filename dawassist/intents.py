"""What a strategy wants, in physical units and before any concrete control is chosen.

A strategy returns intents; `dawassist.realize` turns each into changes on controls that this session has.
"""

from dataclasses import dataclass


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


Intent = LevelIntent | PanIntent | PolarityIntent | DelayIntent | MuteIntent
