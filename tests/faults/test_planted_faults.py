"""The assistant against sessions with known faults. Truth: `variants.Built.faults`, which nothing in dawassist sees."""

from pathlib import Path

import pytest

from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan, Recommendation
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.session.findings import TECHNICAL, FindingClass
from scripts.demo_session import variants

SEEDS = range(10)
FEWEST_FOUND = 8


def plan_for(path: Path) -> Plan:
    with open_file(path, journal=Journal(path.parent / "journal.jsonl")) as assistant:
        session = assistant.snapshot()
        return assistant.suggest(session, assistant.analyze(session, Brief()), Brief())


def keys_of(built: variants.Built, kind: str) -> set[str]:
    return {built.guids[fault.key] for fault in built.faults if fault.kind == kind}


def raises_level(recommendation: Recommendation) -> bool:
    return recommendation.kind == "fader" and recommendation.change.after > recommendation.change.before + 3.0


def moves_inward(recommendation: Recommendation) -> bool:
    return recommendation.kind == "pan" and abs(recommendation.change.after) < 0.3 < abs(recommendation.change.before)


def found_by_ear(plan: Plan, kind: FindingClass) -> set[str]:
    return {finding.track_guid for finding in plan.findings if finding.kind == kind}


def found(plan: Plan, built: variants.Built) -> dict[str, bool]:
    moves = plan.recommendations
    raised = {move.track_guid for move in moves if raises_level(move)}
    centered = {move.track_guid for move in moves if moves_inward(move)}
    return {
        "hidden lead": bool(raised & keys_of(built, "hidden_lead")),
        "hard-panned bass": bool(centered & keys_of(built, "hard_pan")),
        "hum": bool(found_by_ear(plan, "hum") & keys_of(built, "hum")),
        "dead channel": bool(found_by_ear(plan, "dead_channel") & keys_of(built, "dead")),
    }


def test_the_bundled_session_gets_its_lead_and_its_bass_back(tmp_path: Path) -> None:
    draft = variants.shipped_draft()
    built = variants.build(tmp_path, seed=None, damaged=True, neutral_names=False, quick=True)
    plan = plan_for(built.path)
    raised = {move.track_name for move in plan.recommendations if raises_level(move)}
    centered = {move.track_name for move in plan.recommendations if moves_inward(move)}
    assert raised == {draft.strip(draft.lead).name}
    assert centered == {"Bass DI", "Bass Amp"}
    for kind, named in (("hum", "hum"), ("dead_channel", "dead"), ("off_center", "pan")):
        assert found_by_ear(plan, kind) == keys_of(built, named), kind  # type: ignore[arg-type]
    turned = {move.track_guid for move in plan.recommendations if move.kind == "polarity"}
    assert turned == keys_of(built, "polarity")
    (wait,) = [move for move in plan.recommendations if move.kind == "delay"]
    assert wait.track_name == "Snare Top"
    assert wait.change.after == pytest.approx(53 / 48 - 0.025, abs=0.04)  # less what the microphones stand apart
    assert [fault for move in plan.recommendations for fault in wording_faults(move)] == []
    told = [finding.sentence for finding in plan.findings] + [left.reason for left in plan.left_out]
    assert sentence_faults(plan.summary, plan.session_state_reason, plan.material_reason, *told) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_faults_are_found_wherever_they_are_and_whatever_the_tracks_are_called(tmp_path: Path) -> None:
    count = dict.fromkeys(("hidden lead", "hard-panned bass", "hum", "dead channel"), 0)
    for seed in SEEDS:
        built = variants.build(tmp_path / str(seed), seed=seed, damaged=True, neutral_names=True, quick=True)
        for fault, was_found in found(plan_for(built.path), built).items():
            count[fault] += was_found
        for file in (built.path.parent / "media").iterdir():
            file.unlink()
    assert min(count.values()) >= FEWEST_FOUND, count


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [None, 3, 5])
def test_an_undamaged_session_gets_at_most_two_moves_and_no_technical_one(seed: int | None, tmp_path: Path) -> None:
    built = variants.build(tmp_path, seed=seed, damaged=False, neutral_names=False, quick=False)
    plan = plan_for(built.path)
    assert len(plan.recommendations) <= 2, [move.rationale.headline for move in plan.recommendations]
    assert all(move.basis != "technical" for move in plan.recommendations)
    assert [finding.sentence for finding in plan.findings if finding.kind in TECHNICAL] == []
