"""Where REAPER keeps its settings, on Linux, macOS and Windows, and in portable installs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dawassist.errors import SetupError

INI_NAME = "reaper.ini"


def standard_folders(platform: str, home: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders where an installed REAPER keeps `reaper.ini`, by `sys.platform`."""
    if platform == "win32":
        roaming = environment.get("APPDATA")
        return (Path(roaming) / "REAPER",) if roaming else ()
    if platform == "darwin":
        return (home / "Library/Application Support/REAPER",)
    configured = environment.get("XDG_CONFIG_HOME")
    return (*((Path(configured) / "REAPER",) if configured else ()), home / ".config/REAPER")


def find_resource_folder(given: Path | None = None) -> Path:
    """`given` (a portable install), else the standard folder. Raises SetupError when it holds no reaper.ini."""
    if given is not None:
        if (given / INI_NAME).is_file():
            return given
        raise SetupError(
            f"{given} is not a REAPER resource folder.",
            why=f"It holds no {INI_NAME}.",
            next_step="In REAPER use Options > Show REAPER resource path, and give that folder.",
        )
    folders = standard_folders(sys.platform, Path.home(), os.environ)
    for folder in folders:
        if (folder / INI_NAME).is_file():
            return folder
    raise SetupError(
        "No REAPER was found.",
        why=f"There is no {INI_NAME} in {' or '.join(map(str, folders))}.",
        next_step="Start REAPER once, or give a portable install with --reaper-folder.",
    )


def running_reaper() -> tuple[int, ...]:
    """The process ids of REAPER programs that run now."""
    import psutil

    names = ((process.pid, process.info["name"] or "") for process in psutil.process_iter(["name"]))
    return tuple(pid for pid, name in names if Path(name).stem.lower() == "reaper")
