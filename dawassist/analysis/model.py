"""The frozen results of listening to a session."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hit_matching import HitMatch
from dawassist.analysis.level_curve import LevelCurve
from dawassist.analysis.levels import Dynamics
from dawassist.analysis.low_end import LowEnd
from dawassist.analysis.onsets import Onsets
from dawassist.analysis.pairs import Bleed, TrackPair
from dawassist.analysis.recovered_console import RoughMix
from dawassist.analysis.reference import ReferenceComparison
from dawassist.analysis.spectrum import BandPower, Spectrum
from dawassist.analysis.stereo import Stereo
from dawassist.session.findings import Finding
from dawassist.session.model import Fingerprint

__all__ = [
    "Activity", "Analysis", "BlockCovariance", "Finding", "Loudness", "LoudnessCheck", "MeasuredAt", "RoleGuess",
    "TrackAnalysis",
]  # fmt: skip

MeasuredAt = Literal["after_chain", "before_plugins", "not_heard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """BS.1770-4 and EBU Tech 3341/3342. Values are `units.SILENCE_DB` where nothing passed the gate."""

    integrated_lufs: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    rms_dbfs: float
    crest_factor_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """When a track sounds. `share` is of the analyzed range, 0..1; segments are (start, end) in seconds."""

    share: float
    segments: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGuess:
    """A role of `dawassist.plan.roles` with the posterior probability and what spoke for it; the next likely one."""

    role: str
    confidence: float
    evidence: tuple[str, ...]
    runner_up: str = ""
    runner_up_confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BandCovariance:
    """Like `BlockCovariance`, but per band: `tensor` (bands, blocks, 2n, 2n) of blocks of `block_seconds` each.

    Band i reaches from `edges_hz[i]` to `edges_hz[i + 1]`; the bands add up to the whole.
    """

    edges_hz: tuple[float, ...]
    tensor: npt.NDArray[np.float32]
    start_seconds: npt.NDArray[np.float64]
    block_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockCovariance:
    """K-weighted channel covariances of 400 ms blocks: the mix loudness of any fader and pan vector without rendering.

    `track_guids` has n entries; `tensor` has shape (blocks, 2n, 2n), float32, channels ordered
    (left 0, right 0, left 1, …), mean products at each track's fader input. `block_seconds` are the block starts. When
    not every block fits in memory, stretches are averaged, `weights` counts the hops in each, and `is_exact` is False.
    """

    track_guids: tuple[str, ...]
    tensor: npt.NDArray[np.float32]
    block_seconds: npt.NDArray[np.float64]
    is_exact: bool
    weights: npt.NDArray[np.float64] = field(default_factory=lambda: np.ones(()))
    bands: BandCovariance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAnalysis:
    """Measured at the track's fader input: after item gains and fades, before fader and pan, see `measured_at`.

    `loudness` is None when the track was not heard. `is_mono` says that both channels are equal.
    """

    track_guid: str
    measured_at: MeasuredAt
    loudness: Loudness | None
    activity: Activity
    is_mono: bool
    findings: tuple[Finding, ...]
    spectrum: Spectrum | None = None
    bands: BandPower | None = field(default=None, compare=False)
    dynamics: Dynamics | None = None
    onsets: Onsets | None = None
    levels: LevelCurve | None = field(default=None, compare=False)
    voice_share: float | None = None
    stereo: Stereo | None = None
    disturbances: Disturbances | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoudnessCheck:
    """LUFS-I of a track after its fader, or of the master after its chain: by the host, and by us."""

    track_guid: str
    host_lufs: float
    own_lufs: float

    @property
    def difference_lu(self) -> float:
        """Ours, less the host's."""
        return self.own_lufs - self.host_lufs


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSum:
    """`track_guid` plays what `part_guids` play together, but for `residual_db` of its own level."""

    track_guid: str
    part_guids: tuple[str, ...]
    residual_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """`mix_loudness` is of the session as it stands: faders, pans, mutes, folders, sends as the console renders it.

    `covariance` is at the tracks' fader inputs; `behind_busses` is it with what plug-ins of busses do to each track, as
    the session stands, where some are modelled. `covariance_error_lu` is the mix loudness that the covariance predicts
    for the same, less the rendered one.
    """

    fingerprint: Fingerprint
    sample_rate_hz: int
    start_seconds: float
    end_seconds: float
    tracks: tuple[TrackAnalysis, ...]
    mix_loudness: Loudness | None
    covariance: BlockCovariance | None
    findings: tuple[Finding, ...]
    pairs: tuple[TrackPair, ...] = ()
    bleed: tuple[Bleed, ...] = ()  # what microphones hear of other tracks' sources
    low_end: LowEnd | None = None  # of the tracks in `pairs`, from excerpts
    whole_low_ends: tuple[LowEnd, ...] = ()  # of tracks that may cancel or lose low end, from all that they play
    covariance_error_lu: float = 0.0
    hit_matches: tuple[HitMatch, ...] = ()  # percussive tracks whose hits fall together
    sums: tuple[TrackSum, ...] = ()  # tracks that play what others play together
    rough_mix: RoughMix | None = None  # where the brief names a bounce to match
    reference: ReferenceComparison | None = None  # where the brief names one
    loudness_checks: tuple[LoudnessCheck, ...] = ()
    behind_busses: BlockCovariance | None = None

    @property
    def mix_covariance(self) -> BlockCovariance | None:
        """Of the tracks as they sound in the mix, but for faders and pans."""
        return self.covariance if self.behind_busses is None else self.behind_busses

    def track(self, guid: str) -> TrackAnalysis | None:
        return next((track for track in self.tracks if track.track_guid == guid), None)

    def whole_low_end(self, guid: str) -> LowEnd | None:
        """All of the low end of one track alone, where it was heard."""
        return next((each for each in self.whole_low_ends if each.track_guids == (guid,)), None)
