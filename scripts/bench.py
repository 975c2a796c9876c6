"""`scripts/bench NAME [options] [--json]`: runs one benchmark, prints its table; exit status 1 when a bar is missed."""

import argparse
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from benchmarks.support.table import print_rows


def main() -> int:
    folder = Path(__file__).parent / "benchmarks"
    names = sorted(path.stem.replace("_", "-") for path in folder.glob("*.py"))
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__, add_help=False)
    parser.add_argument("name", nargs="?", choices=names)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    known, rest = parser.parse_known_args()
    if known.name is None:
        parser.print_usage()
        print("\n".join(names))
        return 2
    module = importlib.import_module(f"benchmarks.{known.name.replace('-', '_')}")
    own = argparse.ArgumentParser(prog=f"scripts/bench {known.name}", description=module.__doc__)
    if hasattr(module, "add_options"):
        module.add_options(own)
    return print_rows(known.name, module.run(own.parse_args(rest)), as_json=known.json)


if __name__ == "__main__":
    sys.exit(main())
