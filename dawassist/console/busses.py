"""What tracks sound like behind the plug-ins of folders and busses.

Everything that is modelled treats both channels alike: a filter, or a gain over time. Such stages change places with
fader, pan and width, so that what a track adds to the mix is the console's gain times the track's signal after the
filters and gains of the busses on its way. The gains come from the sums that reach the busses in the session as it
stands; a filter is exact for any fader, a gain over time only as long as its bus gets as much as now. Where paths lead
through different busses, their signals are added as the faders and sends stand.

Plug-ins that look ahead are late; as in REAPER, all else is delayed as much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.console.biquads import Samples
from dawassist.console.dynamics import DelayLine
from dawassist.console.gains import Console, Way
from dawassist.console.inserts import BusInserts, Insert, Processor, gain_processor_of, processor_of
from dawassist.console.mixing import Mixer
from dawassist.console.pan import Matrices

Block = npt.NDArray[np.float32]
Gains = Mapping[tuple[str, int], Samples]
"""Per frame, by bus and place of the insert in its chain."""
_MOST_WAYS = 8  # of a track; what goes further ways is added to the strongest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """How late the gain of each insert of a bus is to be applied, and how late the bus is."""

    by_insert: Mapping[int, int]
    end: int


class _Drive:
    """A bus that gets the sum of tracks: from it come the gains of its dynamics."""

    def __init__(
        self, console: Console, track_guids: Sequence[str], inserts: BusInserts, bus: str,
        times: Mapping[str, _Times],
    ) -> None:  # fmt: skip
        rate = console.session.sample_rate_hz
        by_way = console.gains_by_way(inserts.keys(), into=bus)
        heard = [
            place for place, guid in enumerate(track_guids)
            if guid != bus and by_way.get(guid) and guid in console.graph.audible
        ]  # fmt: skip
        self._bus, self._rate, self._heard = bus, rate, heard
        self._columns = [_Column(_weighted(by_way[track_guids[p]]), inserts, times, rate) for p in heard]
        base = max((column.latency_frames for column in self._columns), default=0)
        for column in self._columns:
            column.delay_to(base)
        self._base_seconds = base / rate
        self._mixer = Mixer(console, [track_guids[place] for place in heard], rate, into=bus)
        self._stages = [_Stage(insert, rate) for insert in inserts[bus]]
        by_insert: dict[int, int] = {}
        for place, stage in enumerate(self._stages):
            base += stage.latency_samples
            if stage.is_gain:
                by_insert[place] = base
        self.times = _Times(by_insert=by_insert, end=base)
        self.is_needed = bool(by_insert)

    def push(self, samples: Block, start_seconds: float, gains: dict[tuple[str, int], Samples]) -> None:
        heard = [
            column.push(samples[2 * place : 2 * place + 2], gains)
            for place, column in zip(self._heard, self._columns, strict=True)
        ]
        frames = samples.shape[-1]
        arriving = np.concatenate(heard).astype(np.float32) if heard else np.zeros((0, frames), np.float32)
        signal: Samples = self._mixer.mix(arriving, start_seconds - self._base_seconds).astype(np.float64)
        for place, stage in enumerate(self._stages):
            signal, gain = stage.push(signal)
            if gain is not None:
                gains[self._bus, place] = gain


class _Stage:
    """One plug-in on a sum; `push` gives its output, and its gain where it is one over time."""

    def __init__(self, insert: Insert, rate: int) -> None:
        self._gain_processor = gain_processor_of(insert, rate)
        self._filter = processor_of(insert, rate) if self._gain_processor is None else None
        self._wet = insert.wet
        self.is_gain = self._filter is None
        self.latency_samples = self._gain_processor.latency_samples if self._gain_processor else 0
        self._delay = DelayLine(self.latency_samples)

    def push(self, signal: Samples) -> tuple[Samples, Samples | None]:
        if self._gain_processor is None:
            assert self._filter is not None
            return self._filter.push(signal), None
        gain = self._wet * self._gain_processor.gains(signal) + (1.0 - self._wet)
        return self._delay.push(signal) * gain, gain


class _Column:
    """A track's signal over all its ways, each with a weight (2, 2), None for 1, and the plug-ins on it."""

    def __init__(
        self, ways: Iterable[tuple[Way, Matrices | None]], inserts: BusInserts,
        times: Mapping[str, _Times], rate: int,
    ) -> None:  # fmt: skip
        self._ways = [(weight, _Path(way, inserts, times, rate)) for way, weight in ways]
        self.latency_frames = max((path.latency_frames for _, path in self._ways), default=0)

    def delay_to(self, frames: int) -> None:
        for _, path in self._ways:
            path.delay_to(frames)

    def push(self, samples: Block, gains: Gains) -> Samples:
        whole: Samples | None = None
        signal = samples.astype(np.float64)
        for weight, path in self._ways:
            heard = path.push(signal, gains)
            part = heard if weight is None else weight @ heard
            whole = part if whole is None else whole + part
        return signal if whole is None else whole


