"""A stretch of what was heard, measured for itself: nothing is read again."""

from dataclasses import replace

import numpy as np

from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.model import Activity, Analysis, BlockCovariance, TrackAnalysis
from dawassist.analysis.spectrum import BandPower, Spectrum

_BLOCK_SECONDS = 0.4


def within(analysis: Analysis, start_seconds: float, end_seconds: float) -> Analysis:
    """The analysis of a stretch: covariance, and of each track its loudness, activity, bands, spectrum and levels.

    What has no course over time (dynamics, disturbances, the shape of the stereo image) stays that of the whole.
    """
    covariance = _covariance_within(analysis.covariance, start_seconds, end_seconds) if analysis.covariance else None
    behind = analysis.behind_busses
    behind = _covariance_within(behind, start_seconds, end_seconds) if behind else None
    first, last = start_seconds - analysis.start_seconds, end_seconds - analysis.start_seconds
    return replace(
        analysis,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
        tracks=tuple(_track_within(track, covariance, first, last, start_seconds) for track in analysis.tracks),
        covariance=covariance,
        behind_busses=behind,
        findings=(),
    )


def _covariance_within(covariance: BlockCovariance, start_seconds: float, end_seconds: float) -> BlockCovariance:
    """The blocks that lie inside; their parts by band are not kept."""
    middle = covariance.block_seconds + _BLOCK_SECONDS / 2.0
    inside = (middle >= start_seconds) & (middle < end_seconds)
    weights = covariance.weights[inside] if covariance.weights.ndim else covariance.weights
    return replace(
        covariance,
        tensor=covariance.tensor[inside],
        block_seconds=covariance.block_seconds[inside],
        weights=weights,
        bands=None,
    )


def _track_within(
    track: TrackAnalysis, covariance: BlockCovariance | None, first: float, last: float, start_seconds: float
) -> TrackAnalysis:
    """`first` and `last` count from the start of what was analyzed."""
    offset = start_seconds - first
    parts = [(max(a, first + offset), min(b, last + offset)) for a, b in track.activity.segments]
    segments = tuple((a, b) for a, b in parts if b > a)
    share = sum(b - a for a, b in segments) / max(last - first, 1e-9)
    loudness = track.loudness
    if loudness is not None and covariance is not None and track.track_guid in covariance.track_guids:
        loudness = replace(loudness, integrated_lufs=_lufs(covariance, track.track_guid))
    bands = _bands_within(track.bands, first, last) if track.bands else None
    return replace(
        track,
        loudness=loudness,
        activity=Activity(share=share, segments=segments),
        bands=bands,
        spectrum=_spectrum(track.spectrum, bands) if track.spectrum and bands else track.spectrum,
        levels=_levels_within(track.levels, first, last) if track.levels else None,
        findings=(),
    )


def _lufs(covariance: BlockCovariance, guid: str) -> float:
    place = 2 * covariance.track_guids.index(guid)
    powers = covariance.tensor[:, place, place] + covariance.tensor[:, place + 1, place + 1]
    return gated_lufs(powers.astype(np.float64), covariance.weights)


def _bands_within(bands: BandPower, first: float, last: float) -> BandPower:
    frames = slice(max(round(first / bands.frame_seconds), 0), max(round(last / bands.frame_seconds), 0))
    return replace(bands, third_octave=bands.third_octave[frames], erb=bands.erb[frames])


def _spectrum(whole: Spectrum, bands: BandPower) -> Spectrum:
    """Its power from the bands; its shape stays that of the whole."""
    if not len(bands.third_octave) or tuple(bands.center_hz) != tuple(whole.center_hz):
        return whole
    return replace(whole, power=tuple(bands.third_octave.mean(axis=0, dtype=np.float64).tolist()))


def _levels_within(levels: LevelCurve, first: float, last: float) -> LevelCurve:
    steps = slice(max(round(first / STEP_SECONDS), 0), max(round(last / STEP_SECONDS), 0))
    return LevelCurve(level_dbfs=levels.level_dbfs[steps])
