"""Write-back by compare-and-set, all in one tick: nothing is written when anything is not as expected.

Order: find every target by GUID, compare every expected value, then one undo block with every write read back. A
write that fails inside the block is answered by writing the earlier values back in reverse order, still inside the
block. Plug-ins are judged later (`settling`). The receipt is stored under the transaction's id, so that a repeat
writes nothing. A transaction that takes another back writes what still holds that one's values and lists the rest.
"""

import time
from collections.abc import Iterable
from typing import Any

from dawassist_plugins.reascripts import api, ownership, receipts, settling
from dawassist_plugins.reascripts.addresses import Gone
from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.creating import Creation, Made
from dawassist_plugins.reascripts.edits import KNOWN, binding_of
from dawassist_plugins.reascripts.receipts import counted, receipt_of, result
from dawassist_plugins.reascripts.removing import Removal
from dawassist_plugins.reascripts.undo_block import UndoBlock

_RECORDING = 4
_RENDERING_PROJECT = 0x40000000
_LEFT = "Nothing was written."
Bound = list[tuple[int, Binding]]  # place of the edit, its control


class Refusal(Exception):
    """Refused before anything was looked at; the text is a sentence."""


def apply(payload: dict[str, Any]) -> dict[str, Any]:
    """The receipt. Raises Refusal when the request is too late, for another project, or not supported."""
    known = status(payload)
    if known is not None:
        return known
    _check(payload)
    api.order_may_change()
    edits = payload["edits"]
    changing, held, conflicts = _sorted_out(edits, takes_back=bool(payload.get("undoes")))
    results = [result(str(edit["label"]), "unchanged", reason=_LEFT) for edit in edits]
    for place, reason in conflicts.items():
        results[place].update(status="conflicted", reason=reason)
    if conflicts and not (payload.get("undoes") and changing):
        of_all = f"{_moves(edits, conflicts)} of {counted(_moves(edits, range(len(edits))))}"
        sentence = f"{_LEFT} {of_all} cannot be made: the session has moved on."
        return receipt_of(payload, "conflict", results, sentence)
    for place, binding in held:
        results[place].update(result(binding.label, "unchanged", reason="It was there already.", binding=binding))
    return receipts.keep(_written(payload, changing, results, bool(conflicts)))


def status(payload: dict[str, Any]) -> dict[str, Any] | None:
    """The stored receipt of a transaction id, from memory or from the project."""
    return receipts.find(str(payload["id"]))


def _check(payload: dict[str, Any]) -> None:
    if time.time() > float(payload["not_after"]):
        raise Refusal("The request came too late and was not carried out. Try again.")
    unknown = [edit["edit"] for edit in payload["edits"] if edit["edit"] not in KNOWN]
    if unknown:
        raise Refusal(f"The agent in REAPER cannot carry out {unknown[0]!r}. {_LEFT}")
    pointer, path = api.project()
    expected = payload["fingerprint"]["project_path"]
    if path != expected:
        raise Refusal(
            f"REAPER shows {path or 'an unsaved project'}, the changes belong to {expected or 'an unsaved project'}. "
            f"{_LEFT} Switch to that project's tab."
        )
    if int(api.call("GetPlayStateEx", pointer)) & _RECORDING:
        raise Refusal(f"REAPER is recording. {_LEFT} Stop recording and apply again.")
    if not api.is_null(api.call("EnumProjects", _RENDERING_PROJECT, "", api.BUFFER)[0]):
        raise Refusal(f"REAPER is rendering. {_LEFT} Apply again when it is done.")


def _sorted_out(edits: list[dict[str, Any]], *, takes_back: bool) -> tuple[Bound, Bound, dict[int, str]]:
    """What is to be written, what is there already, and by place the reason of everything that stands in the way."""
    made = Made(edits)
    changing: Bound = []
    held: Bound = []
    conflicts: dict[int, str] = {}
    for place, edit in enumerate(edits):
        try:
            binding = binding_of(edit, made)
            is_there = binding.holds()
            reason = binding.obstacle() or ("" if takes_back and is_there else binding.difference())
        except Gone as gone:
            conflicts[place] = str(gone)
            continue
        if reason:
            conflicts[place] = reason
        elif is_there:
            held.append((place, binding))
        else:
            changing.append((place, binding))
    return changing, held, conflicts


