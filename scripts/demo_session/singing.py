"""Singing: espeak-ng speaks each syllable, a small source-filter vocoder sings it on the notes of the melody.

Every syllable becomes spectral envelopes (Röbel & Rodet, DAFx 2005: true envelope) and a voicing per 5 ms. Vowels
are stretched to the note, consonants keep their length and come before the beat. Pulses at the sung pitch, filtered
with the minimum-phase envelopes, and noise make the sound.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.ndimage import median_filter

from scripts.demo_session.instruments import FRAMES
from scripts.demo_session.song import Sung, beat_seconds
from scripts.fluidsynth import RATE_HZ

Signal = npt.NDArray[np.float64]
_HOP_SECONDS = 0.005
_HOP = round(_HOP_SECONDS * RATE_HZ)
_FFT = 2048
_BINS = _FFT // 2 + 1
_BAND_HZ = np.linspace(0.0, RATE_HZ / 2, _BINS)
_MAX_ONSET = 20  # frames
_SILENT = -14.0  # natural logarithm of amplitude
_VOICED_CORRELATION = 0.5
_NOISE_GAIN = 62.0  # from the spectrum of a Hann-windowed frame to noise of the same density, overlaps counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Singer:
    """An espeak-ng voice and how it sings. `formants` scales the spectrum's frequencies, `breath` is 0..1."""

    voice: str
    transpose: int = 0
    formants: float = 1.0
    breath: float = 0.12
    vibrato_semitones: float = 0.3
    late_seconds: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One syllable: log envelopes (frames, bins), voicing (frames,), and the frames where the vowel starts and ends."""

    envelopes: Signal
    voicing: Signal
    vowel_start: int
    vowel_end: int


def sing(melody: Sequence[Sung], singer: Singer) -> Signal:
    """The melody as mono sound, shape (FRAMES,), peak 1."""
    hops = FRAMES // _HOP + 1
    envelopes = np.full((hops, _BINS), _SILENT)
    voicing = np.zeros(hops)
    spoken = {text: _speak(text, singer) for text in {sung.phonemes for sung in melody}}
    for place, sung in enumerate(melody):
        coming = melody[place + 1] if place + 1 < len(melody) else None
        _place(sung, coming, spoken, singer, envelopes, voicing)
    chance = np.random.default_rng(singer.seed)
    semitones = _pitch(melody, singer, hops, chance)
    hertz = 440.0 * 2.0 ** ((semitones - 69.0) / 12.0)
    sound = _pulses(envelopes, voicing, hertz, singer) + _noise(envelopes, voicing, singer, chance)
    return np.asarray(sound / np.abs(sound).max())


def _speak(phonemes: str, singer: Singer) -> _Spoken:
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "syllable.wav"
        subprocess.run(
            ["espeak-ng", "-v", singer.voice, "-p", "25", "-s", "130", "-z", "-w", str(wave), f"[[{phonemes}]]"],
            check=True,
        )
        samples, rate = soundfile.read(wave)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    samples = np.pad(samples[loud[0] : loud[-1] + 1], round(0.02 * rate))
    hop, size = round(_HOP_SECONDS * rate), 1 << int(0.03 * rate).bit_length()
    window = np.hanning(size)
    padded = np.pad(samples, size // 2)
    frames = np.stack([padded[at : at + size] for at in range(0, len(samples), hop)])
    magnitudes = np.log(np.abs(np.fft.rfft(frames * window)) / window.sum() + 1e-7)
    band_hz = np.fft.rfftfreq(size, 1.0 / rate)
    smooth = _true_envelope(magnitudes, order=int(rate / 260))
    envelopes = np.stack([_stretched(row, band_hz, rate / 2, singer.formants) for row in smooth])
    return _with_vowel(envelopes, _voicing(frames, rate))


def _true_envelope(log_magnitudes: Signal, order: int) -> Signal:
    """Cepstrally smoothed upper envelopes, so that they do not depend on the spoken pitch."""
    target = log_magnitudes
    smooth = target
    for _ in range(12):
        cepstrum = np.fft.irfft(target)
        cepstrum[:, order : cepstrum.shape[1] - order + 1] = 0.0
        smooth = np.fft.rfft(cepstrum).real
        target = np.maximum(log_magnitudes, smooth)
    return smooth


def _stretched(row: Signal, band_hz: Signal, top_hz: float, formants: float) -> Signal:
    """On our bins, formants moved; above what was spoken it falls by 18 dB per octave."""
    warped = np.interp(_BAND_HZ / formants, band_hz, row)
    edge = 0.92 * top_hz * formants
    fall = np.log(np.maximum(_BAND_HZ / edge, 1.0)) * 3.0
    level = np.interp(edge / formants, band_hz, row)
    return np.where(edge < _BAND_HZ, level - fall, warped)


def _voicing(frames: Signal, rate: int) -> Signal:
    """0..1 per frame, from the autocorrelation at pitch lags (relative to what a window lets through) and the level."""
    size = frames.shape[1]
    low = frames - frames.mean(axis=1, keepdims=True)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(low, 2 * size)) ** 2)
    energy = correlation[:, 0]
    lags = np.arange(int(rate / 300), int(rate / 55))
    peak = (correlation[:, lags] * (size / (size - lags))).max(axis=1) / np.maximum(energy, 1e-12)
    voiced = (peak > _VOICED_CORRELATION) & (energy > 0.003 * energy.max())
    return np.convolve(median_filter(voiced.astype(float), 9), np.ones(3) / 3, mode="same")


def _with_vowel(envelopes: Signal, voicing: Signal) -> _Spoken:
    """The vowel is where the voiced sound below 3 kHz is within 7 dB of its loudest; its level becomes 0 dB."""
    middle = (_BAND_HZ > 150) & (_BAND_HZ < 3000)
    levels = np.log(np.sqrt(np.mean(np.exp(2.0 * envelopes[:, middle]), axis=1))) + np.where(voicing > 0.5, 0.0, -9.0)
    near = np.flatnonzero(levels > levels.max() - 1.1)
    return _Spoken(envelopes - levels.max(), voicing, int(near[0]), int(near[-1]) + 1)


def _place(
    sung: Sung, coming: Sung | None, spoken: dict[str, _Spoken], singer: Singer, envelopes: Signal, voicing: Signal
) -> None:
    """Write one syllable: its onset before the note, the vowel over the note, the coda at its end."""
    own = spoken[sung.phonemes]
    beat_frame = (beat_seconds(sung.beat + 0.02) + singer.late_seconds) / _HOP_SECONDS
    frames = beat_seconds(sung.beats) / _HOP_SECONDS
    onset = _at_most(np.arange(own.vowel_start), _MAX_ONSET)
    coda = np.arange(own.vowel_end, len(own.envelopes))
    if coming is not None and coming.beat - sung.beat - sung.beats < 0.25:
        frames -= 0.8 * min(spoken[coming.phonemes].vowel_start, _MAX_ONSET)
    coda = _at_most(coda, max(int(0.3 * frames), 4))
    length = max(int(frames) - len(coda), 8)
    vowel = own.vowel_start + (own.vowel_end - own.vowel_start - 1) * np.linspace(0.0, 1.0, length) ** 1.5
    source = np.concatenate([onset, vowel, coda])
    level = _dynamics(len(onset), length, len(coda), sung)
    start = round(beat_frame) - len(onset)
    for step, (at, gain) in enumerate(zip(source, level, strict=True)):
        low = int(at)
        part = at - low
        high = min(low + 1, len(own.envelopes) - 1)
        frame = (1 - part) * own.envelopes[low] + part * own.envelopes[high] + gain
        if 0 <= start + step < len(envelopes):
            envelopes[start + step] = np.maximum(frame, envelopes[start + step])
            voicing[start + step] = max(voicing[start + step], own.voicing[min(low, len(own.voicing) - 1)])


def _at_most(frames: npt.NDArray[np.int_], count: int) -> npt.NDArray[np.int_]:
    """Consonants that are longer than there is time for are spoken faster."""
    return frames[np.linspace(0, len(frames) - 1, count).round().astype(int)] if len(frames) > count else frames


def _dynamics(onset: int, vowel: int, coda: int, sung: Sung) -> Signal:
    """Natural-log gains of a syllable: high notes are louder, long ones swell and fall, ends release."""
    base = 0.035 * (sung.key - 67)
    swell = 0.25 * np.sin(np.pi * np.linspace(0.0, 1.0, vowel) ** 0.7) if sung.beats > 1.5 else np.zeros(vowel)
    release = np.zeros(onset + vowel + coda)
    tail = min(14, len(release) // 3)
    release[-tail:] = -(np.linspace(0.0, 3.0, tail) ** 1.4)
    return base + np.concatenate([np.zeros(onset), swell, np.zeros(coda)]) + release


def _pitch(melody: Sequence[Sung], singer: Singer, hops: int, chance: np.random.Generator) -> Signal:
    """Semitones per hop: glides between notes, scoops into phrases, vibrato on long notes, a little drift."""
    times = np.arange(hops) * _HOP_SECONDS
    semitones = np.full(hops, float(melody[0].key))
    end = -9.0
    for sung in melody:
        start = beat_seconds(sung.beat) + singer.late_seconds
        length = beat_seconds(sung.beats)
        since = times - start
        glide = 0.5 + 0.5 * np.tanh((since + 0.01) / 0.028)
        scoop = -0.9 * np.exp(-np.maximum(since, 0.0) / 0.05) if start - end > 0.3 else 0.0
        semitones = semitones + glide * (sung.key + scoop - semitones)
        if length > 0.6:
            rise = np.clip((since - 0.3) / 0.4, 0.0, 1.0) * (since < length)
            semitones = semitones + singer.vibrato_semitones * rise * np.sin(2 * np.pi * 5.4 * since)
        end = start + length
    walk = np.cumsum(chance.normal(0.0, 1.0, hops))
    drift = walk - np.convolve(np.pad(walk, 100, mode="edge"), np.ones(201) / 201, mode="valid")
    return semitones + singer.transpose + 0.05 * drift / max(float(drift.std()), 1e-9)


def _pulses(envelopes: Signal, voicing: Signal, hertz: Signal, singer: Singer) -> Signal:
    out = np.zeros(FRAMES + 2 * _FFT)
    harmonic = np.log(1.0 - np.clip(singer.breath * (_BAND_HZ / 4000.0), 0.0, 0.9))
    at = 0.0
    while at < FRAMES - 1:
        hop = int(at / _HOP)
        pitch = hertz[hop]
        if voicing[hop] > 0.3 and envelopes[hop].max() > _SILENT + 1.0:
            row = envelopes[hop] + harmonic + np.log(RATE_HZ / pitch)
            whole = int(at)
            shift = np.exp(-2j * np.pi * np.arange(_BINS) * (at - whole) / _FFT)
            pulse = np.fft.irfft(_minimum_phase(row) * shift, _FFT)
            out[whole : whole + _FFT] += voicing[hop] * pulse
        at += RATE_HZ / pitch
    return out[:FRAMES]


def _minimum_phase(log_magnitude: Signal) -> npt.NDArray[np.complex128]:
    cepstrum = np.fft.irfft(log_magnitude, _FFT)
    cepstrum[1 : _FFT // 2] *= 2.0
    cepstrum[_FFT // 2 + 1 :] = 0.0
    return np.asarray(np.exp(np.fft.rfft(cepstrum)))


def _noise(envelopes: Signal, voicing: Signal, singer: Singer, chance: np.random.Generator) -> Signal:
    out = np.zeros(FRAMES + 2 * _FFT)
    size = 4 * _HOP
    window = np.hanning(size + 1)[:size] / 2.0
    breath = np.clip(singer.breath * (_BAND_HZ / 4000.0), 0.0, 0.9)
    for hop, (row, voiced) in enumerate(zip(envelopes, voicing, strict=True)):
        if row.max() <= _SILENT + 1.0:
            continue
        share = voiced * breath + (1.0 - voiced)
        spectrum = np.fft.rfft(chance.normal(0.0, _NOISE_GAIN, size) * window, _FFT)
        burst = np.fft.irfft(spectrum * np.exp(row) * share, _FFT)
        out[hop * _HOP : hop * _HOP + _FFT] += burst
    return out[size // 2 : FRAMES + size // 2]
