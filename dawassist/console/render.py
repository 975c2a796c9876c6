"""Rendering through the console: the mix, and the stem of a track, in blocks.

Plug-ins of busses are heard as `inserts` say; those of tracks are left to `blocks_of`. Tracks whose sound cannot be had
are silent.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from dawassist.console.busses import BusStage
from dawassist.console.gains import Console
from dawassist.console.inserts import BusInserts
from dawassist.console.mixing import Mixer
from dawassist.console.overrides import Overrides
from dawassist.session.model import Session, Track

Samples = npt.NDArray[np.float32]
TrackBlocks = Callable[[Session, Track, float, float, int], Iterator[Samples]]
"""(session, track, start_seconds, end_seconds, block_frames) → blocks of shape (2, frames) at the fader input."""
BLOCK_FRAMES = 16384
_NO_INSERTS: BusInserts = {}


def render_mix(
    session: Session,
    start_seconds: float,
    end_seconds: float,
    *,
    overrides: Overrides | None = None,
    block_frames: int = BLOCK_FRAMES,
    blocks_of: TrackBlocks | None = None,
    inserts: BusInserts = _NO_INSERTS,
) -> Iterator[Samples]:
    """The master output from `start_seconds` to `end_seconds` in blocks of shape (2, frames), the last one shorter."""
    console = Console(session, overrides or {})
    return _render(console, "", start_seconds, end_seconds, block_frames, blocks_of, inserts)


def render_stem(
    session: Session,
    track_guid: str,
    start_seconds: float,
    end_seconds: float,
    *,
    overrides: Overrides | None = None,
    block_frames: int = BLOCK_FRAMES,
    blocks_of: TrackBlocks | None = None,
    inserts: BusInserts = _NO_INSERTS,
) -> Iterator[Samples]:
    """What arrives at the fader of one track: its own items plus, for a folder or bus, all that feeds it.

    Solos are ignored; mutes of what feeds it count, its own does not.
    """
    console = Console(session, overrides or {})
    return _render(console, track_guid, start_seconds, end_seconds, block_frames, blocks_of, inserts)


def _render(
    console: Console, into: str, start_seconds: float, end_seconds: float, block_frames: int,
    blocks_of: TrackBlocks | None, inserts: BusInserts,
) -> Iterator[Samples]:  # fmt: skip
    session = console.session
    heard = [t for t in session.tracks if t.items and console.is_heard(t.guid, into=into)]
    guids = [t.guid for t in heard]
    mixer = Mixer(console, guids, session.sample_rate_hz, into=into)
    busses = BusStage(console, guids, inserts, into=into) if inserts else None
    late = busses.latency_frames if busses else 0
    source = blocks_of or _track_blocks
    late_seconds = late / session.sample_rate_hz
    signals = [source(session, track, start_seconds, end_seconds + late_seconds, block_frames) for track in heard]
    total = max(round((end_seconds - start_seconds) * session.sample_rate_hz), 0) + late
    skipped = 0
    for first in range(0, total, block_frames):
        frames = min(block_frames, total - first)
        samples = np.zeros((2 * len(heard), frames), dtype=np.float32)
        for place, signal in enumerate(signals):
            block = next(signal, None)
            if block is not None:
                samples[2 * place : 2 * place + 2, : block.shape[-1]] = block[:, :frames]
        at_seconds = start_seconds + first / session.sample_rate_hz
        if busses is not None:
            samples = busses.hear_all(samples, at_seconds)
        mixed = mixer.mix(samples, at_seconds - late_seconds)
        early = min(late - skipped, frames)
        skipped += early
        yield mixed[:, early:]


def _track_blocks(
    session: Session, track: Track, start_seconds: float, end_seconds: float, block_frames: int
) -> Iterator[Samples]:
    from dawassist.audio.tracks import TrackReader

    delay = track.delay_seconds
    return TrackReader(session, track).blocks(start_seconds - delay, end_seconds - delay, block_frames)
