"""Notes of project files: kept in our data folder, one file per project path, because a project is never rewritten."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

from dawassist.errors import KnownError
from dawassist.journal import data_folder


def notes_of(project: Path) -> dict[str, str]:
    """Every note of a project by key; none where nothing was kept, or the file of it is damaged."""
    try:
        kept = json.loads(_place(project).read_text(encoding="utf-8"))["notes"]
        return {str(key): str(text) for key, text in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def keep_note(project: Path, key: str, text: str) -> None:
    """Replace the file of a project's notes whole; "" takes a note away. Raises KnownError when it cannot be kept."""
    place = _place(project)
    kept = {name: value for name, value in {**notes_of(project), key: text}.items() if value}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"project": str(project), "notes": kept}, file, indent=1, sort_keys=True)
        os.replace(name, place)
    except OSError as error:
        raise KnownError(
            f"The notes of {project.name} cannot be kept in {place}.",
            why=f"{error.strerror}.",
            next_step="Free some space or make the folder writable; nothing else is affected.",
        ) from None


def _place(project: Path) -> Path:
    return data_folder() / "notes" / f"{hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:16]}.json"
