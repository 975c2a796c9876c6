"""The command line. Results go to stdout, progress and problems to stderr.

Exit status: 0 done, 1 a problem the user can act on (one sentence), 2 wrong usage.
"""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dawassist.errors import KnownError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Never ends in a traceback."""
    from dawassist.cli.parser import build_parser

    arguments = build_parser().parse_args(sys.argv[1:] if argv is None else list(argv))
    try:
        return int(arguments.run(arguments))
    except KnownError as error:
        print(f"dawassist: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("dawassist: stopped; nothing was written.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: a defect of ours becomes a sentence and a file
        print(f"dawassist: a defect of ours ({type(error).__name__}: {error}). {_keep_trace()}", file=sys.stderr)
        return 1


def _keep_trace() -> str:
    from dawassist.journal import data_folder

    path: Path = data_folder() / "last-defect.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        return "Its details could not be saved."
    return f"Please send us {path}."
