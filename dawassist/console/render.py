"""Rendering through the console: the mix, and the stem of a track, in blocks.

Plug-ins are passed through (see `dawassist.console.unmodelled`); tracks whose sound cannot be had are silent.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from dawassist.console.gains import Console
from dawassist.console.mixing import Mixer
from dawassist.console.overrides import Overrides
from dawassist.session.model import Session, Track

Samples = npt.NDArray[np.float32]
TrackBlocks = Callable[[Session, Track, float, float, int], Iterator[Samples]]
"""(session, track, start_seconds, end_seconds, block_frames) → blocks of shape (2, frames) at the fader input."""
BLOCK_FRAMES = 16384


def render_mix(
    session: Session,
    start_seconds: float,
    end_seconds: float,
    *,
    overrides: Overrides | None = None,
    block_frames: int = BLOCK_FRAMES,
    blocks_of: TrackBlocks | None = None,
) -> Iterator[Samples]:
    """The master output from `start_seconds` to `end_seconds` in blocks of shape (2, frames), the last one shorter."""
    return _render(Console(session, overrides or {}), "", start_seconds, end_seconds, block_frames, blocks_of)


def render_stem(
    session: Session,
    track_guid: str,
    start_seconds: float,
    end_seconds: float,
    *,
    overrides: Overrides | None = None,
    block_frames: int = BLOCK_FRAMES,
    blocks_of: TrackBlocks | None = None,
) -> Iterator[Samples]:
    """What arrives at the fader of one track: its own items plus, for a folder or bus, all that feeds it.

    Solos are ignored; mutes of what feeds it count, its own does not.
    """
    return _render(Console(session, overrides or {}), track_guid, start_seconds, end_seconds, block_frames, blocks_of)


def _render(
    console: Console, into: str, start_seconds: float, end_seconds: float, block_frames: int,
    blocks_of: TrackBlocks | None,
) -> Iterator[Samples]:  # fmt: skip
    session = console.session
    heard = [t for t in session.tracks if t.items and console.is_heard(t.guid, into=into)]
    mixer = Mixer(console, [t.guid for t in heard], session.sample_rate_hz, into=into)
    source = blocks_of or _track_blocks
    signals = [source(session, track, start_seconds, end_seconds, block_frames) for track in heard]
    total = max(round((end_seconds - start_seconds) * session.sample_rate_hz), 0)
    for first in range(0, total, block_frames):
        frames = min(block_frames, total - first)
        samples = np.zeros((2 * len(heard), frames), dtype=np.float32)
        for place, signal in enumerate(signals):
            block = next(signal, None)
            if block is not None:
                samples[2 * place : 2 * place + 2, : block.shape[-1]] = block[:, :frames]
        yield mixer.mix(samples, start_seconds + first / session.sample_rate_hz)


def _track_blocks(
    session: Session, track: Track, start_seconds: float, end_seconds: float, block_frames: int
) -> Iterator[Samples]:
    from dawassist.audio.tracks import TrackReader

    delay = track.delay_seconds
    return TrackReader(session, track).blocks(start_seconds - delay, end_seconds - delay, block_frames)
