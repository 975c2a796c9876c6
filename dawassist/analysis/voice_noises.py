"""Sibilants, plosives and breaths of a voice that stand out, by their bands in frames of 200 ms.

Levels are against the middle of its vowels: the median of 200 Hz to 4 kHz while it sounds. The lead vocals of two
finished CC0 songs: sibilants up to −4.0 and −8.0 dB, below 80 Hz never more than −20 dB.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.spectrum import BandPower

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SIBILANT_DB = -4.5
PLOSIVE_DB = -12.0
BREATH_DB = -18.0
_PLOSIVE_ALONE_DB = 10.0  # over the low end on either side: a burst, no rumble
_SOUNDING_DB = -20.0  # under the loudest twentieth
_PAUSE_DB = -28.0  # of all its bands, before a breath
_WHITE_DB = 6.0  # of a breath above 1.6 kHz over the vowels' bands
_SOON_FRAMES = 4  # a breath is followed by singing
_LONGEST_FRAME_SECONDS = 0.4  # in longer ones nothing short is told
_FEWEST_FRAMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceNoises:
    """(seconds, dB against the vowels) of each place, in the order of time."""

    sibilants: tuple[tuple[float, float], ...] = ()
    plosives: tuple[tuple[float, float], ...] = ()
    breaths: tuple[tuple[float, float], ...] = ()


def voice_noises(bands: BandPower, origin_seconds: float) -> VoiceNoises:
    """`origin_seconds` is where the analysis begins. Empty for coarse frames and for what hardly sounds."""
    whole = bands.third_octave.sum(axis=1, dtype=np.float64)
    sounds = whole > np.percentile(whole, 95) * 10.0 ** (_SOUNDING_DB / 10.0) if len(whole) else np.zeros(0, np.bool_)
    if bands.frame_seconds > _LONGEST_FRAME_SECONDS or sounds.sum() < _FEWEST_FRAMES:
        return VoiceNoises()
    vowels = _band(bands, 200.0, 4000.0)
    reference = max(float(np.median(vowels[sounds])), 1e-12)
    low_db, sibilant_db, whole_db = (
        10.0 * np.log10(power / reference + 1e-12)
        for power in (_band(bands, 20.0, 80.0), _band(bands, 5000.0, 10000.0), whole)
    )
    hisses = _band(bands, 5000.0, 10000.0) > _band(bands, 1000.0, 4000.0)
    bursts = (low_db >= PLOSIVE_DB) & (low_db - np.maximum(_moved(low_db, 2), _moved(low_db, -2)) >= _PLOSIVE_ALONE_DB)
    breath_db = 10.0 * np.log10(_band(bands, 1600.0, 8000.0) / reference + 1e-12)
    breathes = _breathes(bands, breath_db, whole_db, sounds)
    return VoiceNoises(
        sibilants=_places(bands, origin_seconds, hisses & (sibilant_db >= SIBILANT_DB), sibilant_db),
        plosives=_places(bands, origin_seconds, bursts, low_db),
        breaths=_places(bands, origin_seconds, breathes, breath_db),
    )


def _breathes(bands: BandPower, breath_db: Values, whole_db: Values, sounds: Mask) -> Mask:
    """Noise without a vowel, after a pause and soon before the voice."""
    is_white = _band(bands, 1600.0, 8000.0) > _band(bands, 100.0, 1000.0) * 10.0 ** (_WHITE_DB / 10.0)
    after_pause = np.minimum(_moved(whole_db, 1), _moved(whole_db, 2)) < _PAUSE_DB
    soon = np.zeros(len(sounds), dtype=np.bool_)
    for ahead in range(1, _SOON_FRAMES + 1):
        soon[:-ahead] |= (whole_db[ahead:] > breath_db[:-ahead] + 6.0) & sounds[ahead:]
    return np.asarray(is_white & after_pause & soon & (breath_db >= BREATH_DB))


def _band(bands: BandPower, lowest_hz: float, highest_hz: float) -> Values:
    centers_hz = np.array(bands.center_hz)
    chosen = (centers_hz >= lowest_hz) & (centers_hz <= highest_hz)
    return np.asarray(bands.third_octave[:, chosen].sum(axis=1, dtype=np.float64))


def _moved(values: Values, frames: int) -> Values:
    """Of `frames` before (negative: after); very low beyond the ends."""
    moved = np.full(len(values), -120.0)
    if frames > 0:
        moved[frames:] = values[:-frames]
    else:
        moved[:frames] = values[-frames:]
    return moved


def _places(bands: BandPower, origin_seconds: float, chosen: Mask, level_db: Values) -> tuple[tuple[float, float], ...]:
    """Neighboring frames are one place, the loudest of them."""
    found: list[tuple[int, float]] = []
    for frame in np.flatnonzero(chosen):
        level = float(level_db[frame])
        if found and frame - found[-1][0] <= 1:
            found[-1] = (int(frame), level) if level > found[-1][1] else (int(frame), found[-1][1])
        else:
            found.append((int(frame), level))
    return tuple((origin_seconds + (frame + 0.5) * bands.frame_seconds, level) for frame, level in found)
