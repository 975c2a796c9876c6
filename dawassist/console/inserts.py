"""A track's plug-ins as processors in series, fed block by block.

Processors take and give blocks of float64, shape (2, frames), and keep their state between blocks; what they give
does not depend on the size of the blocks.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dawassist.console.biquads import Samples
from dawassist.console.compressor import Compressor, CompressorSettings
from dawassist.console.dynamics import DelayLine
from dawassist.console.equalizer import Equalizer, EqualizerSettings
from dawassist.console.gate import Gate, GateSettings
from dawassist.console.prefx import PreFxGain, pre_fx_envelopes
from dawassist.console.unmodelled import UnmodelledFx
from dawassist.session.model import Track
from dawassist.units import db_to_gain

Block = npt.NDArray[np.float32]
_PRE_ROLL_SECONDS = 1.0  # a chain that starts within the project hears this much before


class Processor(Protocol):
    """`latency_samples`: by how much the output is late; REAPER takes it out again (plug-in delay compensation)."""

    latency_samples: int

    def push(self, block: Samples) -> Samples: ...


class BlockSource(Protocol):
    """(start_seconds, end_seconds, block_frames) → blocks of shape (2, frames), such as `TrackReader.blocks`."""

    def __call__(self, start_seconds: float, end_seconds: float, block_frames: int, /) -> Iterator[Block]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSettings:
    """A gain and, after it, a limit that cuts off what is above it."""

    gain_db: float
    ceiling_db: float


Settings = EqualizerSettings | CompressorSettings | GateSettings | VolumeSettings


class Volume:
    latency_samples = 0

    def __init__(self, settings: VolumeSettings) -> None:
        self._gain, self._ceiling = db_to_gain(settings.gain_db), db_to_gain(settings.ceiling_db)

    def push(self, block: Samples) -> Samples:
        return np.clip(block * self._gain, -self._ceiling, self._ceiling)

    def gains(self, block: Samples) -> Samples:
        """What the block is multiplied with, per frame; where one side is limited, both are."""
        peaks = np.abs(block).max(axis=0) * self._gain
        return np.asarray(self._gain * np.minimum(1.0, self._ceiling / np.maximum(peaks, self._ceiling)))


class GainProcessor(Processor, Protocol):
    """One that multiplies both channels with the same gain, which it takes from what it gets."""

    def gains(self, block: Samples) -> Samples: ...


class WetMix:
    """A processor behind REAPER's own wet control of a plug-in (0..1); the dry signal is delayed as the wet one is."""

    def __init__(self, processor: Processor, wet: float) -> None:
        self.latency_samples = processor.latency_samples
        self._processor = processor
        self._wet = wet
        self._dry = DelayLine(processor.latency_samples)

    def push(self, block: Samples) -> Samples:
        return self._wet * self._processor.push(block) + (1.0 - self._wet) * self._dry.push(block)


class Inserts:
    """Processors in series, running. Without any, blocks pass untouched."""

    def __init__(self, processors: Sequence[Processor]) -> None:
        self._processors = tuple(processors)
        self.latency_samples = sum(processor.latency_samples for processor in processors)

    def process(self, block: Block) -> Block:
        """The next block, (2, frames), float32; `latency_samples` late."""
        if not self._processors:
            return block
        signal: Samples = block.astype(np.float64)
        for processor in self._processors:
            signal = processor.push(signal)
        return signal.astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """One plug-in that is modelled, with REAPER's own wet control (0..1)."""

    settings: Settings
    wet: float = 1.0


BusInserts = Mapping[str, tuple[Insert, ...]]
"""What busses do to what feeds them, by GUID."""


def processor_of(insert: Insert, sample_rate_hz: int) -> Processor:
    """The processor of one plug-in, in its first state."""
    processor: Processor
    match insert.settings:
        case EqualizerSettings():
            processor = Equalizer(insert.settings, sample_rate_hz)
        case _:
            gain_processor = gain_processor_of(insert, sample_rate_hz)
            assert gain_processor is not None
            processor = gain_processor
    return processor if insert.wet == 1.0 else WetMix(processor, insert.wet)


def gain_processor_of(insert: Insert, sample_rate_hz: int) -> GainProcessor | None:
    """The processor of a plug-in that is a gain over time, without its wet control; None for a filter."""
    match insert.settings:
        case CompressorSettings():
            return Compressor(insert.settings, sample_rate_hz)
        case GateSettings():
            return Gate(insert.settings, sample_rate_hz)
        case VolumeSettings():
            return Volume(insert.settings)
        case EqualizerSettings():
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What is known of a track's own plug-ins: `inserts` are those before the first one of `unmodelled`.

    Where `unmodelled` is not empty the track is heard before its plug-ins, `inserts` and pre-FX envelopes included.
    """

    track: Track
    sample_rate_hz: int
    inserts: tuple[Insert, ...]
    unmodelled: tuple[UnmodelledFx, ...]

    @property
    def is_modelled(self) -> bool:
        return not self.unmodelled

    @property
    def latency_samples(self) -> int:
        return sum(processor_of(insert, self.sample_rate_hz).latency_samples for insert in self.inserts)

    def start(self, at_seconds: float) -> Inserts:
        """The chain running from a place in the project on; the first block that it gets begins there."""
        before = [PreFxGain(self.track, self.sample_rate_hz, at_seconds)] if pre_fx_envelopes(self.track) else []
        return Inserts([*before, *(processor_of(insert, self.sample_rate_hz) for insert in self.inserts)])

    def blocks(
        self, source: BlockSource, start_seconds: float, end_seconds: float, block_frames: int
    ) -> Generator[Block, None, None]:
        """What `source` plays, after the chain and in time: latencies are taken out, and the second before is heard.

        `source` reads the track's items on their own time line: where the track is delayed, both times are earlier
        than the project's by its delay (see `Track.delay_seconds`).
        """
        rate = self.sample_rate_hz
        first = round(start_seconds * rate)
        begin = min(first, max(first - round(_PRE_ROLL_SECONDS * rate), 0)) if self.inserts else first
        running = self.start(begin / rate + self.track.delay_seconds)
        late = running.latency_samples
        for block in source(begin / rate, (first + late) / rate, block_frames):
            running.process(block)
        for block in source((first + late) / rate, (round(end_seconds * rate) + late) / rate, block_frames):
            yield running.process(block)
