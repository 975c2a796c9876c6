"""Starts the panel; a missing system library becomes one sentence."""

import sys

try:
    from dawassist_ui.app import main
except ImportError as error:
    print(
        f"dawassist: the panel cannot start. Qt could not be loaded ({error}). "
        "Run scripts/setup, which names the missing system package, or use dawassist demo --headless.",
        file=sys.stderr,
    )
    sys.exit(1)

sys.exit(main())
