"""What an adapter of a session (live REAPER, a project file) must promise.

Reading never changes the session and never marks it modified. `apply` is all or nothing, compare-and-set, and a
repeat of the same transaction id returns the stored receipt without writing again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from dawassist.session.model import Session
from dawassist.transaction import Receipt, Transaction

Progress = Callable[[str, int, int], None]  # what is being read or rendered, done, total
IsCancelled = Callable[[], bool]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For callers who do not watch."""


def never_cancelled() -> bool:
    """For callers who do not stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """A cheap look at the session: is it still the same project, has it moved, what is its transport doing."""

    project_path: str
    change_count: int
    transport: Literal["stopped", "playing", "paused", "recording", "none"]  # none: a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The file of each track's GUID, and of the others why there is none, as a sentence."""

    files: Mapping[str, Path]
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLoudness:
    """LUFS-I as the host measures it: of tracks after their faders, of the master after its chain; by GUID.

    `units.SILENCE_DB` for silence; `failures` are sentences.
    """

    integrated_lufs: Mapping[str, float]
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackState:
    """Digests of all that the host would save of a track, and of what is heard at its fader input.

    Equal digests: equal items, notes, plug-in states. "" where the host cannot tell.
    """

    whole: str = ""
    before_fader: str = ""


class Daw(Protocol):
    def poll(self) -> Liveness:
        """Raises KnownError when the session cannot be reached."""
        ...

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        """The session as it is now. Raises KnownError when it cannot be read, Cancelled when told to stop."""
        ...

    def apply(self, transaction: Transaction) -> Receipt:
        """Write everything or nothing; a conflict is a receipt that lists what moved.

        Raises KnownError for what is refused unseen (too late, an edit it does not know, recording) and
        OutcomeUncertain when the answer was lost.
        """
        ...

    def status(self, transaction_id: str) -> Receipt | None:
        """The stored receipt, or None when the session does not know that transaction."""
        ...

    def undo(self, transaction: Transaction) -> Receipt:
        """Take back what `transaction` wrote, where the session still holds what it wrote; the rest is listed."""
        ...

    def render_stems(
        self, track_guids: Sequence[str], folder: Path, *, progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Rendered:  # fmt: skip
        """Render each track after its own chain, before its fader, to a WAV in `folder`, over the whole project.

        Render settings and selections come back. `progress` counts tracks in their order. Raises KnownError when
        nothing can be rendered, Cancelled.
        """
        ...

    def measure_loudness(
        self, track_guids: Sequence[str], *, seconds: tuple[float, float] | None = None,
        progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled,
    ) -> HostLoudness:  # fmt: skip
        """The host's own loudness of tracks and, for `MASTER_GUID`, of the mix, between `seconds` or of everything.

        It renders without a file. Measuring the master marks a REAPER project modified: only in a pass that the
        engineer asked for. Raises KnownError, Cancelled.
        """
        ...

    def track_state(self, track_guid: str) -> TrackState:
        """Raises KnownError where the session cannot be asked."""
        ...

    def notes_get(self, key: str) -> str:
        """The text that is kept with the project under `key`; "" where there is none."""
        ...

    def notes_set(self, key: str, text: str) -> None:
        """Keep a text with the project, or forget it (""). Only on the engineer's word: a live project holds it, and
        saves it with itself. Raises KnownError when it cannot be kept."""
        ...

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        """Move the edit cursor, and start playback if asked. Raises KnownError where there is no transport."""
        ...

    def close(self) -> None:
        """Release the connection or file."""
        ...
