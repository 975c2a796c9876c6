"""What the session comes to without its plug-ins: a plain sum of items, faders, pans and rides, and its measures."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import soxr
from scipy.signal import butter, sosfilt

from scripts.demo_session.project import SessionSpec, TrackSpec

Signal = npt.NDArray[np.float64]


def heard_tracks(session: SessionSpec, media: Mapping[str, Signal]) -> dict[str, Signal]:
    """Each track with media at the master, (2, frames), by key; folders at 0 dB, no plug-ins, no sends."""
    frames = round(
        max(item.position + item.length for track in session.tracks for item in track.items) * session.rate_hz
    )
    return {
        track.key: _heard(track, media[track.key], session.rate_hz, frames) for track in session.tracks if track.items
    }


def _heard(track: TrackSpec, signal: Signal, rate_hz: int, frames: int) -> Signal:
    stereo = np.broadcast_to(signal, (2, signal.shape[-1])) if signal.ndim == 1 else signal
    out = np.zeros((2, frames))
    for item in track.items:
        first, start = round(item.offset * rate_hz), round(item.position * rate_hz)
        piece = stereo[:, first : first + round(item.length * rate_hz)][:, : frames - start]
        piece = piece * 10.0 ** (item.gain_db / 20.0) * _fades(piece.shape[1], item.fade_in, item.fade_out, rate_hz)
        out[:, start : start + piece.shape[1]] += piece
    if track.envelope:
        times, levels = zip(*track.envelope, strict=True)
        out *= np.interp(np.arange(frames) / rate_hz, times, 10.0 ** (np.array(levels) / 20.0))
    sides = np.minimum([1.0 - track.pan, 1.0 + track.pan], 1.0)
    return np.asarray(out * sides[:, None] * 10.0 ** (track.fader_db / 20.0))


def _fades(frames: int, fade_in: float, fade_out: float, rate_hz: int) -> Signal:
    place = np.arange(frames) / rate_hz
    return np.asarray(np.clip(np.minimum(place / fade_in, (place[-1] - place) / fade_out), 0.0, 1.0))


def blocks(signal: Signal, rate_hz: int) -> Signal:
    """Mean power of 400 ms blocks, both sides together."""
    size = round(0.4 * rate_hz)
    count = signal.shape[-1] // size
    return np.asarray(np.square(signal[:, : count * size]).reshape(2, count, size).mean(axis=-1).sum(axis=0))


def lead_over_rest_db(heard: Mapping[str, Signal], lead: str, rate_hz: int, band_hz: tuple[float, float]) -> Signal:
    """Level of the lead over all others in a band, for each 400 ms block in which it sings."""
    own = blocks(in_band(heard[lead], rate_hz, band_hz), rate_hz)
    others = np.sum([signal for key, signal in heard.items() if key != lead], axis=0)
    rest = blocks(in_band(others, rate_hz, band_hz), rate_hz)
    sings = own > np.percentile(own, 95) * 10.0**-1.5
    return np.asarray(10.0 * np.log10(own[sings] / np.maximum(rest[sings], 1e-12)))


def in_band(signal: Signal, rate_hz: int, band_hz: tuple[float, float]) -> Signal:
    return np.asarray(sosfilt(butter(4, band_hz, "bandpass", fs=rate_hz, output="sos"), signal))


def true_peak_dbtp(signal: Signal, rate_hz: int) -> float:
    return 20.0 * float(np.log10(np.abs(soxr.resample(signal.T, rate_hz, 4 * rate_hz)).max()))


def loudness_lufs(signal: Signal, rate_hz: int) -> float:
    import pyloudnorm  # type: ignore[import-untyped]

    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(signal.T))
