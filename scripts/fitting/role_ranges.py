"""Percentiles of what engineers do, per role: the level of a track relative to the others, and its pan."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from fitting.levels import FEWEST_TRACKS
from fitting.mixologydb import Mix

_FEWEST_IN_MIX = 4
_CENTERED = 0.05


def role_range_lines(mixes: Sequence[Mix]) -> Iterator[str]:
    """The TOML of `dawassist.plan.priors`, without its heading."""
    levels: dict[str, list[float]] = defaultdict(list)
    pans: dict[str, list[float]] = defaultdict(list)
    for mix in (mix.leveled for mix in mixes):
        known = [place for place, role in enumerate(mix.roles) if role != "unknown"]
        if len(known) < _FEWEST_IN_MIX:
            continue
        middle = float(mix.level_lufs.mean())
        for place in known:
            track = mix.tracks[place]
            levels[track.role].append(float(mix.level_lufs[place]) - middle)
            if track.pan is not None:
                pans[track.role].append(track.pan)
    for role in sorted(role for role in levels if len(levels[role]) >= FEWEST_TRACKS):
        yield from _role_lines(role, np.array(levels[role]), np.abs(pans[role]))


def _role_lines(role: str, levels: np.ndarray, sides: np.ndarray) -> Iterator[str]:
    p5, p10, p50, p90, p95 = np.percentile(levels, [5, 10, 50, 90, 95])
    yield f"\n[{role}]\ntracks = {len(levels)}"
    yield f"level_p5 = {p5:.2f}\nlevel_p10 = {p10:.2f}\nlevel_p50 = {p50:.2f}"
    yield f"level_p90 = {p90:.2f}\nlevel_p95 = {p95:.2f}"
    if len(sides) >= FEWEST_TRACKS:
        yield f"pan_tracks = {len(sides)}\npan_centered_share = {np.mean(sides <= _CENTERED):.2f}"
        yield f"pan_p90 = {np.percentile(sides, 90):.2f}\npan_p95 = {np.percentile(sides, 95):.2f}"
