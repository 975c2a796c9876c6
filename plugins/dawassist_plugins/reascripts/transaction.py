"""Write-back by compare-and-set, all in one tick: nothing is written when anything is not as expected.

Order: find every target by GUID, compare every expected value, then one undo block with every write read back. A
write that fails inside the block is answered by writing the earlier values back in reverse order, still inside the
block. The result is stored under the transaction's id, so that a repeat writes nothing.
"""

import json
import time
from typing import Any

from dawassist_plugins.reascripts import api, targets
from dawassist_plugins.reascripts.targets import Binding, Gone

SECTION = "dawassist"
LAST = "last transaction"  # its receipt, kept with the project and undone with the block
MAX_STORED = 64
_RECORDING = 4
_UNDO_ALL = -1  # narrower flags wait for a measurement on a real REAPER
_WRITABLE = {"set_value", "set_envelope_points"}
_stored: dict[str, dict[str, Any]] = {}


class Refusal(Exception):
    """Refused before anything was looked at; the text is a sentence."""


def apply(payload: dict[str, Any]) -> dict[str, Any]:
    """The receipt. Raises Refusal when the request is too late, for another project, or not supported."""
    known = status(payload)
    if known is not None:
        return known
    _check(payload)
    bindings, conflicts = _bound(payload["edits"])
    if conflicts:
        results = [_result(edit, conflicts.get(place)) for place, edit in enumerate(payload["edits"])]
        sentence = f"Nothing was written: {len(conflicts)} of {len(results)} changes are not as they were read."
        return _receipt(payload, "conflict", results, sentence)
    return _store(payload, _written(payload, bindings))


def status(payload: dict[str, Any]) -> dict[str, Any] | None:
    """The stored receipt of a transaction id, from memory or from the project."""
    identity = str(payload["id"])
    if identity in _stored:
        return _stored[identity]
    text = api.call("GetProjExtState", 0, SECTION, LAST, "", 1 << 20)[4]
    found: dict[str, Any] = json.loads(text) if text else {}
    return found if found.get("transaction_id") == identity else None


def read(payload: dict[str, Any]) -> list[float | None]:
    """The present raw value of every edit's target; None where it is gone or no single value."""
    values: list[float | None] = []
    session = targets.Session()
    for edit in payload["edits"]:
        try:
            values.append(session.bind(edit).value())
        except Gone:
            values.append(None)
    return values


def _check(payload: dict[str, Any]) -> None:
    if time.time() > float(payload["not_after"]):
        raise Refusal("The request came too late and was not carried out. Try again.")
    unknown = [edit["edit"] for edit in payload["edits"] if edit["edit"] not in _WRITABLE]
    if unknown:
        raise Refusal(f"The agent in REAPER cannot carry out {unknown[0]!r}. Nothing was written.")
    pointer, path = api.project()
    expected = payload["fingerprint"]["project_path"]
    if path != expected:
        raise Refusal(f"REAPER shows {path or 'an unsaved project'}, the plan belongs to {expected}. Switch the tab.")
    if int(api.call("GetPlayStateEx", pointer)) & _RECORDING:
        raise Refusal("REAPER is recording, so nothing was written. Stop recording and apply again.")


def _bound(edits: list[dict[str, Any]]) -> tuple[list[Binding], dict[int, str]]:
    """A binding for every edit, and by place the reason of everything that stands in the way."""
    bindings: list[Binding] = []
    conflicts: dict[int, str] = {}
    session = targets.Session()
    for place, edit in enumerate(edits):
        try:
            binding = session.bind(edit)
        except Gone as gone:
            conflicts[place] = str(gone)
            continue
        bindings.append(binding)
        reason = binding.obstacle() or binding.difference()
        if reason:
            conflicts[place] = reason
    return bindings, conflicts


def _written(payload: dict[str, Any], bindings: list[Binding]) -> dict[str, Any]:
    label = str(payload["label"])
    pointer, _ = api.project()
    done: list[Binding] = []
    failure, receipt = "", {}
    api.call("PreventUIRefresh", 1)
    api.call("Undo_BeginBlock2", pointer)
    try:
        for binding in bindings:
            done.append(binding)
            binding.write()
            failure = binding.failure()
            if failure:
                break
        if not failure:
            receipt = _success(payload, bindings)
            api.call("SetProjExtState", 0, SECTION, LAST, json.dumps(receipt))
    except Exception as error:  # noqa: BLE001 - whatever REAPER raised, the block is put back and closed
        failure = f"{type(error).__name__}: {error}"
    finally:
        stuck = _put_back(done) if failure else []
        api.call("Undo_EndBlock2", pointer, f"{label} (not applied)" if failure else label, _UNDO_ALL)
        api.call("PreventUIRefresh", -1)
    if failure:
        return _failed(payload, len(done) - 1, failure, stuck)
    return receipt


def _success(payload: dict[str, Any], bindings: list[Binding]) -> dict[str, Any]:
    results = [_result(edit, None, binding) for edit, binding in zip(payload["edits"], bindings)]  # noqa: B905
    sentence = f"{payload['label']}: {len(results)} of {len(results)} changes are in the session."
    return _receipt(payload, "undone" if payload.get("undoes") else "applied", results, sentence)


def _put_back(done: list[Binding]) -> list[str]:
    """Write the earlier values in reverse order; the labels of what could not be put back."""
    stuck = []
    for binding in reversed(done):
        try:
            binding.restore()
            if binding.difference():
                stuck.append(binding.label)
        except Exception:  # noqa: BLE001 - one that fails must not keep the others
            stuck.append(binding.label)
    return stuck


def _failed(payload: dict[str, Any], place: int, failure: str, stuck: list[str]) -> dict[str, Any]:
    results = []
    for index, edit in enumerate(payload["edits"]):
        status_word = "failed" if index == place else "rolled_back" if index < place else "unchanged"
        reason = failure if index == place else ""
        if edit["label"] in stuck:
            status_word, reason = "failed", "It could not be put back."
        results.append({"label": edit["label"], "status": status_word, "value_raw": None, "text": "", "reason": reason})
    sentence = f"Nothing was kept: {payload['edits'][place]['label']} was refused ({failure}); the rest was put back."
    if stuck:
        sentence = f"{payload['edits'][place]['label']} was refused and {', '.join(stuck)} could not be put back."
    return _receipt(payload, "partial" if stuck else "rolled_back", results, sentence)


def _result(edit: dict[str, Any], conflict: str | None, binding: Binding | None = None) -> dict[str, Any]:
    if binding is not None:
        return {
            "label": edit["label"], "status": "applied", "value_raw": binding.value(), "text": binding.text(),
            "reason": "",
        }  # fmt: skip
    status_word = "conflicted" if conflict else "unchanged"
    return {"label": edit["label"], "status": status_word, "value_raw": None, "text": "", "reason": conflict or ""}


def _receipt(payload: dict[str, Any], outcome: str, results: list[dict[str, Any]], sentence: str) -> dict[str, Any]:
    return {"transaction_id": payload["id"], "outcome": outcome, "results": results, "sentence": sentence}


def _store(payload: dict[str, Any], receipt: dict[str, Any]) -> dict[str, Any]:
    while len(_stored) >= MAX_STORED:
        del _stored[next(iter(_stored))]
    _stored[str(payload["id"])] = receipt
    return receipt
