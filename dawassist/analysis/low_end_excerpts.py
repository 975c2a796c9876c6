"""Hearing the low end of several tracks together: excerpts spread over where they play, after their own plug-ins.

Track after track: a file is opened once, and what is known of an unchanged track is not read again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.keys import key_of, sound_key
from dawassist.analysis.low_end import CHANNELS, HIGHEST_HZ, LowEnd, spread_excerpts
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session, Track

_WINDOW_SECONDS = 0.34
_EXCERPTS = 30
_EXCERPT_SECONDS = 3 * _WINDOW_SECONDS  # many short ones: the sum of sparse hits, and nearly all of a short part
_READ_SECONDS = _EXCERPT_SECONDS + _WINDOW_SECONDS / 2  # half windows overlap: all of the excerpt counts as much
_BINS_AT_ONCE = 32  # of 32 tracks: 12 MB
IsCancelled = Callable[[], bool]
Spectra = npt.NDArray[np.complex64]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackExcerpts:
    """`spectra` (excerpts, 2, windows, bins), scaled so that powers add up to the mean square: 2 MB."""

    spectra: Spectra


def hear_low_end(
    session: Session,
    segments: Mapping[str, Sequence[tuple[float, float]]],
    *,
    cache: AnalysisCache | None = None,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    is_cancelled: IsCancelled = lambda: False,
) -> LowEnd | None:
    """The low end of some tracks, from excerpts spread over where they play; None when nothing does.

    `segments` gives, per track GUID, when it plays (start, end), in seconds of the project. Tracks that cannot be read
    are left out. Raises Cancelled.
    """
    every = [segment for each in segments.values() for segment in each]
    starts = list(spread_excerpts(every, count=_EXCERPTS, seconds=_EXCERPT_SECONDS))
    guids = tuple(guid for guid in segments if can_be_read(session, guid))
    tracks = [track for guid in guids if (track := session.track(guid)) is not None]
    if not tracks or not starts:
        return None
    keys = [key_of("excerpts", sound_key(session, track), starts) for track in tracks] if cache else []
    known = cache.load(key_of("low end", keys), LowEnd) if cache else None
    if known is not None:
        return known
    heard: list[Spectra] = []
    for place, track in enumerate(tracks):
        progress("Hearing the low end", place, len(tracks))
        _look(is_cancelled)
        heard.append(_known_or_heard(session, track, starts, cache, keys[place] if keys else "", is_cancelled))
    spectra = _cross_products(heard, is_cancelled) / len(starts)
    if not spectra.any():
        return None
    frequency_hz = np.arange(len(spectra), dtype=np.float64) * (session.sample_rate_hz / _window_frames(session))
    low_end = LowEnd(track_guids=guids, frequency_hz=frequency_hz, spectra=spectra.astype(np.complex64))
    if cache:
        cache.store(key_of("low end", keys), low_end)
    return low_end


def _look(is_cancelled: IsCancelled) -> None:
    """Raises Cancelled. One excerpt takes some 20 ms."""
    if is_cancelled():
        raise Cancelled


def can_be_read(session: Session, guid: str) -> bool:
    """Whether a track's sound comes from files."""
    from dawassist.audio.tracks import TrackReader

    track = session.track(guid)
    return track is not None and bool(track.items) and not TrackReader(session, track).why_not_heard


def _known_or_heard(
    session: Session, track: Track, starts: Sequence[float], cache: AnalysisCache | None, key: str,
    is_cancelled: IsCancelled,
) -> Spectra:  # fmt: skip
    known = cache.load(key, TrackExcerpts) if cache else None
    if known is not None:
        return known.spectra
    window = _window_frames(session)
    bins = int(np.ceil(HIGHEST_HZ * window / session.sample_rate_hz))
    heard = []
    for samples in _excerpts(session, track, starts):
        _look(is_cancelled)
        heard.append(_spectra(samples, window, bins))
    spectra = np.array(heard)
    if cache:
        cache.store(key, TrackExcerpts(spectra=spectra))
    return spectra


def _window_frames(session: Session) -> int:
    return round(_WINDOW_SECONDS * session.sample_rate_hz)


def _excerpts(session: Session, track: Track, starts: Sequence[float]) -> Iterator[Samples]:
    """(2, frames) each, after the track's modelled plug-ins, its own delay included; silence for damaged files."""
    from dawassist.audio.kept_open import KeptOpen
    from dawassist.audio.tracks import TrackReader
    from dawassist.console.chain import chain_of

    frames = round(_READ_SECONDS * session.sample_rate_hz)
    chain = chain_of(session, track)
    with KeptOpen() as media:
        for at in starts:
            start = at - _WINDOW_SECONDS / 2 - track.delay_seconds
            heard = np.zeros((CHANNELS, frames), dtype=np.float32)
            blocks = TrackReader(session, track, opening=media.open).blocks
            try:
                with closing(chain.blocks(blocks, start, start + _READ_SECONDS, frames)) as played:
                    found = np.concatenate(list(played) or [heard], axis=1)[:, :frames]
                heard[:, : found.shape[1]] = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
            except KnownError:
                pass
            yield heard


def _spectra(samples: Samples, window: int, bins: int) -> Spectra:
    """Of half-overlapping Hann windows, (2, windows, bins)."""
    from scipy.fft import rfft

    shape = np.hanning(window).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, window, axis=1)[:, :: window // 2]
    scale = np.float32(np.sqrt(2.0 / (window * np.sum(shape**2) * windows.shape[1])))
    is_mono = np.array_equal(samples[0], samples[1])
    found = rfft(windows[:1] * shape if is_mono else windows * shape)[..., :bins] * scale
    return np.broadcast_to(found, (CHANNELS, *found.shape[1:])).astype(np.complex64)


def _cross_products(heard: Sequence[Spectra], is_cancelled: IsCancelled) -> npt.NDArray[np.complex128]:
    """Sums over excerpts and windows, (bins, 2n, 2n)."""
    bins, channels = heard[0].shape[-1], CHANNELS * len(heard)
    found = np.zeros((bins, channels, channels), dtype=np.complex128)
    for first in range(0, bins, _BINS_AT_ONCE):
        _look(is_cancelled)
        parts = [each[..., first : first + _BINS_AT_ONCE].swapaxes(0, 1) for each in heard]
        by_channel = np.concatenate([part.reshape(CHANNELS, -1, part.shape[-1]) for part in parts])
        by_bin = np.ascontiguousarray(by_channel.transpose(2, 0, 1), dtype=np.complex128)
        found[first : first + _BINS_AT_ONCE] = by_bin @ by_bin.conj().swapaxes(1, 2)
    return found