def _written(
    payload: dict[str, Any], changing: Bound, results: list[dict[str, Any]], is_partial: bool
) -> dict[str, Any]:
    label = str(payload["label"])
    outcome = "undone" if payload.get("undoes") else "applied"
    if not changing:
        return receipt_of(payload, outcome, results, "Everything was there already; nothing had to be written.")
    done: Bound = []
    failure, receipt, stuck = "", {}, []
    with UndoBlock(label) as block:
        try:
            failure = _write(changing, done)
            if not failure:
                receipt = _success(payload, changing, results, "partial" if is_partial else outcome)
                _keep_owners(str(payload["id"]), changing)
                receipts.mark(receipt)
        except Exception as error:  # noqa: BLE001 - whatever REAPER raised, the block is put back and closed
            failure = f"{type(error).__name__}: {error}"
        if failure:
            block.label = f"{label} (not applied)"
            stuck = _put_back(done)
    if failure:
        return _failed(payload, done, failure, stuck, results)
    settling.watch(label, receipt, changing)
    return receipt


def _write(changing: Bound, done: Bound) -> str:
    """Write and read back one after the other, noting each in `done`; why it stopped, "" at the end."""
    for place, binding in changing:
        done.append((place, binding))
        binding.write()
        failure = "" if binding.settles_later else binding.failure()
        if failure:
            return failure
    return ""


def _keep_owners(identity: str, changing: Bound) -> None:
    """Note with the project what was created and in which state it was left; what was taken away is forgotten."""
    made = [binding for _, binding in changing if isinstance(binding, Creation) and binding.name]
    if made:
        ownership.record(identity, {binding.name: binding.state() for binding in made})
    ownership.forget([name for _, binding in changing if isinstance(binding, Removal) for name in binding.removed])


def _success(payload: dict[str, Any], changing: Bound, results: list[dict[str, Any]], outcome: str) -> dict[str, Any]:
    for place, binding in changing:
        results[place].update(result(binding.label, "applied", binding=binding))
    edits = payload["edits"]
    made = _moves(edits, [place for place, _ in changing])
    sentence = f"{made} of {counted(_moves(edits, range(len(edits))))} made, each read back"
    left = _moves(edits, [place for place, row in enumerate(results) if row["status"] == "conflicted"])
    sentence += f"; {left} moved since and stayed." if left else "."
    return receipt_of(payload, outcome, results, sentence)


def _moves(edits: list[dict[str, Any]], places: Iterable[int]) -> int:
    """How many changes people see: the edits of one recommendation are one."""
    return len({str(edits[place].get("recommendation_id") or place) for place in places})


def _put_back(done: Bound) -> list[int]:
    """Write the earlier values in reverse order; the places of what could not be put back."""
    stuck = []
    api.order_may_change()
    for place, binding in reversed(done):
        if binding.before is None:
            continue
        try:
            binding.restore()
            if not binding.settles_later and not binding.is_restored():
                stuck.append(place)
        except Exception:  # noqa: BLE001 - one that fails must not keep the others
            stuck.append(place)
    return stuck


def _failed(
    payload: dict[str, Any], done: Bound, failure: str, stuck: list[int], results: list[dict[str, Any]]
) -> dict[str, Any]:
    for place, binding in done:
        results[place].update(status="rolled_back", reason="", label=binding.label, created_guid="")
    last, refused = done[-1]
    results[last].update(status="failed", reason=failure)
    for place in stuck:
        results[place].update(status="failed", reason="It could not be put back.")
    sentence = f"{refused.label} was refused ({failure})"
    if stuck:
        labels = ", ".join(str(results[place]["label"]) for place in stuck)
        return receipt_of(payload, "partial", results, f"{sentence} and could not be put back: {labels}.")
    return receipt_of(payload, "rolled_back", results, f"{sentence}; everything was put back.")
