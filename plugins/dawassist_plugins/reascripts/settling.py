"""Plug-ins take a while to take over, snap or refuse a value: watched for up to a second after a transaction.

When a plug-in refuses late, everything is put back where nobody moved it since, as a second undo step.
"""

import time
from typing import Any

from dawassist_plugins.reascripts import receipts
from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.undo_block import UndoBlock

SECONDS = 1.0
STEADY_TICKS = 2
_watched: list["_Watch"] = []


class _Watch:
    """The written controls of one transaction; `places` are their places in its receipt."""

    def __init__(self, label: str, receipt: dict[str, Any], written: list[tuple[int, Binding]]) -> None:
        self.receipt = receipt
        self.label = label
        self.written = written
        self.late = [(place, binding) for place, binding in written if binding.settles_later]
        self.reading: list[Any] = []
        self.steady_ticks = 0
        self.until = time.monotonic() + SECONDS

    def is_over(self) -> bool:
        """Look once; True when the outcome is known."""
        reading = [(binding.value(), binding.text()) for _, binding in self.late]
        self.steady_ticks = self.steady_ticks + 1 if reading == self.reading else 0
        self.reading = reading
        is_as_wanted = not any(binding.failure() for _, binding in self.late)
        if is_as_wanted and self.steady_ticks >= STEADY_TICKS:
            self._finish()
            return True
        if time.monotonic() < self.until:
            return False
        if is_as_wanted:
            self._finish()
        else:
            self._take_back()
        return True

    def _finish(self) -> None:
        del self.receipt["settling"]
        for place, binding in self.late:
            self.receipt["results"][place].update(value_raw=binding.value(), text=binding.text())

    def _take_back(self) -> None:
        del self.receipt["settling"]
        refused = {place: binding.failure() for place, binding in self.late if binding.failure()}
        stuck = []
        with UndoBlock(f"{self.label} (not applied)"):
            for place, binding in reversed(self.written):
                moved = place not in refused and bool(binding.failure())
                if moved:
                    stuck.append(place)
                else:
                    binding.restore()
            receipts.unmark(self.receipt["transaction_id"])
        for place, binding in self.written:
            status = "failed" if place in refused or place in stuck else "rolled_back"
            reason = refused.get(place) or ("It moved meanwhile and was left." if place in stuck else "")
            row = receipts.result(binding.label, status, reason=reason, binding=binding)
            self.receipt["results"][place].update(row)
        first = next(iter(refused))
        label, reason = self.receipt["results"][first]["label"], refused[first]
        sentence = f"{label} was refused by the plug-in ({reason})"
        sentence += (
            f"; {len(stuck)} that moved meanwhile stayed, the rest was put back."
            if stuck
            else ("; everything was put back.")
        )
        self.receipt.update(outcome="partial" if stuck else "rolled_back", sentence=sentence)


def watch(label: str, receipt: dict[str, Any], written: list[tuple[int, Binding]]) -> None:
    """Mark `receipt` as settling until `go_on` knows more; nothing to do when no plug-in was written."""
    if any(binding.settles_later for _, binding in written):
        receipt["settling"] = True
        _watched.append(_Watch(label, receipt, written))


def go_on() -> None:
    """Look at what settles. Never raises."""
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
