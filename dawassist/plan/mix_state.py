"""A session's balance as numbers, and what it would be with other faders and pans; nothing is rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance import block_powers, mix_loudness, track_loudness
from dawassist.analysis.model import BlockCovariance
from dawassist.console.gains import Console
from dawassist.session.graph import Graph
from dawassist.session.model import Session
from dawassist.session.targets import Target
from dawassist.units import SILENCE_DB

_ACTIVE_DB = 15.0  # a block counts as played when it lies at most this far under the part's loudest tenth
_BURIED_DB = -10.0
Powers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A part against the rest, in the 400 ms blocks where the part plays: median difference, share of buried blocks."""

    median_db: float
    buried_share: float
    blocks: int


class MixState:
    """The balance of `session` with `overrides` (raw values by target), from the covariance of its tracks."""

    def __init__(
        self, session: Session, covariance: BlockCovariance, overrides: Mapping[Target, float] | None = None
    ) -> None:
        self.session = session
        self.covariance = covariance
        self._overrides = dict(overrides or {})
        self._console = Console(session, self._overrides)

    def changed(self, overrides: Mapping[Target, float]) -> "MixState":
        """The same session with further controls moved."""
        return MixState(self.session, self.covariance, {**self._overrides, **overrides})

    @property
    def graph(self) -> Graph:
        return self._console.graph

    @cached_property
    def matrices(self) -> Powers:
        return self._console.gain_matrices(self.covariance.track_guids)

    @cached_property
    def mix_lufs(self) -> float:
        """Integrated loudness into the master chain."""
        return mix_loudness(self.covariance, self.matrices)

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
        return mix_loudness(self.covariance, self._only(guids))

    def margin(self, guids: Sequence[str]) -> Margin | None:
        """These tracks against all others, block by block; None when they are never heard."""
        part = block_powers(self.covariance, self._only(guids))
        rest = block_powers(self.covariance, self.matrices - self._only(guids))
        if part.max(initial=0.0) <= 0.0:
            return None
        loud = np.percentile(part[part > 0.0], 90)
        plays = part > loud * 10.0 ** (-_ACTIVE_DB / 10.0)
        difference = 10.0 * np.log10(part[plays] / np.maximum(rest[plays], 1e-15))
        return Margin(
            median_db=float(np.median(difference)),
            buried_share=float(np.mean(difference < _BURIED_DB)),
            blocks=int(plays.sum()),
        )

    def _only(self, guids: Sequence[str]) -> Powers:
        chosen = np.array([guid in guids for guid in self.covariance.track_guids], dtype=np.float64)
        return self.matrices * chosen[:, None, None]
