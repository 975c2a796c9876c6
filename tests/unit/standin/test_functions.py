"""REAPER's functions over a loaded project, in the conventions of its Python binding."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dawassist.errors import InputError, NotModelled
from dawassist.standin import stock_fx
from dawassist.standin.faults import Faults
from dawassist.standin.functions import FUNCTIONS
from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist.standin.signatures import signatures
from dawassist.units import db_to_gain

HANDMADE = Path(__file__).parents[2] / "golden" / "handmade.rpp"


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(Project(HANDMADE), tmp_path)


@pytest.fixture
def rpr(host: Host, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`rpr("GetTrack", 0, 1)`: a call through the generated binding, without touching the real modules."""
    import sys
    import types

    from dawassist.standin import binding

    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    monkeypatch.setitem(sys.modules, "reaper_python", types.ModuleType("reaper_python"))
    binding.install(host)
    module = sys.modules["reaper_python"]
    return lambda name, *arguments: getattr(module, f"RPR_{name}")(*arguments)


def test_every_function_of_reapers_table_is_there_and_the_rest_is_refused_by_name(rpr: Callable[..., Any]) -> None:
    assert len(signatures()) > 850
    assert set(FUNCTIONS) <= set(signatures())
    with pytest.raises(NotModelled, match="not modelled in the stand-in: TrackFX_CopyToTake"):
        rpr("TrackFX_CopyToTake", "", 0, "", 0, False)


def test_a_function_with_outs_returns_every_argument(rpr: Callable[..., Any]) -> None:
    track = rpr("GetTrack", 0, 1)
    assert rpr("GetTrackName", track, "", 512) == (1, track, "Kick", 512)
    assert rpr("GetSet_LoopTimeRange2", 0, 0, 0, 0.0, 0.0, 0) == (0, 0, 0, 1.0, 5.0, 0)
    assert rpr("CountTracks", 0) == 8


def test_a_wrong_number_of_arguments_is_an_error(rpr: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="takes 2 arguments"):
        rpr("GetTrack", 0)


@pytest.mark.parametrize(
    "pointer", ["(MediaTrack*)0x00000000DEADBEEF", "", "nonsense", "(MediaItem*)0x0000000010000000", 0]
)
def test_stale_and_invented_pointers_give_neutral_answers(rpr: Callable[..., Any], pointer: object) -> None:
    assert rpr("GetMediaTrackInfo_Value", pointer, "D_VOL") == 0.0
    assert rpr("SetMediaTrackInfo_Value", pointer, "D_VOL", 1.0) == 0
    assert rpr("TrackFX_GetCount", pointer) == 0
    assert rpr("ValidatePtr", pointer, "MediaTrack*") == 0


def test_undo_takes_back_a_block_as_one_step_with_its_label(rpr: Callable[..., Any], host: Host) -> None:
    track = rpr("GetTrack", 0, 1)
    before = host.project.tree.to_bytes()
    rpr("Undo_BeginBlock2", 0)
    rpr("SetMediaTrackInfo_Value", track, "D_VOL", 0.5)
    rpr("SetMediaTrackInfo_Value", track, "D_PAN", 0.5)
    rpr("SetProjExtState", 0, "dawassist", "mark", "1")
    rpr("Undo_EndBlock2", 0, "dawassist: test", -1)
    assert rpr("Undo_CanUndo2", 0) == "dawassist: test"
    assert rpr("Undo_DoUndo2", 0) == 1
    assert host.project.tree.to_bytes() == before
    assert rpr("GetProjExtState", 0, "dawassist", "mark", "", 64)[0] == 0
    assert rpr("Undo_CanRedo2", 0) == "dawassist: test"
    rpr("Undo_DoRedo2", 0)
    assert rpr("GetMediaTrackInfo_Value", track, "D_PAN") == 0.5


def test_selection_and_cursor_are_no_change_of_the_project(rpr: Callable[..., Any]) -> None:
    count = rpr("GetProjectStateChangeCount", 0)
    rpr("SetTrackSelected", rpr("GetTrack", 0, 1), True)
    rpr("SetEditCurPos2", 0, 3.0, False, False)
    assert rpr("GetProjectStateChangeCount", 0) == count
    rpr("SetMediaTrackInfo_Value", rpr("GetTrack", 0, 1), "D_VOL", 0.5)
    assert rpr("GetProjectStateChangeCount", 0) > count


def test_volume_envelopes_are_fader_scaled_and_pan_envelopes_negated(rpr: Callable[..., Any]) -> None:
    bass = rpr("GetTrack", 0, 3)
    volume = rpr("GetTrackEnvelopeByName", bass, "Volume")
    assert rpr("GetEnvelopeScalingMode", volume) == 1
    raw = rpr("GetEnvelopePointEx", volume, -1, 0, 0.0, 0.0, 0, 0.0, 0)[5]
    assert raw == pytest.approx(716.21785031)
    assert rpr("ScaleFromEnvelopeMode", 1, 852.774454407) == pytest.approx(2.0)
    pan = rpr("GetTrackEnvelopeByChunkName", bass, "<PANENV2")
    assert rpr("GetEnvelopePointEx", pan, -1, 1, 0.0, 0.0, 0, 0.0, 0)[5] == -0.5
    assert rpr("GetTrackEnvelopeByChunkName", bass, "PANENV2").endswith("0x0000000000000000")


