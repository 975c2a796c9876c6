"""The polarities of a kit are chosen together, at the present faders, with overheads and rooms held still."""

from collections.abc import Mapping
from typing import Any

import pytest

from dawassist.analysis.pairs import TrackPair
from dawassist.plan.model import Plan
from dawassist.plan.wording import wording_faults
from tests.unit.strategies.technical_sessions import Mic, analyzed, mic, pair, planned, session_of, technical_moves

BLEED = {"residual_db": -0.7, "late_ms": 0.0}


def kit(
    *, tom: float = 1.0, snare: float = 1.0, kick: float = 1.0, fields: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Mic, ...]:
    """Kick, snare, tom and overheads that hear all of them; a sign of −1 turns that close microphone over."""
    own = fields or {}
    return (
        mic("Kick", own.get("Kick"), kick=(kick, 0.0)),
        mic("Snare", own.get("Snare"), snare=(snare, 0.0)),
        mic("Rack Tom", own.get("Rack Tom"), tom=(tom, 0.0)),
        mic("Overheads", own.get("Overheads"), kick=(0.7, 0.0), snare=(0.8, 0.0), tom=(0.8, 0.0)),
    )


def to_overheads(mics: tuple[Mic, ...], **fields: Any) -> list[TrackPair]:
    """Every close microphone with the overheads, the last track."""
    gains = [next(iter(m.hears.values()))[0] for m in mics[:-1]]
    return [pair(n, len(mics), inverted=gain < 0.0, **{**BLEED, **fields}) for n, gain in enumerate(gains, start=1)]


def plan_of(mics: tuple[Mic, ...], pairs: list[TrackPair]) -> Plan:
    session = session_of(*mics)
    return planned(session, analyzed(session, pairs, *mics))


def test_a_tom_against_the_overheads_is_turned_and_the_gain_of_the_kit_is_told() -> None:
    mics = kit(tom=-1.0)
    plan = plan_of(mics, to_overheads(mics))
    (move,) = [r for r in plan.recommendations if r.basis == "technical"]
    assert (move.track_name, move.kind, move.reason_class) == ("Rack Tom", "polarity", "kit_polarity")
    assert move.rationale.headline.startswith("Rack Tom against the overheads and rooms: +")
    assert move.predicted[0].metric == "energy while playing at 60–250 Hz of the kit"
    assert move.predicted[0].after - move.predicted[0].before >= 1.5
    assert wording_faults(move) == []


def test_a_kit_that_fits_is_left_alone() -> None:
    mics = kit()
    assert technical_moves(plan_of(mics, to_overheads(mics))) == {}


def test_a_gain_under_one_and_a_half_decibels_is_not_shown() -> None:
    mics = kit(tom=-1.0, fields={"Rack Tom": {"fader_db": -24.0}})
    assert technical_moves(plan_of(mics, to_overheads(mics))) == {}


def test_several_flips_are_one_card() -> None:
    mics = kit(tom=-1.0, kick=-1.0)
    plan = plan_of(mics, to_overheads(mics))
    assert technical_moves(plan) == {"Kick": ("polarity", 1.0), "Rack Tom": ("polarity", 1.0)}
    assert len({r.card for r in plan.recommendations if r.basis == "technical"}) == 1


def test_the_overheads_hold_still_even_when_everything_stands_against_them() -> None:
    mics = kit(tom=-1.0, kick=-1.0, snare=-1.0)
    assert "Overheads" not in technical_moves(plan_of(mics, to_overheads(mics)))


def test_without_overheads_the_strongest_holds_still() -> None:
    mics = (
        mic("Kick", kick=(1.0, 0.0), snare=(0.3, 0.0)),
        mic("Snare", {"fader_db": -3.0}, snare=(-1.0, 0.0), kick=(-0.6, 0.0)),
        mic("Rack Tom", {"fader_db": -3.0}, tom=(1.0, 0.0), kick=(0.6, 0.0)),
    )
    pairs = [pair(1, 2, inverted=True, **BLEED), pair(1, 3, **BLEED)]
    assert set(technical_moves(plan_of(mics, pairs))) <= {"Snare"}


def test_the_side_of_a_snare_that_turns_is_the_one_that_fits_the_overheads() -> None:
    """Bottom against top, and the top against the overheads: the top turns, which serves both."""
    mics = (
        mic("Snare Top", snare=(-1.0, 0.0)),
        mic("Snare Bottom", snare=(0.6, 0.0)),
        mic("Kick", kick=(1.0, 0.0)),
        mic("Overheads", snare=(0.9, 0.0), kick=(0.7, 0.0)),
    )
    pairs = [
        pair(1, 2, inverted=True), pair(1, 4, inverted=True, **BLEED), pair(2, 4, **BLEED), pair(3, 4, **BLEED),
    ]  # fmt: skip
    assert technical_moves(plan_of(mics, pairs)) == {"Snare Top": ("polarity", 1.0)}


def test_other_instruments_are_no_part_of_the_kit() -> None:
    mics = (*kit()[:3], mic("Lead Vox", kick=(-0.7, 0.0), snare=(-0.8, 0.0), tom=(-0.8, 0.0)))
    assert technical_moves(plan_of(mics, to_overheads(mics))) == {}


def test_uncertain_pairs_turn_nothing() -> None:
    mics = kit(tom=-1.0)
    assert technical_moves(plan_of(mics, to_overheads(mics, confidence=0.9))) == {}


@pytest.mark.parametrize("count", [14, 20])
def test_large_kits_are_solved_too(count: int) -> None:
    names = [f"Tom {n}" for n in range(count)]
    mics = [mic(name, **{f"s{n}": (-1.0 if n == 3 else 1.0, 0.0)}) for n, name in enumerate(names)]
    overheads = mic("Overheads", **{f"s{n}": (0.9, 0.0) for n in range(count)})
    mics[3] = mic("Tom 3", s3=(-3.0, 0.0))
    found = technical_moves(plan_of((*mics, overheads), to_overheads((*mics, overheads))))
    assert set(found) <= {"Tom 3"}
