"""What a stereo bounce tells about the console that made it."""

from dataclasses import dataclass

from dawassist.analysis.equalizer_fit import FittedBand


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredTrack:
    """`gain_db` from the fader input to the bounce, the pan law's part taken out; `bands` of a broad equalizer.

    `error_db` is what the bands leave of the measured curve (weighted RMS).
    """

    track_guid: str
    gain_db: float
    pan: float
    bands: tuple[FittedBand, ...]
    error_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoughMix:
    """`residual_db`: what console moves do not explain, against the bounce; per band at `center_hz` too.

    `late_seconds` is how much later the bounce plays than the session; `compression_db` what a compressor on
    its master takes away, mean where it plays. `untold_guids` are tracks that the bounce says nothing about.
    """

    tracks: tuple[RecoveredTrack, ...]
    untold_guids: tuple[str, ...]
    residual_db: float
    center_hz: tuple[float, ...]
    band_residual_db: tuple[float, ...]
    late_seconds: float
    compression_db: float
