"""Equalizer intents land on a free band, on a new ReaEQ at its place, or become advice for the tool that is there."""

import math
from typing import Any

import pytest

from dawassist.intents import BandType, EqBandIntent
from dawassist.plan.model import Change
from dawassist.plan.raw_laws import value_of
from dawassist.realize.chain import ByHand
from dawassist.realize.equalizer import realize_eq_band
from dawassist.session.edits import InsertFx, SetFxConfig, SetValue
from dawassist.session.model import Envelope, EnvelopePoint, Fx
from dawassist.session.targets import FxTarget
from tests.sessions import make_guid, make_track
from tests.tools import EQ_BANDS, make_comp, make_eq, make_fx

ONE = make_guid(1)
CUT = EqBandIntent(track_guid=ONE, type="bell", frequency_hz=320.0, gain_db=-3.0, q=1.4)
LOW_CUT = EqBandIntent(track_guid=ONE, type="high_pass", frequency_hz=80.0)


def realized(intent: EqBandIntent, *chain: Fx, taken: Any = ()) -> Change:
    found = realize_eq_band(make_track(name="Vox", fx=chain), intent, taken)
    assert isinstance(found, Change), found
    return found


def physical(change: Change) -> dict[str, float]:
    """What the plug-in gets, by the kind of parameter."""
    values = {}
    for each in (change, *change.also):
        assert isinstance(each.target, FxTarget)
        name = each.target.param_ident.partition("_")[2].partition("_")[0]
        values[name] = value_of(f"ReaEQ {name}", each.desired_raw)
    return values


def inserted(change: Change) -> InsertFx:
    (found,) = [edit for edit in change.setup if isinstance(edit, InsertFx)]
    return found


def test_a_bell_uses_the_nearest_free_bell_of_a_reaeq_that_is_there() -> None:
    change = realized(CUT, make_eq())
    assert (change.before, change.after, change.unit, change.setup) == (0.0, -3.0, "dB", ())
    assert change.parameter == "EQ bell 320 Hz Q 1.4"
    target = change.target
    assert isinstance(target, FxTarget)
    assert (target.fx_guid, target.param_ident) == ("{EQ}", "4:_Gain_Band_2")
    assert [each.parameter for each in change.also] == ["Frequency", "Q"]
    octaves = 2 / math.log(2) * math.asinh(1 / 2.8)
    assert physical(change) == pytest.approx({"Gain": -3.0, "Freq": 320.0, "BW": octaves})


def test_expected_values_are_those_of_the_plug_in() -> None:
    eq = make_eq()
    assert eq.parameters is not None
    own = {p.ident: p.normalized for p in eq.parameters}
    for each in (change := realized(CUT, eq), *change.also):
        assert isinstance(each.target, FxTarget)
        assert each.expected_raw == own[each.target.param_ident]


def test_bands_are_given_out_one_after_the_other_and_change_their_type_when_none_is_left() -> None:
    taken: list[Any] = []
    idents = []
    for _ in range(4):
        change = realized(CUT, make_eq(), taken=taken)
        taken += change.targets
        assert isinstance(change.target, FxTarget)
        idents.append((change.target.param_ident, [e.desired for e in change.setup if isinstance(e, SetFxConfig)]))
    assert idents == [
        ("4:_Gain_Band_2", []),
        ("7:_Gain_Band_3", []),
        ("1:_Gain_Band", ["8"]),
        ("10:_Gain_Band_4", ["8"]),
    ]
    fifth = realize_eq_band(make_track(fx=(make_eq(),)), CUT, taken)
    assert isinstance(fifth, ByHand)
    assert fifth.tool == "VST: ReaEQ (Cockos), which has no free band that may be set"


def test_bands_that_do_something_are_left_alone() -> None:
    busy = [(kind, True, frequency_hz, 2.0) for kind, _, frequency_hz, _ in EQ_BANDS]
    assert isinstance(realize_eq_band(make_track(fx=(make_eq(bands=busy),)), CUT), ByHand)


def test_a_high_pass_that_is_off_is_switched_on_and_one_that_is_on_is_moved() -> None:
    change = realized(LOW_CUT, make_eq())
    assert (change.parameter, change.before, change.after, change.unit) == ("High-pass", 0.0, 80.0, "Hz")
    assert [(e.name, e.expected, e.desired) for e in change.setup if isinstance(e, SetFxConfig)] == [
        ("BANDENABLED4", "0", "1")
    ]
    moved = realized(LOW_CUT, make_eq(bands=[*EQ_BANDS[:4], (4, True, 40.0, 0.0)]))
    assert (moved.before, moved.setup) == (pytest.approx(40.0), ())
    assert moved.scaled(0.5).after == pytest.approx(math.sqrt(40.0 * 80.0))
    assert change.scaled(0.5).after == pytest.approx(math.sqrt(20.0 * 80.0))


