"""What follows the onsets: for some milliseconds the direct sound is louder than the room and the bleed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import SEARCH_SECONDS, CrossSpectra, Excerpt, Mono

_STEP_SECONDS = 0.005
_BEFORE_SECONDS, _AFTER_SECONDS = 0.002, 0.03
_RISE = 8.0  # of the energy against the 20 ms before: 9 dB, as in `onsets`
_QUIET = 10.0**-2.0  # of the energy of the loudest step of all excerpts: bleed begins too
_APART_STEPS = 10
_MOST = 96
_RISE_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnsetSpectra:
    """`spectra` of all onsets together; `curves`, shape (onsets, 2·search + 1), the half PHAT of each."""

    spectra: CrossSpectra
    curves: npt.NDArray[np.float64]


def onset_spectra(excerpts: Sequence[tuple[Mono, Mono]], rate_hz: int) -> OnsetSpectra | None:
    """None where nothing begins steeply. The other is heard from `SEARCH_SECONDS` before to as much after."""
    from scipy.fft import irfft, next_fast_len, rfft

    before, after = round(_BEFORE_SECONDS * rate_hz), round(_AFTER_SECONDS * rate_hz)
    search = round(SEARCH_SECONDS * rate_hz)
    shape = np.concatenate([np.linspace(0.0, 1.0, before), np.cos(np.linspace(0.0, np.pi / 2, after)) ** 2])
    near, far = [], []
    for one, other, start in _onsets(excerpts, rate_hz, search + before):
        near.append(one[start - before : start + after] * shape.astype(np.float32))
        far.append(other[start - before - search : start + after + search])
    if not near:
        return None
    frame = int(next_fast_len(before + after + 2 * search, real=True))
    frame += frame % 2
    first, second = rfft(np.array(near), frame), rfft(np.array(far), frame)
    first = first * np.exp(-2j * np.pi * np.fft.rfftfreq(frame) * search)  # `far` begins earlier
    size = np.sqrt((np.abs(first) ** 2).sum(axis=1, keepdims=True)) + 1e-20
    first, second = first / size, second / size  # every onset counts alike
    cross = np.conj(first) * second
    whole = Excerpt(
        number=0,
        cross=cross.sum(axis=0, dtype=np.complex128),
        reference=(np.abs(first) ** 2).sum(axis=0, dtype=np.float64),
        other=(np.abs(second) ** 2).sum(axis=0, dtype=np.float64),
        frames=len(near),
    )
    spectra = CrossSpectra(rate_hz=rate_hz, frame=frame, excerpts=(whole,))
    halves = irfft(np.where(spectra.in_band, cross / np.sqrt(np.abs(cross) + 1e-30), 0.0), frame, axis=1)
    curves = np.concatenate([halves[:, -search:], halves[:, : search + 1]], axis=1)
    return OnsetSpectra(spectra=spectra, curves=curves)


def _onsets(excerpts: Sequence[tuple[Mono, Mono]], rate_hz: int, margin: int) -> list[tuple[Mono, Mono, int]]:
    """The steepest onsets of the reference that have room around them."""
    step = round(_STEP_SECONDS * rate_hz)
    energies = [np.square(one[: len(one) // step * step].reshape(-1, step)).sum(axis=1) for one, _ in excerpts]
    floor = _QUIET * max((float(energy.max(initial=0.0)) for energy in energies), default=0.0)
    found = []
    for (one, other), energy in zip(excerpts, energies, strict=True):
        for place, rise in _rises(energy, floor):
            start = place * step
            if start >= margin and start + margin + round(_AFTER_SECONDS * rate_hz) <= len(other):
                found.append((rise, one, other, start))
    steepest = sorted(found, key=lambda each: each[0], reverse=True)[:_MOST]
    return [(one, other, start) for _, one, other, start in steepest]


def _rises(energy: npt.NDArray[np.float32], floor: float) -> list[tuple[int, float]]:
    if len(energy) <= _RISE_STEPS + 1:
        return []
    before = np.lib.stride_tricks.sliding_window_view(energy, _RISE_STEPS)[:-1].mean(axis=1)
    rises = energy[_RISE_STEPS:] / (before + 0.01 * floor + 1e-20)
    places = np.flatnonzero((rises > _RISE) & (energy[_RISE_STEPS:] > floor))
    kept: list[tuple[int, float]] = []
    for place in places.tolist():
        if not kept or place + _RISE_STEPS - kept[-1][0] >= _APART_STEPS:
            kept.append((place + _RISE_STEPS, float(rises[place])))
    return kept
