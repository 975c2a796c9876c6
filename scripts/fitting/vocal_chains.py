"""Percentiles of vocal chains that were fitted to finished mixes: DiffVox, 385 chains of its internal set.

The files hold what the optimizer moved. What it means is in that project's modules/fx.py: frequencies, Qs and ratios
are a logistic function between two bounds, times of 10 % to 90 % are 2200 / (−ln(1 − logistic) · 44100) ms.
"""

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np

from fitting.mixologydb import plainly

SOURCE = "https://github.com/SonyResearch/diffvox"
LICENSE = "MIT, © 2025 Chin-Yun Yu"
FOLDER = Path("presets/internal")
_RATE_HZ = 44100
_BOUNDED = {
    "low_mid_frequency_hz": ("0.params.parametrizations.freq.original", 33.0, 5400.0),
    "low_mid_q": ("0.params.parametrizations.Q.original", 0.2, 20.0),
    "presence_frequency_hz": ("1.params.parametrizations.freq.original", 200.0, 17500.0),
    "low_shelf_frequency_hz": ("2.params.parametrizations.freq.original", 30.0, 200.0),
    "high_shelf_frequency_hz": ("3.params.parametrizations.freq.original", 750.0, 8300.0),
    "high_pass_cutoff_hz": ("5.params.parametrizations.freq.original", 16.0, 5300.0),
    "ratio": ("6.params.parametrizations.cmp_ratio.original", 1.0, 20.0),
    "pan": ("7.pan.params.parametrizations.pan.original", -1.0, 1.0),
}
_PLAIN = {
    "low_mid_gain_db": "0.params.gain",
    "presence_gain_db": "1.params.gain",
    "low_shelf_gain_db": "2.params.gain",
    "high_shelf_gain_db": "3.params.gain",
    "threshold_db": "6.params.cmp_th",
    "makeup_gain_db": "6.params.make_up",
}
_TIMES = {
    "attack_ms": "6.params.parametrizations.at.original",
    "release_ms": "6.params.parametrizations.rt.original",
}


def chain_lines(folder: Path) -> Iterator[str]:
    """The TOML of `dawassist.plan.vocal_chain`, without its heading. `folder` holds raw_params.npy and info.json."""
    raw = np.load(folder / "raw_params.npy").astype(np.float64)
    info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
    starts = np.cumsum([0, *(prod(shape) for shape in info["params_original_shapes"])])
    column = {key: raw[:, start] for key, start in zip(info["params_keys"], starts, strict=False)}
    settings = {name: column[key] for name, key in _PLAIN.items()}
    settings |= {name: low + (high - low) * _logistic(column[key]) for name, (key, low, high) in _BOUNDED.items()}
    settings |= {name: _milliseconds(_logistic(column[key])) for name, key in _TIMES.items()}
    yield f"chains = {len(raw)}"
    for name in sorted(settings):
        p10, p50, p90 = np.percentile(settings[name], [10, 50, 90])
        yield f"{name} = {{p10 = {plainly(p10)}, p50 = {plainly(p50)}, p90 = {plainly(p90)}}}"


def _logistic(value: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-value)))


def _milliseconds(coefficient: np.ndarray) -> np.ndarray:
    return np.asarray(2200.0 / (-np.log1p(-coefficient) * _RATE_HZ))
