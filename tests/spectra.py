"""Band powers of synthetic tracks: levels at corners of frequency, the same in every frame or as they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dawassist.analysis.model import Analysis
from dawassist.analysis.spectrum import BandPower
from dawassist.analysis.spectrum_grid import spectrum_grid
from dawassist.session.model import Session

FRAME_SECONDS = 0.2
Corners = Mapping[float, float]
VOICE: Corners = {20: -60, 110: -50, 160: -8, 250: 0, 1000: -3, 4000: -12, 16000: -30}
GUITAR: Corners = {20: -70, 60: -45, 90: -15, 200: -3, 800: 0, 3000: -6, 8000: -25, 16000: -50}


def make_bands(corners: Corners | Sequence[Corners], frames: int = 30) -> BandPower:
    """Levels in dB per third octave between the corners (Hz: dB); a sequence gives one spectrum per frame."""
    bands = spectrum_grid(48000)
    each = [corners] * frames if isinstance(corners, Mapping) else list(corners)
    return BandPower(
        frame_seconds=FRAME_SECONDS,
        center_hz=bands.center_hz,
        third_octave=np.stack([_powers(one, bands.center_hz) for one in each]),
        erb_center_hz=bands.erb_center_hz,
        erb=np.stack([_powers(one, bands.erb_center_hz) for one in each]),
    )


def with_bands(analysis: Analysis, session: Session, bands: Mapping[str, BandPower]) -> Analysis:
    """The analysis with band powers of tracks by name."""
    names = {track.guid: track.name for track in session.tracks}
    tracks = tuple(replace(t, bands=bands.get(names[t.track_guid], t.bands)) for t in analysis.tracks)
    return replace(analysis, tracks=tracks)


def _powers(corners: Corners, center_hz: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    hertz = sorted(corners)
    level_db = np.interp(np.log2(center_hz), np.log2(hertz), [corners[each] for each in hertz])
    return (1e-4 * 10.0 ** (level_db / 10.0)).astype(np.float32)
