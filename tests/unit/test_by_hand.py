"""A control set by hand after an Apply: it stays, it teaches, and an undo in REAPER is not taken for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.assistant import Assistant
from dawassist.by_hand import leaving, left_by_hand
from dawassist.journal import Journal
from dawassist.learning import TasteFile
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Centered, Order, Range
from dawassist.plan.model import Plan, Recommendation, TrackRole
from dawassist.review import Decisions
from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain
from tests.memory_daw import MemoryDaw
from tests.plans import FINGERPRINT, guid, make_fader, make_pan, make_plan
from tests.sessions import make_session, make_track

LEAD_FADER = TrackTarget(track_guid=guid(1), field="fader_gain")
BASS_PAN = TrackTarget(track_guid=guid(2), field="pan")


def taste_fader() -> Recommendation:
    fader = make_fader(1, "Lead", -6.0, -3.0)
    reason = "level_outside_human_range"
    return replace(fader, basis="taste", reason_class=reason, id=Recommendation.identify(fader.change, "fader", reason))


PAN = make_pan(2, "Bass", 1.0, 0.0)
ROLES = (
    TrackRole(track_guid=guid(1), role="lead_vocal", confidence=0.95),
    TrackRole(track_guid=guid(2), role="bass", confidence=0.95),
)
PLAN: Plan = replace(make_plan([taste_fader(), PAN]), roles=ROLES)


@pytest.fixture
def daw() -> MemoryDaw:
    tracks = [
        make_track(guid=guid(1), number=1, name="Lead", fader_db=-6.0),
        make_track(guid=guid(2), number=2, name="Bass", pan=1.0),
    ]
    return MemoryDaw(make_session(tracks=tracks).with_fingerprint(FINGERPRINT))


@pytest.fixture
def assistant(daw: MemoryDaw, tmp_path: Path) -> Assistant:
    opened = Assistant(daw, Journal(tmp_path / "journal.jsonl"), place="a session in memory")
    opened._tastes = TasteFile(tmp_path / "taste.json")
    opened.apply(PLAN, Decisions().accept(r.id for r in PLAN.recommendations))
    return opened


def test_what_still_holds_what_was_written_was_not_set_by_hand(assistant: Assistant, daw: MemoryDaw) -> None:
    assert assistant.by_hand(daw.session) == ()


def test_a_fader_moved_after_apply_is_left_there_and_told(assistant: Assistant, daw: MemoryDaw) -> None:
    daw.set(LEAD_FADER, db_to_gain(-1.0))
    edits = assistant.by_hand(daw.session)
    assert left_by_hand(edits) == "Set by hand since Apply, and left as it is: Lead · Fader (now -1.00 dB)."
    brief = leaving(Brief(), daw.session, edits)
    assert [str(each) for each in brief.constraints] == ["Lead · Fader as it was set by hand since Apply"]
    assert brief.constraints[0].tracks == (guid(1),)  # type: ignore[union-attr]
    assert brief.rejected == {taste_fader().id}


def test_one_control_that_is_put_back_was_put_back_by_hand(assistant: Assistant, daw: MemoryDaw) -> None:
    daw.set(BASS_PAN, 1.0)
    assert [edit.target for edit in assistant.by_hand(daw.session)] == [BASS_PAN]


def test_a_transaction_that_is_back_whole_was_undone_in_reaper(assistant: Assistant, daw: MemoryDaw) -> None:
    daw.set(BASS_PAN, 1.0)
    daw.set(LEAD_FADER, db_to_gain(-6.0))
    assert assistant.by_hand(daw.session) == ()


def test_what_was_taken_back_with_revert_was_not_set_by_hand(assistant: Assistant, daw: MemoryDaw) -> None:
    assistant.revert()
    daw.set(LEAD_FADER, db_to_gain(-9.0))
    assert assistant.by_hand(daw.session) == ()


def test_a_track_that_is_gone_was_not_set_by_hand(assistant: Assistant, daw: MemoryDaw) -> None:
    daw.session = replace(daw.session, tracks=daw.session.tracks[1:])
    assert assistant.by_hand(daw.session) == ()


@pytest.mark.parametrize(
    ("demand", "locks"),
    [
        (Range(tracks=("Lead",), lowest=-4.0), 0),
        (Centered(tracks=("Bass",)), 1),
        (Order(above=("role:lead_vocal",), below=("Bass",), by_db=3.0), 0),
    ],
)
def test_what_the_brief_demands_of_a_track_wins(
    assistant: Assistant, daw: MemoryDaw, demand: Range | Centered | Order, locks: int
) -> None:
    daw.set(LEAD_FADER, db_to_gain(-1.0))
    brief = leaving(Brief(constraints=(demand,)), daw.session, assistant.by_hand(daw.session))
    assert len(brief.constraints) == 1 + locks


def test_a_fader_that_was_taste_teaches_once_how_far_it_was_moved_beyond(assistant: Assistant, daw: MemoryDaw) -> None:
    daw.set(LEAD_FADER, db_to_gain(-1.0))
    daw.set(BASS_PAN, 0.4)
    for _ in range(3):
        assistant.learn_by_hand(daw.session, PLAN)
    (kept,) = assistant.taste().by_role.items()
    assert (kept[0], kept[1].verdicts) == ("lead_vocal", 1.0)
    assert kept[1].sum_db == pytest.approx(2.0)