class _Path:
    """Filters, delays, and gains that are computed elsewhere, one after the other."""

    def __init__(
        self, way: Way, inserts: BusInserts, times: Mapping[str, _Times], rate: int
    ) -> None:  # fmt: skip
        self._steps: list[Processor | DelayLine | tuple[str, int]] = []
        self.latency_frames = 0
        for bus in way:
            for place, insert in enumerate(inserts[bus]):
                if place in times[bus].by_insert:
                    self.delay_to(times[bus].by_insert[place])
                    self._steps.append((bus, place))
                else:
                    self._steps.append(processor_of(insert, rate))

    def delay_to(self, frames: int) -> None:
        if frames > self.latency_frames:
            self._steps.append(DelayLine(frames - self.latency_frames))
            self.latency_frames = frames

    def push(self, signal: Samples, gains: Gains) -> Samples:
        for step in self._steps:
            signal = signal * gains[step] if isinstance(step, tuple) else step.push(signal)
        return signal


class BusStage:
    """The tracks `track_guids` before their faders, as they sound behind the plug-ins `inserts` of busses, by GUID.

    Times the gains of `console` (with `into`: to the fader input of that bus) they add up to the mix. `places` are
    those of `track_guids` that change; `latency_frames` is how late the result is.
    """

    def __init__(self, console: Console, track_guids: Sequence[str], inserts: BusInserts, *, into: str = "") -> None:
        rate = console.session.sample_rate_hz
        self._drives: list[_Drive] = []
        times: dict[str, _Times] = {}
        by_way = console.gains_by_way(inserts.keys(), into=into)
        used = {bus for guid in track_guids for way in by_way.get(guid, {}) for bus in way}
        for bus in reversed(console.graph.order):
            if bus in used:
                drive = _Drive(console, track_guids, inserts, bus, times)
                times[bus] = drive.times
                if drive.is_needed:
                    self._drives.append(drive)
        weighted = {place: _weighted(by_way.get(guid, {})) for place, guid in enumerate(track_guids)}
        self._columns = {
            place: _Column(ways, inserts, times, rate)
            for place, ways in weighted.items()
            if any(way for way, _ in ways)
        }
        self.latency_frames = max((column.latency_frames for column in self._columns.values()), default=0)
        if self.latency_frames:
            for place in range(len(track_guids)):
                self._columns.setdefault(place, _Column([((), None)], inserts, times, rate))
        for column in self._columns.values():
            column.delay_to(self.latency_frames)
        self.places = frozenset(self._columns)
        self.is_driven = bool(self._drives)

    def drive(self, samples: Block, start_seconds: float) -> Gains:
        """The gains of the next frames of all tracks, (2n, frames), at their fader inputs; see `hear`."""
        gains: dict[tuple[str, int], Samples] = {}
        for drive in self._drives:
            drive.push(samples, start_seconds, gains)
        return gains

    def hear(self, place: int, samples: Block, gains: Gains) -> Block:
        """The same frames of the track at one of `places`, (2, frames). Places may be heard at the same time."""
        return self._columns[place].push(samples, gains).astype(np.float32)

    def hear_all(self, samples: Block, start_seconds: float) -> Block:
        """The next frames of all tracks, (2n, frames)."""
        gains = self.drive(samples, start_seconds)
        heard = samples.copy()
        for place in self.places:
            heard[2 * place : 2 * place + 2] = self.hear(place, samples[2 * place : 2 * place + 2], gains)
        return heard


def _weighted(ways: Mapping[Way, Matrices]) -> list[tuple[Way, Matrices | None]]:
    """Each way's share of the track's whole gain, (2, 2): they add up to 1."""
    ranked = sorted(ways, key=lambda way: -float(np.abs(ways[way]).sum()))[:_MOST_WAYS]
    ranked = ranked[:1] + [way for way in ranked[1:] if ways[way].any()]
    if len(ranked) < 2:
        return [(way, None) for way in ranked]
    whole = np.sum(list(ways.values()), axis=0)
    shares = {way: np.asarray(np.linalg.pinv(whole) @ ways[way]) for way in ranked[1:]}
    return [(ranked[0], np.eye(2) - np.sum(list(shares.values()), axis=0)), *shares.items()]
