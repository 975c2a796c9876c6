"""Fitting `dawassist.plan.pan_prior`: how often a role is centered, how far aside else, and how sides balance."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np

from dawassist.plan.pan_prior import Aside, PanPrior, PanPriors
from fitting.levels import FEWEST_TRACKS
from fitting.mixologydb import LeveledMix, MixedTrack

CENTERED = 0.05
_FEWEST_MIXES = 10


def fit_pans(mixes: Sequence[LeveledMix], *, source: str = "", sha256: str = "") -> PanPriors:
    """Roles in alphabetical order; those with too few tracks have none. `source` and `sha256` are of the table."""
    leans_db = [abs(side_balance_db(mix.level_lufs, [track.pans for track in mix.tracks])) for mix in mixes]
    p50, p75, p90 = map(float, np.percentile(leans_db, [50, 75, 90]))
    found: dict[str, list[list[MixedTrack]]] = defaultdict(list)
    for mix in mixes:
        for role, tracks in _mono_by_role(mix).items():
            found[role].append(tracks)
    roles = sorted(role for role in found if sum(map(len, found[role])) >= FEWEST_TRACKS)
    return PanPriors(
        source=source,
        sha256=sha256,
        imbalance_p50_db=p50,
        imbalance_p75_db=p75,
        imbalance_p90_db=p90,
        by_role={role: _prior(found[role]) for role in roles},
    )


def pan_lines(priors: PanPriors) -> Iterator[str]:
    """The TOML, without its heading."""
    yield f"\n[mix]\nimbalance_p50_db = {priors.imbalance_p50_db:.2f}\nimbalance_p75_db = {priors.imbalance_p75_db:.2f}"
    yield f"imbalance_p90_db = {priors.imbalance_p90_db:.2f}"
    for role, prior in priors.by_role.items():
        yield f"\n[roles.{role}]\ntracks = {prior.tracks}\ncentered_share = {prior.centered_share:.3f}"
        yield f"loudest_centered_share = {prior.loudest_centered_share:.3f}"
        if prior.aside is not None:
            parts = (f"{name} = {value:.2f}" for name, value in asdict(prior.aside).items())
            yield f"aside = {{{', '.join(parts)}}}"
        if prior.lean_p50 is not None:
            yield f"lean_p50 = {prior.lean_p50:.2f}\nlean_p90 = {prior.lean_p90:.2f}"


def side_balance_db(levels_lufs: np.ndarray, pans: Sequence[Sequence[float]]) -> float:
    """Left against right of a mix, dB: constant-power pans −1..1 of every channel of a track, powers added."""
    left = right = 0.0
    for level, channels in zip(levels_lufs, pans, strict=True):
        power = 10.0 ** (level / 10.0) / max(len(channels), 1)
        angles = (np.array(channels) + 1.0) * np.pi / 4.0
        left += power * float(np.sum(np.cos(angles) ** 2))
        right += power * float(np.sum(np.sin(angles) ** 2))
    return 10.0 * float(np.log10(left / right)) if left and right else 0.0


def _prior(tracks_by_mix: Sequence[Sequence[MixedTrack]]) -> PanPrior:
    """Of the mono tracks of one role, mix by mix."""
    sides = np.array([abs(track.pan or 0.0) for tracks in tracks_by_mix for track in tracks])
    aside = sides[sides > CENTERED]
    leans = [lean for tracks in tracks_by_mix if (lean := _lean(tracks)) is not None]
    loudest = np.array([abs(max(tracks, key=_level_lufs).pan or 0.0) for tracks in tracks_by_mix])
    has_leans = len(leans) >= _FEWEST_MIXES
    p10, p25, p50, p75, p90 = map(float, np.percentile(aside, [10, 25, 50, 75, 90])) if len(aside) else (0.0,) * 5
    return PanPrior(
        tracks=len(sides),
        centered_share=float(np.mean(sides <= CENTERED)),
        loudest_centered_share=float(np.mean(loudest <= CENTERED)),
        aside=Aside(p10=p10, p25=p25, p50=p50, p75=p75, p90=p90) if len(aside) >= FEWEST_TRACKS else None,
        lean_p50=float(np.percentile(leans, 50)) if has_leans else None,
        lean_p90=float(np.percentile(leans, 90)) if has_leans else None,
    )


def _lean(tracks: Sequence[MixedTrack]) -> float | None:
    """|sum of pans| / sum of |pans| of the panned tracks; None for fewer than two."""
    pans = [track.pan for track in tracks if track.pan is not None and abs(track.pan) > CENTERED]
    return abs(sum(pans)) / sum(map(abs, pans)) if len(pans) > 1 else None


def _mono_by_role(mix: LeveledMix) -> dict[str, list[MixedTrack]]:
    found: dict[str, list[MixedTrack]] = defaultdict(list)
    for track in mix.tracks:
        if track.pan is not None and track.role != "unknown":
            found[track.role].append(track)
    return found


def _level_lufs(track: MixedTrack) -> float:
    return (track.raw_lufs or 0.0) + (track.fader_db or 0.0)
