"""Two tracks less what other tracks explain of them: bleed that both hear says nothing of a source of their own.

Per bin, the combination of the other tracks that comes closest to a track is taken away (conditioned spectra, Bendat &
Piersol, Random Data, 4th ed., chapter 7). Both tracks lose what lies in the same space, so that the phase between what
is left of their source is not moved, even where it bleeds into the others.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.alignment.spectra import HIGH_HZ, Mono, Spectra, frame_length

_FRAMES_PER_TRACK = 8  # fewer would fit anything
_RIDGE = 1e-3  # of the mean power of the other tracks in a bin
_LEAST_POWER = 1e-12  # of the strongest bin
_SAME_SOURCE = 0.5  # of the energy of one of both, explained by one track: bleed explains a fifth at −6 dB
_TINY = 1e-30


def conditioned(
    excerpts: Sequence[tuple[Mono, Mono]], others: Sequence[Sequence[Mono]], rate_hz: int
) -> tuple[list[tuple[Mono, Mono]], list[int]]:
    """The excerpts without what the others explain, and the places of those that were taken away.

    `others` are heard at the times of each excerpt, the ones that matter most first; as many are used as can be, and no
    further microphone of the source itself.
    """
    frame = frame_length(rate_hz)
    pairs = [_frames(signals, frame) for signals in excerpts]
    counts = [part.shape[1] for part in pairs]
    most = sum(counts) // _FRAMES_PER_TRACK
    rest = [_frames(signals[:most], frame) for signals in others]
    left = np.concatenate(pairs, axis=1)
    heard = slice(round(HIGH_HZ * frame / rate_hz) + 1)  # no estimator listens above
    left[..., heard], used = _less_explained(left[..., heard], np.concatenate(rest, axis=1)[..., heard])
    parts = np.split(left, np.cumsum(counts)[:-1], axis=1)
    cleaned = [
        (_joined(part[0], frame, len(one)), _joined(part[1], frame, len(other)))
        for part, (one, other) in zip(parts, excerpts, strict=True)
    ]
    return cleaned, used


def _less_explained(pair: Spectra, others: Spectra) -> tuple[Spectra, list[int]]:
    """Shapes (2 or tracks, frames, bins); least squares over the frames, bin by bin."""
    wanted, known = (np.ascontiguousarray(each.transpose(2, 1, 0)) for each in (pair, others))
    adjoint = known.conj().transpose(0, 2, 1)
    products, shared = adjoint @ known, adjoint @ wanted
    powers = np.einsum("fkk->fk", products).real
    alone = np.square(np.abs(shared)) / (powers + _TINY)[..., None]
    shares = alone.sum(axis=0) / (np.square(np.abs(wanted)).sum(axis=(0, 1)) + _TINY)
    used = np.flatnonzero(shares.max(axis=1) < _SAME_SOURCE)
    if not len(used):
        return pair, []
    ridge = _RIDGE * powers[:, used].mean(axis=1) + _LEAST_POWER * powers.max() + _TINY
    products = products[:, used[:, None], used] + ridge[:, None, None] * np.eye(len(used), dtype=np.float32)
    explained = known[..., used] @ np.linalg.solve(products, shared[:, used])
    return (wanted - explained).transpose(2, 1, 0), used.tolist()


def _frames(signals: Sequence[Mono], frame: int) -> Spectra:
    """Half-overlapping Hann frames that add up to the signals, shape (signals, frames, bins)."""
    from scipy.fft import rfft

    padded = np.pad(np.asarray(signals), ((0, 0), (frame // 2, frame)))
    cut = np.lib.stride_tricks.sliding_window_view(padded, frame, axis=1)[:, :: frame // 2]
    found: Spectra = rfft(cut * _window(frame), axis=2)
    return found


def _joined(spectra: npt.NDArray[np.complex64], frame: int, length: int) -> Mono:
    from scipy.fft import irfft

    step = frame // 2
    parts = irfft(spectra, frame, axis=1)
    found = np.zeros((len(parts) + 1) * step, dtype=np.float32)
    for place, part in enumerate(parts):
        found[place * step : place * step + frame] += part
    return found[step : step + length]


def _window(frame: int) -> Mono:
    return np.hanning(frame + 1)[:-1].astype(np.float32)
