"""What verdicts teach: offsets per role that come from one engineer, stay on the machine, and can be forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.learning import TasteFile, level_verdicts
from dawassist.plan.model import Plan, Recommendation, TrackRole
from dawassist.plan.taste import LARGEST_OFFSET_DB, LevelVerdict, Taste
from dawassist.review import Decisions
from tests.plans import guid, make_fader, make_pan, make_plan

LEAD = replace(make_fader(1, "Lead", -6.0, -4.0), basis="taste")
KICK = replace(make_fader(2, "Kick", -6.0, -8.0), basis="taste")
LOST = replace(make_fader(3, "BV", -30.0, -8.0), basis="corrective")
PAN = replace(make_pan(2, "Kick", 1.0, 0.0), basis="taste")


def plan_of(*recommendations: Recommendation) -> Plan:
    roles = [(1, "lead_vocal"), (2, "kick"), (3, "backing_vocal")]
    told = tuple(TrackRole(track_guid=guid(n), role=role, confidence=0.95) for n, role in roles)
    return replace(make_plan(recommendations), roles=told)


def verdicts(plan: Plan, decisions: Decisions) -> list[LevelVerdict]:
    return list(level_verdicts(plan, decisions, {r.id for r in plan.recommendations}))


def test_an_edit_upward_asks_for_more_and_plain_agreement_for_nothing() -> None:
    decisions = Decisions().with_value(LEAD.id, -1.5).accept([KICK.id])
    assert verdicts(plan_of(LEAD, KICK), decisions) == [
        LevelVerdict(role="lead_vocal", beyond_db=2.5),
        LevelVerdict(role="kick", beyond_db=0.0),
    ]


def test_a_rejected_move_counts_half_for_the_level_as_it_is() -> None:
    assert verdicts(plan_of(LEAD), Decisions().reject([LEAD.id])) == [
        LevelVerdict(role="lead_vocal", beyond_db=-2.0, weight=0.5)
    ]


def test_only_decided_faders_that_are_taste_teach_anything() -> None:
    plan = plan_of(LEAD, LOST, PAN)
    assert verdicts(plan, Decisions().accept([LOST.id, PAN.id])) == []


def test_only_the_named_recommendations_are_learned_from() -> None:
    decisions = Decisions().accept([LEAD.id, KICK.id])
    assert [v.role for v in level_verdicts(plan_of(LEAD, KICK), decisions, {KICK.id})] == ["kick"]


def test_an_engineer_who_likes_the_lead_2_db_louder_is_known_after_eight_verdicts() -> None:
    taste = Taste()
    for _ in range(8):
        proposed_db = -4.0 + taste.offset_db("lead_vocal")
        taste = taste.learned([LevelVerdict(role="lead_vocal", beyond_db=-2.0 - proposed_db)])
    assert taste.offset_db("lead_vocal") == pytest.approx(2.0, abs=0.4)
    assert taste.offset_db("kick") == 0.0


@given(st.lists(st.floats(-60.0, 60.0), max_size=30))
def test_an_offset_never_leaves_its_range(asked: list[float]) -> None:
    taste = Taste().learned(LevelVerdict(role="kick", beyond_db=db) for db in asked)
    assert abs(taste.offset_db("kick")) <= LARGEST_OFFSET_DB


def test_what_was_learned_is_kept_and_can_be_forgotten(tmp_path: Path) -> None:
    kept = TasteFile(tmp_path / "new" / "taste.json")
    assert kept.load() == Taste()
    taste = Taste().learned([LevelVerdict(role="lead_vocal", beyond_db=2.0)])
    kept.store(taste)
    assert TasteFile(kept.path).load() == taste
    kept.forget()
    kept.forget()
    assert kept.load() == Taste()


@pytest.mark.parametrize("damage", ["", "[]", '{"kick": 3}', '{"kick": {"sum_db": 1}}', "\x00"])
def test_a_damaged_file_is_no_taste(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "taste.json"
    path.write_text(damage)
    assert TasteFile(path).load() == Taste()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    from dawassist.errors import InputError

    with pytest.raises(InputError, match="What was learned cannot be kept"):
        TasteFile(tmp_path / "file" / "taste.json").store(Taste())
