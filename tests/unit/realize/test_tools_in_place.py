"""Beside a tool that is there none of its kind is inserted unasked (requirement 17): advice for it, or nothing."""

import pytest

from dawassist.fxmaps.categories import Category
from dawassist.intents import CompressorIntent, EqBandIntent, SendIntent
from dawassist.plan.brief import Brief
from dawassist.realize.chain import by_hand_tool
from dawassist.session.edits import CreateTrack, Edit, InsertFx
from dawassist.session.model import Fx, Session
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track
from tests.tools import make_eq, make_fx
from tests.unit.realize.test_tool_proposals import PLATE, proposal, realized

_NAMES: dict[Category, str] = {
    "equalizer": "VST3: FabFilter Pro-Q 3 (FabFilter)", "compressor": "VST3: CLA-76 Mono (Waves)",
    "reverb": "VST3: ValhallaRoom (Valhalla DSP, LLC)", "deesser": "VST3: FabFilter Pro-DS (FabFilter)",
    "limiter": "VST3: FabFilter Pro-L 2 (FabFilter)",
}  # fmt: skip
_STOCK: dict[Category, str] = {"equalizer": "ReaEQ", "compressor": "ReaComp", "reverb": "ReaVerbate"}
_ONE = make_guid(1)
_WANTED = (
    proposal(EqBandIntent(track_guid=_ONE, type="bell", frequency_hz=320.0, gain_db=-3.0)),
    proposal(CompressorIntent(track_guid=_ONE, threshold_db=-18.0, ratio=3.0, attack_ms=10.0, release_ms=120.0)),
)


def session_with(*chain: Fx) -> Session:
    items = [make_item("a.wav")]
    return make_session(
        [make_track(number=1, name="Lead Vox", items=items, fx=chain), make_track(number=2, name="Gtr", items=items)]
    )


def setups(session: Session) -> list[Edit]:
    return [edit for r in realized(session, *_WANTED).recommendations for edit in r.change.setup]


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("category", _NAMES)
def test_a_tool_that_is_there_is_named_whether_it_plays_or_not(category: Category, is_on: bool) -> None:
    track = make_track(fx=(make_fx(_NAMES[category], enabled=is_on),))
    assert by_hand_tool(track, category, _STOCK.get(category, "")).startswith(_NAMES[category])
    assert by_hand_tool(make_track(), category, _STOCK.get(category, "")) == ""


@pytest.mark.parametrize(("category", "stock"), [("equalizer", "ReaEQ"), ("compressor", "ReaComp")])
@pytest.mark.parametrize("is_on", [True, False])
def test_no_second_equalizer_or_compressor_is_inserted(category: Category, stock: str, is_on: bool) -> None:
    without = setups(session_with())
    assert [e.fx_name for e in without if isinstance(e, InsertFx) and stock in e.fx_name]
    found = session_with(make_fx(_NAMES[category], enabled=is_on))
    assert not [e for e in setups(found) if isinstance(e, InsertFx) and stock in e.fx_name]
    (advice,) = realized(found, *_WANTED).left_out
    assert advice.by_hand
    assert _NAMES[category] in advice.reason


def test_no_second_reverb_return_is_made_where_one_is_there() -> None:
    bus = make_track(number=3, name="Verb", fx=(make_fx(_NAMES["reverb"]),))
    tracks = session_with().tracks
    send = proposal(SendIntent(track_guid=_ONE, level_db=-14.0, bus=PLATE))
    (move,) = realized(make_session([*tracks, bus]), send).recommendations
    assert not any(isinstance(edit, CreateTrack | InsertFx) for edit in move.change.setup)
    idle = make_track(number=3, name="Verb", fx=(make_fx(_NAMES["reverb"], enabled=False),))
    found = realized(make_session([*tracks, idle]), send)
    assert found.recommendations == ()
    assert "switched off" in found.left_out[0].reason


@pytest.mark.parametrize("category", ["reverb", "deesser", "limiter"])
def test_a_voice_that_has_one_of_its_own_gets_none_from_the_strategy(category: Category) -> None:
    session = session_with(make_eq(), make_fx(_NAMES[category]))
    brief = Brief(target_loudness_lufs=-14.0)
    draft = Studio().suggest(session, make_analysis(session, {"Lead Vox": Sound(lufs=-20), "Gtr": Sound()}), brief)
    plan = realized(session, *draft.proposals, brief=brief)
    kinds = {"reverb": "send", "deesser": "eq", "limiter": "compressor"}
    moves = [r for r in plan.recommendations if r.track_guid == _ONE]
    assert not any(isinstance(edit, InsertFx) for r in moves for edit in r.change.setup)
    assert kinds[category] not in {r.kind for r in moves}
