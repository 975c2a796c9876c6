"""The highest of the values around each, against scipy's filter."""

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d

from dawassist.analysis.running_maximum import running_maximum


@pytest.mark.parametrize("size", [1, 3, 5, 11, 31, 199])
def test_it_is_the_highest_of_the_neighbors(size: int) -> None:
    values = np.random.default_rng(size).normal(size=(3, 200)).astype(np.float32)
    expected = maximum_filter1d(values, size, axis=-1, mode="nearest")
    np.testing.assert_array_equal(running_maximum(values, size), expected)
