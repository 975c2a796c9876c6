"""From intents for tools to a session that holds them and back: realize, prepare, apply, verify, undo."""

from pathlib import Path
from typing import Any

import pytest

from dawassist import apply as applying
from dawassist.intents import (
    CompressorIntent,
    DelaySettings,
    EnvelopeIntent,
    EqBandIntent,
    Intent,
    ProposedBus,
    SendIntent,
)
from dawassist.journal import Journal
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.model import Plan, Rationale
from dawassist.plan.raw_laws import value_of
from dawassist.realize.plan import realize
from dawassist.review import Decisions
from dawassist.session.model import Fx, Session
from tests.analyses import Sound, make_analysis
from tests.contract.conftest import Adapter
from tests.contract.test_daw import BASS, KICK, LEAD, SNARE, plain

BARE = SNARE  # no plug-ins of its own: beside one that is there none of its kind is inserted
TWO_KINDS = pytest.mark.parametrize("adapter", ["file", "agent"], indirect=True)
INTENTS: tuple[Intent, ...] = (
    EqBandIntent(track_guid=KICK, type="bell", frequency_hz=350.0, gain_db=-4.0, q=2.0),  # a band changes its type
    EqBandIntent(track_guid=KICK, type="high_pass", frequency_hz=35.0),
    EqBandIntent(track_guid=BARE, type="high_pass", frequency_hz=90.0),
    EqBandIntent(track_guid=BARE, type="bell", frequency_hz=2800.0, gain_db=-2.0, q=3.0),
    CompressorIntent(
        track_guid=BARE, threshold_db=-20.0, ratio=3.0, attack_ms=8.0, release_ms=90.0, makeup_gain_db=3.0
    ),
    CompressorIntent(track_guid=KICK, threshold_db=-14.0, ratio=4.0, attack_ms=12.0, release_ms=80.0),
    SendIntent(track_guid=KICK, level_db=-25.0, bus=ProposedBus(name="Plate", effect="reverb")),
    SendIntent(track_guid=SNARE, level_db=-12.0, bus=ProposedBus(name="Plate", effect="reverb")),
    SendIntent(
        track_guid=LEAD,
        level_db=-14.0,
        bus=ProposedBus(name="Echo", effect="delay", delay=DelaySettings(time_ms=375.0, feedback_db=-10.0)),
    ),
    EnvelopeIntent(track_guid=BASS, start_seconds=3.0, end_seconds=4.0, gain_db=2.0),
)


def plan_of(session: Session, *intents: Intent) -> Plan:
    rationale = Rationale(headline="5.0 dB at 320 Hz", evidence=(), sources=("test",))
    proposals = tuple(
        Proposal(intents=(each,), reason_class=f"test {k}", basis="corrective", confidence=0.8, rationale=rationale)
        for k, each in enumerate(intents)
    )
    draft = Draft(
        session_state="in_progress", session_state_reason="", roles=(), proposals=proposals, left_out=(), checked=""
    )
    sounds = [Sound()] * sum(bool(track.items) for track in session.tracks)
    return realize(session, make_analysis(session, sounds), Brief(), draft, strategy="test")


def chain(session: Session, guid: str) -> tuple[Fx, ...]:
    found = session.track(guid)
    assert found is not None
    return found.fx


