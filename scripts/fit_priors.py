"""Fit what engineers do, per role: the level of a track relative to the others, and its pan, with their spread.

Input: `mixes.json` of MixologyDB (MIT, github.com/mclemcrew/MixologyDB). Output: `dawassist/plan/priors.toml`.
`--check` fits again, compares with the committed file and exits 1 when they differ.
"""

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = "https://github.com/mclemcrew/MixologyDB"
OUTPUT = Path(__file__).parent.parent / "dawassist/plan/priors.toml"
FEWEST_TRACKS = 20  # below it a role has no prior of its own
ROLES = {
    ("DRUMS", "KICK"): "kick",
    ("DRUMS", "SNARE"): "snare",
    ("DRUMS", "TOM"): "tom",
    ("DRUMS", "HI-HAT"): "hat",
    ("DRUMS", "OVERHEAD"): "overhead",
    ("DRUMS", "OVERHEADS"): "overhead",
    ("DRUMS", "TAMBOURINE"): "percussion",
    ("DRUMS", "MISC"): "percussion",
    ("BASS", "ELECTRIC"): "bass",
    ("GUITARS", "ELECTRIC"): "electric_guitar",
    ("GUITARS", "ACOUSTIC"): "acoustic_guitar",
    ("KEYS", "ELECTRIC"): "keys",
    ("KEYS", "ACOUSTIC"): "keys",
    ("VOCALS", "LEAD"): "lead_vocal",
    ("VOCALS", "BACKGROUND"): "backing_vocal",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds mixes.json")
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing it")
    arguments = parser.parse_args()
    path = arguments.data / "mixes.json"
    if not path.is_file():
        print(f"{path} is absent. It is public: {SOURCE} (the committed fit names its SHA-256).", file=sys.stderr)
        return 1
    text = fitted(path.read_bytes())
    if arguments.check:
        if OUTPUT.read_text(encoding="utf-8") == text:
            return 0
        print(f"{OUTPUT.name} differs from a new fit.", file=sys.stderr)
        return 1
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


def fitted(content: bytes) -> str:
    """The TOML text of the fit."""
    levels: dict[str, list[float]] = defaultdict(list)
    pans: dict[str, list[float]] = defaultdict(list)
    mixes = json.loads(content)["mixes"]
    for mix in mixes:
        tracks = [track for track in map(_measured, mix["tracks"]) if track is not None]
        if len(tracks) < 4:
            continue
        middle = float(np.mean([level for _, level, _ in tracks]))
        for role, level, pan in tracks:
            levels[role].append(level - middle)
            if pan is not None:
                pans[role].append(pan)
    return "\n".join(_lines(content, len(mixes), levels, pans)) + "\n"


def _measured(track: dict[str, Any]) -> tuple[str, float, float | None] | None:
    """Role, level in the mix (raw LUFS + fader) and pan of a mono track; None where a number is missing or nonsense."""
    role = ROLES.get((track.get("track-instrument-type"), track.get("track-instrument-subtype")))
    gain = _number((track.get("parameters") or {}).get("gain"))
    loudness = _number((track.get("track-audio-features") or {}).get("track-audio-lufs"))
    if role is None or gain is None or loudness is None:
        return None
    if not -60.0 < gain < 24.0 or not -70.0 < loudness < 3.0:
        return None
    return role, loudness + gain, _pan(track)


def _pan(track: dict[str, Any]) -> float | None:
    values = (track.get("parameters") or {}).get("pan")
    if track.get("channel-mode") != "MONO" or not isinstance(values, list) or len(values) != 1:
        return None
    pan = _number(values[0])
    return None if pan is None or abs(pan) > 100 else pan / 100


def _number(value: object) -> float | None:
    """A number that may be a string with a unit."""
    try:
        found = float(str(value).split()[0])
    except (ValueError, IndexError):
        return None
    return found if np.isfinite(found) else None


def _lines(content: bytes, mixes: int, levels: dict[str, list[float]], pans: dict[str, list[float]]) -> Iterator[str]:
    yield f"# Fitted by scripts/fit_priors from {SOURCE} (mixes.json, MIT). Do not edit by hand."
    yield "# level: raw integrated LUFS + fader, before inserts, in LU relative to the mean level of all tracks."
    yield "# pan: |pan| of mono tracks, 0 center .. 1 hard."
    yield f'sha256 = "{hashlib.sha256(content).hexdigest()}"'
    yield f'source = "MixologyDB, {mixes} mixes by engineers"'
    for role in sorted(levels):
        if len(levels[role]) < FEWEST_TRACKS:
            continue
        p5, p10, p50, p90, p95 = np.percentile(levels[role], [5, 10, 50, 90, 95])
        yield f"\n[{role}]\ntracks = {len(levels[role])}"
        yield f"level_p5 = {p5:.2f}\nlevel_p10 = {p10:.2f}\nlevel_p50 = {p50:.2f}"
        yield f"level_p90 = {p90:.2f}\nlevel_p95 = {p95:.2f}"
        sides = np.abs(pans[role])
        if len(sides) >= FEWEST_TRACKS:
            yield f"pan_tracks = {len(sides)}\npan_centered_share = {np.mean(sides <= 0.05):.2f}"
            yield f"pan_p90 = {np.percentile(sides, 90):.2f}\npan_p95 = {np.percentile(sides, 95):.2f}"


if __name__ == "__main__":
    sys.exit(main())