@pytest.mark.parametrize("kind", ["high_pass", "low_shelf", "bell", "high_shelf"])
def test_a_new_reaeq_starts_with_every_band_off_but_the_one_that_is_used(kind: BandType) -> None:
    change = realized(EqBandIntent(track_guid=ONE, type=kind, frequency_hz=120.0, gain_db=-2.0))
    insertion, *further = change.setup
    assert isinstance(insertion, InsertFx)
    assert insertion.fx_name == "VST: ReaEQ (Cockos)"
    assert set(insertion.config) == {(f"BANDENABLED{k}", "0") for k in range(5)}
    enabled = [e for e in further if isinstance(e, SetFxConfig) and e.name.startswith("BANDENABLED")]
    assert [e.desired for e in enabled] == ["1"]
    assert all(isinstance(t, FxTarget) and t.fx_guid == insertion.creates for t in change.targets)


COMP, GATE = make_comp(), make_fx("VST: ReaGate (Cockos)", "{GATE}")
SYNTH, ROOM = make_fx("VSTi: Vital (Vital Audio)", "{SYNTH}"), make_fx("VST3: ValhallaRoom (Valhalla)", "{ROOM}")


@pytest.mark.parametrize(
    ("chain", "after"),
    [((), ""), ((GATE,), "{GATE}"), ((COMP,), ""), ((GATE, COMP), "{GATE}"), ((SYNTH, COMP, ROOM), "{SYNTH}"),
     ((ROOM,), ""), ((make_comp("{OFF}", enabled=False), make_fx("VST3: Auto-Tune (Antares)", "{TUNE}")), "{TUNE}"),
     ((COMP, make_fx("VST3: TH-U (Overloud)", "{AMP}"), ROOM), "{AMP}")],
)  # fmt: skip
def test_a_new_reaeq_goes_behind_gates_and_amplifiers_and_before_compression(chain: tuple[Fx, ...], after: str) -> None:
    assert inserted(realized(CUT, *chain)).after_fx_guid == after


def test_a_reaeq_before_compression_is_preferred() -> None:
    change = realized(CUT, make_eq("{A}"), COMP, make_eq("{B}"))
    assert isinstance(change.target, FxTarget)
    assert change.target.fx_guid == "{A}"
    only = realized(CUT, COMP, make_eq("{B}"))
    assert isinstance(only.target, FxTarget)
    assert only.target.fx_guid == "{B}"


def automated() -> tuple[Envelope, ...]:
    points = (EnvelopePoint(time_seconds=0.0, value=0.5),)
    return (Envelope(kind="fx_parameter", guid="", active=True, points=points, point_count=1,
                     parameter_ident="4:_Gain_Band_2"),)  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [{"enabled": False}, {"offline": True}, {"parameters": None}, {"config": ()}, {"envelopes": automated()},
               {"config": tuple((name, "3" if name == "BANDTYPE0" else value) for name, value in make_eq().config)}],
)  # fmt: skip
def test_beside_a_reaeq_that_cannot_be_set_no_second_one_is_inserted(fields: dict[str, Any]) -> None:
    found = realize_eq_band(make_track(fx=(make_eq(**fields),)), CUT)
    assert isinstance(found, ByHand)
    assert "ReaEQ" in found.tool


@pytest.mark.parametrize(("fields", "word"), [({"enabled": False}, "bypassed"), ({"offline": True}, "offline")])
def test_an_equalizer_that_is_switched_off_is_named_and_none_is_inserted(fields: dict[str, Any], word: str) -> None:
    found = realize_eq_band(make_track(fx=(make_fx("VST3: Q10 Stereo (Waves)", **fields),)), CUT)
    assert isinstance(found, ByHand)
    assert found.tool == f"VST3: Q10 Stereo (Waves), which is {word}"


@pytest.mark.parametrize("kind", ["bell", "high_pass"])
def test_beside_a_third_party_equalizer_no_second_one_is_inserted(kind: BandType) -> None:
    track = make_track(fx=(make_fx("VST3: FabFilter Pro-Q 3 (FabFilter)"),))
    found = realize_eq_band(track, EqBandIntent(track_guid=ONE, type=kind, frequency_hz=320.0, gain_db=-3.0, q=1.4))
    assert isinstance(found, ByHand)
    assert "Pro-Q 3" in found.tool
    assert "320 Hz" in found.advice
    if kind == "bell":
        assert found.advice == "bell at 320 Hz, -3.00 dB, Q 1.4"


def test_an_amount_scales_the_gain_and_leaves_the_place() -> None:
    half = realized(CUT, make_eq()).scaled(0.5)
    assert half.after == -1.5
    assert physical(half)["Freq"] == pytest.approx(320.0)
    off = realized(CUT).scaled(0.0)
    assert (off.moves, off.setup) == (False, ())
    assert not [e for e in off.setup if isinstance(e, SetValue)]


def test_a_second_high_pass_is_never_stacked_on_one_equalizer() -> None:
    first = realized(LOW_CUT, make_eq())
    second = realize_eq_band(make_track(fx=(make_eq(),)), LOW_CUT, first.targets)
    assert isinstance(second, ByHand)
    assert second.advice == "high-pass at 80 Hz"
    new = realized(LOW_CUT)
    third = realize_eq_band(make_track(), LOW_CUT, new.targets)
    assert third == ByHand(tool="a further equalizer", advice="high-pass at 80 Hz")
