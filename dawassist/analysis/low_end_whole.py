"""Hearing all of the low end of a few tracks together: what an effect on their sum is told from.

Half-overlapping windows of the shape that Vorbis uses: their squares add up to 1, so that every moment counts exactly
once, and what is strong in one place of the spectrum hardly shows 50 Hz away.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.cutting import Cutter
from dawassist.analysis.keys import key_of, sound_key
from dawassist.analysis.low_end import CHANNELS, HIGHEST_HZ, LowEnd, joined
from dawassist.analysis.low_end_excerpts import can_be_read
from dawassist.console.chain import chain_of
from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import Session

_WINDOW_SECONDS = 1.0  # bins of 1 Hz; a delay of 20 ms shifts a window by 2 % of it
_STEP_HOPS = 4
_SHORTEST_PAUSE_SECONDS = 3.0  # shorter ones are read along: a chain that starts anew hears one second before
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """None is worth keeping, too: all was read to find nothing."""

    low_end: LowEnd | None


def hear_whole_low_end(
    session: Session,
    segments: Mapping[str, Sequence[tuple[float, float]]],
    *,
    cache: AnalysisCache | None = None,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> LowEnd | None:
    """The low end of some tracks wherever one of them plays; None when nothing does or one cannot be read.

    `segments` gives, per track GUID, when it plays (start, end), in seconds of the project. A minute of one stereo
    track takes some 0.3 s of one core; what `cache` knows of unchanged tracks is not read. Raises Cancelled.
    """
    if not segments or not all(can_be_read(session, guid) for guid in segments):
        return None
    if cache is None:
        return _heard(session, segments, progress, is_cancelled)
    tracks = [track for guid in segments if (track := session.track(guid)) is not None]
    key = key_of("whole low end", [sound_key(session, track) for track in tracks], list(segments.items()))
    known = cache.load(key, _Heard)
    if known is None:
        known = _Heard(low_end=_heard(session, segments, progress, is_cancelled))
        cache.store(key, known)
    return known.low_end


def _heard(
    session: Session, segments: Mapping[str, Sequence[tuple[float, float]]],
    progress: Callable[[str, int, int], None], is_cancelled: Callable[[], bool],
) -> LowEnd | None:  # fmt: skip
    rate = session.sample_rate_hz
    hop = round(_WINDOW_SECONDS * rate / 2.0)
    stretches = joined([each for found in segments.values() for each in found], _SHORTEST_PAUSE_SECONDS)
    meter = _Meter(len(segments), hop, rate)
    seconds = sum(end - start for start, end in stretches)
    heard_seconds = 0.0
    for start, end in stretches:
        meter.begin()
        for samples in _together(session, tuple(segments), start - hop / rate, end + hop / rate, _STEP_HOPS * hop):
            if is_cancelled():
                raise Cancelled
            progress("Hearing what may cancel", round(min(heard_seconds, seconds)), round(seconds))
            meter.push(samples)
            heard_seconds += samples.shape[1] / rate
    return meter.low_end(tuple(segments), seconds)


class _Meter:
    """Sums of cross products of the channels of `tracks`, per bin."""

    def __init__(self, tracks: int, hop: int, rate_hz: int) -> None:
        self._hop = hop
        self._channels = CHANNELS * tracks
        sine = np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop))
        self._shape = np.sin(np.pi / 2.0 * sine**2).astype(np.float32)
        hertz = np.arange(hop + 1, dtype=np.float64) * (rate_hz / (2 * hop))
        self._frequency_hz = hertz[: int(np.searchsorted(hertz, HIGHEST_HZ))]
        self._sum = np.zeros((len(self._frequency_hz), self._channels, self._channels), dtype=np.complex128)
        self._rate = rate_hz
        self.begin()

    def begin(self) -> None:
        """A stretch with silence before it."""
        self._cutter = Cutter(self._channels, self._hop, self._hop)

    def push(self, samples: Samples) -> None:
        from scipy.fft import rfft

        windows = self._cutter.push(samples)
        if not windows.any():
            return
        bins = len(self._frequency_hz)
        spectra = np.empty((self._channels, windows.shape[1], bins), dtype=np.complex64)
        for channel, part in enumerate(windows):
            same = channel % CHANNELS and np.array_equal(part, windows[channel - 1])
            spectra[channel] = spectra[channel - 1] if same else rfft(part * self._shape)[:, :bins]
        by_bin = spectra.transpose(2, 0, 1)
        self._sum += by_bin @ by_bin.conj().swapaxes(1, 2)

    def low_end(self, guids: tuple[str, ...], seconds: float) -> LowEnd | None:
        """Powers add up to the mean square over `seconds`."""
        if not self._sum.any():
            return None
        scale = 1.0 / (self._hop * seconds * self._rate)
        return LowEnd(
            track_guids=guids, frequency_hz=self._frequency_hz, spectra=(self._sum * scale).astype(np.complex64),
            whole_seconds=seconds,
        )  # fmt: skip


def _together(
    session: Session, guids: Sequence[str], start_seconds: float, end_seconds: float, step: int
) -> Iterator[Samples]:
    """All tracks side by side, (channels, `step`), in time; each after its own plug-ins and its own delay."""
    with ExitStack() as open_files:
        played = []
        for guid in guids:
            blocks = _blocks(session, guid, start_seconds, end_seconds, step)
            played.append(open_files.enter_context(closing(blocks)))
        for _ in range(-(-round((end_seconds - start_seconds) * session.sample_rate_hz) // step)):
            yield np.concatenate([next(blocks) for blocks in played])


def _blocks(
    session: Session, guid: str, start_seconds: float, end_seconds: float, step: int
) -> Generator[Samples, None, None]:
    """Blocks of `step` frames without end: silence behind the last, and where a file is damaged."""
    from dawassist.audio.tracks import TrackReader

    track = session.track(guid)
    assert track is not None
    late = track.delay_seconds
    reader = TrackReader(session, track)
    try:
        with closing(
            chain_of(session, track).blocks(reader.blocks, start_seconds - late, end_seconds - late, step)
        ) as (found):
            for block in found:
                heard = np.zeros((CHANNELS, step), dtype=np.float32)
                heard[:, : block.shape[1]] = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
                yield heard
    except KnownError:
        pass
    while True:
        yield np.zeros((CHANNELS, step), dtype=np.float32)
