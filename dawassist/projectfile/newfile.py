"""Writing a new file so that it is either whole or absent, and telling which media it would not find."""

import os
import secrets
from pathlib import Path, PurePosixPath, PureWindowsPath

from dawassist.errors import InputError, KnownError
from dawassist.session.model import Session
from dawassist.units import counted


def write_new_file(out: Path, content: bytes) -> None:
    """Temporary file in the same folder, flushed to the disk, renamed. Raises InputError when `out` exists."""
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        refuse_existing(out)
        temporary.rename(out)
        _flush_folder(out.parent)
    except OSError as error:
        raise KnownError(f"{out} cannot be written.", why=f"{error.strerror or error}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def refuse_existing(out: Path) -> None:
    if os.path.lexists(out):
        raise InputError(f"{out} already exists.", why="It is never overwritten.", next_step="Choose another name.")


def media_warning(session: Session, out: Path) -> str:
    """A sentence when media that the session finds by relative paths would not be found from `out`'s folder."""
    paths = {take.source.path for t in session.tracks for i in t.items for take in i.takes if take.source}
    relative = [path for path in sorted(paths) if path and not _is_absolute(path)]
    lost = [path for path in relative if not (out.parent / PureWindowsPath(path).as_posix()).exists()]
    if not lost or out.resolve().parent == Path(session.fingerprint.project_path).resolve().parent:
        return ""
    verb = "does" if len(lost) == 1 else "do"
    return f"Warning: {counted(len(lost), 'media file')} {verb} not resolve from {out.parent}, such as {lost[0]}."


def _is_absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or bool(PureWindowsPath(path).drive)


def _flush_folder(folder: Path) -> None:
    """So that the new name survives a power cut; Windows has no such call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
