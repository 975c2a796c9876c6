"""Suggest, apply, suggest again, over scrambled sessions: what is left is what the first plan announced."""

import re
from dataclasses import dataclass

import numpy as np
import pytest

from dawassist.plan.brief import Brief
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

NAMES = ("Kick", "Snare", "Tom", "Bass", "Gtr L", "Gtr R", "Keys", "Organ", "BGV", "Lead Vox")
ANNOUNCED = re.compile(r"the next one proposes up to ([\d.]+) dB more")
SEEDS = 8


@dataclass(frozen=True)
class Scramble:
    session: Session
    sounds: dict[str, Sound]

    def plan(self) -> Plan:
        analysis = make_analysis(self.session, self.sounds)
        draft = Studio().suggest(self.session, analysis, Brief())
        return realize(self.session, analysis, Brief(), draft, strategy="studio")

    def applied(self, plan: Plan) -> "Scramble":
        covariance = make_analysis(self.session, self.sounds).covariance
        assert covariance is not None
        moves = {r.change.target: r.change.desired_raw for r in plan.recommendations}
        return Scramble(MixState(self.session, covariance).changed(moves).session_now, self.sounds)


def scramble(seed: int, lead_db: tuple[float, float]) -> Scramble:
    """Faders anywhere, the lead's between these."""
    chance = np.random.default_rng(seed)
    sounds = {name: Sound(lufs=float(chance.uniform(-30.0, -16.0))) for name in NAMES}
    sounds["Lead Vox"] = Sound(lufs=float(chance.uniform(-30.0, -20.0)), plays=(10, 50), voice=0.8)
    sounds["BGV"] = Sound(lufs=float(chance.uniform(-32.0, -22.0)), plays=(20, 40))
    faders = {name: round(float(chance.uniform(-9.0, 5.0)), 1) for name in NAMES}
    faders["Lead Vox"] = round(float(chance.uniform(*lead_db)), 1)
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=faders[name])
        for n, name in enumerate(NAMES, start=1)
    ]
    return Scramble(make_session(tracks), sounds)


def moves(plan: Plan, reason_class: str = "") -> dict[str, float]:
    return {r.track_name: r.change.after - r.change.before for r in plan.recommendations
            if r.kind == "fader" and reason_class in ("", r.reason_class)}  # fmt: skip


def announced_db(plan: Plan) -> float:
    lines = (line for r in plan.recommendations for line in r.rationale.evidence)
    found = [match for line in lines if (match := ANNOUNCED.search(line.text))]
    return float(found[0][1]) if found else 0.0


def converges(first: Plan, again: Plan) -> bool:
    """Nothing reversed; beside what was announced of a lead, with the room that it takes, at most a fifth."""
    before, after, of_lead = moves(first), moves(again), moves(again, "hidden_lead")
    others = sum(abs(db) for name, db in after.items() if name not in of_lead)
    is_told = after.get("Lead Vox", 0.0) <= announced_db(first) + 0.2 and bool(of_lead) <= bool(announced_db(first))
    return (
        is_told
        and others <= 0.2 * sum(map(abs, before.values()))
        and all(db * before.get(name, db) > 0.0 for name, db in after.items())
        and len({r.card for r in again.recommendations}) <= 1
    )


def test_a_second_run_wants_what_the_first_announced_and_hardly_more() -> None:
    missed = []
    for lead_db in ((-24.0, -8.0), (-12.0, 2.0)):
        for seed in range(SEEDS):
            session = scramble(seed, lead_db)
            first = session.plan()
            if not converges(first, session.applied(first).plan()):
                missed.append((seed, lead_db))
    # Of 100 sessions of each kind 0 and 6 want a fader more, by a quarter of the first moves.
    assert len(missed) <= 2, missed


def test_a_lead_that_one_plan_does_not_bring_up_says_how_much_is_left() -> None:
    session = scramble(3, (-24.0, -22.0))
    first = session.plan()
    (lead,) = [r for r in first.recommendations if r.track_name == "Lead Vox"]
    assert lead.change.after - lead.change.before == pytest.approx(12.0, abs=0.1)
    assert announced_db(first) > 4.0
    assert wording_faults(lead) == []
    left_db = moves(session.applied(first).plan())["Lead Vox"]
    assert left_db == pytest.approx(min(announced_db(first), 12.0), abs=0.3)


def test_a_track_with_a_card_of_its_own_makes_no_room_on_the_lead_s() -> None:
    """A loud tom cannot come down in a mix that stays as loud; its own card says so, and the lead's leaves it."""
    for seed in range(SEEDS):
        plan = scramble(seed, (-12.0, 2.0)).plan()
        assert not any("another card moves the same control" in left.reason for left in plan.left_out)
        assert sentence_faults(*(left.reason for left in plan.left_out)) == []
