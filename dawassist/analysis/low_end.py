"""What the low end of several tracks together does under other faders, polarities and delays, without rendering it.

Cross-spectra of a few excerpts hold what gains and times do to a sum: with G the gain and τ the delay of every
channel, the energy of the sum at frequency f is trace(H S Hᴴ), H = G · exp(−2πi f τ). That is exact up to the windows'
length for delays that are short against it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.pairs import TrackPair
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session

HIGHEST_HZ = 2000.0
_WINDOW_SECONDS = 0.34
_EXCERPTS = 10
_EXCERPT_SECONDS = 3.0
_CHANNELS = 2
_MOST_TRACKS = 32
Gains = Mapping[str, npt.NDArray[np.float64]]
"""Per track GUID the (2, 2) gain from its fader input to the output, rows out, columns in."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LowEnd:
    """`spectra` has shape (bins, 2n, 2n), complex64: mean cross products of the channels of `track_guids` at their
    fader inputs, ordered (left 0, right 0, left 1, …); `frequency_hz` are the bins, up to 2 kHz.
    """

    track_guids: tuple[str, ...]
    frequency_hz: npt.NDArray[np.float64]
    spectra: npt.NDArray[np.complex64]

    def powers(self, gains: Gains, later_seconds: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """Power of the sum of the tracks in `gains` per bin; `later_seconds` delays tracks beyond what they have."""
        chosen = [guid for guid in self.track_guids if guid in gains]
        places = [self.track_guids.index(guid) for guid in chosen]
        channels = [_CHANNELS * place + side for place in places for side in range(_CHANNELS)]
        rows = np.concatenate([gains[guid] for guid in chosen] or [np.zeros((2, 0))], axis=1)
        delays = np.repeat([later_seconds.get(guid, 0.0) for guid in chosen], _CHANNELS)
        phases = np.exp(-2j * np.pi * self.frequency_hz[:, None] * delays)
        heard = rows[None] * phases[:, None, :]
        part = self.spectra[:, channels][:, :, channels]
        total: npt.NDArray[np.float64] = np.einsum("fok,fkl,fol->f", heard, part, heard.conj(), optimize=True).real
        return np.maximum(total, 0.0)

    def energy(self, gains: Gains, later_seconds: Mapping[str, float], low_hz: float, high_hz: float) -> float:
        """Power of the sum from `low_hz` up to `high_hz`."""
        inside = (self.frequency_hz >= low_hz) & (self.frequency_hz < high_hz)
        return float(self.powers(gains, later_seconds)[inside].sum())


def tracks_to_hear(pairs: Sequence[TrackPair]) -> tuple[str, ...]:
    """The tracks of these pairs, those of the most alike first; at most 32, and none when none can be told.

    A pair that fits as recorded matters beside others: turning one of it changes its sum with a third.
    """
    if all(pair.verdict == "unsure" for pair in pairs):
        return ()
    alike = sorted(pairs, key=lambda pair: pair.residual_db)
    guids = dict.fromkeys(guid for pair in alike for guid in (pair.reference_guid, pair.other_guid))
    return tuple(guids)[:_MOST_TRACKS]


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
    guids = tuple(guid for guid in segments if _can_be_read(session, guid))
    spectra = np.zeros((bins, _CHANNELS * len(guids), _CHANNELS * len(guids)), dtype=np.complex128)
    for done, start_seconds in enumerate(starts):
        progress("Hearing the low end", done, len(starts))
        heard: list[npt.NDArray[np.float32]] = []
        for guid in guids:
            _look(is_cancelled)
            heard.append(_excerpt(session, guid, start_seconds))
        samples = np.concatenate(heard or [np.zeros((0, window), dtype=np.float32)])
        for spectrum in _windows(samples, window, bins):
            _look(is_cancelled)
            spectra += np.einsum("kf,lf->fkl", spectrum, spectrum.conj())
    if not guids or not spectra.any():
        return None
    return LowEnd(
        track_guids=guids, frequency_hz=frequency_hz[:bins], spectra=(spectra / len(starts)).astype(np.complex64)
    )


def _look(is_cancelled: Callable[[], bool]) -> None:
    """Raises Cancelled. One excerpt or spectrum takes some 50 ms."""
    if is_cancelled():
        raise Cancelled


def spread_excerpts(segments: Sequence[tuple[float, float]], *, count: int, seconds: float) -> Iterator[float]:
    """Starts of at most `count` excerpts, evenly spread over the time in which anything plays, no second twice."""
    merged: list[list[float]] = []
    for start, end in sorted(segments):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    total = sum(end - start for start, end in merged)
    count = min(count, max(int(total // seconds), 1)) if total > 0.0 else 0
    for number in range(count):
        left = total * (number + 0.5) / count - min(seconds, total / count) / 2
        for start, end in merged:
            if left < end - start:
                yield max(start + left, start)
                break
            left -= end - start


def _can_be_read(session: Session, guid: str) -> bool:
    from dawassist.audio.tracks import TrackReader

    track = session.track(guid)
    return track is not None and bool(track.items) and not TrackReader(session, track).why_not_heard


def _excerpt(session: Session, guid: str, start_seconds: float) -> npt.NDArray[np.float32]:
    """(2, frames) as heard at the fader input, the track's own delay included; silence where a file is damaged."""
    from dawassist.audio.tracks import read_track

    track = session.track(guid)
    assert track is not None
    frames = round(_EXCERPT_SECONDS * session.sample_rate_hz)
    start = start_seconds - track.delay_seconds
    heard = np.zeros((_CHANNELS, frames), dtype=np.float32)
    try:
        found = read_track(session, track, start, start + _EXCERPT_SECONDS)[:, :frames]
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
