"""Fit what engineers do, per role, with their spread, from public tables of real mixes.

`--data` is the folder that holds `mixologydb/mixes.json`, or the one that holds `mixes.json`. Writes the data files of
`dawassist/plan`; `--check` fits again, compares with the committed files and exits 1 when they differ.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from fitting.levels import fit_levels, level_lines
from fitting.mixologydb import LICENSE, SOURCE, Mix, parse_mixes
from fitting.role_ranges import role_range_lines

PLAN = Path(__file__).parent.parent / "dawassist/plan"
MIXES_SHA256 = "b3df8318e7bdddfacf93fe8e60784639636f9a066803c366ae5341a1149acdc2"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public data")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing them")
    arguments = parser.parse_args()
    found = [
        path for path in (arguments.data / "mixologydb/mixes.json", arguments.data / "mixes.json") if path.is_file()
    ]
    if not found:
        print(
            f"{arguments.data} holds no mixes.json. It is public: {SOURCE} ({LICENSE}); the committed fit is of the "
            f"file with SHA-256 {MIXES_SHA256}.",
            file=sys.stderr,
        )
        return 1
    texts = fitted(found[0].read_bytes())
    if not arguments.check:
        for name, text in texts.items():
            (PLAN / name).write_text(text, encoding="utf-8")
        return 0
    differing = [name for name, text in texts.items() if (PLAN / name).read_text(encoding="utf-8") != text]
    for name in differing:
        print(f"{name} differs from a new fit.", file=sys.stderr)
    return 1 if differing else 0


def fitted(content: bytes) -> dict[str, str]:
    """The text of every data file, by its name."""
    mixes = parse_mixes(content)
    return {
        "priors.toml": _text(role_range_lines(mixes), content, mixes, [
            "level: raw integrated LUFS + fader, before inserts, in LU relative to the mean level of all tracks.",
            "pan: |pan| of mono tracks, 0 center .. 1 hard.",
        ]),
        "level_prior.toml": _text(level_lines(fit_levels([mix.leveled for mix in mixes])), content, mixes, [
            "Coefficients of the equation in level_prior.py; spread_lu: median over files of the standard deviation",
            "between engineers who mixed the same file.",
        ]),
    }  # fmt: skip


def _text(lines: Iterator[str], content: bytes, mixes: tuple[Mix, ...], notes: list[str]) -> str:
    heading = [f"Fitted by scripts/fit_priors from {SOURCE} (mixes.json, {LICENSE}). Do not edit by hand.", *notes]
    facts = [
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
        f'source = "MixologyDB, {len(mixes)} mixes by engineers"',
    ]
    return "\n".join([*(f"# {line}" for line in heading), *facts, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