def test_making_a_volume_envelope_takes_the_faders_level(rpr: Callable[..., Any]) -> None:
    kick = rpr("GetTrack", 0, 1)
    rpr("SetOnlyTrackSelected", kick)
    rpr("Main_OnCommand", 40406, 0)
    assert rpr("GetMediaTrackInfo_Value", kick, "D_VOL") == 1.0
    envelope = rpr("GetTrackEnvelopeByName", kick, "Volume")
    raw = rpr("GetEnvelopePointEx", envelope, -1, 0, 0.0, 0.0, 0, 0.0, 0)[5]
    assert rpr("ScaleFromEnvelopeMode", 1, raw) == pytest.approx(0.70794578438414)


def test_deleting_a_range_of_points_keeps_the_one_on_its_end(rpr: Callable[..., Any]) -> None:
    envelope = rpr("GetTrackEnvelopeByName", rpr("GetTrack", 0, 3), "Volume")
    rpr("DeleteEnvelopePointRange", envelope, 1.0, 8.0)
    times = [rpr("GetEnvelopePointEx", envelope, -1, i, 0.0, 0.0, 0, 0.0, 0)[4] for i in range(2)]
    assert (times, rpr("CountEnvelopePoints", envelope)) == ([0.0, 8.0], 2)


def test_a_plugin_guid_goes_through_a_pointer(rpr: Callable[..., Any]) -> None:
    pointer = rpr("TrackFX_GetFXGUID", rpr("GetTrack", 0, 1), 1)
    assert pointer.startswith("(GUID*)0x")
    assert rpr("guidToString", pointer, "") == (pointer, "{F0000002-0000-4000-8000-000000000002}")


def test_reapers_own_parameters_are_the_last_ones(rpr: Callable[..., Any]) -> None:
    track = rpr("GetTrack", 0, 1)
    count = rpr("TrackFX_GetNumParams", track, 1)
    names = [rpr("TrackFX_GetParamName", track, 1, i, "", 64)[4] for i in range(count - 3, count)]
    assert names == ["Bypass", "Wet", "Delta"]
    assert rpr("TrackFX_GetParamFromIdent", track, 1, ":wet") == count - 2


def test_only_cockos_plugins_format_without_setting(rpr: Callable[..., Any], host: Host) -> None:
    track = rpr("GetTrack", 0, 1)
    assert rpr("TrackFX_FormatParamValueNormalized", track, 1, 0, 0.5, "", 64)[0] == 1
    host.project.tracks[1].fx[1].__dict__["is_cockos"] = False
    assert rpr("TrackFX_FormatParamValueNormalized", track, 1, 0, 0.5, "", 64)[0] == 0


@pytest.mark.parametrize(("normalized", "hertz"), [(0.0, 20.0), (0.25, 228.2), (0.5, 1160.6), (1.0, 24000.0)])
def test_reaeqs_frequency_law(normalized: float, hertz: float) -> None:
    """20 + 59.95·(401^n − 1): public measurements by two scripts and a live check of nine points."""
    assert stock_fx.eq_frequency_hz(normalized) == pytest.approx(hertz, rel=2e-3)
    assert stock_fx.eq_frequency_normalized(hertz) == pytest.approx(normalized, abs=2e-3)


def test_stock_plugins_show_their_values_in_their_words(rpr: Callable[..., Any]) -> None:
    track = rpr("GetTrack", 0, 1)
    assert rpr("TrackFX_GetFormattedParamValue", track, 1, 0, "", 64)[4] == "-12.0"  # threshold of amplitude 0.25
    rpr("TrackFX_SetParamNormalized", track, 1, 2, 0.006)
    assert rpr("TrackFX_GetFormattedParamValue", track, 1, 2, "", 64)[4] == "3.00"  # 500·n milliseconds


def test_faults_are_named_and_numbers_checked() -> None:
    assert "die-at" in Faults.parse(["die-at=3"])
    with pytest.raises(InputError, match="There is no fault"):
        Faults.parse(["earthquake"])
    with pytest.raises(InputError, match="needs a number"):
        Faults.parse(["die-at=soon"])


def test_a_hand_moves_a_fader_inside_a_block_when_told_to(rpr: Callable[..., Any], host: Host) -> None:
    Faults.parse(["user-moves-at=2"]).install(host)
    rpr("Undo_BeginBlock2", 0)
    rpr("SetMediaTrackInfo_Value", rpr("GetTrack", 0, 1), "D_VOL", 0.5)
    rpr("SetMediaTrackInfo_Value", rpr("GetTrack", 0, 2), "D_VOL", 0.5)
    assert rpr("GetMediaTrackInfo_Value", rpr("GetTrack", 0, 0), "D_VOL") == pytest.approx(db_to_gain(-20.0))


