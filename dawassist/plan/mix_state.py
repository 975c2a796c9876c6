"""A session's balance as numbers, and what it would be with other faders and pans; nothing is rendered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance import block_powers, output_rows, track_loudness
from dawassist.analysis.loudness import HOP_SECONDS, HOPS_PER_BLOCK, gated_lufs
from dawassist.analysis.model import BlockCovariance
from dawassist.console.gains import Console
from dawassist.session.graph import Graph
from dawassist.session.model import Session
from dawassist.session.targets import Target
from dawassist.units import SILENCE_DB

_ACTIVE_DB = 15.0  # a block counts as played when it lies at most this far under the part's loudest tenth
_BURIED_DB = -10.0
_HALF_BLOCK_SECONDS = HOP_SECONDS * HOPS_PER_BLOCK / 2
Powers = npt.NDArray[np.float64]
Segments = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A part against the rest, in the 400 ms blocks where the part plays: median difference, share of buried blocks."""

    median_db: float
    buried_share: float
    blocks: int


class MixState:
    """The balance of `session` with `overrides` (raw values by target), from the covariance of its tracks.

    Envelopes of faders, pans, widths and mutes are followed from block to block.
    """

    def __init__(
        self,
        session: Session,
        covariance: BlockCovariance,
        overrides: Mapping[Target, float] | None = None,
        *,
        base: "MixState | None" = None,
    ) -> None:
        self.session = session
        self.covariance = covariance
        self._overrides = dict(overrides or {})
        self._console = Console(session, self._overrides)
        self._base = base

    def changed(self, overrides: Mapping[Target, float]) -> "MixState":
        """The same session with further controls moved."""
        return MixState(self.session, self.covariance, {**self._overrides, **overrides}, base=self)

    @property
    def session_now(self) -> Session:
        """The session with the overrides in place."""
        return self._console.session

    @property
    def graph(self) -> Graph:
        return self._console.graph

    @cached_property
    def matrices(self) -> Powers:
        """From every fader input to the master output: (n, 2, 2), or (blocks, n, 2, 2) when something is automated."""
        return self.matrices_into("")

    def matrices_into(self, bus_guid: str) -> Powers:
        """The same to what a folder or bus gets, before its plug-ins; "" is the master output."""
        guids = self.covariance.track_guids
        is_moving = self._base.matrices.ndim > 3 if self._base else any(map(self._console.is_moving, guids))
        if is_moving:
            seconds = self.covariance.block_seconds + _HALF_BLOCK_SECONDS
            return self._console.moving_matrices(guids, seconds, into=bus_guid)
        return self._console.gain_matrices(guids, into=bus_guid)

    @cached_property
    def powers(self) -> Powers:
        """K-weighted power of the mix per block; of a changed state from its base and the tracks that differ."""
        if self._base is None:
            return block_powers(self.covariance, self.matrices)
        differences = self.matrices - self._base.matrices
        other_axes = tuple(axis for axis in range(differences.ndim) if axis != differences.ndim - 3)
        moved = np.flatnonzero(np.abs(differences).max(axis=other_axes, initial=0.0))
        if 2 * len(moved) > differences.shape[-3]:  # a copy of that much would take longer than all of it in place
            return block_powers(self.covariance, self.matrices)
        channels = np.sort(np.concatenate((2 * moved, 2 * moved + 1)))
        delta = output_rows(differences)
        twice = (2.0 * output_rows(self._base.matrices) + delta).astype(np.float32)
        arriving = self.covariance.tensor[:, channels] @ np.swapaxes(twice, -1, -2)
        moved_rows = np.broadcast_to(delta[..., channels], (len(arriving), 2, len(channels)))
        change: Powers = np.einsum("bko,bok->b", arriving, moved_rows)
        powers: Powers = np.maximum(self._base.powers + change, 0.0)
        return powers

    @cached_property
    def mix_lufs(self) -> float:
        """Integrated loudness into the master chain."""
        return gated_lufs(self.powers, self.covariance.weights)

    @cached_property
    def track_lufs(self) -> Mapping[str, float]:
        """Integrated loudness of each track alone at the master, by GUID; `SILENCE_DB` for one that is not heard."""
        levels = track_loudness(self.covariance, self.matrices)
        return dict(zip(self.covariance.track_guids, levels.tolist(), strict=True))

    @cached_property
    def mean_lufs(self) -> float:
        """The mean of the tracks' loudness: what the level priors are relative to, however many tracks there are."""
        levels = [level for level in self.track_lufs.values() if level > SILENCE_DB]
        return float(np.mean(levels)) if levels else SILENCE_DB

    def relative_lu(self, guid: str) -> float:
        """The loudness of a track, relative to `mean_lufs`."""
        return self.track_lufs[guid] - self.mean_lufs

    def part_lufs(self, guids: Sequence[str]) -> float:
        """Integrated loudness of some tracks together at the master."""
        return gated_lufs(self.part_powers(guids), self.covariance.weights)

    def input_lufs(self, bus_guid: str) -> float:
        """Integrated loudness of what the plug-ins of a folder or bus get."""
        return gated_lufs(block_powers(self.covariance, self.matrices_into(bus_guid)), self.covariance.weights)

    def margin(self, guids: Sequence[str], during: Segments | None = None) -> Margin | None:
        """These tracks against all others, block by block; None when they are never heard."""
        _, difference = self.margins_db(guids, during)
        if not len(difference):
            return None
        return Margin(
            median_db=float(np.median(difference)),
            buried_share=float(np.mean(difference < _BURIED_DB)),
            blocks=len(difference),
        )

    def margins_db(self, guids: Sequence[str], during: Segments | None = None) -> tuple[Powers, Powers]:
        """Start in seconds of every block in which these tracks play, and how far they lie over all others there.

        `during` are the (start, end) in seconds in which what they hear of others does not dominate, where it may.
        """
        part = self.part_powers(guids)
        chosen = np.isin(self.covariance.track_guids, guids)
        rest = block_powers(self.covariance, self.matrices * ~chosen[:, None, None])
        if part.max(initial=0.0) <= 0.0:
            return np.zeros(0), np.zeros(0)
        loud = np.percentile(part[part > 0.0], 90)
        plays = part > loud * 10.0 ** (-_ACTIVE_DB / 10.0)
        if during is not None:
            middle = self.covariance.block_seconds + _HALF_BLOCK_SECONDS
            plays &= np.any([(middle >= start) & (middle < end) for start, end in during], axis=0)
        return self.covariance.block_seconds[plays], 10.0 * np.log10(part[plays] / np.maximum(rest[plays], 1e-15))

    def part_powers(self, guids: Sequence[str]) -> Powers:
        """K-weighted power per block of some tracks together, from their part of the covariance alone."""
        part, places = part_of(self.covariance, guids)
        return block_powers(part, self.matrices[..., places, :, :])


def part_of(covariance: BlockCovariance, guids: Collection[str]) -> tuple[BlockCovariance, list[int]]:
    """The covariance of some tracks alone, and their places in the whole."""
    wanted = set(guids)
    places = [place for place, guid in enumerate(covariance.track_guids) if guid in wanted]
    channels = [channel for place in places for channel in (2 * place, 2 * place + 1)]
    part = BlockCovariance(
        track_guids=tuple(covariance.track_guids[place] for place in places),
        tensor=covariance.tensor[np.ix_(range(len(covariance.tensor)), channels, channels)],
        block_seconds=covariance.block_seconds,
        is_exact=covariance.is_exact,
        weights=covariance.weights,
    )
    return part, places


@lru_cache(maxsize=1)
def standing_mix(session: Session, covariance: BlockCovariance) -> MixState:
    """The balance of a session as it stands; of the latest session it is kept, with what was computed of it."""
    return MixState(session, covariance)
