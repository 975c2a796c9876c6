"""What `dawassist setup` writes into REAPER's resource folder, and how `dawassist uninstall` takes it back.

Everything is planned first (`plan_installation`), shown, and only then written (`install`). Every changed file has a
dated backup in our own folder, and a manifest says what each file was before and after, so that `uninstall` restores
byte for byte what nobody touched since, and takes out only our own lines of what REAPER rewrote.
"""

import hashlib
import json
import os
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dawassist.errors import SetupError
from dawassist.journal import sync_folder
from dawassist.reaper import ini_edits
from dawassist.reaper.resource_folder import INI_NAME, running_reaper

OUR_FOLDER = Path("Scripts") / "dawassist"
SERVER_SCRIPT = OUR_FOLDER / "dawassist_server.py"
ACTION_SCRIPT = OUR_FOLDER / "dawassist_suggest_mix.py"
MANIFEST = OUR_FOLDER / "installed.json"
KEYBOARD_INI = Path("reaper-kb.ini")
_PYTHON_KEYS = ("reascript", "pythonlibpath64", "pythonlibdll64")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file of the resource folder, its new bytes, and one line that says what changes."""

    path: Path  # relative to the resource folder
    before: bytes | None  # None: it does not exist
    after: bytes
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    resource_folder: Path
    changes: tuple[FileChange, ...]
    notes: tuple[str, ...]


def find_python_library() -> Path:
    """The shared library of this Python, for REAPER to load. Raises SetupError with the reason in one sentence."""
    from find_libpython import find_libpython

    found = find_libpython()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not found or not Path(found).is_file():
        raise SetupError(
            f"Python {version} at {sys.executable} has no shared library that REAPER could load.",
            why="It was built without one.",
            next_step=f"Install one (Debian and Ubuntu: sudo apt-get install libpython{version}), "
            "or name one with --python-library.",
        )
    if struct.calcsize("P") != 8:
        raise SetupError(
            "This Python is a 32-bit one and REAPER loads a 64-bit library.", next_step="Use a 64-bit Python."
        )
    return Path(found)


def plan_installation(resource_folder: Path, python_library: Path) -> Installation:
    """What would be written. Nothing is touched; a file that is already as wanted is not listed."""
    from dawassist_plugins.bundle import bundled_script

    wanted = [
        _change(resource_folder, SERVER_SCRIPT, lambda _: bundled_script().encode(), "the server and agent script"),
        _change(resource_folder, ACTION_SCRIPT, lambda _: _action_script(), f"the action “{ini_edits.ACTION_NAME}”"),
        _change(
            resource_folder,
            KEYBOARD_INI,
            lambda content: ini_edits.add_action(content, ACTION_SCRIPT.relative_to("Scripts").as_posix()),
            "one line that registers the action",
        ),
    ]
    ini = (resource_folder / INI_NAME).read_bytes()
    notes: list[str] = []
    configured = configured_python(ini)
    if configured is None or not configured.is_file():
        wanted.append(
            _change(
                resource_folder,
                Path(INI_NAME),
                lambda content: _with_python(content, python_library),
                f"Python for ReaScripts on, library {python_library}",
            )
        )
    else:
        notes.append(f"REAPER already uses the Python library {configured}; it stays.")
    return Installation(
        resource_folder=resource_folder,
        changes=tuple(change for change in wanted if change.after != change.before),
        notes=tuple(notes),
    )


def configured_python(reaper_ini: bytes) -> Path | None:
    """The Python library that REAPER is set to load, or None."""
    folder = ini_edits.get_value(reaper_ini, "REAPER", "pythonlibpath64")
    name = ini_edits.get_value(reaper_ini, "REAPER", "pythonlibdll64")
    enabled = ini_edits.get_value(reaper_ini, "REAPER", "reascript")
    return Path(folder or "") / name if name and enabled == "1" else None


def install(installation: Installation, *, running: Callable[[], Sequence[int]] = running_reaper) -> None:
    """Write what was planned: backups first, then each file whole. Raises SetupError while REAPER runs."""
    _refuse_while_running(running)
    root = installation.resource_folder
    manifest = _read_manifest(root)
    try:
        for change in installation.changes:
            current = _read(root / change.path)
            if current != change.before:
                raise SetupError(
                    f"{change.path} changed while setup was running.", next_step="Run dawassist setup again."
                )
            backup = _back_up(root, change, manifest["files"].get(change.path.as_posix()))
            manifest["files"][change.path.as_posix()] = {"backup": backup, "after": _digest(change.after)}
            _write_whole(root / MANIFEST, json.dumps(manifest, indent=1).encode())
            _write_whole(root / change.path, change.after)
    except OSError as error:
        raise SetupError(
            f"{error.filename or root} cannot be written.",
            why=f"{error.strerror}.",
            next_step="Correct the permissions and run dawassist setup again, or dawassist uninstall.",
        ) from None


def uninstall(resource_folder: Path, *, running: Callable[[], Sequence[int]] = running_reaper) -> tuple[str, ...]:
    """Take everything back; one sentence per file. Raises SetupError while REAPER runs or when nothing is there."""
    _refuse_while_running(running)
    if not (resource_folder / MANIFEST).is_file():
        raise SetupError(f"dawassist is not installed in {resource_folder}.", why=f"There is no {MANIFEST} there.")
    manifest = _read_manifest(resource_folder)
    try:
        sentences = [_restore(resource_folder, Path(name), entry) for name, entry in manifest["files"].items()]
        for name in sorted(manifest["files"]):
            backup = manifest["files"][name]["backup"]
            if backup:
                (resource_folder / backup).unlink(missing_ok=True)
        (resource_folder / MANIFEST).unlink()
        _remove_empty_folders(resource_folder, bool(manifest["made_scripts_folder"]))
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be restored.", why=f"{error.strerror}.") from None
    return tuple(sentences)


def _change(root: Path, path: Path, edit: Callable[[bytes], bytes], sentence: str) -> FileChange:
    before = _read(root / path)
    return FileChange(path=path, before=before, after=edit(before or b""), sentence=sentence)


def _action_script() -> bytes:
    """Starts the server beside it, then opens the panel with the Python that dawassist is installed in."""
    lines = (
        "# dawassist: Suggest mix (installed by `dawassist setup`; removed by `dawassist uninstall`)",
        "import os, subprocess",
        f"_folder = os.path.join(RPR_GetResourcePath(), 'Scripts', '{OUR_FOLDER.name}')",
        f"_server = os.path.join(_folder, '{SERVER_SCRIPT.name}')",
        "with open(_server, encoding='utf-8') as _file:",
        "    exec(compile(_file.read(), _server, 'exec'), globals())",
        f"subprocess.Popen([{sys.executable!r}, '-m', 'dawassist_ui', '--instance', str(os.getpid()), '--suggest'])",
    )
    return ("\n".join(lines) + "\n").encode()


def _with_python(content: bytes, library: Path) -> bytes:
    values = dict(zip(_PYTHON_KEYS, ("1", str(library.parent), library.name), strict=True))
    for key, value in values.items():
        content = ini_edits.set_value(content, "REAPER", key, value)
    return content


def _refuse_while_running(running: Callable[[], Sequence[int]]) -> None:
    found = running()
    if found:
        raise SetupError(
            f"REAPER is running (process {found[0]}).",
            why="It rewrites its settings when it quits, and our lines would be lost.",
            next_step="Quit REAPER and run this again.",
        )


def _back_up(root: Path, change: FileChange, entry: dict[str, str] | None) -> str:
    """The backup that uninstall restores: the file without us. An earlier one stays while it is still that."""
    if change.before is None:
        return ""
    content = change.before
    if entry:
        if _digest(content) == entry["after"] or change.path.parent == OUR_FOLDER:
            return entry["backup"]
        content = _without_our_lines(change.path, content, _read(root / entry["backup"]) or b"")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    backup = OUR_FOLDER / f"{change.path.name}.{stamp}.backup"
    _write_whole(root / backup, content)
    return backup.as_posix()


def _restore(root: Path, path: Path, entry: dict[str, str]) -> str:
    target = root / path
    current = _read(target)
    original = _read(root / entry["backup"]) if entry["backup"] else None
    if current is None:
        return f"{path}: it was already gone."
    if _digest(current) == entry["after"] or path.parent == OUR_FOLDER:
        if original is None:
            target.unlink()
            return f"{path}: removed."
        _write_whole(target, original)
        return f"{path}: restored byte for byte."
    _write_whole(target, _without_our_lines(path, current, original or b""))
    return f"{path}: it changed since, so only our own lines were taken out."


def _without_our_lines(path: Path, current: bytes, original: bytes) -> bytes:
    if path == KEYBOARD_INI:
        return ini_edits.remove_action(current)
    for key in _PYTHON_KEYS:
        value = ini_edits.get_value(original, "REAPER", key)
        if value is None:
            current = ini_edits.remove_value(current, "REAPER", key)
        else:
            current = ini_edits.set_value(current, "REAPER", key, value)
    return current


def _remove_empty_folders(root: Path, made_scripts_folder: bool) -> None:
    folders = [OUR_FOLDER, *([OUR_FOLDER.parent] if made_scripts_folder else [])]
    for folder in folders:
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()


def _read_manifest(root: Path) -> dict[str, Any]:
    content = _read(root / MANIFEST)
    if content is None:
        return {"files": {}, "made_scripts_folder": not (root / "Scripts").exists()}
    try:
        manifest = json.loads(content)
        return {"files": dict(manifest["files"]), "made_scripts_folder": bool(manifest["made_scripts_folder"])}
    except (ValueError, KeyError, TypeError):
        raise SetupError(
            f"{root / MANIFEST} is damaged.",
            why="It says what setup changed, and cannot be read.",
            next_step="The dated backups lie beside it; restore them by hand and delete that folder.",
        ) from None


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file beside it, flush it, and rename it over: never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".dawassist-new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
