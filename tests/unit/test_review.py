"""Verdicts, amounts and locks: what goes into the next Apply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.review import Decisions
from dawassist.units import db_to_gain
from tests.plans import guid, make_fader, make_pan, make_plan

KICK = make_fader(1, "Kick", -6.0, -3.0)
BASS = make_pan(2, "Bass", 1.0, 0.0, card="bass")
BASS_FADER = make_fader(2, "Bass", 0.0, -3.0, card="bass", requires=(BASS.id,))
PLAN = make_plan([KICK, BASS, BASS_FADER])


def test_nothing_is_accepted_before_the_engineer_says_so() -> None:
    assert Decisions().accepted(PLAN) == ()


def test_accepting_and_resetting_leave_the_old_value_for_undo() -> None:
    first = Decisions()
    second = first.accept([KICK.id])
    assert second.accepted(PLAN) == (KICK,)
    assert second.reset([KICK.id]).accepted(PLAN) == ()
    assert first.accepted(PLAN) == ()


def test_a_card_is_decided_together() -> None:
    decisions = Decisions().accept(PLAN.card_of(BASS.id))
    assert decisions.accepted(PLAN) == (BASS, BASS_FADER)


def test_a_change_that_needs_another_is_blocked_with_the_reason() -> None:
    decisions = Decisions().accept([BASS_FADER.id])
    assert decisions.accepted(PLAN) == ()
    assert "pan on Bass" in decisions.blocked(PLAN, BASS_FADER)


def test_a_locked_track_stays_out_and_says_why() -> None:
    decisions = Decisions().accept([KICK.id]).lock(guid(1))
    assert decisions.accepted(PLAN) == ()
    assert decisions.blocked(PLAN, KICK) == "Kick is locked."
    assert decisions.unlock(guid(1)).accepted(PLAN) == (KICK,)


def test_an_amount_of_zero_equals_leaving_it() -> None:
    assert Decisions().accept([KICK.id]).with_amount([KICK.id], 0.0).accepted(PLAN) == ()


@given(st.floats(0.0, 1.0))
def test_levels_scale_in_decibels(amount: float) -> None:
    change = Decisions().with_amount([KICK.id], amount).change(KICK)
    assert change.after == pytest.approx(-6.0 + 3.0 * amount)
    assert change.desired_raw == pytest.approx(db_to_gain(-6.0 + 3.0 * amount))


def test_half_a_pan_is_linear() -> None:
    assert Decisions().with_amount([BASS.id], 0.5).change(BASS).desired_raw == 0.5


def test_amounts_outside_the_range_are_clipped() -> None:
    assert Decisions().with_amount([KICK.id], 7.0).of(KICK.id).amount == 1.0


def test_an_edited_value_wins_over_the_amount_and_accepts() -> None:
    decisions = Decisions().with_amount([KICK.id], 0.5).with_value(KICK.id, -1.0)
    assert decisions.change(KICK).after == -1.0
    assert decisions.accepted(PLAN) == (KICK,)


def test_verdicts_survive_a_plan_with_other_values() -> None:
    resolved = make_fader(1, "Kick", -6.0, -2.0)
    assert resolved.id == KICK.id
    assert resolved.revision != KICK.revision
    assert Decisions().accept([KICK.id]).accepted(make_plan([resolved])) == (resolved,)
