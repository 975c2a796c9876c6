"""Rendered stems on disk, so that only changed tracks are rendered again.

One WAV per stem, named by a hash of all that its sound depends on, moved into place whole. Those used longest ago go
when the folder exceeds its limit.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

LIMIT_BYTES = 4 * 2**30  # some 40 stems of 4 minutes, stereo, 32 bit
_SUFFIX = ".wav"
_LEFT_BEHIND_SECONDS = 86_400.0


class StemCache:
    """`run` tells apart what may not outlive this program, see `dawassist.rendering.keys`."""

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self.run = secrets.token_hex(8)

    def is_empty(self) -> bool:
        return next(self._folder.glob(f"*{_SUFFIX}"), None) is None

    def find(self, key: str) -> Path | None:
        """The file under `key`, or None. Its time of change stays: results measured from it are known by that."""
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        except OSError:
            return None
        return path

    def keep(self, key: str, rendered: Path) -> Path:
        """Take a file over; where the disk does not allow it, the file stays where it is."""
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            os.replace(rendered, path)
        except OSError:
            return rendered
        return path

    @contextlib.contextmanager
    def working_folder(self) -> Iterator[Path]:
        """An empty folder on the same disk where possible; what is left in it goes at the end."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        is_usable = self._folder.is_dir() and os.access(self._folder, os.W_OK)
        with tempfile.TemporaryDirectory(prefix="rendering-", dir=self._folder if is_usable else None) as folder:
            yield Path(folder)

    def trim(self) -> None:
        """Remove what was used longest ago until the limit holds, and folders that a crash left behind."""
        with contextlib.suppress(OSError):
            entries = [(entry, entry.stat()) for entry in os.scandir(self._folder)]
            stems = sorted((e for e in entries if e[0].is_file()), key=lambda e: e[1].st_atime, reverse=True)
            total = 0
            for entry, stat in stems:
                total += stat.st_size
                if total > self._limit_bytes:
                    with contextlib.suppress(OSError):
                        os.unlink(entry.path)
            for entry, stat in entries:
                if entry.is_dir() and time.time() - stat.st_mtime > _LEFT_BEHIND_SECONDS:
                    shutil.rmtree(entry.path, ignore_errors=True)


def default_stem_cache() -> StemCache:
    """The cache of this user, beside that of the analysis."""
    from dawassist.analysis.cache import cache_folder

    return StemCache(cache_folder() / "stems")