class TestCreating:
    """What scripts add and remove, with REAPER's documented answers; each is one change that is undone and redone."""

    @pytest.mark.parametrize("name", ["ReaEQ", "VST: ReaEQ (Cockos)", "VST:reaeq (cockos)", "VST2:ReaEQ"])
    def test_a_plug_in_is_found_by_a_part_of_its_name_with_or_without_its_kind(
        self, rpr: Callable[..., Any], name: str
    ) -> None:
        track = rpr("GetTrack", 0, 1)
        assert rpr("TrackFX_AddByName", track, name, False, -1) == 2
        assert rpr("TrackFX_GetFXName", track, 2, "", 512)[3] == "VST: ReaEQ (Cockos)"

    @pytest.mark.parametrize("name", ["VST3: Pro-Q 3 (FabFilter)", "VST3: ReaEQ", "JS: ReaEQ", "", "VST: "])
    def test_what_is_not_installed_is_answered_with_minus_one(self, rpr: Callable[..., Any], name: str) -> None:
        assert rpr("TrackFX_AddByName", rpr("GetTrack", 0, 1), name, False, -1) == -1
        assert rpr("TrackFX_AddByName", "(MediaTrack*)0x0000000000000000", "ReaEQ", False, -1) == -1
        assert rpr("TrackFX_AddByName", rpr("GetTrack", 0, 1), "ReaEQ", True, -1) == -1

    @pytest.mark.parametrize(
        ("instantiate", "place", "count"),
        [(0, 0, 2), (1, 0, 2), (-1, 2, 3), (-1000, 0, 3), (-1001, 1, 3), (-1999, 2, 3)],
    )
    def test_asking_adding_and_placing(self, rpr: Callable[..., Any], instantiate: int, place: int, count: int) -> None:
        track = rpr("GetTrack", 0, 1)
        assert rpr("TrackFX_AddByName", track, "ReaEQ", False, instantiate) == place
        assert rpr("TrackFX_GetCount", track) == count
        assert rpr("TrackFX_AddByName", track, "ReaGate", False, 0) == -1

    def test_everything_is_undone_redone_and_saved(self, host: Host, rpr: Callable[..., Any]) -> None:
        before = host.project.tree.to_bytes()
        rpr("Undo_BeginBlock2", 0)
        kick = rpr("GetTrack", 0, 1)
        rpr("TrackFX_AddByName", kick, "ReaVerbate", False, -1001)
        assert rpr("TrackFX_SetNamedConfigParm", kick, 0, "BANDTYPE1", "4") == 1
        assert rpr("TrackFX_GetParamName", kick, 0, 3, "", 99)[4] == "Freq-High Pass 2"
        assert rpr("TrackFX_Delete", kick, 2) == 1
        rpr("InsertTrackAtIndex", 8, False)
        new = rpr("GetTrack", 0, 8)
        assert rpr("CreateTrackSend", kick, new) == 0
        assert rpr("CreateTrackSend", new, rpr("GetTrack", 0, 6)) == 0
        rpr("Undo_EndBlock2", 0, "made", -1)
        after = host.project.tree.to_bytes()
        assert after != before
        rpr("Undo_DoUndo2", 0)
        assert host.project.tree.to_bytes() == before
        rpr("Undo_DoRedo2", 0)
        assert host.project.tree.to_bytes() == after
        rpr("DeleteTrack", new)
        assert rpr("ValidatePtr", new, "MediaTrack*") == 0
        assert rpr("GetTrackNumSends", kick, 0) == 0
        assert rpr("CountTracks", 0) == 8

    def test_what_does_nothing_says_so(self, rpr: Callable[..., Any]) -> None:
        kick = rpr("GetTrack", 0, 1)
        assert rpr("TrackFX_Delete", kick, 9) == 0
        assert rpr("TrackFX_SetNamedConfigParm", kick, 1, "BANDTYPE0", "4") == 0
        assert rpr("TrackFX_SetNamedConfigParm", kick, 9, "BANDTYPE0", "4") == 0
        assert rpr("RemoveTrackSend", kick, 0, 5) == 0
        assert rpr("CreateTrackSend", kick, kick) == 0
        assert rpr("GetTrackNumSends", kick, 0) == 0

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [("InsertTrackAtIndex", (0, False)), ("InsertTrackAtIndex", (8, True)), ("CreateTrackSend", ("kick", "")),
         ("RemoveTrackSend", ("kick", -1, 0)), ("DeleteTrack", ("kick",))],
    )  # fmt: skip
    def test_what_is_not_modelled_says_its_name(
        self, rpr: Callable[..., Any], name: str, arguments: tuple[Any, ...]
    ) -> None:
        given = [rpr("GetTrack", 0, 1) if each == "kick" else each for each in arguments]
        with pytest.raises(NotModelled, match=name):
            rpr(name, *given)
