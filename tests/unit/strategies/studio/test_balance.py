"""The joint solve in plans: convergence, calm, constraints, busses, and nothing that buries a lead."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.model import Analysis, BandCovariance
from dawassist.errors import InputError
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Constraint, FewMoves, Limit, Lock, Order, Range, Sum, Tie
from dawassist.plan.engineer_priors import engineer_priors
from dawassist.plan.keeping import unmet
from dawassist.plan.mix_problem import is_driven
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan, Rationale
from dawassist.plan.rationale import clear_lead
from dawassist.plan.roles import guess_roles
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.realize.plan import realize
from dawassist.session.graph import build_graph
from dawassist.session.model import Fx, Session
from dawassist.strategies.studio import Studio, solved_balance
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

NAMES = ("Kick", "Snare", "Tom", "Bass", "Gtr L", "Gtr R", "Keys", "Organ", "BGV", "Lead Vox")
NUDGE_DB = 0.5  # what moves by less than the nudge itself stands
SOUNDS = {
    "Kick": Sound(lufs=-34), "Snare": Sound(lufs=-33), "Tom": Sound(lufs=-18), "Bass": Sound(lufs=-31),
    "Gtr L": Sound(lufs=-22), "Gtr R": Sound(lufs=-22), "Keys": Sound(lufs=-14), "Organ": Sound(lufs=-24),
    "BGV": Sound(lufs=-30, plays=(20, 40)), "Lead Vox": Sound(lufs=-30, plays=(10, 50)),
}  # fmt: skip


def session_of(faders: dict[str, float] | None = None, **fields: Any) -> Session:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=(faders or {}).get(name, 0.0))
        for n, name in enumerate(NAMES, start=1)
    ]
    return make_session(tracks, **fields)


def suggested(session: Session, *constraints: Constraint, **brief: Any) -> Plan:
    analysis = make_analysis(session, SOUNDS)
    wanted = Brief(constraints=constraints, **brief)
    return realize(session, analysis, wanted, Studio().suggest(session, analysis, wanted), strategy="studio")


def mix_of(session: Session) -> MixState:
    covariance = make_analysis(session, SOUNDS).covariance
    assert covariance is not None
    return MixState(session, covariance)


def applied(session: Session, plan: Plan) -> Session:
    return mix_of(session).changed({r.change.target: r.change.desired_raw for r in plan.recommendations}).session_now


def fader_moves(plan: Plan) -> dict[str, float]:
    return {r.track_name: r.change.after - r.change.before for r in plan.recommendations if r.kind == "fader"}


def test_a_raw_session_is_balanced_as_a_whole_on_one_card_that_keeps_the_mix_as_loud() -> None:
    session = session_of()
    plan = suggested(session)
    assert plan.session_state == "raw"
    balance = [r for r in plan.recommendations if r.kind in ("fader", "pan")]
    assert len({r.card for r in balance}) == 1
    assert len(fader_moves(plan)) >= len(NAMES) - 2
    assert fader_moves(plan)["Lead Vox"] > 0.0
    assert abs(mix_of(applied(session, plan)).mix_lufs - mix_of(session).mix_lufs) <= 0.3
    assert not [fault for r in plan.recommendations for fault in wording_faults(r)]


def test_suggest_apply_suggest_reverses_nothing_and_wants_little_more() -> None:
    session = session_of()
    first = suggested(session)
    again = suggested(applied(session, first))
    total = sum(map(abs, fader_moves(first).values()))
    assert len({r.card for r in again.recommendations if r.basis != "technical"}) <= 1
    assert sum(map(abs, fader_moves(again).values())) <= 0.2 * total
    assert all(move * fader_moves(first).get(name, move) > 0.0 for name, move in fader_moves(again).items())


@pytest.mark.parametrize("name", ["Kick", "Snare", "Lead Vox", "Gtr L"])
def test_a_nudge_of_half_a_db_changes_few_recommendations(name: str) -> None:
    before = {r.id: r.change.after for r in suggested(session_of()).recommendations}
    nudged = {r.id: r for r in suggested(session_of({name: NUDGE_DB})).recommendations if r.track_name != name}
    others = {i: after for i, after in before.items() if i in nudged or after}
    changed = [i for i in nudged if i not in others or abs(others[i] - nudged[i].change.after) >= NUDGE_DB]
    assert len(changed) <= 2


@pytest.mark.parametrize(
    "faders", [{}, dict.fromkeys(NAMES, -1.0) | {"Lead Vox": -16.0, "Keys": 8.0}], ids=["raw", "set"]
)
def test_moves_grow_with_the_strength_and_none_is_left_at_zero(faders: dict[str, float]) -> None:
    session = session_of(faders)
    assert suggested(session).recommendations
    assert suggested(session, strength=0.0).recommendations == ()
    for constraints in ((), (Limit(tracks=("Keys",), most=4.0),)):
        moves = [fader_moves(suggested(session, *constraints, strength=s)) for s in (0.3, 0.6, 1.0)]
        for name in moves[0]:
            sizes = [abs(each.get(name, 0.0)) for each in moves]
            assert sizes == sorted(sizes)


@pytest.mark.parametrize("faders", [{}, {name: -1.0 - n for n, name in enumerate(NAMES)}], ids=["raw", "set"])
@pytest.mark.parametrize(
    "constraints",
    [
        (Lock(tracks=("Keys",)),),
        (Lock(tracks=("role:lead_vocal",), parameter="fader"), Lock(tracks=("Gtr L",), parameter="pan")),
        (Order(above=("role:lead_vocal",), below=("role:backing_vocal",), by_db=4.0),),
        (Range(tracks=("Kick",), lowest=-2.0, highest=2.0), Limit(tracks=("Snare", "Keys"), most=1.5)),
        (Tie(tracks=("Kick", "Snare", "Keys")), FewMoves(most=4)),
        (Sum(tracks=("Gtr L", "Gtr R", "Keys"), by_db=-2.0), Order(above=("Bass",), below=("Kick",), by_db=3.0)),
        (FewMoves(most=0),),
    ],
    ids=str,
)
@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_plans_keep_the_constraints(
    faders: dict[str, float], constraints: tuple[Constraint, ...], strength: float
) -> None:
    session = session_of(faders)
    plan = suggested(session, *constraints, strength=strength)
    analysis = make_analysis(session, SOUNDS)
    roles = guess_roles(session, build_graph(session), analysis, {})
    before = mix_of(session)
    after = before.changed({r.change.target: r.change.desired_raw for r in plan.recommendations})
    assert unmet(constraints, before, after, roles) == ()
    assert not [fault for r in plan.recommendations for fault in wording_faults(r)]


def test_a_demanded_move_says_who_asks() -> None:
    session = session_of({name: -1.0 - n for n, name in enumerate(NAMES)})
    plan = suggested(session, Range(tracks=("Organ",), lowest=-3.0, highest=-2.0))
    move = next(r for r in plan.recommendations if r.track_name == "Organ")
    assert move.reason_class == "demanded"
    assert "fader of Organ between -3 and -2 dB" in move.rationale.evidence[0].text


def test_contradictions_stop_the_plan_with_a_sentence() -> None:
    with pytest.raises(InputError, match=r"Keys.*contradict|contradict.*Keys"):
        suggested(session_of(), Lock(tracks=("Keys",)), Range(tracks=("Keys",), highest=-9.0))


def test_a_chain_on_the_master_keeps_its_drive() -> None:
    chain = Fx(guid=make_guid(900), ident="x", name="VST: Glue", kind="VST", enabled=True, offline=False, parameters=())
    faders = {name: -1.0 - n for n, name in enumerate(NAMES)} | {"Lead Vox": -16.0, "Keys": -3.0}
    session = session_of(faders)
    session = replace(session, master=replace(session.master, fx=(chain,)))
    plan = suggested(session)
    assert plan.recommendations
    assert abs(mix_of(applied(session, plan)).mix_lufs - mix_of(session).mix_lufs) <= 0.3


def test_the_order_of_tracks_changes_nothing() -> None:
    session = session_of()
    shuffled = replace(session, tracks=tuple(session.tracks[place] for place in (3, 7, 0, 9, 1, 5, 8, 2, 6, 4)))
    first, second = (solved_balance(each, make_analysis(each, SOUNDS), Brief()) for each in (session, shuffled))
    assert second.target.faders.keys() == first.target.faders.keys()
    for guid, move in first.target.faders.items():
        assert second.target.faders[guid] == pytest.approx(move, abs=1e-9)
    assert second.proposed == first.proposed


def with_bands(analysis: Analysis, seed: int) -> Analysis:
    """The same with bands that go up and down by themselves from block to block."""
    covariance = analysis.covariance
    assert covariance is not None
    loudness = np.random.default_rng(seed).uniform(0.2, 5.0, (5, len(covariance.tensor), 2 * len(NAMES)))
    gains = np.sqrt(loudness).astype(np.float32).repeat(1, axis=2)
    gains[..., 1::2] = gains[..., ::2]
    bands = BandCovariance(
        edges_hz=(0.0, 120.0, 400.0, 1000.0, 4000.0, np.inf),
        tensor=covariance.tensor[None] * gains[..., :, None] * gains[..., None, :],
        start_seconds=covariance.block_seconds, block_seconds=0.1,
    )  # fmt: skip
    return replace(analysis, covariance=replace(covariance, bands=bands))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "faders", [{}, dict.fromkeys(NAMES, -2.0) | {"Lead Vox": -9.0, "Keys": 8.0, "Kick": -6.0}], ids=["raw", "set"]
)
def test_a_lead_is_never_buried_in_more_of_its_sung_blocks(faders: dict[str, float], seed: int) -> None:
    session = session_of(faders)
    analysis = with_bands(make_analysis(session, SOUNDS), seed)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    moves = {r.track_guid: r.change.after - r.change.before for r in plan.recommendations if r.kind == "fader"}
    assert moves
    lead = solved_balance(session, analysis, Brief()).lead
    assert lead is not None
    order = sorted(track.guid for track in session.tracks)
    before = lead.buried_share(np.zeros(len(order)))
    assert before > 0.0
    assert lead.buried_share(np.array([moves.get(guid, 0.0) for guid in order])) <= before


def test_a_level_move_is_as_sure_as_such_moves_were_right() -> None:
    precision = engineer_priors().levels.precision_of
    roles = {"Kick": "kick", "Bass": "bass", "BGV": "backing_vocal", "Lead Vox": "lead_vocal"}
    session = session_of()
    plan = suggested(session, pinned_roles=tuple(roles.items()))
    shown = {r.track_name: r.confidence for r in plan.recommendations if r.reason_class == "rough_balance"}
    assert {name: shown[name] for name in roles} == pytest.approx({n: precision(role) for n, role in roles.items()})


def test_a_folder_that_holds_one_source_moves_by_its_own_fader() -> None:
    names = ("Kick", "Kick In", "Kick Out", "Snare", "Bass", "Keys", "Lead Vox")
    depths = (1, 0, -1, 0, 0, 0, 0)
    tracks = [
        make_track(number=n, name=name, folder_depth=depth, items=[] if depth == 1 else [make_item("a.wav")])
        for n, (name, depth) in enumerate(zip(names, depths, strict=True), start=1)
    ]
    session = make_session(tracks)
    quiet = {"Kick In": Sound(lufs=-44), "Kick Out": Sound(lufs=-45)}
    analysis = make_analysis(session, {name: Sound(lufs=-20) for name in names} | quiet)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    kicks = [r.track_name for r in plan.recommendations if r.track_name.startswith("Kick")]
    assert kicks == ["Kick"]


@pytest.mark.parametrize(
    ("name", "driven"), [("VST: ReaComp (Cockos)", True), ("VST: ReaEQ (Cockos)", False), ("VST: Glue", True)]
)
def test_what_a_bus_gets_drives_all_but_equalizers_and_space(name: str, driven: bool) -> None:
    fx = Fx(guid=make_guid(901), ident="", name=name, kind="VST", enabled=True, offline=False, parameters=())
    assert is_driven(make_track(fx=(fx,))) is driven
    assert not is_driven(make_track(fx=(replace(fx, enabled=False),)))


def test_what_a_bus_with_dynamics_gets_stays_as_loud() -> None:
    fx = Fx(
        guid=make_guid(901),
        ident="",
        name="VST: ReaComp (Cockos)",
        kind="VST",
        enabled=True,
        offline=False,
        parameters=(),
    )
    names = ("Drums", "Kick", "Snare", "Tom", "Bass", "Keys", "Organ", "Lead Vox")
    depths = (1, 0, 0, -1, 0, 0, 0, 0)
    tracks = [
        make_track(
            number=n,
            name=name,
            folder_depth=depth,
            items=[] if depth == 1 else [make_item("a.wav")],
            fx=(fx,) if depth == 1 else (),
        )
        for n, (name, depth) in enumerate(zip(names, depths, strict=True), start=1)
    ]
    session = make_session(tracks)
    analysis = make_analysis(
        session, SOUNDS | {"Kick": Sound(lufs=-36), "Snare": Sound(lufs=-35), "Tom": Sound(lufs=-40)}
    )
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    assert analysis.covariance is not None
    gains = {
        r.track_name: 10.0 ** ((r.change.after - r.change.before) / 20.0)
        for r in plan.recommendations
        if r.kind == "fader"
    }
    inside = [
        (10.0 ** (lufs / 10.0), gains.get(name, 1.0)) for name, lufs in (("Kick", -36), ("Snare", -35), ("Tom", -40))
    ]
    change_db = 10.0 * np.log10(sum(p * g**2 for p, g in inside) / sum(p for p, _ in inside))
    assert plan.recommendations
    assert abs(change_db) <= 0.5


def standing(analysis: Analysis, lead_db: float) -> Analysis:
    """The same with bands that are all alike, and the lead that much over the rest where it sings."""
    covariance = analysis.covariance
    assert covariance is not None
    place = NAMES.index("Lead Vox")
    power = covariance.tensor[20].diagonal().reshape(-1, 2).mean(axis=1)
    gain = np.sqrt(10.0 ** (lead_db / 10.0) * np.delete(power, place).sum() / power[place])
    gains = np.ones(2 * len(NAMES), dtype=np.float32)
    gains[2 * place : 2 * place + 2] = gain
    tensor = covariance.tensor * np.outer(gains, gains).astype(np.float32)
    bands = BandCovariance(
        edges_hz=(0.0, 120.0, 400.0, 1000.0, 4000.0, np.inf), tensor=np.repeat(tensor[None] / 5.0, 5, axis=0),
        start_seconds=covariance.block_seconds, block_seconds=0.1,
    )  # fmt: skip
    return replace(analysis, covariance=replace(covariance, tensor=tensor, bands=bands))


def margin_after(lead_db: float) -> tuple[float, float, Plan]:
    """Of the lead over the rest in its sung blocks, before and after the plan of a raw session, dB."""
    session = session_of()
    analysis = standing(make_analysis(session, SOUNDS), lead_db)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    lead = solved_balance(session, analysis, Brief()).lead
    assert lead is not None
    order = sorted(track.guid for track in session.tracks)
    moves = {r.track_guid: r.change.after - r.change.before for r in plan.recommendations if r.kind == "fader"}
    before, after = np.zeros(len(order)), np.array([moves.get(guid, 0.0) for guid in order])
    return lead.clearance_db(before), lead.clearance_db(after), plan


@pytest.mark.parametrize("lead_db", [2.0, 6.0, 8.0])
def test_a_lead_is_raised_no_further_than_clear(lead_db: float) -> None:
    before, after, _ = margin_after(lead_db)
    assert before == pytest.approx(lead_db, abs=0.1)
    assert after <= 8.4


def test_a_lead_that_stands_out_comes_back_to_where_it_is_clear() -> None:
    before, after, plan = margin_after(12.0)
    assert before == pytest.approx(12.0, abs=0.1)
    assert 0.0 <= after <= 8.4
    assert fader_moves(plan).get("Lead Vox", 0.0) <= 0.0


def test_the_card_of_a_lead_that_is_lowered_says_how_far_it_stands_out() -> None:
    empty = Rationale(headline="", evidence=(), sources=("a measurement",))
    found = clear_lead(empty, "Lead Vox", -3.2, (11.24, 8.0))
    assert found.headline == "Lead Vox: -3.2 dB, it stands 11.2 dB over the rest where it sings"
    assert [each.value for each in found.evidence] == [11.24, 8.0]
    assert found.evidence[0].text.endswith("at 1–4 kHz or on a small speaker that plays from 120 or 400 Hz to 4 kHz.")


def test_a_lead_that_sings_alone_is_not_lowered() -> None:
    _, _, plan = margin_after(30.0)
    assert fader_moves(plan).get("Lead Vox", 0.0) == 0.0


def uneven(lead_db: float, covered_db: float) -> tuple[Session, Analysis]:
    """A lead that stands so far over the rest where it sings, but for half of its blocks, where it lies under it."""
    session = session_of()
    analysis = standing(make_analysis(session, SOUNDS), lead_db)
    covariance = analysis.covariance
    assert covariance is not None
    assert covariance.bands is not None
    gains = np.full(2 * len(NAMES), 10.0 ** ((lead_db - covered_db) / 20.0), dtype=np.float32)
    place = NAMES.index("Lead Vox")
    gains[2 * place : 2 * place + 2] = 1.0
    for tensor in (covariance.tensor[None], covariance.bands.tensor):
        tensor[:, 10:28] *= np.outer(gains, gains).astype(np.float32)
    return session, analysis


def test_a_lead_that_is_buried_in_places_and_clear_elsewhere_is_left_to_rides() -> None:
    session, analysis = uneven(7.0, -9.0)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    lead = solved_balance(session, analysis, Brief()).lead
    assert lead is not None
    order = sorted(track.guid for track in session.tracks)
    moves = {r.track_guid: r.change.after - r.change.before for r in plan.recommendations if r.kind == "fader"}
    still, moved = np.zeros(len(order)), np.array([moves.get(guid, 0.0) for guid in order])
    assert lead.buried_share(still) > 0.25
    assert lead.buried_share(moved) <= lead.buried_share(still)
    assert lead.clearance_db(moved) <= 8.4
    (told,) = [left for left in plan.by_hand if left.track_name == "Lead Vox"]
    assert "a fader moves both" in told.reason
    assert sentence_faults(told.reason) == []


@pytest.mark.parametrize(("lead_db", "rises"), [(9.0, False), (-14.0, True)])
def test_a_lead_that_is_clear_where_it_sings_is_no_reason_for_a_louder_one(lead_db: float, rises: bool) -> None:
    """Whatever engineers keep elsewhere, and in a session that somebody has begun as in a raw one."""
    session = session_of(dict.fromkeys(NAMES, -2.0))
    analysis = standing(make_analysis(session, SOUNDS), lead_db)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    assert plan.session_state == "in_progress"
    assert (fader_moves(plan).get("Lead Vox", 0.0) > 0.0) is rises
