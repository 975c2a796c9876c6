"""suggest, apply, undo and history against a running host, as a user types them."""

import json
from pathlib import Path

import pytest

from dawassist.cli import main
from dawassist.demo import copy_demo
from dawassist.standin.launch import Standin


def test_a_plan_from_the_live_session_is_applied_in_part_and_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> str:
        assert main([*arguments]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    with Standin(copy_demo(tmp_path / "demo"), server="agent") as host:
        monkeypatch.setenv("DAWASSIST_DISCOVERY_FOLDER", str(host.discovery_folder))
        plan = json.loads(run("suggest", "--json"))
        lead = next(r for r in plan["recommendations"] if r["reason_class"] == "hidden_lead")
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        receipt = json.loads(run("apply", str(file), "--only", lead["id"], "--json"))
        assert (receipt["outcome"], len(receipt["results"])) == ("applied", 1)
        assert host.poke("label") == "dawassist: apply 1 change to 1 track"
        assert host.poke("points") == 1
        assert "apply 1 change" in run("history")
        assert json.loads(run("undo", "--json"))["outcome"] == "undone"
        after = json.loads(run("suggest", "--json"))
        assert [r["id"] for r in after["recommendations"]] == [r["id"] for r in plan["recommendations"]]
        assert main(["undo"]) == 1
        assert "nothing to undo" in capsys.readouterr().err
        run("apply", str(file), "--only", lead["id"], "--json")
        assert json.loads(run("undo", "before-dawassist", "--json"))["outcome"] == "undone"
        assert main(["undo", "before-dawassist"]) == 1
        assert "as it was before dawassist" in capsys.readouterr().err
