"""Hearing the low end of several tracks together: excerpts spread over where they play, after their own plug-ins."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_end import CHANNELS, HIGHEST_HZ, LowEnd, spread_excerpts
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session

_WINDOW_SECONDS = 0.34
_EXCERPTS = 30
_EXCERPT_SECONDS = 3 * _WINDOW_SECONDS  # many short ones: the sum of sparse hits, and nearly all of a short part
_READ_SECONDS = _EXCERPT_SECONDS + _WINDOW_SECONDS / 2  # half windows overlap: all of the excerpt counts as much


def hear_low_end(
    session: Session,
    segments: Mapping[str, Sequence[tuple[float, float]]],
    *,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> LowEnd | None:
    """The low end of some tracks, from excerpts spread over where they play; None when nothing does.

    `segments` gives, per track GUID, when it plays (start, end), in seconds of the project. Tracks that cannot be read
    are left out. Raises Cancelled.
    """
    rate = session.sample_rate_hz
    window = round(_WINDOW_SECONDS * rate)
    frequency_hz = np.arange(window // 2 + 1, dtype=np.float64) * (rate / window)
    bins = int(np.searchsorted(frequency_hz, HIGHEST_HZ))
    every = [segment for each in segments.values() for segment in each]
    starts = list(spread_excerpts(every, count=_EXCERPTS, seconds=_EXCERPT_SECONDS))
    guids = tuple(guid for guid in segments if can_be_read(session, guid))
    spectra = np.zeros((bins, CHANNELS * len(guids), CHANNELS * len(guids)), dtype=np.complex128)
    for done, start_seconds in enumerate(starts):
        progress("Hearing the low end", done, len(starts))
        heard: list[npt.NDArray[np.float32]] = []
        for guid in guids:
            _look(is_cancelled)
            heard.append(_excerpt(session, guid, start_seconds - _WINDOW_SECONDS / 2))
        samples = np.concatenate(heard or [np.zeros((0, window), dtype=np.float32)])
        windows = np.stack(list(_windows(samples, window, bins)), axis=-1).swapaxes(0, 1)
        _look(is_cancelled)
        spectra += windows @ windows.conj().swapaxes(1, 2)
    if not guids or not spectra.any():
        return None
    return LowEnd(
        track_guids=guids, frequency_hz=frequency_hz[:bins], spectra=(spectra / len(starts)).astype(np.complex64)
    )


def _look(is_cancelled: Callable[[], bool]) -> None:
    """Raises Cancelled. One excerpt takes some 50 ms."""
    if is_cancelled():
        raise Cancelled


def can_be_read(session: Session, guid: str) -> bool:
    """Whether a track's sound comes from files."""
    from dawassist.audio.tracks import TrackReader

    track = session.track(guid)
    return track is not None and bool(track.items) and not TrackReader(session, track).why_not_heard


def _excerpt(session: Session, guid: str, start_seconds: float) -> npt.NDArray[np.float32]:
    """(2, frames) after the track's modelled plug-ins, its own delay included; silence where a file is damaged."""
    from dawassist.audio.tracks import TrackReader
    from dawassist.console.chain import chain_of

    track = session.track(guid)
    assert track is not None
    frames = round(_READ_SECONDS * session.sample_rate_hz)
    start = start_seconds - track.delay_seconds
    heard = np.zeros((CHANNELS, frames), dtype=np.float32)
    blocks = TrackReader(session, track).blocks
    try:
        with closing(chain_of(session, track).blocks(blocks, start, start + _READ_SECONDS, frames)) as played:
            found = np.concatenate(list(played) or [heard], axis=1)[:, :frames]
    except KnownError:
        return heard
    heard[:, : found.shape[1]] = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
    return heard


def _windows(samples: npt.NDArray[np.float32], window: int, bins: int) -> Iterator[npt.NDArray[np.complex128]]:
    """Spectra (channels, bins) of half-overlapping Hann windows, scaled so that powers add up to the mean square."""
    shape = np.hanning(window)
    scale = np.sqrt(2.0 / (window * np.sum(shape**2)))
    count = max((samples.shape[1] - window) // (window // 2) + 1, 1)
    for first in range(0, count * (window // 2), window // 2):
        part = samples[:, first : first + window]
        yield np.fft.rfft(part * shape[: part.shape[1]], n=window)[:, :bins] * scale / np.sqrt(count)
