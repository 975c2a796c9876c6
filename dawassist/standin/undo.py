"""Changes, undo points and the change counter. Every write of the model goes through `History.do`."""

from collections.abc import Callable
from dataclasses import dataclass, field

Action = Callable[[], None]


@dataclass(slots=True)
class UndoPoint:
    label: str
    flags: int
    steps: list[tuple[Action, Action]] = field(default_factory=list)  # (do, undo)


class History:
    """Writes outside of a block count as changes and, as in REAPER, make no undo point of their own."""

    def __init__(self) -> None:
        self.change_count = 1
        self.done: list[UndoPoint] = []
        self.undone: list[UndoPoint] = []
        self.setter_calls = 0
        self.before_each: Callable[[int], None] = lambda _count: None
        self._open: list[UndoPoint] = []

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def do(self, do: Action, undo: Action) -> None:
        """Carry out a change and remember how to take it back."""
        if self._open:
            self.setter_calls += 1
            self.before_each(self.setter_calls)
        do()
        self.change_count += 1
        if self._open:
            self._open[-1].steps.append((do, undo))

    def begin(self) -> None:
        self.setter_calls = 0 if not self._open else self.setter_calls
        self._open.append(UndoPoint("", 0))

    def end(self, label: str, flags: int) -> None:
        """Close the innermost block; the outermost makes an undo point when something changed in it."""
        if not self._open:
            return
        point = self._open.pop()
        if self._open:
            self._open[-1].steps += point.steps
        elif point.steps:
            self.done.append(UndoPoint(label, flags, point.steps))
            self.undone.clear()
            self.change_count += 1

    def undo(self) -> bool:
        if not self.done:
            return False
        point = self.done.pop()
        for _, undo in reversed(point.steps):
            undo()
        self.undone.append(point)
        self.change_count += 1
        return True

    def redo(self) -> bool:
        if not self.undone:
            return False
        point = self.undone.pop()
        for do, _ in point.steps:
            do()
        self.done.append(point)
        self.change_count += 1
        return True
