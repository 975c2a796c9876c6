"""Edits of the hand-made project as they arrive at the agent, and what it answers."""

import time
from typing import Any

import pytest

from dawassist_plugins.reascripts import agent
from tests.unit.reascripts.conftest import Inside

KICK, SNARE, BASS, LEAD, REVERB = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 4, 5, 7))
MASTER = "{00000000-0000-0000-0000-000000000000}"
EQ, COMP = (f"{{F000000{n}-0000-4000-8000-00000000000{n}}}" for n in (1, 2))
ITEM = "{A0000001-0000-4000-8000-000000000001}"
FADER = {"kind": "track", "track_guid": KICK, "field": "fader_gain"}
PAN = {"kind": "track", "track_guid": SNARE, "field": "pan"}
RATIO = {"kind": "fx", "track_guid": KICK, "fx_guid": COMP, "fx_ident": "reacomp.vst.so", "param_ident": "1:_Ratio"}
SEND = {"kind": "send", "track_guid": SNARE, "destination_guid": REVERB, "occurrence": 0, "field": "level_gain"}
LEVEL = {"kind": "item", "track_guid": KICK, "item_guid": ITEM, "field": "item_gain"}
RIDE = {"kind": "envelope", "track_guid": BASS, "envelope": "volume"}
RATIO_BEFORE = pytest.approx(0.030303, abs=1e-5)


def setting(target: dict[str, Any], expected: float, desired: float, **more: Any) -> dict[str, Any]:
    edit = {"edit": "set_value", "target": target, "expected_raw": expected, "desired_raw": desired,
            "tolerance": 1e-5, "label": f"{target.get('field', target['kind'])}"}  # fmt: skip
    return {**edit, **more}


def point(time_seconds: float, value: float, shape: int = 0, tension: float = 0.0) -> dict[str, float]:
    return {"time_seconds": time_seconds, "value": value, "shape": shape, "tension": tension}


def riding(
    expected: list[Any], desired: list[Any], start: float = 3.0, end: float = 5.0, **target: Any
) -> dict[str, Any]:
    return {"edit": "set_envelope_points", "target": {**RIDE, **target}, "start_seconds": start, "end_seconds": end,
            "expected_points": expected, "desired_points": desired, "label": "ride"}  # fmt: skip


def payload(inside: Inside, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    path = str(inside.host.project.path.absolute())
    found = {"id": "t1", "label": "dawassist: apply", "edits": list(edits), "not_after": time.time() + 30.0,
             "fingerprint": {"project_path": path}, "undoes": ""}  # fmt: skip
    return {**found, **more}


def applied(inside: Inside, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = agent.call("apply", payload(inside, *edits, **more))
    assert "ok" in answer, answer
    receipt: dict[str, Any] = answer["ok"]
    return receipt


def refused(inside: Inside, *edits: dict[str, Any], **more: Any) -> str:
    answer = agent.call("apply", payload(inside, *edits, **more))
    assert set(answer) == {"refused"}, answer
    return str(answer["refused"])


def statuses(receipt: dict[str, Any]) -> list[str]:
    return [result["status"] for result in receipt["results"]]


def fader(inside: Inside) -> float:
    return float(inside.host.project.tracks[1].get("D_VOL") or 0.0)


FADER_BEFORE = 0.70794578438414
MOVES = (setting(FADER, FADER_BEFORE, 0.5), setting(PAN, -0.2, 0.25))
