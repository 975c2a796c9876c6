"""What counts as found, as a false alarm and as left; and the figures made of it."""

import math
from dataclasses import replace

import pytest
from benchmarks.support.repair_sessions import RATE, Planted
from benchmarks.support.repair_trial import (
    COVERED_HUM,
    MEANT_CLIPPING,
    SMALL_DELAY,
    is_found,
    is_left_alone,
    is_undecided,
    unexplained,
    what_is_left,
)
from benchmarks.support.scoring import Outcome, interval_by_song, score, tercile_edges

from dawassist.plan.model import LeftOut
from tests.sessions import make_item, make_session, make_track

GUIDS = tuple(make_track(number=number).guid for number in (1, 2))


def planted(kind: str, severity: float = 1.0, **truth: float) -> Planted:
    return Planted(kind=kind, guids=GUIDS, severity=severity, truth=truth)


def outcomes(found: int, missed: int, false: int) -> list[Outcome]:
    hits = [True] * found + [False] * missed
    return [
        *(Outcome(song="a", severity=float(place), is_found=hit) for place, hit in enumerate(hits)),
        *(Outcome(song="b", severity=None, is_found=True) for _ in range(false)),
    ]


def test_f1_of_found_missed_and_false() -> None:
    found = score(outcomes(6, 3, 2), (3.0, 6.0), (0, 1, 2))
    assert found.precision == pytest.approx(6 / 8)
    assert found.recall == pytest.approx(6 / 9)
    assert found.f1 == pytest.approx(2 * 0.75 * (2 / 3) / (0.75 + 2 / 3))


def test_terciles_divide_the_planted_and_every_false_alarm_counts_in_each() -> None:
    each = outcomes(6, 3, 1)
    edges = tercile_edges(each)
    assert score(each, edges, (0,)).recall == 1.0
    assert score(each, edges, (2,)).recall == 0.0
    assert score(each, edges, (0,)).precision == pytest.approx(3 / 4)


def test_a_class_without_faults_has_no_f1() -> None:
    assert math.isnan(score(outcomes(0, 0, 1), (0.0, 0.0), (0, 1, 2)).f1)


def test_the_interval_comes_from_whole_songs() -> None:
    good = [Outcome(song="good", severity=1.0, is_found=True)] * 5
    bad = [Outcome(song="bad", severity=1.0, is_found=False)] * 5
    low, high = interval_by_song([*good, *bad], lambda drawn: sum(each.is_found for each in drawn) / len(drawn), 1)
    assert (low, high) == (0.0, 1.0)


def test_an_alarm_answers_a_fault_of_its_class_on_its_tracks() -> None:
    assert is_found(planted("hum"), {("hum", frozenset({GUIDS[0]}))})
    assert is_found(planted("dead_channel"), {("silent", frozenset({GUIDS[0]}))})
    assert not is_found(planted("hum"), {("hum", frozenset({"other"})), ("rumble", frozenset({GUIDS[0]}))})


@pytest.mark.parametrize(("kind", "said"), [("hum", COVERED_HUM), ("delay", SMALL_DELAY)])
def test_what_is_told_as_covered_or_small_is_found_and_counted_as_left_alone(kind: str, said: str) -> None:
    told = (said, frozenset({GUIDS[0]}))
    assert is_found(planted(kind), {told})
    assert is_left_alone(planted(kind), {told})
    assert not is_left_alone(planted(kind), {told, (kind, frozenset({GUIDS[0]}))})
    assert unexplained([told], [planted(kind)]) == []
    assert unexplained([told], []) == [(kind, frozenset({GUIDS[0]}))]


def test_clipping_that_is_taken_as_meant_is_missed_and_counted_as_left_alone() -> None:
    meant = (MEANT_CLIPPING, frozenset({GUIDS[0]}))
    assert not is_found(planted("clipping"), {meant})
    assert is_left_alone(planted("clipping"), {meant})
    assert unexplained([meant], []) == []


def test_a_pair_that_the_plan_cannot_tell_is_undecided() -> None:
    reason = "It plays what Bass DI plays, but how late or which way round cannot be told."
    left = LeftOut(track_guid=GUIDS[1], track_name="Bass Amp", reason=reason)
    assert is_undecided(planted("delay"), [left])
    assert not is_undecided(planted("delay"), [replace(left, track_guid="other"), replace(left, reason="Locked.")])


def test_what_a_fault_brings_with_it_is_no_false_alarm() -> None:
    turned = planted("polarity", inverted=1.0, delay_samples=7.0)
    side = replace(planted("dead_side"), guids=("side",))
    alarms = [
        ("delay", frozenset(GUIDS)), ("hum", frozenset(GUIDS)), ("imbalance", frozenset({"side"})),
        ("imbalance", frozenset({GUIDS[0]})), ("true_peak", frozenset[str]()),
    ]  # fmt: skip
    assert unexplained(alarms, [turned, side]) == [alarms[1], alarms[3]]
    assert len(unexplained(alarms, [])) == 5
    upright = planted("delay", inverted=0.0, delay_samples=7.0)
    assert unexplained([("polarity", frozenset(GUIDS))], [upright]) == [("polarity", frozenset(GUIDS))]


def test_what_is_left_of_a_delay_are_samples_and_of_an_inversion_all_or_nothing() -> None:
    one, other = (make_track(number=number, items=[make_item("a.wav")]) for number in (1, 2))
    before = make_session([one, other])
    late = planted("delay", delay_samples=100.0)
    waits = make_session([replace(one, delay_seconds=98.5 / RATE), other])
    assert what_is_left(late, before, before, set()) == 100.0
    assert what_is_left(late, before, waits, set()) == pytest.approx(1.5)
    inverted = planted("polarity", inverted=1.0)
    assert what_is_left(inverted, before, before, set()) == 1.0
    assert what_is_left(inverted, before, make_session([one, replace(other, polarity_inverted=True)]), set()) == 0.0


def test_what_is_left_of_a_copy_is_the_change_of_level() -> None:
    one, other = (make_track(number=number) for number in (1, 2))
    before = make_session([one, other])
    copy = planted("duplicate", gain_db=0.0)
    after = make_session([replace(one, fader_db=6.0206), replace(other, muted=True)])
    assert what_is_left(copy, before, before, set()) == 6.0
    assert what_is_left(copy, before, after, set()) == pytest.approx(0.0, abs=1e-3)
