"""One undo step that is closed whatever happens, with the screen held still meanwhile."""

import contextlib
from types import TracebackType

from dawassist_plugins.reascripts import api

_ALL = -1  # narrower flags wait for a measurement on a real REAPER


class UndoBlock:
    """A context manager; `label` may change until its end."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._project = api.project()[0]

    def __enter__(self) -> "UndoBlock":
        api.call("PreventUIRefresh", 1)
        try:
            api.call("Undo_BeginBlock2", self._project)
        except BaseException:
            api.call("PreventUIRefresh", -1)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            api.call("Undo_EndBlock2", self._project, self.label, _ALL)
        finally:
            api.call("PreventUIRefresh", -1)
            with contextlib.suppress(Exception):  # only what the engineer sees is late without it
                api.call("TrackList_AdjustWindows", False)
                api.call("UpdateArrange")
