"""Suggest, apply all, suggest again: nothing comes back on equalizers, compressors, sends and envelopes."""

from pathlib import Path

import pytest

from dawassist.cli import main
from scripts.demo_session import variants
from tests.faults.test_planted_faults import plan_for

TOOLS = {"eq", "compressor", "send", "envelope"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_tools_that_were_applied_are_not_proposed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path / "data"))
    built = variants.build(tmp_path, seed=None, damaged=True, neutral_names=False, quick=True)
    first = {r.kind for r in plan_for(built.path).recommendations} & TOOLS
    assert first == {"eq"}
    again = built.path.with_name("again.rpp")
    assert main(["suggest", str(built.path), "--apply", str(again)]) == 0
    assert {r.kind for r in plan_for(again).recommendations} & TOOLS == set()
