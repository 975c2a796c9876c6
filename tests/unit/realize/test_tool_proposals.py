"""Proposals with tools through the whole of realize: strength, rejection, advice, order of edits, JSON."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dawassist.apply import prepare
from dawassist.intents import (
    CompressorIntent,
    EnvelopeIntent,
    EqBandIntent,
    Intent,
    LevelIntent,
    ProposedBus,
    SendIntent,
)
from dawassist.plan.brief import Brief
from dawassist.plan.codec import plan_from_json, plan_to_json
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.model import Plan, Rationale, Recommendation
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.review import Decisions
from dawassist.session.edits import CreateSend, CreateTrack, InsertFx, SetFxConfig, SetValue, addressed, is_new
from dawassist.session.findings import Evidence
from dawassist.session.model import Envelope, EnvelopePoint, Session, Track
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import EQ_BANDS, make_comp, make_eq, make_fx

ONE, TWO = make_guid(1), make_guid(2)
CUT = EqBandIntent(track_guid=ONE, type="bell", frequency_hz=320.0, gain_db=-3.0, q=1.4)
HIGHER_CUT = EqBandIntent(track_guid=ONE, type="bell", frequency_hz=2500.0, gain_db=-2.0, q=2.0)
LOW_CUT = EqBandIntent(track_guid=ONE, type="high_pass", frequency_hz=80.0)
COMPRESSION = CompressorIntent(
    track_guid=ONE, threshold_db=-18.0, ratio=3.0, attack_ms=10.0, release_ms=120.0, makeup_gain_db=4.0
)
PLATE = ProposedBus(name="Plate", effect="reverb")


def sends(*guids: str) -> list[SendIntent]:
    return [SendIntent(track_guid=guid, level_db=-14.0, bus=PLATE) for guid in guids]


def proposal(*intents: Intent, reason_class: str = "test") -> Proposal:
    evidence = (Evidence(text="320 Hz stands out by 5.0 dB.", value=5.0, unit="dB"),)
    rationale = Rationale(headline="320 Hz stands out by 5.0 dB", evidence=evidence, sources=("spectrum",))
    return Proposal(intents=intents, reason_class=reason_class, basis="corrective", confidence=0.8, rationale=rationale)


def plan(*proposals: Proposal, brief: Brief | None = None, **fields: Any) -> Plan:
    """Of a session with two tracks, the first with `fields`."""
    items = [make_item("a.wav")]
    tracks = [make_track(number=1, name="Vox", items=items, **fields), make_track(number=2, name="Gtr", items=items)]
    return realized(make_session(tracks), *proposals, brief=brief)


def realized(session: Session, *proposals: Proposal, brief: Brief | None = None) -> Plan:
    analysis = make_analysis(session, [Sound()] * 2)
    draft = Draft(
        session_state="in_progress", session_state_reason="", roles=(), proposals=proposals, left_out=(), checked=""
    )
    return realize(session, analysis, brief or Brief(), draft, strategy="test")


def accepted(found: Plan, *chosen: Recommendation) -> Any:
    return prepare(found, Decisions().accept(r.id for r in chosen or found.recommendations)).edits


def test_each_intent_becomes_one_recommendation_of_its_kind() -> None:
    found = plan(proposal(CUT), proposal(COMPRESSION), *map(proposal, sends(ONE)), proposal(LOW_CUT))
    assert [r.kind for r in found.recommendations] == ["eq", "compressor", "send", "eq"]
    assert all(not r.predicted for r in found.recommendations)


def test_a_plan_with_tools_survives_json() -> None:
    found = plan(proposal(CUT, LOW_CUT), proposal(COMPRESSION), *map(proposal, sends(ONE)))
    session = make_session([make_track(name="Vox")])
    data = json.loads(json.dumps(plan_to_json(found, session)))
    assert plan_from_json(data).recommendations == found.recommendations


def test_one_new_equalizer_serves_all_bands_of_a_track() -> None:
    edits = accepted(plan(proposal(CUT), proposal(HIGHER_CUT), proposal(LOW_CUT)))
    assert sum(isinstance(edit, InsertFx) for edit in edits) == 1
    assert len({edit.target for edit in edits if isinstance(edit, SetValue)}) == 3 + 3 + 2
    assert {edit.name for edit in edits if isinstance(edit, SetFxConfig)} == {
        "BANDENABLED1", "BANDENABLED2", "BANDENABLED4"
    }  # fmt: skip


@pytest.mark.parametrize("order", [(CUT, COMPRESSION), (COMPRESSION, CUT)])
def test_edits_come_in_the_order_of_what_they_need(order: tuple[Intent, ...]) -> None:
    found = plan(
        *map(proposal, order), *map(proposal, sends(ONE, TWO)), proposal(LevelIntent(track_guid=TWO, gain_db=2))
    )
    edits = accepted(found)
    there: set[str] = set()
    for edit in edits:
        assert {guid for guid in addressed(edit) if is_new(guid)} <= there
        there |= {edit.creates} if isinstance(edit, InsertFx | CreateTrack) else set()
    assert [type(e) for e in edits[:6]] == [CreateTrack, InsertFx, InsertFx, InsertFx, CreateSend, CreateSend]
    names = {e.creates: e for e in edits if isinstance(e, InsertFx)}
    comp = next(e for e in names.values() if "ReaComp" in e.fx_name)
    assert "ReaEQ" in names[comp.after_fx_guid].fx_name


def test_what_is_left_of_a_card_brings_only_what_it_needs() -> None:
    found = plan(proposal(CUT), proposal(COMPRESSION))
    edits = accepted(found, found.recommendations[1])
    (insertion,) = [edit for edit in edits if isinstance(edit, InsertFx)]
    assert insertion.after_fx_guid == ""


def test_a_rejected_band_leaves_its_place_to_the_next_and_stays_rejected() -> None:
    first, second = plan(proposal(CUT), proposal(HIGHER_CUT)).recommendations
    (left,) = plan(proposal(CUT), proposal(HIGHER_CUT), brief=Brief(rejected=frozenset({first.id}))).recommendations
    assert left.id == second.id


@pytest.mark.parametrize(("strength", "gains"), [(1.0, [-3.0, -2.0]), (0.5, [-1.5, -1.0]), (0.2, [-0.6]), (0.0, [])])
def test_strength_scales_and_leaves_out_what_is_too_small(strength: float, gains: list[float]) -> None:
    found = plan(proposal(CUT), proposal(HIGHER_CUT), brief=Brief(strength=strength))
    assert [r.change.after for r in found.recommendations] == gains


def test_beside_a_third_party_tool_the_advice_is_for_it() -> None:
    found = plan(proposal(CUT), fx=(make_fx("VST3: FabFilter Pro-Q 3 (FabFilter)"),))
    assert found.recommendations == ()
    (advice,) = found.left_out
    assert advice.by_hand
    assert advice.reason == (
        "320 Hz stands out by 5.0 dB. To be set by hand on VST3: FabFilter Pro-Q 3 (FabFilter): "
        "bell at 320 Hz, -3.00 dB, Q 1.4."
    )


def test_the_same_advice_for_two_tracks_is_one_line_and_neither_is_filtered_alone() -> None:
    both = proposal(CUT, replace(CUT, track_guid=TWO))
    other = make_fx("VST3: FabFilter Pro-Q 3 (FabFilter)")
    tracks = [make_track(number=n, name=name, items=[make_item("a.wav")], fx=(other,))
              for n, name in enumerate(("Gtr L", "Gtr R"), start=1)]  # fmt: skip
    (advice,) = realized(make_session(tracks), both).by_hand
    assert advice.track_name == "Gtr L + Gtr R"
    assert advice.reason.count("bell at 320 Hz") == 1
    for fx in ((other, None), (None, other)):
        mixed = [replace(track, fx=(one,) if one else ()) for track, one in zip(tracks, fx, strict=True)]
        found = realized(make_session(mixed), both)
        assert found.recommendations == ()
        (advice,) = found.by_hand
        assert set(advice.track_name.split(" + ")) == {"Gtr L", "Gtr R"}
        assert re.search(r"FabFilter\) \(Gtr [LR]\); on Gtr [LR] alike: bell at 320 Hz", advice.reason)


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"locked": True}, "locked"), ({"freeze_count": 1}, "frozen"),
     ({"fx": (make_eq(),), "fx_enabled": False}, "bypassed as a whole")],
)  # fmt: skip
def test_chains_that_may_not_change_are_left_out_with_the_reason(fields: dict[str, Any], word: str) -> None:
    (left,) = plan(proposal(CUT), **fields).left_out
    assert word in left.reason
    assert not left.by_hand


def test_a_send_that_is_there_is_predicted_by_the_balance() -> None:
    reverb_bus = make_track(number=2, name="FX A", fx=(make_fx("VST3: ValhallaRoom (Valhalla)"),))
    vox = make_track(number=1, name="Vox", items=[make_item("a.wav")], sends=[make_send(TWO)])
    other: Track = make_track(number=3, name="Gtr", items=[make_item("b.wav")])
    found = realized(make_session([vox, reverb_bus, other]), *map(proposal, sends(ONE)))
    (move,) = found.recommendations
    assert {p.metric for p in move.predicted} == {"track loudness", "mix loudness"}


def test_a_card_says_what_it_makes_beside_its_control() -> None:
    found = plan(proposal(COMPRESSION), *map(proposal, sends(ONE)))
    compressor, send = ([line.text for line in r.rationale.evidence][1:] for r in found.recommendations)
    assert compressor == [
        "A new ReaComp is inserted in the track’s chain.",
        "The make-up gain moves by +4.00 dB with it, in proportion to the amount.",
    ]
    assert send == [
        "A new track “Plate” is added at the end of the session.", "A new ReaVerbate is inserted on the new track.",
        "A new send is made, behind the fader.",
    ]  # fmt: skip
    for recommendation in found.recommendations:
        assert wording_faults(recommendation) == []


@pytest.mark.parametrize(("ratio", "count"), [(3.0, 0), (3.1, 0), (2.0, 1)])
def test_a_compressor_that_is_set_so_already_is_left_alone(ratio: float, count: int) -> None:
    now = {"Threshold": -18.0, "Ratio": ratio, "Attack": 10.0, "Release": 120.0, "Knee": 6.0, "Wet": 4.0}
    assert len(plan(proposal(COMPRESSION), fx=(make_comp(values=now),)).recommendations) == count


def test_a_filter_that_stands_there_already_is_left_alone() -> None:
    on = [*EQ_BANDS[:4], (4, True, 78.0, 0.0)]
    assert plan(proposal(LOW_CUT), fx=(make_eq(bands=on),)).recommendations == ()
    off = [*EQ_BANDS[:4], (4, False, 78.0, 0.0)]
    assert len(plan(proposal(LOW_CUT), fx=(make_eq(bands=off),)).recommendations) == 1


def test_nothing_is_done_at_no_strength_and_rides_scale_with_it() -> None:
    envelope = Envelope(
        kind="volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
    )
    ride = EnvelopeIntent(track_guid=ONE, start_seconds=1.0, end_seconds=2.0, gain_db=3.0)
    gains = {
        strength: [r.change.after for r in plan(
            proposal(ride), brief=Brief(strength=strength), envelopes=(envelope,)
        ).recommendations]
        for strength in (0.0, 0.1, 0.5, 1.0)
    }  # fmt: skip
    assert gains == {0.0: [], 0.1: [], 0.5: [1.5], 1.0: [3.0]}
