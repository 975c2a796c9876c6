"""Fitting `dawassist.plan.pan_prior`: how often a role is centered, how far aside else, and how sides balance."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from fitting.levels import FEWEST_TRACKS
from fitting.mixologydb import Mix, MixedTrack

CENTERED = 0.05
_FEWEST_MIXES = 10


def pan_lines(mixes: Sequence[Mix]) -> Iterator[str]:
    """The TOML of `dawassist.plan.pan_prior`, without its heading."""
    imbalances = np.array([abs(side_balance_db(mix.leveled.tracks)) for mix in mixes])
    p50, p75, p90 = np.percentile(imbalances, [50, 75, 90])
    yield f"\n[mix]\nimbalance_p50_db = {p50:.2f}\nimbalance_p75_db = {p75:.2f}\nimbalance_p90_db = {p90:.2f}"
    pans: dict[str, list[float]] = defaultdict(list)
    loudest: dict[str, list[float]] = defaultdict(list)
    leans: dict[str, list[float]] = defaultdict(list)
    for mix in mixes:
        for role, tracks in _mono_by_role(mix).items():
            own = [track.pan for track in tracks if track.pan is not None]
            pans[role] += own
            loudest[role].append(_pan_of_loudest(tracks))
            aside = [pan for pan in own if abs(pan) > CENTERED]
            if len(aside) > 1:
                leans[role].append(abs(sum(aside)) / sum(map(abs, aside)))
    for role in sorted(role for role in pans if len(pans[role]) >= FEWEST_TRACKS):
        yield from _role_lines(role, np.abs(pans[role]), np.abs(loudest[role]), leans[role])


def side_balance_db(tracks: Sequence[MixedTrack]) -> float:
    """Left against right of a mix, dB: constant-power pans of every channel, powers of raw level + fader added."""
    left = right = 0.0
    for track in tracks:
        assert track.raw_lufs is not None
        assert track.fader_db is not None
        power = 10.0 ** ((track.raw_lufs + track.fader_db) / 10.0) / max(len(track.pans), 1)
        angles = (np.array(track.pans) + 1.0) * np.pi / 4.0
        left += power * float(np.sum(np.cos(angles) ** 2))
        right += power * float(np.sum(np.sin(angles) ** 2))
    return 10.0 * float(np.log10(left / right)) if left and right else 0.0


def _role_lines(role: str, sides: np.ndarray, loudest: np.ndarray, leans: Sequence[float]) -> Iterator[str]:
    aside = sides[sides > CENTERED]
    yield f"\n[roles.{role}]\ntracks = {len(sides)}\ncentered_share = {np.mean(sides <= CENTERED):.3f}"
    yield f"loudest_centered_share = {np.mean(loudest <= CENTERED):.3f}"
    if len(aside) >= FEWEST_TRACKS:
        p10, p25, p50, p75, p90 = np.percentile(aside, [10, 25, 50, 75, 90])
        yield f"aside = {{p10 = {p10:.2f}, p25 = {p25:.2f}, p50 = {p50:.2f}, p75 = {p75:.2f}, p90 = {p90:.2f}}}"
    if len(leans) >= _FEWEST_MIXES:
        yield f"lean_p50 = {np.percentile(leans, 50):.2f}\nlean_p90 = {np.percentile(leans, 90):.2f}"


def _mono_by_role(mix: Mix) -> dict[str, list[MixedTrack]]:
    found: dict[str, list[MixedTrack]] = defaultdict(list)
    for track in mix.leveled.tracks:
        if track.pan is not None and track.role != "unknown":
            found[track.role].append(track)
    return found


def _pan_of_loudest(tracks: Sequence[MixedTrack]) -> float:
    def level(track: MixedTrack) -> float:
        return (track.raw_lufs or 0.0) + (track.fader_db or 0.0)

    return max(tracks, key=level).pan or 0.0
