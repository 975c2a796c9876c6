"""The numbers in which roles differ by ear: the shape of the spectrum, how it is struck, and how steady it is."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.spectrum import Spectrum

Values = npt.NDArray[np.float64]
_BANDS_PER_GROUP = 2  # third octaves
_FLOOR_DB = -50.0  # below the whole: quieter bands sound alike
FEATURES = (
    *(f"band_{place}_db" for place in range(15)),
    "centroid_octaves", "rolloff_octaves", "flatness_db", "crest_p10_db", "crest_p50_db", "crest_p90_db",
    "rms_spread_db", "onsets_log2", "percussivity", "is_stereo", "flutter_low_db", "flutter_mid_db", "flutter_high_db",
)  # fmt: skip
_SPLITS_HZ = (250.0, 2500.0)
_PAUSE_RATIO = 1e-4


def sound_features(heard: TrackAnalysis) -> Values | None:
    """One number per name of `FEATURES`; None where nothing sounds or the measures are not there."""
    spectrum, dynamics, onsets, bands = heard.spectrum, heard.dynamics, heard.onsets, heard.bands
    if spectrum is None or dynamics is None or onsets is None or bands is None or not sum(spectrum.power):
        return None
    return np.array(
        [
            *_shape_db(spectrum),
            np.log2(max(spectrum.centroid_hz, 20.0) / 1000.0),
            np.log2(max(spectrum.rolloff_hz, 20.0) / 1000.0),
            10.0 * np.log10(max(spectrum.flatness, 1e-7)),
            dynamics.crest_p10_db, dynamics.crest_p50_db, dynamics.crest_p90_db, min(dynamics.rms_spread_db, 40.0),
            np.log2(0.1 + onsets.per_second), onsets.percussivity, float(not heard.is_mono),
            *_flutter_db(bands.center_hz, bands.third_octave),
        ]
    )  # fmt: skip


def _shape_db(spectrum: Spectrum) -> Values:
    """Level of every group of two third octaves against the whole, from 20 Hz to 20 kHz."""
    power = np.array(spectrum.power)
    groups = np.zeros(15)
    for place, value in enumerate(power):
        groups[min(place // _BANDS_PER_GROUP, 14)] += value
    return np.asarray(np.maximum(10.0 * np.log10(groups / groups.sum() + 1e-9), _FLOOR_DB))


def _flutter_db(center_hz: tuple[float, ...], power: npt.NDArray[np.float32]) -> list[float]:
    """How much the level of lows, mids and highs changes from one frame to the next, where the track plays: median."""
    whole = power.sum(axis=1)
    plays = whole > _PAUSE_RATIO * whole.max(initial=0.0)
    flutter = []
    for members in np.split(np.arange(len(center_hz)), np.searchsorted(center_hz, _SPLITS_HZ)):
        level = 10.0 * np.log10(power[:, members].sum(axis=1, dtype=np.float64)[plays] + 1e-12)
        flutter.append(float(np.median(np.abs(np.diff(level)))) if len(level) > 1 else 0.0)
    return flutter
