"""Plug-ins take a while to take over, snap or refuse a value: watched for up to a second after a transaction.

When a plug-in refuses late, everything is put back where nobody moved it since, as a second undo step.
"""

import time
from typing import Any

from dawassist_plugins.reascripts import api, ownership, receipts
from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.creating import Creation
from dawassist_plugins.reascripts.undo_block import UndoBlock

SECONDS = 1.0
STEADY_TICKS = 2
_watched: list["_Watch"] = []


class _Watch:
    """The written controls of one transaction with their places in its receipt."""

    def __init__(self, label: str, receipt: dict[str, Any], written: list[tuple[int, Binding]]) -> None:
        self.receipt = receipt
        self._label = label
        self._written = written
        self._late = [(place, binding) for place, binding in written if binding.settles_later]
        self._reading: list[Any] = []
        self._steady_ticks = 0
        self._refused: dict[int, str] = {}  # why, by place; filled when it is taken back
        self._moved: list[int] = []
        self._until = time.monotonic() + SECONDS

    def is_over(self) -> bool:
        """Look once; True when the outcome is known."""
        is_late = time.monotonic() >= self._until
        if self._refused:
            if is_late or not self._not_restored():
                self._say_what_was_taken_back()
                return True
            return False
        is_as_wanted = not any(binding.failure() for _, binding in self._late)
        if is_as_wanted and (self._is_steady() or is_late):
            self._finish()
            return True
        if is_late:
            self._take_back()
        return False

    def _is_steady(self) -> bool:
        reading = [(binding.value(), binding.text()) for _, binding in self._late]
        self._steady_ticks = self._steady_ticks + 1 if reading == self._reading else 0
        self._reading = reading
        return self._steady_ticks >= STEADY_TICKS

    def _finish(self) -> None:
        del self.receipt["settling"]
        for place, binding in self._late:
            self.receipt["results"][place].update(value_raw=binding.value(), text=binding.text())

    def _take_back(self) -> None:
        """Write the earlier values in reverse order, but where somebody moved the control meanwhile."""
        self._refused = {place: binding.failure() for place, binding in self._late if binding.failure()}
        with UndoBlock(f"{self._label} (not applied)"):
            for place, binding in reversed(self._written):
                if place not in self._refused and binding.failure():
                    self._moved.append(place)
                else:
                    binding.restore()
            ownership.forget([binding.name for _, binding in self._written if isinstance(binding, Creation)])
            receipts.unmark(self.receipt["transaction_id"])
        self._until = time.monotonic() + SECONDS

    def _not_restored(self) -> list[int]:
        return [place for place, binding in self._written if place not in self._moved and not binding.is_restored()]

    def _say_what_was_taken_back(self) -> None:
        del self.receipt["settling"]
        stuck = self._not_restored()
        for place, binding in self._written:
            reason = self._refused.get(place, "")
            if place in self._moved:
                reason = "It moved meanwhile and was left."
            elif place in stuck:
                reason = f"{reason}; it could not be put back." if reason else "It could not be put back."
            row = receipts.result(binding.label, "failed" if reason else "rolled_back", reason=reason, binding=binding)
            self.receipt["results"][place].update(row)
        first = next(iter(self._refused))
        sentence = f"{self.receipt['results'][first]['label']} was refused by the plug-in ({self._refused[first]}); "
        left = len(self._moved) + len(stuck)
        sentence += f"{left} could not be put back, the rest was." if left else "everything was put back."
        self.receipt.update(outcome="partial" if left else "rolled_back", sentence=sentence)


def watch(label: str, receipt: dict[str, Any], written: list[tuple[int, Binding]]) -> None:
    """Mark `receipt` as settling until `go_on` knows more; nothing to do when no plug-in was written."""
    if any(binding.settles_later for _, binding in written):
        receipt["settling"] = True
        _watched.append(_Watch(label, receipt, written))


def go_on() -> None:
    """Look at what settles. Never raises."""
    if _watched:
        api.look_for_changes()
    for each in list(_watched):
        try:
            over = each.is_over()
        except Exception as error:  # noqa: BLE001 - the track or the plug-in is gone: say so and stop watching
            each.receipt.pop("settling", None)
            each.receipt.update(
                outcome="partial",
                sentence=f"What was written could not be read back ({type(error).__name__}: {error}).",
            )
            over = True
        if over:
            _watched.remove(each)


def is_in_progress() -> bool:
    return bool(_watched)
