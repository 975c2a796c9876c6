"""Every exception that this project raises on purpose.

::

    DawAssistError                 the root; `what`, `why`, `next_step` make one readable message
    ├── KnownError                 the world is at fault (file, REAPER, network, input): tell the user
    │   ├── InputError             a value or option the user gave cannot be used
    │   ├── RppError               a project file cannot be read or edited; carries the line number
    │   ├── MediaError             a media file cannot be read
    │   ├── ConnectionStateError   REAPER cannot be reached; carries the state of the connection
    │   ├── OutcomeUncertain       a request was sent and its answer lost: ask `status`
    │   ├── NotModelled            the console or the stand-in does not model something
    │   ├── SetupError             installing into REAPER's resource folder cannot go on
    │   └── Cancelled              the user asked to stop
    └── BugError                   we are at fault: an invariant does not hold
"""


class DawAssistError(Exception):
    """What happened, why we think so, and what to do next, as sentences."""

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        self.what = what
        self.why = why
        self.next_step = next_step
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The message to show: the parts that are present, joined by spaces."""
        return " ".join(part for part in (self.what, self.why, self.next_step) if part)


class KnownError(DawAssistError):
    """Caused by the environment or the input; never by a defect of ours."""


class InputError(KnownError):
    """A value or option that the user gave cannot be used."""


class RppError(KnownError):
    """A .RPP file cannot be read or edited. `line_number` counts from 1; 0 means the file as a whole."""

    def __init__(self, what: str, *, line_number: int = 0, why: str = "", next_step: str = "") -> None:
        self.line_number = line_number
        super().__init__(f"Line {line_number}: {what}" if line_number else what, why=why, next_step=next_step)


class MediaError(KnownError):
    """A media file cannot be read."""


class ConnectionStateError(KnownError):
    """REAPER cannot be reached. `state` is one of the states of `dawassist.reaper.discovery`."""

    def __init__(self, what: str, *, state: str, why: str = "", next_step: str = "") -> None:
        self.state = state
        super().__init__(what, why=why, next_step=next_step)


class OutcomeUncertain(KnownError):
    """A writing request was sent and its answer was lost; `transaction_id` names it."""

    def __init__(self, what: str, *, transaction_id: str, why: str = "", next_step: str = "") -> None:
        self.transaction_id = transaction_id
        super().__init__(what, why=why, next_step=next_step)


class NotModelled(KnownError):
    """Something is outside what the console model or the stand-in host models."""


class SetupError(KnownError):
    """Installing into, or removing from, REAPER's resource folder cannot go on."""


class Cancelled(KnownError):
    """The user asked to stop; nothing was written."""

    def __init__(self, what: str = "Cancelled.") -> None:
        super().__init__(what)


class BugError(DawAssistError):
    """An invariant of ours does not hold."""
