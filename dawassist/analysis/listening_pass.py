"""One pass over a session, time-major: the same seconds of all tracks at once, each sample read once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from time import monotonic

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance import CovarianceMeter
from dawassist.analysis.covariance_rows import RowProducts
from dawassist.analysis.cutting import square_sums
from dawassist.analysis.jobs import IsCancelled, run_all
from dawassist.analysis.k_weighting import KWeighting
from dawassist.analysis.listening import Listener
from dawassist.analysis.loudness import RunningGate, hop_frames
from dawassist.analysis.signal_meter import CHANNELS, SignalMeter
from dawassist.console.busses import BusStage, Gains
from dawassist.console.mixing import Mixer

Samples = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
LevelsSoFar = Callable[[Mapping[str, float]], None]
HOPS_PER_BLOCK = 10
_MOST_BLOCKS_PER_CHUNK = 4
_BETWEEN_ROWS = 48  # samples: rows a multiple of 1 KiB apart compete for the same lines of the processor's cache
_BUFFER_LIMIT_BYTES = 400 * 2**20
_LEVELS_EVERY_SECONDS = 0.5


class ListeningPass:
    """The buffers of one pass: while the tracks fill one set, the set before is summed and correlated.

    The first chunk is a block of 1 s, so that levels come early; the others have up to four, as memory allows.

    `measured` are the GUIDs of the tracks whose meters run; `mixer` and `mix` take the sum of all tracks, and with them
    `covariance` their products. With `busses` the mix is that of the tracks behind them, and `behind` takes the
    products there. `levels` gets the loudness of every measured track so far, twice a second.
    """

    def __init__(
        self,
        heard: Sequence[Listener],
        sample_rate_hz: int,
        frames: int,
        start_seconds: float,
        *,
        measured: Collection[str],
        mixer: Mixer | None = None,
        covariance: CovarianceMeter | None = None,
        busses: BusStage | None = None,
        behind: CovarianceMeter | None = None,
        levels: LevelsSoFar = lambda _levels: None,
    ) -> None:
        self._rate = sample_rate_hz
        self._heard = heard
        self._start_seconds = start_seconds
        self._hop_frames = hop_frames(sample_rate_hz)
        block = HOPS_PER_BLOCK * self._hop_frames
        buffers = 8 if busses is not None else 4
        bytes_per_block = buffers * CHANNELS * len(heard) * block * np.dtype(np.float32).itemsize
        blocks = min(max(_BUFFER_LIMIT_BYTES // max(bytes_per_block, 1), 1), _MOST_BLOCKS_PER_CHUNK)
        self._starts: list[int] = [0, *range(block, frames, blocks * block)] if heard and frames else []
        self._ends: list[int] = [*self._starts[1:], frames]
        self._stop = Event()
        self._measured = frozenset(measured)
        self._mixer = mixer
        self._covariance = covariance
        self._busses = busses
        self._behind = behind
        self._columns = next((each.columns for each in (covariance, behind) if each is not None), None)
        self._weightings = {place: KWeighting(sample_rate_hz, CHANNELS) for place in busses.places} if busses else {}
        self._rows = None if covariance is None else covariance.rows
        self._products: RowProducts | None = None
        if covariance is not None and covariance.rows is not None:
            self._products = RowProducts(sample_rate_hz, CHANNELS * len(heard), covariance.columns)
        self._levels = levels
        self._next_levels = 0.0
        self.mix = SignalMeter(sample_rate_hz)
        self._gate = RunningGate()

    def listen(self, pool: ThreadPoolExecutor, progress: Progress, is_cancelled: IsCancelled) -> None:
        """Raises Cancelled."""
        chunks = len(self._starts)
        longest = max(map(self._frames_of, range(chunks)), default=0)
        channels, hops = CHANNELS * len(self._heard), longest // self._hop_frames
        columns = 0 if self._columns is None else self._columns.count
        sets = [(_rows(channels, longest), _rows(channels, hops * columns)) for _ in range(2)]
        behind = sets if self._busses is None else [(np.zeros_like(a), np.zeros_like(b)) for a, b in sets]
        for chunk in range(chunks + 1):
            progress("Listening", chunk, chunks)
            jobs: list[Callable[[], object]] = []
            if chunk > 0:
                jobs += self._of_what_was_read(chunk - 1, *sets[(chunk - 1) % 2], *behind[(chunk - 1) % 2])
            if chunk < chunks:
                jobs += self._reading(chunk, *sets[chunk % 2])
            run_all(pool, jobs, lambda: self._is_cancelled(is_cancelled))
            if chunk < chunks and self._busses is not None:
                jobs = self._hearing_behind(self._busses, chunk, *sets[chunk % 2], *behind[chunk % 2])
                run_all(pool, jobs, lambda: self._is_cancelled(is_cancelled))
            self._tell_levels()

    def _is_cancelled(self, is_cancelled: IsCancelled) -> bool:
        if is_cancelled():
            self._stop.set()
        return self._stop.is_set()

    def _tell_levels(self) -> None:
        now = monotonic()
        if now >= self._next_levels:
            self._next_levels = now + _LEVELS_EVERY_SECONDS
            measured = [listener for listener in self._heard if listener.track.guid in self._measured]
            self._levels({listener.track.guid: listener.loudness_so_far() for listener in measured})

    def _of_what_was_read(
        self, chunk: int, samples: Samples, spectra: Samples, after: Samples, spectra_after: Samples
    ) -> Iterator[Callable[[], object]]:
        """A few jobs of about the same length: two threads have something to do even if little is to be measured."""
        if self._is_apart:
            frames, is_last = self._frames_of(chunk), chunk == len(self._starts) - 1
            for place, listener in enumerate(self._heard):
                if listener.track.guid in self._measured:
                    pair = slice(CHANNELS * place, CHANNELS * place + CHANNELS)
                    yield from listener.halves(samples[pair, :frames], is_last=is_last)
        else:
            if self._products is not None:
                yield partial(self._multiply, chunk, samples, spectra)
            yield partial(self._combine, chunk, spectra, after, spectra_after)

    @property
    def _is_apart(self) -> bool:
        """Whether tracks are only measured, each for itself."""
        return self._mixer is None

    def _reading(self, chunk: int, samples: Samples, spectra: Samples) -> Iterator[Callable[[], None]]:
        frames = self._frames_of(chunk)
        for place in range(len(self._heard)):
            pair = slice(CHANNELS * place, CHANNELS * place + CHANNELS)
            yield partial(self._hear, place, chunk, samples[pair, :frames], spectra[pair])

    def _hear(self, place: int, chunk: int, samples: Samples, spectra: Samples) -> None:
        listener = self._heard[place]
        is_row = self._covariance is not None and (self._rows is None or CHANNELS * place in self._rows)
        is_wanted = is_row or (self._behind is not None and place not in self._weightings)
        listener.read(samples)
        if self._is_apart:
            return
        if listener.track.guid in self._measured:
            weighted = listener.measure(samples, is_last=chunk == len(self._starts) - 1)
        elif is_wanted:
            weighted = listener.weight(samples)
        else:
            return
        if is_wanted:
            self._take(weighted, chunk, spectra)

    def _take(self, weighted: Samples, chunk: int, spectra: Samples) -> None:
        assert self._columns is not None
        hops = weighted.shape[1]
        taken = spectra[:, : hops * self._columns.count].reshape(CHANNELS, hops, self._columns.count)
        self._columns.take(weighted, self._first_hop(chunk), taken)

    def _hearing_behind(
        self, busses: BusStage, chunk: int, samples: Samples, spectra: Samples, after: Samples, spectra_after: Samples
    ) -> list[Callable[[], object]]:
        """What tracks sound like behind busses: a barrier, as the busses get the sums of this chunk."""
        frames = self._frames_of(chunk)
        gains = busses.drive(samples[:, :frames], self._start_of(chunk))
        jobs: list[Callable[[], object]] = []
        for place in range(len(self._heard)):
            pair = slice(CHANNELS * place, CHANNELS * place + CHANNELS)
            if place in busses.places:
                own = samples[pair, :frames], after[pair, :frames], spectra_after[pair]
                jobs.append(partial(self._hear_behind, busses, gains, place, chunk, *own))
            else:
                after[pair], spectra_after[pair] = samples[pair], spectra[pair]
        return jobs

    def _hear_behind(
        self, busses: BusStage, gains: Gains, place: int, chunk: int, samples: Samples, after: Samples, spectra: Samples
    ) -> None:
        after[:] = busses.hear(place, samples, gains)
        if self._behind is not None:
            self._take(self._weightings[place].push(after), chunk, spectra)

    def _combine(self, chunk: int, spectra: Samples, after: Samples, spectra_after: Samples) -> None:
        mixed = self._sum(chunk, after)
        is_wanted = self._covariance is not None and self._products is None
        if not is_wanted and self._behind is None:
            return
        loud = self._gate.passing(square_sums(mixed).sum(axis=0))[: self._frames_of(chunk) // self._hop_frames]
        if self._behind is not None:
            self._behind.push(self._taken(chunk, spectra_after), loud)
        if self._covariance is not None and is_wanted:
            self._covariance.push(self._taken(chunk, spectra), loud)

    def _sum(self, chunk: int, samples: Samples) -> Samples:
        """Measures the mix; returns its K-weighted hops."""
        assert self._mixer is not None
        mixed = self.mix.push(self._mixer.mix(samples[:, : self._frames_of(chunk)], self._start_of(chunk)))
        if chunk == len(self._starts) - 1:
            self.mix.finish()
        return mixed

    def _multiply(self, chunk: int, samples: Samples, spectra: Samples) -> None:
        assert self._products is not None
        assert self._covariance is not None
        rows = self._taken(chunk, spectra)[self._rows]
        self._covariance.push_rows(self._products.push(samples[:, : self._frames_of(chunk)], rows))

    def _taken(self, chunk: int, spectra: Samples) -> Samples:
        """What a covariance takes of all channels, (channels, hops, columns)."""
        assert self._columns is not None
        hops, columns = self._frames_of(chunk) // self._hop_frames, self._columns.count
        return spectra[:, : hops * columns].reshape(len(spectra), hops, columns)

    def _start_of(self, chunk: int) -> float:
        return self._start_seconds + self._starts[chunk] / self._rate

    def _first_hop(self, chunk: int) -> int:
        return self._starts[chunk] // self._hop_frames

    def _frames_of(self, chunk: int) -> int:
        return self._ends[chunk] - self._starts[chunk]


def _rows(count: int, length: int) -> Samples:
    """Apart in memory, so that they do not compete for the same lines of the processor's cache."""
    return np.zeros((count, length + _BETWEEN_ROWS), dtype=np.float32)
