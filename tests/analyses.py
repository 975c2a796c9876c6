"""Analyses of synthetic sessions: tracks are noise at chosen levels, so that balances are known without any file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dawassist.analysis.model import Activity, Analysis, BlockCovariance, Loudness, TrackAnalysis
from dawassist.analysis.spectrum import Spectrum
from dawassist.session.model import Session
from dawassist.units import SILENCE_DB

BLOCKS = 60


@dataclass(frozen=True)
class Sound:
    """A track's level at its fader input in LUFS, in which blocks it plays, and what a meter would say of it."""

    lufs: float = -20.0
    plays: tuple[int, int] = (0, BLOCKS)
    mono: bool = True
    voice: float = 0.0
    low_end: float = 0.1
    crest_db: float = 12.0
    heard: bool = True


def make_analysis(session: Session, sounds: Mapping[str, Sound] | Sequence[Sound]) -> Analysis:
    """`sounds` by track name, or one per track with items; uncorrelated with each other."""
    tracks = [track for track in session.tracks if track.items]
    by_name = sounds if isinstance(sounds, Mapping) else {t.name: s for t, s in zip(tracks, sounds, strict=True)}
    chosen = [by_name.get(track.name, Sound()) for track in tracks]
    heard = [(track, sound) for track, sound in zip(tracks, chosen, strict=True) if sound.heard]
    tensor = np.zeros((BLOCKS, 2 * len(heard), 2 * len(heard)), dtype=np.float32)
    for place, (_, sound) in enumerate(heard):
        power = 10 ** ((sound.lufs + 0.691) / 10) / 2 if sound.lufs > SILENCE_DB else 0.0
        pair = np.full((2, 2), power) if sound.mono else np.eye(2) * power
        tensor[sound.plays[0] : sound.plays[1], 2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = pair
    covariance = BlockCovariance(
        track_guids=tuple(track.guid for track, _ in heard),
        tensor=tensor,
        block_seconds=np.arange(BLOCKS) * 0.1,
        is_exact=True,
    )
    return Analysis(
        fingerprint=session.fingerprint,
        sample_rate_hz=48000,
        start_seconds=0.0,
        end_seconds=BLOCKS * 0.1,
        tracks=tuple(_measured(track.guid, sound) for track, sound in zip(tracks, chosen, strict=True)),
        mix_loudness=_loudness(Sound()),
        covariance=covariance if heard else None,
        findings=(),
    )


def _measured(guid: str, sound: Sound) -> TrackAnalysis:
    share = (sound.plays[1] - sound.plays[0]) / BLOCKS
    return TrackAnalysis(
        track_guid=guid,
        measured_at="after_chain" if sound.heard else "not_heard",
        loudness=_loudness(sound) if sound.heard else None,
        activity=Activity(share=share, segments=((sound.plays[0] * 0.1, sound.plays[1] * 0.1),)),
        is_mono=sound.mono,
        findings=(),
        spectrum=Spectrum(center_hz=(100.0, 1000.0), power=(sound.low_end, 1.0 - sound.low_end)),
        voice_share=sound.voice,
    )


def _loudness(sound: Sound) -> Loudness:
    return Loudness(
        integrated_lufs=sound.lufs,
        momentary_max_lufs=sound.lufs,
        short_term_max_lufs=sound.lufs,
        loudness_range_lu=1.0,
        true_peak_dbtp=sound.lufs + sound.crest_db,
        sample_peak_dbfs=sound.lufs + sound.crest_db,
        rms_dbfs=sound.lufs,
        crest_factor_db=sound.crest_db,
    )
