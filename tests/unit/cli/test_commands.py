"""The command line on project files: exit statuses, one sentence per problem, one JSON object."""

import json
import shutil
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from dawassist.cli import main
from dawassist.demo import copy_demo
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Lock, Range

HANDMADE = Path(__file__).parents[2] / "golden" / "handmade.rpp"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAWASSIST_DISCOVERY_FOLDER", str(tmp_path / "nobody"))
    monkeypatch.setattr("dawassist.reaper.discovery.STOCK_WEB_PORT", 1)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Path(shutil.copy(HANDMADE, tmp_path / "song.rpp"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    status, out, err = run(capsys, *arguments, "--json")
    assert status == 0, err
    data: dict[str, Any] = json.loads(out)
    return data


def test_snapshot_prints_tracks_and_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "snapshot", project)
    assert status == 0
    assert "Snare top" in out
    data = as_json(capsys, "snapshot", project)
    assert (data["schema"], len(data["tracks"])) == (1, 8)


def test_analyze_says_what_is_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "analyze", project)
    kinds = {finding["kind"] for track in data["tracks"] for finding in track["findings"]}
    assert "media_missing" in kinds


def test_analyze_says_how_well_the_covariance_predicts_the_mix(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = ""
    for number in (1, 2):
        noise = 0.1 * np.random.default_rng(number).standard_normal((32000, 2))
        soundfile.write(project.with_name(f"{number}.wav"), noise, 16000)
        tracks += f"<TRACK\nNAME {number}\n<ITEM\nPOSITION 0\nLENGTH 2\n<SOURCE WAVE\nFILE {number}.wav\n>\n>\n>\n"
    project.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\nSAMPLERATE 16000 1 0\n{tracks}>\n')
    data = as_json(capsys, "analyze", project)
    assert 0.0 < abs(data["covariance_error_lu"]) <= 0.1
    _, text, _ = run(capsys, "analyze", project)
    assert f"predicted from its tracks to within {abs(data['covariance_error_lu']):.3f} LU" in text


def test_suggest_prints_the_stable_keys(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "suggest", project)
    assert data["schema"] == 1
    assert {"fingerprint", "session", "recommendations", "left_out", "timing_seconds", "engine"} <= set(data)
    assert {"guid", "number", "name", "role", "role_confidence", "fader_db", "pan"} <= set(data["session"]["tracks"][0])


def test_strength_zero_writes_a_byte_identical_copy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project.with_name("out.rpp")
    status, text, _ = run(capsys, "suggest", project, "--strength", "0", "--apply", out)
    assert status == 0
    assert "Nothing to do" in text or "could be heard" in text
    assert out.read_bytes() == project.read_bytes()


@pytest.mark.parametrize("target", ["existing", "itself"])
def test_an_existing_file_is_never_overwritten(project: Path, capsys: pytest.CaptureFixture[str], target: str) -> None:
    out = project if target == "itself" else project.with_name("out.rpp")
    if target == "existing":
        out.write_bytes(b"mine")
    before = out.read_bytes()
    status, _, err = run(capsys, "suggest", project, "--strength", "0", "--apply", out)
    assert status == 1
    assert err.startswith("dawassist: ")
    assert out.read_bytes() == before


def test_suggest_on_the_demo_writes_exactly_what_it_proposes(tmp_path: Path, project: Path,
                                                              capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    session = copy_demo(tmp_path / "demo")
    out, report = session.with_name("mixed.rpp"), tmp_path / "plan.html"
    data = as_json(capsys, "suggest", session, "--apply", out, "--report", report)
    reasons = {r["reason_class"] for r in data["recommendations"]}
    assert {"hidden_lead", "hard_panned_low_end"} <= reasons
    assert "Lead Vox" in report.read_text(encoding="utf-8")
    old, new = session.read_bytes().splitlines(), out.read_bytes().splitlines()
    edits = [edit for edit in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes() if edit[0] != "equal"]
    changed = [line for kind, first, last, *_ in edits if kind == "replace" for line in old[first:last]]
    inserted = [line for kind, *_, first, last in edits if kind == "insert" for line in new[first:last]]
    field = {"fader": b"VOLPAN", "pan": b"VOLPAN", "polarity": b"IPHASE", "delay": b"PLAYOFFS"}
    moves = [r for r in data["recommendations"] if r["kind"] != "eq"]
    proposed = {(r["track"]["guid"], field[r["kind"]]) for r in moves}
    assert sorted(line.split()[0] for line in changed) == sorted(name for _, name in proposed)
    equalized = {r["track"]["guid"] for r in data["recommendations"] if r["kind"] == "eq"}
    assert sum(b"ReaEQ" in line for line in inserted) == len(equalized) > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["suggest", "gone.rpp"], "cannot be read"),
        (["suggest", "SONG", "--strategy", "magic"], "There is no strategy 'magic'"),
        (["suggest", "SONG", "--scope", "region=Bridge"], "There is no region"),
        (["suggest", "SONG", "--brief", "gone.toml"], "cannot be read"),
        (["suggest", "--apply", "out.rpp"], "needs SESSION.rpp"),
        (["snapshot"], "not set up"),
        (["apply", "gone.json"], "cannot be read"),
        (["doctor"], ""),
    ],
)
def test_problems_are_one_sentence_and_status_one(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    status, _, err = run(capsys, *[str(project) if a == "SONG" else a for a in arguments])
    assert status == 1
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["--strength", "2"], ["--scope", "everything"], ["--nonsense"]])
def test_wrong_usage_is_status_two(project: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["suggest", str(project), *arguments])
    assert ended.value.code == 2