@TWO_KINDS
def test_tools_land_in_the_session_and_are_taken_back(adapter: Adapter, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    before = adapter.session()
    plan = plan_of(before, *INTENTS)
    assert len(plan.recommendations) == len(INTENTS), plan.left_out
    decisions = Decisions().accept(r.id for r in plan.recommendations)
    check = applying.preflight(before, plan, decisions)
    assert (check.changes, check.conflicts) == (len(INTENTS), ())
    receipt = applying.apply(adapter.daw, journal, applying.prepare(plan, decisions))
    assert receipt.outcome == "applied", receipt
    assert set(receipt.by_recommendation()) == {r.id for r in plan.recommendations}
    after = adapter.session()
    assert_tools(after)
    again = plan_of(after, *INTENTS[2:5])
    assert all(not r.change.setup for r in again.recommendations if r.kind == "compressor")
    entry = journal.last_applied(before.fingerprint.project_path)
    assert entry is not None
    undone = applying.undo(adapter.daw, journal, entry)
    assert undone.outcome == "undone", undone
    assert plain(adapter.session()) == plain(before)


def assert_tools(session: Session) -> None:
    bare = chain(session, BARE)
    names = [fx.name for fx in bare]
    eq = next(fx for fx in bare if "ReaEQ" in fx.name)
    comp = next(fx for fx in bare if "ReaComp" in fx.name)
    assert names.index(eq.name) < names.index(comp.name)
    bands = values(eq)
    on = [name for name, value in eq.config if name.startswith("BANDENABLED") and value == "1"]
    assert sorted(on) == ["BANDENABLED2", "BANDENABLED4"]
    assert value_of("ReaEQ Freq", bands["12:_Freq_High_Pass_5"]) == pytest.approx(90.0, rel=1e-3)
    assert value_of("ReaEQ Gain", bands["7:_Gain_Band_3"]) == pytest.approx(-2.0, abs=1e-3)
    assert value_of("ReaEQ Q", bands["8:_BW_Band_3"]) == pytest.approx(3.0, rel=1e-3)
    assert value_of("ReaComp Threshold", values(comp)["0:_Threshold"]) == pytest.approx(-20.0, abs=1e-3)
    kick = {fx.name: values(fx) for fx in chain(session, KICK)}
    assert len(kick) == 2
    echo = session.tracks[-1]
    assert (echo.name, echo.fx[0].name) == ("Echo", "VST: ReaDelay (Cockos)")
    assert value_of("ReaDelay 1: Length (time)", values(echo.fx[0])["3:_1__Length__time_"]) == (
        pytest.approx(375.0, rel=1e-3)
    )
    assert value_of("ReaComp Ratio", kick["VST: ReaComp (Cockos)"]["1:_Ratio"]) == pytest.approx(4.0, rel=1e-3)


def values(fx: Fx) -> dict[str, float]:
    return {p.ident: p.normalized for p in fx.parameters or ()}


@TWO_KINDS
def test_a_part_of_a_plan_brings_only_what_it_needs(adapter: Adapter, tmp_path: Path) -> None:
    before = adapter.session()
    plan = plan_of(before, *INTENTS)
    chosen: Any = next(r for r in plan.recommendations if r.kind == "eq" and r.track_guid == BARE)
    decisions = Decisions().accept([chosen.id]).with_amount([chosen.id], 0.5)
    applying.apply(adapter.daw, Journal(tmp_path / "journal.jsonl"), applying.prepare(plan, decisions))
    added = [fx for fx in chain(adapter.session(), BARE) if fx not in chain(before, BARE)]
    assert [fx.name for fx in added] == ["VST: ReaEQ (Cockos)"]


@pytest.mark.parametrize("adapter", ["agent"], indirect=True)
def test_the_rest_of_a_plan_uses_what_its_first_part_made(adapter: Adapter, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    before = adapter.session()
    plan = plan_of(before, *INTENTS)
    first = [plan.recommendations[k].id for k in (2, 6)]
    applying.apply(adapter.daw, journal, applying.prepare(plan, Decisions().accept(first)))
    everything = Decisions().accept(r.id for r in plan.recommendations)
    created = applying.created_before(journal, first)
    check = applying.preflight(adapter.session(), plan, everything, first, created)
    assert (check.changes, check.conflicts) == (len(INTENTS) - 2, ())
    receipt = applying.apply(adapter.daw, journal, applying.prepare(plan, everything, first, created))
    assert receipt.outcome == "applied", receipt
    assert_tools(adapter.session())
    while (entry := journal.last_applied(before.fingerprint.project_path)) is not None:
        assert applying.undo(adapter.daw, journal, entry).outcome == "undone"
    assert plain(adapter.session()) == plain(before)
