"""Pan laws and modes: what is documented, and what every law has to keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.console.pan import pan_matrix

CENTERED = (-1.0, 1.0)
laws = st.sampled_from([0.0, -2.5, -3.0, -4.5, -6.0, 3.0, 6.0])
pans = st.floats(-1.0, 1.0)


def balance(law_db: float, pan: float) -> np.ndarray:
    return pan_matrix("balance", law_db, pan, 1.0, CENTERED)


def level_db(gain: float) -> float:
    return 20 * np.log10(gain)


@pytest.mark.parametrize("law_db", [0.0, -2.5, -3.0, -4.5, -6.0])
def test_the_law_is_the_level_at_center_and_hard_is_unity(law_db: float) -> None:
    assert level_db(balance(law_db, 0.0)[0, 0]) == pytest.approx(law_db, abs=1e-6)
    assert level_db(balance(law_db, 0.0)[1, 1]) == pytest.approx(law_db, abs=1e-6)
    np.testing.assert_allclose(balance(law_db, 1.0), [[0.0, 0.0], [0.0, 1.0]], atol=1e-12)
    np.testing.assert_allclose(balance(law_db, -1.0), [[1.0, 0.0], [0.0, 0.0]], atol=1e-12)


@pytest.mark.parametrize("law_db", [3.0, 4.5, 6.0])
def test_gain_compensation_keeps_the_center_and_lifts_the_sides(law_db: float) -> None:
    np.testing.assert_allclose(balance(law_db, 0.0), np.eye(2), atol=1e-12)
    assert level_db(balance(law_db, 1.0)[1, 1]) == pytest.approx(law_db, abs=1e-6)


def test_without_a_law_balance_fades_the_far_side_linearly() -> None:
    np.testing.assert_allclose(balance(0.0, 0.5), [[0.5, 0.0], [0.0, 1.0]])


def test_a_mono_source_loses_3_lu_from_center_to_hard_without_a_law() -> None:
    power = [np.sum((balance(0.0, pan) @ np.ones(2)) ** 2) for pan in (0.0, 1.0)]
    assert 10 * np.log10(power[0] / power[1]) == pytest.approx(3.01, abs=0.01)


@given(pan=pans)
def test_the_3_db_law_keeps_the_power_of_a_mono_source(pan: float) -> None:
    power = np.sum((balance(-3.0103, pan) @ np.ones(2)) ** 2)
    assert power == pytest.approx(1.0, abs=1e-4)


@given(law_db=laws, pan=pans, mode=st.sampled_from(["classic", "balance", "stereo"]), width=st.floats(-1.0, 1.0))
def test_left_and_right_are_mirrored(law_db: float, pan: float, mode: str, width: float) -> None:
    right = pan_matrix(mode, law_db, pan, width, CENTERED)
    left = pan_matrix(mode, law_db, -pan, width, CENTERED)
    np.testing.assert_allclose(left, right[::-1, ::-1], atol=1e-12)


@given(law_db=laws)
def test_stereo_and_dual_pan_at_rest_equal_balance(law_db: float) -> None:
    for matrix in (pan_matrix("stereo", law_db, 0.0, 1.0, CENTERED), pan_matrix("dual", law_db, 0.0, 1.0, CENTERED)):
        np.testing.assert_allclose(matrix, balance(law_db, 0.0), atol=1e-12)


def test_width_0_is_mono_and_width_minus_1_swaps() -> None:
    np.testing.assert_allclose(pan_matrix("stereo", 0.0, 0.0, 0.0, CENTERED), np.full((2, 2), 0.5))
    np.testing.assert_allclose(pan_matrix("stereo", 0.0, 0.0, -1.0, CENTERED), np.eye(2)[::-1])


def test_dual_pan_places_each_channel_on_its_own() -> None:
    np.testing.assert_allclose(pan_matrix("dual", 0.0, 0.7, 0.3, (1.0, 1.0)), [[0.0, 0.0], [1.0, 1.0]])


def test_pans_outside_the_range_are_clipped_and_arrays_keep_their_shape() -> None:
    np.testing.assert_allclose(balance(-3.0, 1.7), balance(-3.0, 1.0))
    assert pan_matrix("balance", -3.0, np.zeros((5, 3)), 1.0, CENTERED).shape == (5, 3, 2, 2)
