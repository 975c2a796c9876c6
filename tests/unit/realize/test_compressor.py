"""Compressor intents land on ReaComp, or become advice for the compressor that is there."""

import pytest

from dawassist.intents import CompressorIntent
from dawassist.plan.model import Change
from dawassist.plan.raw_laws import value_of
from dawassist.realize.chain import ByHand
from dawassist.realize.compressor import realize_compressor
from dawassist.session.edits import InsertFx
from dawassist.session.model import Fx
from dawassist.session.targets import FxTarget
from tests.sessions import make_guid, make_track
from tests.tools import make_comp, make_eq, make_fx

INTENT = CompressorIntent(
    track_guid=make_guid(1), threshold_db=-18.0, ratio=3.0, attack_ms=10.0, release_ms=120.0, makeup_gain_db=4.0
)
IDENTS = {"0:_Threshold": "Threshold", "1:_Ratio": "Ratio", "2:_Attack": "Attack", "3:_Release": "Release",
          "14:_Knee": "Knee", "11:_Wet": "Wet", "10:_Dry": "Dry"}  # fmt: skip


def realized(*chain: Fx) -> Change:
    found = realize_compressor(make_track(name="Vox", fx=chain), INTENT)
    assert isinstance(found, Change), found
    return found


def physical(change: Change) -> dict[str, float]:
    targets = {each.target.param_ident: each for each in (change, *change.also) if isinstance(each.target, FxTarget)}
    return {name: value_of(f"ReaComp {name}", targets[i].desired_raw) for i, name in IDENTS.items() if i in targets}


def test_every_setting_reaches_a_new_reacomp() -> None:
    change = realized()
    assert change.parameter == "Compressor 3.0:1, 10/120 ms: threshold"
    assert (change.before, change.after, change.unit) == (0.0, -18.0, "dB")
    assert physical(change) == pytest.approx(
        {"Threshold": -18.0, "Ratio": 3.0, "Attack": 10.0, "Release": 120.0, "Knee": 6.0, "Wet": 4.0, "Dry": -150.0}
    )
    assert [type(edit) for edit in change.setup] == [InsertFx]


def test_half_the_amount_is_half_the_threshold_and_half_the_make_up_gain() -> None:
    assert physical(realized().scaled(0.5)) == pytest.approx(
        {"Threshold": -9.0, "Ratio": 3.0, "Attack": 10.0, "Release": 120.0, "Knee": 6.0, "Wet": 2.0, "Dry": -150.0}
    )
    assert physical(realized().to_value(-12.0))["Wet"] == pytest.approx(4.0 * 12.0 / 18.0)


def test_a_reacomp_that_is_there_moves_and_nothing_is_inserted() -> None:
    change = realized(make_comp(values={"Threshold": -6.0, "Wet": 1.0}))
    assert (change.before, change.setup) == (pytest.approx(-6.0), ())
    assert "Dry" not in physical(change)
    assert all(isinstance(target, FxTarget) and target.fx_guid == "{COMP}" for target in change.targets)


def test_a_new_reacomp_goes_behind_equalizers_and_before_ambience() -> None:
    chain = (make_eq(), make_fx("VST3: ValhallaRoom (Valhalla)", "{ROOM}"))
    (insertion,) = realized(*chain).setup
    assert isinstance(insertion, InsertFx)
    assert insertion.after_fx_guid == "{EQ}"


def test_beside_another_compressor_the_advice_names_every_setting() -> None:
    track = make_track(fx=(make_fx("VST3: CLA-76 Mono (Waves)"),))
    found = realize_compressor(track, INTENT)
    assert found == ByHand(
        tool="VST3: CLA-76 Mono (Waves)",
        advice="threshold -18.00 dB, 3.0:1, attack 10 ms, release 120 ms, knee 6 dB, make-up +4.00 dB",
    )


def test_a_reacomp_that_listens_to_a_key_is_left_to_the_engineer() -> None:
    found = realize_compressor(make_track(fx=(make_comp(values={"SignIn": 2.0}),)), INTENT)
    assert isinstance(found, ByHand)
    assert "key" in found.tool


def test_a_second_card_gets_no_second_compressor() -> None:
    first = realized()
    assert isinstance(realize_compressor(make_track(name="Vox"), INTENT, first.targets), ByHand)
    there = realized(make_comp())
    again = realize_compressor(make_track(name="Vox", fx=(make_comp(),)), INTENT, there.targets)
    assert isinstance(again, ByHand)
    assert "ReaComp" in again.tool


@pytest.mark.parametrize(
    "name", ["VST3: CLA-2A Mono (Waves)", "VST3: SSL E-Channel Mono (Waves)", "VST: ReaComp (Cockos)"]
)
def test_beside_a_compressor_that_is_switched_off_no_second_one_is_inserted(name: str) -> None:
    found = realize_compressor(make_track(fx=(make_fx(name, enabled=False),)), INTENT)
    assert isinstance(found, ByHand)
    assert found.tool == f"{name}, which is bypassed"
