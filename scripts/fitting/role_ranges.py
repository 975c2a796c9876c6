"""Fitting `dawassist.plan.priors`: percentiles of the level of a track relative to the others, and of its pan."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dawassist.plan.priors import RolePrior
from fitting.levels import FEWEST_TRACKS
from fitting.mixologydb import LeveledMix
from fitting.pans import CENTERED

_FEWEST_IN_MIX = 4


def fit_ranges(mixes: Sequence[LeveledMix]) -> dict[str, RolePrior]:
    """By role, in alphabetical order; roles with too few tracks have none."""
    levels: dict[str, list[float]] = defaultdict(list)
    pans: dict[str, list[float]] = defaultdict(list)
    for mix in mixes:
        if len(mix.tracks) < _FEWEST_IN_MIX:
            continue
        for track, level in zip(mix.tracks, mix.level_lufs - mix.level_lufs.mean(), strict=True):
            levels[track.role].append(float(level))
            if track.pan is not None:
                pans[track.role].append(abs(track.pan))
    known = sorted(role for role in levels if role != "unknown" and len(levels[role]) >= FEWEST_TRACKS)
    return {role: _range(np.array(levels[role]), np.array(pans[role])) for role in known}


def range_lines(ranges: Mapping[str, RolePrior]) -> Iterator[str]:
    """The TOML, without its heading."""
    for role, prior in ranges.items():
        yield f"\n[{role}]\ntracks = {prior.tracks}"
        yield f"level_p5 = {prior.level_p5:.2f}\nlevel_p10 = {prior.level_p10:.2f}\nlevel_p50 = {prior.level_p50:.2f}"
        yield f"level_p90 = {prior.level_p90:.2f}\nlevel_p95 = {prior.level_p95:.2f}"
        if prior.pan_centered_share is not None:
            yield f"pan_tracks = {prior.pan_tracks}\npan_centered_share = {prior.pan_centered_share:.2f}"
            yield f"pan_p90 = {prior.pan_p90:.2f}\npan_p95 = {prior.pan_p95:.2f}"


def _range(levels: np.ndarray, sides: np.ndarray) -> RolePrior:
    p5, p10, p50, p90, p95 = map(float, np.percentile(levels, [5, 10, 50, 90, 95]))
    found = RolePrior(tracks=len(levels), level_p5=p5, level_p10=p10, level_p50=p50, level_p90=p90, level_p95=p95)
    if len(sides) < FEWEST_TRACKS:
        return found
    return replace(
        found,
        pan_tracks=len(sides),
        pan_centered_share=float(np.mean(sides <= CENTERED)),
        pan_p90=float(np.percentile(sides, 90)),
        pan_p95=float(np.percentile(sides, 95)),
    )
