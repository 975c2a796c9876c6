"""Two tracks that carry the same source: microphones, DI and amplifier, copies."""

from dataclasses import dataclass
from typing import Literal

from dawassist.session.findings import Evidence, PlotSeries

PairVerdict = Literal["aligned", "offset", "duplicate", "varies", "unsure", "common"]
"""- ``aligned``: the same source, in time and in polarity
- ``offset``: delayed, inverted or both; the numbers are safe to act on
- ``duplicate``: the same recording twice, up to a gain and at most a few samples
- ``varies``: the same source, but the delay differs between stretches of items, or drifts
- ``unsure``: the same source, but delay or polarity cannot be told: nothing is proposed
- ``common``: the same sound is somewhere in both, as bleed is; only `with_bleed` is told
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Items that were recorded together, and the delay within them."""

    start_seconds: float
    end_seconds: float
    delay_seconds: float
    inverted: bool
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPair:
    """`other` plays what `reference` plays, `delay_seconds` later (negative: earlier), upside down if `inverted`.

    Pairs of unrelated tracks are not listed. `confidence` is the calibrated probability that the delay is right within
    two samples and the polarity is right. `low_end_gain_db` is how much the energy below 500 Hz of the sum of both, as
    heard at their fader inputs, rises when delay and polarity are corrected. `residual_db` is what remains of `other`,
    relative to it, after the best aligned and scaled copy of `reference` is subtracted; `gain_db` is that scale.
    `unlike_db` is what no filter makes of one out of the other, the larger of both ways: room and coloration are
    filters, other sources are not. `without_guids`: tracks of which what bleeds into both was taken away before delay
    and polarity were told.
    """

    reference_guid: str
    other_guid: str
    verdict: PairVerdict
    delay_seconds: float
    inverted: bool
    confidence: float
    low_end_gain_db: float
    residual_db: float
    gain_db: float
    unlike_db: float = 0.0
    drift_ppm: float = 0.0
    without_guids: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    plot: tuple[PlotSeries, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bleed:
    """The microphone of `track` hears the source of another track, `level_db` against that track's own power.

    `image` is how it lies in the channels of `track`: its covariance (2, 2) with trace 1. `cross` is the covariance of
    `track` and source (2, 2) in the pauses of `track`, per power of the source: how far both add as waves.
    """

    track_guid: str
    source_guid: str
    level_db: float
    image: tuple[tuple[float, float], tuple[float, float]]
    cross: tuple[tuple[float, float], tuple[float, float]]
