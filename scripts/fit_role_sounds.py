"""Fit which role a sound is of, for `dawassist/plan/role_sounds.toml`.

`--measure` makes the table of features anew (scripts/role_sounds/features.csv, a quarter of an hour): from the stems
(`--data`/stems, ichbinsoftware and EVR, CC0), MIDI parts (`--data`/midi: Freedoom BSD-3, openMSX and Planet Blupi GPL)
played by FluidSynth with FluidR3 GM, drum one-shots (Debian: fluidsynth, fluid-soundfont-gm, hydrogen-drumkits) and the
bundled demo session. Without it the table is fitted as it is; `--check` compares with the committed model instead.
"""

import argparse
import csv
import hashlib
import shutil
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from dawassist.demo import demo_session_path
from dawassist.plan.role_by_sound import SoundModel
from dawassist.plan.sound_features import FEATURES
from scripts.role_sounds import material
from scripts.role_sounds.fitting import fit
from scripts.role_sounds.measuring import Measured, measured

OUTPUT = Path(__file__).parent.parent / "dawassist/plan/role_sounds.toml"
TABLE = Path(__file__).parent / "role_sounds/features.csv"
SOURCE = "https://github.com/freedoom/freedoom and the stems of ichbinsoftware, EVR (CC0)"
_SAME_WITHIN = 0.02  # of a weight: the optimizer ends a little elsewhere on another machine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of stems and midi")
    parser.add_argument("--measure", action="store_true", help="measure all sounds again, then fit")
    parser.add_argument("--check", action="store_true", help="compare with the committed model instead of writing it")
    arguments = parser.parse_args()
    if arguments.measure:
        absent = [str(arguments.data / name) for name in ("stems", "midi") if not (arguments.data / name).is_dir()]
        absent += [] if shutil.which("fluidsynth") else ["fluidsynth"]
        if absent:
            digest = hashlib.sha256(TABLE.read_bytes()).hexdigest()
            print(f"Absent: {', '.join(absent)}. Sources: {SOURCE}. The committed table: {digest}.", file=sys.stderr)
            return 1
        write_table(arguments.data)
    text = toml_text(fit(read_table()))
    if arguments.check:
        return 0 if _is_same(text, OUTPUT.read_text(encoding="utf-8")) else 1
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


def write_table(data: Path) -> None:
    recorded = chain(
        material.stems(data / "stems"),
        material.demo_session(demo_session_path().parent / "media"),
        material.drum_hits(),
    )
    rows = chain(measured(recorded), measured(material.midi_parts(data / "midi"), hears_voice=False))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["role", "group", "name", "voice", *FEATURES])
        for row in rows:
            voice = "" if row.voice_share is None else round(row.voice_share, 3)
            writer.writerow([row.role, row.group, row.name, voice, *(round(float(v), 2) for v in row.features)])


def read_table() -> list[Measured]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Measured(
                role=row["role"], group=row["group"], name=row["name"],
                features=np.array([float(row[feature]) for feature in FEATURES]),
                voice_share=float(row["voice"]) if row["voice"] else None,
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def toml_text(model: SoundModel) -> str:
    return "\n".join(_lines(model)) + "\n"


def _lines(model: SoundModel) -> Iterator[str]:
    yield "# Fitted by scripts/fit_role_sounds on scripts/role_sounds/features.csv. Do not edit by hand."
    yield f'table_sha256 = "{hashlib.sha256(TABLE.read_bytes()).hexdigest()}"'
    yield f"features = [{', '.join(map(repr, FEATURES))}]".replace("'", '"')
    yield f"mean = {_numbers(model.mean, 3)}"
    yield f"scale = {_numbers(model.scale, 3)}"
    for place, role in enumerate(model.roles):
        yield f"\n[role.{role}]\nbias = {model.bias[place]:.2f}\nvoice = {model.voice[role]:.3f}"
        yield f"weights = {_numbers(model.weights[place], 2)}"


def _numbers(values: np.ndarray, digits: int) -> str:
    return "[" + ", ".join(f"{value:.{digits}f}" for value in values) + "]"


def _is_same(one: str, other: str) -> bool:
    import tomllib

    new, old = tomllib.loads(one), tomllib.loads(other)
    if (new["table_sha256"], new["features"], [*new["role"]]) != (old["table_sha256"], old["features"], [*old["role"]]):
        print("role_sounds.toml was fitted on another table.", file=sys.stderr)
        return False
    pairs = [(new["role"][role], old["role"][role]) for role in new["role"]]
    furthest = max(
        np.abs(np.subtract([a["bias"], a["voice"], *a["weights"]], [b["bias"], b["voice"], *b["weights"]])).max()
        for a, b in pairs
    )
    if furthest > _SAME_WITHIN:
        print(f"role_sounds.toml differs from a new fit by up to {furthest:.3f}.", file=sys.stderr)
    return bool(furthest <= _SAME_WITHIN)


if __name__ == "__main__":
    sys.exit(main())
