"""Reading what an optimizer moved as settings in physical units."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from fitting.vocal_chains import chain_lines

KEYS = [
    "0.params.gain", "0.params.parametrizations.freq.original", "0.params.parametrizations.Q.original",
    "1.params.gain", "1.params.parametrizations.freq.original", "2.params.gain",
    "2.params.parametrizations.freq.original", "3.params.gain", "3.params.parametrizations.freq.original",
    "5.params.parametrizations.freq.original", "6.params.cmp_th", "6.params.make_up",
    "6.params.parametrizations.at.original", "6.params.parametrizations.rt.original",
    "6.params.parametrizations.cmp_ratio.original", "7.pan.params.parametrizations.pan.original",
]  # fmt: skip


def test_the_middle_of_a_logistic_is_the_middle_of_its_bounds_and_times_are_of_the_rise(tmp_path: Path) -> None:
    raw = np.zeros((3, len(KEYS) + 4), dtype=np.float32)
    raw[:, KEYS.index("6.params.cmp_th") + 4] = (-24.0, -20.0, -16.0)
    coefficient = 1.0 - np.exp(-2200.0 / (5.0 * 44100.0))  # of a rise from 10 % to 90 % in 5 ms
    raw[:, KEYS.index("6.params.parametrizations.at.original") + 4] = np.log(coefficient / (1.0 - coefficient))
    np.save(tmp_path / "raw_params.npy", raw)
    shapes = [[2, 2], *([] for _ in KEYS)]
    info = {"params_keys": ["a matrix", *KEYS], "params_original_shapes": shapes}
    (tmp_path / "info.json").write_text(json.dumps(info))
    found = tomllib.loads("\n".join(chain_lines(tmp_path)))
    assert found["chains"] == 3
    assert found["ratio"]["p50"] == 10.5
    assert found["pan"]["p50"] == 0.0
    assert found["threshold_db"]["p50"] == -20.0
    assert found["attack_ms"]["p50"] == pytest.approx(5.0, abs=0.01)
