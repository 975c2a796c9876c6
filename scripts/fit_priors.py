"""Fit what engineers do, per role, with their spread, from public data of real mixes.

`--data` is the folder that holds `mixologydb/mixes.json` and `diffvox/presets`. Writes the data files of
`dawassist/plan`; `--check` fits again, compares with the committed files and exits 1 when they differ.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from fitting import mixologydb, vocal_chains
from fitting.effects import effect_lines
from fitting.levels import fit_levels, level_lines
from fitting.pans import fit_pans, pan_lines
from fitting.role_ranges import fit_ranges, range_lines

PLAN = Path(__file__).parent.parent / "dawassist/plan"
MIXES = Path("mixologydb/mixes.json")
CHAINS = Path("diffvox") / vocal_chains.FOLDER / "raw_params.npy"
PUBLIC = {  # source, licence and SHA-256 of the file that the committed fit was made from
    MIXES: (
        mixologydb.SOURCE,
        mixologydb.LICENSE,
        "b3df8318e7bdddfacf93fe8e60784639636f9a066803c366ae5341a1149acdc2",
    ),
    CHAINS: (
        vocal_chains.SOURCE,
        vocal_chains.LICENSE,
        "b918d451809a7d6ad3949692bfe52cb502acbb102e6da87107885b1f2ea43174",
    ),
}
RANGES = (
    "level: raw integrated LUFS + fader, before inserts, in LU relative to the mean level of all tracks.",
    "pan: |pan| of mono tracks, 0 center .. 1 hard.",
)
LEVELS = (
    "Coefficients of the equation in level_prior.py; spread_lu: median over files of the standard deviation",
    "between engineers who mixed the same file.",
)
PANS = ("Mono tracks, 0 center .. 1 hard; what the names mean is in pan_prior.py.",)
EFFECTS = ("Shares of all tracks of the role; quartiles of the settings; what the names mean is in effect_priors.py.",)
VOCALS = ("Percentiles of chains that were fitted to finished mixes; units and meaning are in vocal_chain.py.",)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public data")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing them")
    arguments = parser.parse_args()
    folder = arguments.data.parent if (arguments.data / MIXES.name).is_file() else arguments.data
    absent = [path for path in PUBLIC if not (folder / path).is_file()]
    for path in absent:
        source, licence, sha256 = PUBLIC[path]
        print(f"{folder / path} is absent. It is public: {source} ({licence}), SHA-256 {sha256}.", file=sys.stderr)
    if absent:
        return 1
    texts = fitted(folder)
    if not arguments.check:
        for name, text in texts.items():
            (PLAN / name).write_text(text, encoding="utf-8")
        return 0
    differing = [name for name, text in texts.items() if (PLAN / name).read_text(encoding="utf-8") != text]
    for name in differing:
        print(f"{name} differs from a new fit.", file=sys.stderr)
    return 1 if differing else 0


def fitted(folder: Path) -> dict[str, str]:
    """The text of every data file, by its name."""
    content = (folder / MIXES).read_bytes()
    mixes = mixologydb.parse_mixes(content)
    source = f"MixologyDB, {len(mixes)} mixes by engineers"
    leveled = [mix.leveled for mix in mixes]
    return {
        "priors.toml": _text(MIXES, content, source, RANGES, range_lines(fit_ranges(leveled))),
        "level_prior.toml": _text(MIXES, content, source, LEVELS, level_lines(fit_levels(leveled))),
        "pan_prior.toml": _text(MIXES, content, source, PANS, pan_lines(fit_pans(leveled))),
        "effect_priors.toml": _text(MIXES, content, source, EFFECTS, effect_lines(mixes)),
        "vocal_chain.toml": _text(
            CHAINS,
            (folder / CHAINS).read_bytes(),
            "DiffVox, vocal chains fitted to finished mixes",
            VOCALS,
            vocal_chains.chain_lines((folder / CHAINS).parent),
        ),
    }


def _text(path: Path, content: bytes, name: str, notes: Iterable[str], lines: Iterable[str]) -> str:
    source, licence, _ = PUBLIC[path]
    heading = [f"Fitted by scripts/fit_priors from {source} ({path.name}, {licence}).", "Do not edit by hand.", *notes]
    facts = [f'sha256 = "{hashlib.sha256(content).hexdigest()}"', f'source = "{name}"']
    return "\n".join([*(f"# {line}" for line in heading), *facts, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
