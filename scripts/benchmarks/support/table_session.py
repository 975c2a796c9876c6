"""A mix of the table as a session that was heard: raw levels, faders at 0, pans centered, no sound needed.

Tracks play throughout and are not correlated, so that loudness adds as power; labels are the engineer's word on roles.
"""

import tempfile
from pathlib import Path

import numpy as np
from fitting.mixologydb import LeveledMix, MixedTrack

from dawassist.analysis.model import Activity, Analysis, BlockCovariance, Loudness, TrackAnalysis
from dawassist.plan.brief import Brief
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session

_BLOCKS = 10
_BLOCK_SECONDS = 0.1
_CREST_DB = 12.0
_OFFSET_LU = 0.691  # BS.1770: loudness = −0.691 + 10 log10 of the weighted power


def session_of(mix: LeveledMix) -> Session:
    """Track n of the session is track n of the mix."""
    tracks = "".join(_track_text(number, track) for number, track in enumerate(mix.tracks, start=1))
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "mix.rpp"
        project.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE 48000 1 0\n{tracks}>\n', encoding="utf-8")
        return ProjectFile(project).snapshot()


def analysis_of(mix: LeveledMix, session: Session) -> Analysis:
    guids = tuple(track.guid for track in session.tracks)
    count = len(guids)
    one = np.zeros((2 * count, 2 * count), dtype=np.float32)
    for place, track in enumerate(mix.tracks):
        power = 10.0 ** ((_raw_lufs(track) + _OFFSET_LU) / 10.0) / 2.0
        channels = slice(2 * place, 2 * place + 2)
        one[channels, channels] = np.full((2, 2), power) if track.is_mono else np.eye(2) * power
    covariance = BlockCovariance(
        track_guids=guids,
        tensor=np.broadcast_to(one, (_BLOCKS, *one.shape)).copy(),
        block_seconds=np.arange(_BLOCKS) * _BLOCK_SECONDS,
        is_exact=True,
    )
    return Analysis(
        fingerprint=session.fingerprint,
        sample_rate_hz=48000,
        start_seconds=0.0,
        end_seconds=_BLOCKS * _BLOCK_SECONDS,
        tracks=tuple(_measured(guid, track) for guid, track in zip(guids, mix.tracks, strict=True)),
        mix_loudness=None,
        covariance=covariance,
        findings=(),
    )


def brief_of(mix: LeveledMix, session: Session) -> Brief:
    pairs = zip(session.tracks, mix.tracks, strict=True)
    return Brief(pinned_roles=tuple((track.guid, row.role) for track, row in pairs if row.role != "unknown"))


def _track_text(number: int, track: MixedTrack) -> str:
    name = track.name.replace('"', "'")
    guid = f"{{00000000-0000-0000-0000-{number:012d}}}"
    return (
        f'  <TRACK {guid}\n    NAME "{name}"\n    <ITEM\n      POSITION 0\n      LENGTH {_BLOCKS * _BLOCK_SECONDS}\n'
        f'      <SOURCE WAVE\n        FILE "{number}.wav"\n      >\n    >\n  >\n'
    )


def _measured(guid: str, track: MixedTrack) -> TrackAnalysis:
    lufs = _raw_lufs(track)
    return TrackAnalysis(
        track_guid=guid,
        measured_at="after_chain",
        loudness=Loudness(
            integrated_lufs=lufs,
            momentary_max_lufs=lufs,
            short_term_max_lufs=lufs,
            loudness_range_lu=0.0,
            true_peak_dbtp=lufs + _CREST_DB,
            sample_peak_dbfs=lufs + _CREST_DB,
            rms_dbfs=lufs,
            crest_factor_db=_CREST_DB,
        ),
        activity=Activity(share=1.0, segments=((0.0, _BLOCKS * _BLOCK_SECONDS),)),
        is_mono=track.is_mono,
        findings=(),
    )


def _raw_lufs(track: MixedTrack) -> float:
    assert track.raw_lufs is not None  # of a leveled mix
    return track.raw_lufs
