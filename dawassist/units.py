"""Decibels, gains, pans and their texts, exactly as REAPER prints them.

REAPER treats every level at or below −150 dB as silence; `SILENCE_DB` stands for it, so that a level is always a
finite number. The law of fader-scaled envelopes is the one of REAPER's `ScaleToEnvelopeMode` (raw 0..1000).
"""

import math

SILENCE_DB = -150.0
SOUND_METERS_PER_SECOND = 343.0
_SMALLEST_GAIN = 2.98e-8  # below it REAPER prints "-inf dB"
_PHYSICAL_DIGITS = 6
_FADER_LAW_K = 0.5 * 10 ** (12 / 20)


def gain_to_db(gain: float) -> float:
    """Level in dB of a linear gain; `SILENCE_DB` for 0 (and for the sign, see polarity: |gain| is used)."""
    magnitude = abs(gain)
    return 20.0 * math.log10(magnitude) if magnitude > _SMALLEST_GAIN else SILENCE_DB


def db_to_gain(level_db: float) -> float:
    """Linear gain of a level in dB; 0 at or below `SILENCE_DB`."""
    return 10.0 ** (level_db / 20.0) if level_db > SILENCE_DB else 0.0


def power_to_db(power: float) -> float:
    """Level in dB of a mean square; `SILENCE_DB` for 0."""
    return max(10.0 * math.log10(power), SILENCE_DB) if power > 0.0 else SILENCE_DB


def physical(value: float) -> float:
    """Round to the precision at which snapshots of different adapters are compared (1e-6)."""
    return round(value, _PHYSICAL_DIGITS) + 0.0  # + 0.0 turns −0.0 into 0.0


def envelope_raw_to_gain(raw: float) -> float:
    """Linear gain of a raw fader-scaled envelope value (0..1000)."""
    t = (raw / 1000.0) ** 3
    return _FADER_LAW_K * (t + t * t)


def gain_to_envelope_raw(gain: float) -> float:
    """Raw fader-scaled envelope value (0..1000) of a linear gain."""
    t = (math.sqrt(1.0 + 4.0 * max(gain, 0.0) / _FADER_LAW_K) - 1.0) / 2.0
    return float(1000.0 * t ** (1.0 / 3.0))


def db_text(level_db: float) -> str:
    """REAPER's own text of a level: ``-6.02 dB``, ``-inf dB``."""
    return "-inf dB" if level_db <= SILENCE_DB else f"{level_db + 0.0:.2f} dB"


def signed_db_text(difference_db: float) -> str:
    """A difference with its sign: ``+1.60 dB``."""
    return f"{difference_db + 0.0:+.2f} dB"


def pan_text(pan: float) -> str:
    """REAPER's own text of a pan: ``center``, ``25%L``, ``40%R``."""
    if abs(pan) < 0.001:
        return "center"
    return f"{abs(pan) * 100:.0f}%{'L' if pan < 0 else 'R'}"


def spoken_pan(pan: float) -> str:
    """A pan as a screen reader says it: ``center``, ``25% left``, ``40% right``."""
    if abs(pan) < 0.001:
        return "center"
    return f"{abs(pan) * 100:.0f}% {'left' if pan < 0 else 'right'}"


def value_text(value: float, unit: str) -> str:
    """The text of a value in one of the units that changes use (dB, pan, Hz, Q, ratio, LU, LUFS, ms, on/off …)."""
    if unit == "dB":
        return db_text(value)
    if unit == "pan":
        return pan_text(value)
    if unit == "switch":
        return "on" if value else "off"
    if unit == "Hz":
        return frequency_text(value)
    if unit == ":1":
        return f"{value:.1f}:1"
    return f"Q {value:.2f}" if unit == "Q" else f"{value:.2f} {unit}".rstrip()


def frequency_text(frequency_hz: float) -> str:
    """``off`` for 0, ``80 Hz``, ``2.5 kHz``."""
    if frequency_hz <= 0.0:
        return "off"
    return f"{frequency_hz:.0f} Hz" if frequency_hz < 999.5 else f"{frequency_hz / 1000.0:.3g} kHz"


def distance_text(seconds: float) -> str:
    """How far sound travels in that time (343 m/s, 20 °C): ``82 cm``, ``1.3 m``."""
    meters = abs(seconds) * SOUND_METERS_PER_SECOND
    return f"{meters * 100.0:.0f} cm" if meters < 0.995 else f"{meters:.1f} m"


def clock_text(seconds: float) -> str:
    """A place in a project without bars: ``1:04``, ``1:02:07``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def counted(number: int, noun: str) -> str:
    """``1 change``, ``3 changes``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
