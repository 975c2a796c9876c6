"""What engineers insert, per role: high-pass filters, cuts and boosts, compressors, reverb and delay sends; quartiles.

Traps of the table: NOTCH is any peaking band; a Q of 0 means that the plug-in has none; ratios are written "3.0:1";
BF-76 and 1176SE hold positions of dials, not milliseconds; the gain of a reverb without `send` is not a send level.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fitting.levels import FEWEST_TRACKS
from fitting.mixologydb import Mix, number, plainly

_FEWEST_SETTINGS = 10
_WITH_DIALS = ("BF-76", "BF-3A", "UAD 1176SE")
_EFFECTS = ("high_pass", "cut", "boost", "compressor", "reverb", "delay")
_AUDIBLE_DB = 0.1
_LARGEST_DB = 24.0


@dataclass(slots=True)
class _Found:
    """Of one role: tracks, tracks by effect, settings by name."""

    tracks: int = 0
    users: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    settings: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def effect_lines(mixes: Sequence[Mix]) -> Iterator[str]:
    """The TOML of `dawassist.plan.effect_priors`, without its heading."""
    by_role: dict[str, _Found] = defaultdict(_Found)
    for track in (track for mix in mixes for track in mix.tracks if track.role != "unknown"):
        found = by_role[track.role]
        found.tracks += 1
        settings = list(_settings(track.parameters))
        for name, value in settings:
            if value is not None:
                found.settings[name].append(value)
        for effect in {effect for name, _ in settings for effect in _EFFECTS if name.startswith(effect)}:
            found.users[effect] += 1
    for role in sorted(role for role, found in by_role.items() if found.tracks >= FEWEST_TRACKS):
        yield from _role_lines(role, by_role[role])


def _role_lines(role: str, found: _Found) -> Iterator[str]:
    yield f"\n[{role}]\ntracks = {found.tracks}"
    for effect in _EFFECTS:
        yield f"{effect}_share = {found.users[effect] / found.tracks:.2f}"
        for name in sorted(name for name in found.settings if name.startswith(effect)):
            values = found.settings[name]
            if len(values) >= _FEWEST_SETTINGS:
                p25, p50, p75 = np.percentile(values, [25, 50, 75])
                yield f"{name} = {{p25 = {plainly(p25)}, p50 = {plainly(p50)}, p75 = {plainly(p75)}}}"


def _settings(parameters: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """(name, value) of every setting of a track; the value is None where the table has none that can be trusted."""
    yield from _equalizer(parameters.get("eq") or ())
    for compressor in parameters.get("compression") or ():
        has_dials = compressor.get("name") in _WITH_DIALS
        yield "compressor_ratio", number(str(compressor.get("ratio")).split(":")[0])
        yield "compressor_attack_ms", None if has_dials else number(compressor.get("attack"))
        yield "compressor_release_ms", None if has_dials else number(compressor.get("release"))
    for reverb in parameters.get("reverb") or ():
        yield "reverb_send_db", number(reverb.get("gain")) if str(reverb.get("send")) == "True" else None
    for delay in parameters.get("delay") or ():
        yield "delay_send_db", number(delay.get("gain")) if str(delay.get("send")) == "True" else None


def _equalizer(bands: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float | None]]:
    values = [(band.get("type"), {key: number(value) for key, value in band["value"].items()}) for band in bands]
    cutoffs = [value.get("freq") or 0.0 for kind, value in values if kind == "HP"]
    if cutoffs:
        yield "high_pass_cutoff_hz", max(cutoffs)  # two of them are one steeper filter
    for value in (value for kind, value in values if kind == "NOTCH"):
        gain_db = value.get("gain") or 0.0
        if not _AUDIBLE_DB <= abs(gain_db) <= _LARGEST_DB:
            continue
        kind = "cut" if gain_db < 0.0 else "boost"
        yield f"{kind}_gain_db", gain_db
        yield f"{kind}_frequency_hz", value.get("freq")
        yield f"{kind}_q", value.get("q") or None
