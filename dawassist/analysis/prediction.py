"""What a change would do to loudness, from the block covariance of an analysis and the gains of the console."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance import mix_loudness, track_loudness
from dawassist.analysis.loudness import HOP_SECONDS, HOPS_PER_BLOCK
from dawassist.analysis.model import BlockCovariance
from dawassist.console.gains import Console

_HALF_BLOCK_SECONDS = HOP_SECONDS * HOPS_PER_BLOCK / 2


def mix_lufs(covariance: BlockCovariance, console: Console) -> float:
    """Integrated LUFS of the master output; envelopes are followed from block to block.

    For "what if" give `Console(session, overrides)`. What plug-ins of folders and busses do is in `covariance`, or is
    not heard (see `Analysis.mix_covariance`); the master's come after.
    """
    return mix_loudness(covariance, _gains(covariance, console, ""))


def bus_lufs(covariance: BlockCovariance, console: Console, track_guid: str) -> float:
    """Integrated LUFS of what arrives at the fader of a folder or bus."""
    return mix_loudness(covariance, _gains(covariance, console, track_guid))


def contributions_lufs(covariance: BlockCovariance, console: Console) -> npt.NDArray[np.float64]:
    """Integrated LUFS of every track alone at the master output, shape (n,), with faders and pans where they stand."""
    return track_loudness(covariance, console.gain_matrices(covariance.track_guids))


def _gains(covariance: BlockCovariance, console: Console, into: str) -> npt.NDArray[np.float64]:
    guids = covariance.track_guids
    if any(console.is_moving(guid) for guid in guids):
        return console.moving_matrices(guids, covariance.block_seconds + _HALF_BLOCK_SECONDS, into=into)
    return console.gain_matrices(guids, into=into)
