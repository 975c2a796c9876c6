"""Synthetic sessions for the solver: named tracks, and covariances of as many blocks as listening would keep."""

import numpy as np

from dawassist.analysis.covariance import BAND_EDGES_HZ, MEMORY_LIMIT_BYTES, REPRESENTATIVE_BLOCKS
from dawassist.analysis.model import Activity, Analysis, BandCovariance, BlockCovariance, Loudness, TrackAnalysis
from dawassist.session.model import Session

_NAMES = (
    "Kick", "Snare", "Tom", "Hat", "Overhead", "Bass", "E-Guitar", "Ac Guitar", "Keys", "BGV", "Lead Vox", "Shaker",
)  # fmt: skip
_BANDS = len(BAND_EDGES_HZ) - 1
_BAND_BLOCKS = 200
_SOURCES = 6  # independent sounds per block that all tracks share: bleed


def project_text(tracks: int, seconds: float) -> str:
    """An .rpp of `tracks` raw tracks, faders at 0, pans centered."""
    lines = "".join(_track_text(number, seconds) for number in range(tracks))
    return f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE 48000 1 0\n{lines}>\n'


def _track_text(number: int, seconds: float) -> str:
    name = f"{_NAMES[number % len(_NAMES)]} {number // len(_NAMES) + 1}"
    place = f"      POSITION {number * 0.1:.1f}\n      LENGTH {seconds}\n"  # recordings; bounces would start together
    item = f'    <ITEM\n{place}      <SOURCE WAVE\n        FILE "a.wav"\n      >\n    >\n'
    return f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n{item}  >\n'


def synthetic_analysis(session: Session, seconds: float, generator: np.random.Generator) -> Analysis:
    """Tracks of random levels that bleed into each other, block after block."""
    count = len(session.tracks)
    fitting = MEMORY_LIMIT_BYTES // (4 * (2 * count) ** 2)
    blocks = round(seconds * 10) if seconds * 10 <= fitting else min(fitting, REPRESENTATIVE_BLOCKS)
    levels = 10.0 ** (generator.uniform(-32.0, -16.0, count) / 20.0)
    covariance = BlockCovariance(
        track_guids=tuple(track.guid for track in session.tracks),
        tensor=_products(generator, levels, blocks),
        block_seconds=np.arange(blocks) * seconds / blocks,
        is_exact=blocks == round(seconds * 10),
        bands=BandCovariance(
            edges_hz=BAND_EDGES_HZ,
            tensor=np.stack([_products(generator, levels, _BAND_BLOCKS) / _BANDS for _ in range(_BANDS)]),
            start_seconds=np.arange(_BAND_BLOCKS) * seconds / _BAND_BLOCKS,
            block_seconds=seconds / _BAND_BLOCKS,
        ),
    )
    return Analysis(
        fingerprint=session.fingerprint,
        sample_rate_hz=48000,
        start_seconds=0.0,
        end_seconds=seconds,
        tracks=tuple(
            _measured(track.guid, 20.0 * np.log10(level), seconds)
            for track, level in zip(session.tracks, levels, strict=True)
        ),
        mix_loudness=None,
        covariance=covariance,
        findings=(),
    )


def _products(generator: np.random.Generator, levels: np.ndarray, blocks: int) -> np.ndarray:
    """(blocks, 2n, 2n) of float32: each channel its own sound, and a little of shared ones."""
    channels = np.repeat(levels, 2)
    made = np.empty((blocks, len(channels), len(channels)), dtype=np.float32)
    for block in range(blocks):
        gains = channels * generator.uniform(0.5, 1.5, len(channels))
        shared = gains[:, None] * generator.normal(size=(len(channels), _SOURCES)) * 0.2
        made[block] = shared @ shared.T + np.diag(gains**2 / 2.0)
    return made


def _measured(guid: str, lufs: float, seconds: float) -> TrackAnalysis:
    loudness = Loudness(
        integrated_lufs=lufs, momentary_max_lufs=lufs, short_term_max_lufs=lufs, loudness_range_lu=1.0,
        true_peak_dbtp=lufs + 12.0, sample_peak_dbfs=lufs + 12.0, rms_dbfs=lufs, crest_factor_db=12.0,
    )  # fmt: skip
    return TrackAnalysis(
        track_guid=guid, measured_at="after_chain", loudness=loudness, is_mono=False, findings=(),
        activity=Activity(share=1.0, segments=((0.0, seconds),)),
    )  # fmt: skip
