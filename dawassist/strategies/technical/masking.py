"""Hum that the rest of the mix covers: nobody hears it, so it is no fault at the present faders.

A line is covered while the other tracks have 12 dB more in its third octave: between the masking of a tone by noise (5
to 6 dB) and by a tone (14 to 18 dB; Zwicker and Fastl, Psychoacoustics, chapter 4). Notes that hold their own hum down
do not count: they end.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.hum import Hum
from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.analysis.spectrum import BandPower
from dawassist.console.gains import Console
from dawassist.session.model import Session

_COVERED_DB = 12.0
_HEARD_SHARE = 0.01  # of the time: a hum that is bare that long is heard
_PRESENT_SHARE = 0.3  # of its power: less, and its item does not play
_HALF_BAND = 2.0 ** (1.0 / 6.0)
Powers = npt.NDArray[np.float64]


def masked_hums(session: Session, analysis: Analysis) -> frozenset[str]:
    """GUIDs of the tracks whose hum is covered practically all the time."""
    humming = [track for track in analysis.tracks if track.disturbances and track.disturbances.hum and track.bands]
    if not humming:
        return frozenset()
    console = Console(session)
    gains = {
        track.track_guid: 0.5 * float(np.sum(console.gain_matrix(track.track_guid) ** 2)) for track in analysis.tracks
    }
    return frozenset(track.track_guid for track in humming if _is_masked(track, analysis, gains))


def _is_masked(track: TrackAnalysis, analysis: Analysis, gains: dict[str, float]) -> bool:
    assert track.disturbances is not None
    assert track.disturbances.hum is not None
    assert track.bands is not None
    others = [
        gains[other.track_guid] * other.bands.third_octave
        for other in analysis.tracks
        if other is not track and other.bands and other.bands.third_octave.shape == track.bands.third_octave.shape
    ]
    if not others:
        return False
    lines = _per_band(track.disturbances.hum, track.bands) * gains[track.track_guid]
    rest = np.sum(others, axis=0, dtype=np.float64)
    plays = track.bands.third_octave >= _PRESENT_SHARE * _per_band(track.disturbances.hum, track.bands)
    heard = (plays & (lines > rest * 10.0 ** (-_COVERED_DB / 10.0))).any(axis=1)
    return float(heard.mean()) < _HEARD_SHARE


def _per_band(hum: Hum, bands: BandPower) -> Powers:
    """The hum's power in every third octave, both channels summed as there."""
    power = np.zeros(len(bands.center_hz))
    for hertz, level_dbfs in hum.lines_dbfs:
        inside = [
            place for place, center in enumerate(bands.center_hz) if center / _HALF_BAND <= hertz < center * _HALF_BAND
        ]
        for place in inside:
            power[place] += 2.0 * 10.0 ** (level_dbfs / 10.0)
    return power
