"""What became of a transaction, as JSON; kept by its id in memory and with the project."""

import json
from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.bindings import Binding

SECTION = "dawassist"
MAX_IN_MEMORY = 64
MAX_IN_PROJECT = 8
_LISTED = "transactions"
_LONGEST_IN_PROJECT = 64 << 10
_BUFFER = 1 << 20
_stored: dict[str, dict[str, Any]] = {}
_marked_in: dict[str, str] = {}  # transaction id → path of the project that holds its mark


def find(identity: str) -> dict[str, Any] | None:
    """The receipt of a transaction id; when its mark left the project, the engineer undid it in REAPER."""
    receipt = _stored.get(identity)
    if receipt is None:
        return _read(identity)
    marked_here = _marked_in.get(identity) == api.project()[1]
    if receipt["outcome"] == "applied" and marked_here and identity not in _listed():
        return {**receipt, "outcome": "undone", "sentence": "It was undone in REAPER."}
    return receipt


def keep(receipt: dict[str, Any]) -> dict[str, Any]:
    """Remember a receipt, so that a repeat of its transaction writes nothing."""
    while len(_stored) >= MAX_IN_MEMORY:
        oldest = next(iter(_stored))
        del _stored[oldest]
        _marked_in.pop(oldest, None)
    _stored[receipt["transaction_id"]] = receipt
    return receipt


def mark(receipt: dict[str, Any]) -> None:
    """Write the receipt into the project; inside of an undo block, so that REAPER's undo takes it out again."""
    identity = receipt["transaction_id"]
    text = json.dumps(receipt)
    listed = [*_listed(), identity]
    for old in listed[:-MAX_IN_PROJECT]:
        _set(old, "")
        _marked_in.pop(old, None)
    _set(_LISTED, " ".join(listed[-MAX_IN_PROJECT:]))
    _set(identity, text if len(text) <= _LONGEST_IN_PROJECT else "")
    if identity in _listed():
        _marked_in[identity] = api.project()[1]


def unmark(identity: str) -> None:
    _set(_LISTED, " ".join(each for each in _listed() if each != identity))
    _set(identity, "")
    _marked_in.pop(identity, None)


def receipt_of(payload: dict[str, Any], outcome: str, results: list[Any], sentence: str) -> dict[str, Any]:
    return {"transaction_id": str(payload["id"]), "outcome": outcome, "results": results, "sentence": sentence}


def result(label: str, status: str, *, reason: str = "", binding: Binding | None = None) -> dict[str, Any]:
    """`binding` gives the value that REAPER has now, and its text."""
    value, text = (binding.value(), binding.text()) if binding is not None else (None, "")
    guid = binding.created_guid if binding is not None else ""
    return {"label": label, "status": status, "value_raw": value, "text": text, "reason": reason, "created_guid": guid}


def counted(number: int) -> str:
    return f"{number} change{'' if number == 1 else 's'}"


def _listed() -> list[str]:
    return _get(_LISTED).split()


def _read(identity: str) -> dict[str, Any] | None:
    try:
        found = json.loads(_get(identity) or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("transaction_id") == identity else None


def _get(key: str) -> str:
    return api.text("GetProjExtState", 4, 0, SECTION, key, "", _BUFFER)


def _set(key: str, value: str) -> None:
    api.call("SetProjExtState", 0, SECTION, key, value)
