"""Item work: gain steps between comped takes, phrases off their neighbors; what is sung so is told from gain."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.model import Activity, Analysis
from dawassist.plan.brief import Brief
from dawassist.plan.codec import plan_from_json, plan_to_json
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Item, Session
from dawassist.session.targets import ItemTarget
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_take, make_track

TAKE_SECONDS, SUNG_SECONDS = 6.0, 4.0
SUNG_DBFS, FLOOR_DBFS = -22.0, -70.0


def take_item(place: int, **fields: Any) -> Item:
    """Three takes of which the third plays, another file each, 1 s into its file."""
    takes = tuple(
        make_take(f"take{place}-{lane}.wav", guid=make_guid(7000 + 10 * place + lane), start_offset_seconds=1.0)
        for lane in range(3)
    )
    values = {"guid": make_guid(8000 + place), "position_seconds": place * TAKE_SECONDS,
              "length_seconds": TAKE_SECONDS, "takes": takes, "active_take": 2}  # fmt: skip
    return make_item(**(values | fields))


def session_of(items: list[Item], **lead: Any) -> Session:
    tracks = [
        make_track(number=1, name="Lead Vox", items=items, fader_db=-2.0, **lead),
        make_track(number=2, name="Gtr", items=[make_item("g.wav", length_seconds=60.0)], fader_db=-6.0),
    ]
    return make_session(tracks)


def heard(session: Session, levels_db: list[float], floors_db: list[float | None]) -> Analysis:
    """Per stretch of 6 s: 4 s that sound, 2 s of floor."""
    analysis = make_analysis(session, {"Lead Vox": Sound(lufs=-20.0, voice=0.8)})
    curve = []
    for level, floor in zip(levels_db, floors_db, strict=True):
        sung = np.full(round(SUNG_SECONDS / STEP_SECONDS), level) + np.tile([1.5, -1.5], round(100 * SUNG_SECONDS))
        rest = np.full(round((TAKE_SECONDS - SUNG_SECONDS) / STEP_SECONDS), -150.0 if floor is None else floor)
        curve += [sung, rest]
    segments = tuple((place * TAKE_SECONDS, place * TAKE_SECONDS + SUNG_SECONDS) for place in range(len(levels_db)))
    lead = replace(
        analysis.tracks[0],
        levels=LevelCurve(level_dbfs=np.concatenate(curve).astype(np.float16)),
        activity=Activity(share=0.6, segments=segments),
    )
    end_seconds = len(levels_db) * TAKE_SECONDS
    return replace(analysis, tracks=(lead, *analysis.tracks[1:]), end_seconds=end_seconds)


def plan_of(session: Session, levels_db: list[float], floors_db: list[float | None] | None = None) -> Plan:
    analysis = heard(session, levels_db, floors_db or [None] * len(levels_db))
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    assert [fault for r in plan.recommendations for fault in wording_faults(r)] == []
    assert sentence_faults(*(finding.sentence for finding in plan.findings)) == []
    return plan


def levels(*offs_db: float) -> list[float]:
    return [SUNG_DBFS + off for off in offs_db]


def floors(*offs_db: float) -> list[float | None]:
    return [FLOOR_DBFS + off for off in offs_db]


COMP = [take_item(place) for place in range(5)]


def items_moved(plan: Plan) -> list[tuple[str, float]]:
    return [
        (r.change.target.item_guid, round(r.change.after - r.change.before, 1))
        for r in plan.recommendations
        if isinstance(r.change.target, ItemTarget)
    ]


def test_a_take_with_another_gain_comes_to_its_neighbors_by_item_gain_with_its_place_and_numbers() -> None:
    plan = plan_of(session_of(COMP), levels(0, 0, -3.8, 0, 0), floors(0, 0, -3.8, 0, 0))
    assert items_moved(plan) == [(COMP[2].guid, 3.8)]
    (step,) = [r for r in plan.recommendations if r.kind == "item"]
    assert step.rationale.headline == "Take 3 of Lead Vox (0:12–0:18) is 3.8 dB quieter than its neighbors"
    assert step.change.parameter == "Item gain 0:12–0:18"
    assert (step.basis, step.confidence) == ("corrective", 0.85)
    assert any("-3.8 dB off theirs: another gain" in line.text for line in step.rationale.evidence)
    assert step.predicted[0].after == pytest.approx(0.0, abs=0.1)


def test_a_take_that_is_sung_more_softly_keeps_its_noise_and_half_of_its_distance() -> None:
    plan = plan_of(session_of(COMP), levels(0, 0, -5, 0, 0), floors(0, 0, 0, 0, 0))
    assert items_moved(plan) == [(COMP[2].guid, 2.5)]
    assert plan.recommendations[0].basis == "taste"


@pytest.mark.parametrize(
    "offs_db",
    [(0, 0, -2.5, 0, 0), (0, 0, -4, -4, -4), (-8, -8, -4, 0, 0)],
    ids=["small", "a section", "a rise"],
)
def test_small_steps_and_steps_of_the_song_are_left_alone(offs_db: tuple[float, ...]) -> None:
    assert items_moved(plan_of(session_of(COMP), levels(*offs_db), floors(*offs_db))) == []


def test_one_performance_that_was_only_split_is_no_comp() -> None:
    whole = [
        take_item(place, takes=(make_take("one.wav", start_offset_seconds=place * TAKE_SECONDS),), active_take=0)
        for place in range(5)
    ]
    plan = plan_of(session_of(whole), levels(0, 0, -3.5, 0, 0), floors(0, 0, -3.5, 0, 0))
    assert not any(r.reason_class == "take_step" for r in plan.recommendations)


def test_muted_items_and_other_lanes_do_not_count_and_a_locked_item_is_said() -> None:
    silent = [
        *COMP,
        take_item(2, guid=make_guid(8100), muted=True),
        take_item(2, guid=make_guid(8101), lane_plays=False),
    ]
    assert items_moved(plan_of(session_of(silent), levels(0, 0, 4, 0, 0))) == [(COMP[2].guid, -4.0)]
    locked = [replace(item, locked=True) for item in COMP]
    plan = plan_of(session_of(locked), levels(0, 0, 4, 0, 0))
    assert items_moved(plan) == []
    assert any("the item is locked" in left.reason for left in plan.left_out)


def test_phrases_on_items_of_their_own_come_half_of_the_way_on_one_card() -> None:
    offs_db = (0, 0, -7, -6.5, 0, 0, 5, 0)
    phrases = [take_item(place) for place in range(8)]
    plan = plan_of(session_of(phrases), levels(*offs_db), floors(*[0] * 8))
    moved = {r.change.parameter: r for r in plan.recommendations if r.reason_class == "phrase_level"}
    assert set(moved) >= {"Item gain 0:12–0:18", "Item gain 0:18–0:24"}
    assert len({r.card for r in moved.values()}) == 1
    assert all(0.0 < abs(r.change.after - r.change.before) <= 3.0 for r in moved.values())
    assert "is 7.0 dB quieter than those around it" in moved["Item gain 0:12–0:18"].rationale.headline


def test_phrases_that_share_an_item_are_told_with_their_places_and_nothing_is_split() -> None:
    whole = make_item("all.wav", guid=make_guid(8000), length_seconds=48.0)
    plan = plan_of(session_of([whole]), levels(0, 0, -7, 0, 0, 0, 6, 0), floors(*[0] * 8))
    assert items_moved(plan) == []
    (finding,) = [f for f in plan.findings if f.kind == "phrase_levels"]
    assert "2 phrases of Lead Vox lie over 4 dB off" in finding.sentence
    assert [line.text for line in finding.evidence] == [
        "0:12–0:16: -7.0 dB against the phrases around it.", "0:36–0:40: +6.0 dB against the phrases around it.",
    ]  # fmt: skip
    assert finding.at_seconds == (12.0, 36.0)


def test_instruments_are_played_as_they_are() -> None:
    session = session_of(COMP)
    guitars = replace(session, tracks=(replace(session.tracks[0], name="Gtr solo"), *session.tracks[1:]))
    assert items_moved(plan_of(guitars, levels(0, 0, -3.8, 0, 0), floors(0, 0, -3.8, 0, 0))) == []


def test_a_plan_with_item_gains_survives_its_file() -> None:
    session = session_of(COMP)
    plan = plan_of(session, levels(0, 0, -3.8, 0, 0))
    assert plan_from_json(plan_to_json(plan, session)) == plan


def test_from_a_project_file_to_a_new_one_whose_takes_are_even(tmp_path: Path) -> None:
    from dawassist.journal import Journal
    from dawassist.opening import open_file
    from dawassist.review import Decisions
    from tests.golden.projects import RATE, item, project, track, write_wave

    chance = np.random.default_rng(3)
    at = np.arange(round(3.0 * RATE)) / RATE
    for place, gain_db in enumerate((0.0, 0.0, -5.0, 0.0, 0.0)):
        tone = sum(np.sin(2 * np.pi * 220 * k * at + k) / k for k in range(1, 9)) * (at < 2.2)
        sung = 0.08 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 2.0 * at + place)) + 2e-4 * chance.standard_normal(len(at))
        write_wave(tmp_path, f"take{place}.wav", 10.0 ** (gain_db / 20.0) * sung)
    items = [item(f"take{place}.wav", at=3.0 * place, length=3.0) for place in range(5)]
    guitar = track("Gtr", items=[item("take0.wav", length=3.0)], volpan="0.5 0 -1 -1 1")
    text = project(track("Lead Vox", items=items, volpan="0.8 0 -1 -1 1"), guitar)
    (tmp_path / "song.rpp").write_text(text, encoding="utf-8")
    journal = Journal(tmp_path / "journal.jsonl")
    with open_file(tmp_path / "song.rpp", out=tmp_path / "out.rpp", journal=journal) as assistant:
        session = assistant.snapshot()
        plan = assistant.suggest(session, assistant.analyze(session, Brief()), Brief())
        (step,) = [r for r in plan.recommendations if r.reason_class == "take_step"]
        assert step.change.after == pytest.approx(5.0, abs=0.3)
        assert assistant.write_copy(plan, Decisions().accept([step.id])).is_clean
    with open_file(tmp_path / "out.rpp", journal=journal) as assistant:
        session = assistant.snapshot()
        assert session.tracks[0].items[2].level_db == pytest.approx(step.change.after, abs=0.01)
        plan = assistant.suggest(session, assistant.analyze(session, Brief()), Brief())
        assert not any(r.kind == "item" for r in plan.recommendations)
