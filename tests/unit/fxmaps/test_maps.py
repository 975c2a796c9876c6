"""Parameter maps: the published points of each law, and maps that are wrong are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.errors import InputError, NotModelled
from dawassist.fxmaps import ParameterMap, fx_map, fx_maps
from dawassist.fxmaps.loading import fx_map_from_toml

EQ, COMP = fx_maps()["ReaEQ"], fx_maps()["ReaComp"]
DEFAULT_BANDS = [0, 8, 8, 1, 4]
GOOD = """
schema = 1
name = "X"
fx_names = ["VST: X"]
files = ["x.dll"]
vst_id = 1
formats_without_setting = false
tail = ["bypass"]
sources = { a = "a page" }
[[parameters]]
name = "P"
unit = "ms"
law = { kind = "linear", minimum = 0.0, maximum = 1.0 }
source = "a"
"""


def parameter(ident: str) -> ParameterMap:
    found = [p for p in (*EQ.parameters(DEFAULT_BANDS), *COMP.parameters()) if p.ident == ident]
    return found[0]


@pytest.mark.parametrize(
    ("ident", "normalized", "physical", "tolerance"),
    [
        ("0:_Freq_Low_Shelf", 0.141438, 100.0, 0.1),
        ("9:_Freq_High_Shelf_4", 0.739351, 5000.0, 0.1),
        ("0:_Freq_Low_Shelf", 0.0, 20.0, 1e-9),
        ("4:_Gain_Band_2", 0.25, 0.0, 1e-9),
        ("4:_Gain_Band_2", 0.1667, -3.5, 0.03),
        ("4:_Gain_Band_2", 0.3333, 2.5, 0.01),
        ("15:_Global_Gain", 1.0, 12.04, 0.01),
        ("2:_BW_Low_Shelf", 0.2, 0.8, 1e-9),
        ("0:_Threshold", 0.5, 0.0, 1e-9),
        ("1:_Ratio", 0.0303030303, 4.0, 1e-6),
        ("2:_Attack", 0.006, 3.0, 1e-9),
        ("3:_Release", 0.02, 100.0, 1e-9),
        ("13:_RMS_size", 0.05, 5.0, 1e-9),
        ("14:_Knee", 1.0, 24.0, 1e-9),
        ("7:_Hipass", 0.5, 10000.0, 1e-9),
    ],
)
def test_a_law_meets_its_published_points(ident: str, normalized: float, physical: float, tolerance: float) -> None:
    assert parameter(ident).physical(normalized) == pytest.approx(physical, abs=tolerance)


@given(st.sampled_from([*EQ.parameters(DEFAULT_BANDS), *COMP.parameters()]), st.floats(0.0, 1.0))
def test_a_law_and_its_inverse_agree(found: ParameterMap, normalized: float) -> None:
    assert found.normalized(found.physical(normalized)) == pytest.approx(normalized, abs=1e-7)


def test_values_beyond_the_range_give_its_end() -> None:
    assert parameter("1:_Ratio").normalized(500.0) == 1.0
    assert parameter("0:_Freq_Low_Shelf").normalized(-1e9) == 0.0
    assert parameter("4:_Gain_Band_2").normalized(-200.0) == 0.0


def test_reaeq_has_three_parameters_per_band_and_a_global_gain() -> None:
    assert len(EQ.parameters(DEFAULT_BANDS)) == 16
    assert [p.name for p in EQ.parameters([4])] == ["Freq-High Pass", "Gain-High Pass", "BW-High Pass", "Global Gain"]


def test_reacomp_has_24_parameters_with_the_tail() -> None:
    assert len(COMP.parameters()) + len(COMP.tail) == 24


def test_a_band_of_an_unverified_type_is_refused() -> None:
    with pytest.raises(NotModelled, match="type 3"):
        EQ.parameters([0, 3])


@pytest.mark.parametrize("name", ["VST: ReaEQ (Cockos)", "reaeq.dll", "C:\\REAPER\\ReaEQ.dll<123", "/opt/reaeq.vst.so"])
def test_a_map_is_found_by_name_or_file(name: str) -> None:
    assert fx_map("something else", name) is EQ


def test_an_unknown_plugin_has_no_map() -> None:
    assert fx_map("VST: ReaEQ imitation", "notreaeq.dll", "") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 2"),
        ("schema = 1", "schema ="),
        ('name = "X"', ""),
        ('kind = "linear"', 'kind = "cubic"'),
        ("maximum = 1.0", "maximum = 0.0"),
        ("maximum = 1.0", 'maximum = "1"'),
        ("minimum = 0.0, ", ""),
        ('source = "a"', 'source = "b"'),
        ('unit = "ms"', 'unit = "ms"\nextra = 1'),
        ('"bypass"', '"mix"'),
        ("vst_id = 1", 'vst_id = "one"'),
    ],
)
def test_a_malformed_map_is_refused_with_its_name(old: str, new: str) -> None:
    assert fx_map_from_toml(GOOD, "x.toml").name == "X"
    with pytest.raises(InputError, match=r"x\.toml"):
        fx_map_from_toml(GOOD.replace(old, new, 1), "x.toml")