def test_a_broken_file_names_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.write_bytes(project.read_bytes()[:-400])
    status, _, err = run(capsys, "snapshot", project)
    assert status == 1
    assert "Line" in err


def test_a_brief_locks_and_pins(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text('strength = 0.5\nlocked_tracks = ["Kick"]\n[roles]\nKeys = "bass"\n', encoding="utf-8")
    data = as_json(capsys, "suggest", project, "--brief", brief)
    assert {t["name"]: t["role"] for t in data["session"]["tracks"]}["Keys"] == "bass"
    brief.write_text("strenght = 1\n", encoding="utf-8")
    status, _, err = run(capsys, "suggest", project, "--brief", brief)
    assert (status, "unknown key 'strenght'" in err) == (1, True)


def test_constraints_are_kept_with_the_project_until_others_are(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text('[[constraints]]\nkind = "range"\ntracks = ["role:kick"]\nhighest = -20.0\n', encoding="utf-8")
    content = project.read_bytes()
    as_json(capsys, "suggest", project, "--brief", brief, "--keep")
    kept = (Range(tracks=("role:kick",), highest=-20.0),)
    with open_file(project) as assistant:
        assert assistant.kept_constraints() == kept
        lock = Lock(tracks=("Bass",))
        assert assistant.with_kept(Brief(constraints=(lock, *kept))).constraints == (lock, *kept)
        assert assistant.with_kept(Brief(constraints=(lock,))).constraints == (*kept, lock)
    assert project.read_bytes() == content
    as_json(capsys, "suggest", project, "--keep")
    with open_file(project) as assistant:
        assert assistant.kept_constraints() == ()


def test_a_defect_of_ours_is_a_sentence_and_a_file(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_arguments: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("dawassist.cli.printing.print_session", explode)
    status, _, err = run(capsys, "snapshot", project)
    assert status == 1
    assert "a defect of ours (ZeroDivisionError: boom)" in err
    assert "boom" in (tmp_path / "data" / "last-defect.txt").read_text(encoding="utf-8")


def test_history_is_empty_before_anything_was_applied(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "history")[1] == "Nothing was applied yet.\n"
    assert as_json(capsys, "history") == {"schema": 1, "transactions": []}


def test_strategies_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["name"] for row in as_json(capsys, "strategies")["strategies"]] == ["rough-mix", "studio"]


def test_the_material_is_printed_and_corrected(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = run(capsys, "suggest", project, "--material", "post")
    assert "Post: The brief says so." in text
    assert as_json(capsys, "suggest", project)["session"]["material"] == "music"
    with pytest.raises(SystemExit):
        run(capsys, "suggest", project, "--material", "opera")
