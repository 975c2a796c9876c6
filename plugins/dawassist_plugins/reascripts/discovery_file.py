"""One file per running REAPER, readable by its user only: where the server listens, and the token."""

import contextlib
import json
import os
import secrets
import stat
import sys
import tempfile
import time
from typing import Any


def runtime_folder() -> str:
    """Private to the user: XDG_RUNTIME_DIR, else a folder of the user's own in the temporary folder."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.path.isdir(base):
        return os.path.join(base, "dawassist")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()), "dawassist", "run")
    return os.path.join(tempfile.gettempdir(), f"dawassist-{os.getuid()}")


def write(folder: str, *, port: int, token: str, version: str, project_path: str) -> str:
    """Announce this process; returns the path of the file. Raises OSError when the folder is not the user's own."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise OSError(f"{folder} is a link or no folder")
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        raise OSError(f"{folder} belongs to somebody else")
    os.chmod(folder, 0o700)
    path = os.path.join(folder, f"{os.getpid()}.json")
    content: dict[str, Any] = {
        "pid": os.getpid(), "started": time.time(), "port": port, "token": token, "version": version,
        "project_path": project_path,
    }  # fmt: skip
    _write_privately(path, json.dumps(content))
    return path


def new_token(token_file: str) -> str:
    """256 random bits; written to `token_file` too when one is named."""
    token = secrets.token_hex(32)
    if token_file:
        _write_privately(token_file, token)
    return token


def remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.remove(path)


def _write_privately(path: str, text: str) -> None:
    """A new file in the place of an old one, which others may have been able to read."""
    remove(path + ".new")
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)
