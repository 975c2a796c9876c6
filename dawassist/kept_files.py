"""Small JSON files in the user's data folder: one that is absent or damaged holds nothing; a write replaces all."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from dawassist.errors import InputError


def load_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def store_json(path: Path, data: dict[str, Any], what: str) -> None:
    """Raises InputError, which calls it `what`, when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
        os.replace(name, path)
    except OSError as error:
        raise InputError(
            f"{what} cannot be kept in {path}.", why=f"{error.strerror}.",
            next_step="Free some space or make the folder writable; the plan itself is not affected.",
        ) from None  # fmt: skip
