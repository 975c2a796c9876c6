"""Measured results on disk, so that an unchanged session is not read again.

One file per result, named by a hash of all that it depends on: written under another name, then renamed, so that a
crash or a second process leaves whole files only. Unreadable files count as absent. The oldest go when the folder
exceeds its limit. Nothing in it is executable: JSON and arrays.
"""

import contextlib
import json
import os
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Value = TypeVar("Value")
LIMIT_BYTES = 2 * 2**30
_SUFFIX = ".npz"
_PART = ".part"
_LEFT_BEHIND_SECONDS = 3600.0  # a writer takes seconds
_TEXT = "json"
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


class AnalysisCache:
    """Values of one kind of dataclass each, under a key. All methods may be called from any thread."""

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def load(self, key: str, kind: type[Value]) -> Value | None:
        """The value stored under `key`, or None."""
        path = self._path(key)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = [stored[f"a{place}"] for place in range(len(stored.files) - 1)]
                text = bytes(stored[_TEXT]).decode()
            value: Value = _converter(arrays).structure(json.loads(text), kind)
        except _UNREADABLE:
            return None
        with contextlib.suppress(OSError):  # another process may have removed it by now
            os.utime(path)
        return value

    def store(self, key: str, value: object) -> None:
        """Keep `value`; a full or read-only disk keeps nothing, silently: the value is measured again then."""
        arrays: list[np.ndarray[Any, Any]] = []
        text = json.dumps(_converter(arrays).unstructure(value))
        named = {f"a{place}": array for place, array in enumerate(arrays)}
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=_PART)
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, **{_TEXT: np.frombuffer(text.encode(), dtype=np.uint8)}, **named)  # type: ignore[arg-type]
                os.replace(name, path)
            except OSError:
                os.unlink(name)

    def trim(self) -> None:
        """Remove what was used longest ago until the limit holds, and leftovers of crashed writers.

        Other processes may write and remove files meanwhile.
        """
        total = 0
        for path, stat in sorted(self._files(), key=lambda each: each[1].st_mtime, reverse=True):
            total += stat.st_size
            is_left_behind = path.endswith(_PART) and time.time() - stat.st_mtime > _LEFT_BEHIND_SECONDS
            if is_left_behind or total > self._limit_bytes:
                with contextlib.suppress(OSError):
                    os.unlink(path)

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Those that are still there when they are looked at."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_file():
                        yield entry.path, entry.stat()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"


def default_cache() -> AnalysisCache:
    """The cache of this user."""
    return AnalysisCache(cache_folder() / "analysis")


def cache_folder() -> Path:
    """The platform's cache folder, or that of `DAWASSIST_CACHE_DIR`."""
    from platformdirs import user_cache_path

    folder = os.environ.get("DAWASSIST_CACHE_DIR")
    return Path(folder) if folder else user_cache_path("dawassist")


class _Arrays(threading.local):
    """Those of the value that this thread converts."""

    def __init__(self) -> None:
        self.found: list[np.ndarray[Any, Any]] = []


_ARRAYS = _Arrays()


def _converter(arrays: list[np.ndarray[Any, Any]]) -> Any:
    """Dataclasses as JSON values; arrays become places in `arrays`. For this thread, until it asks for another."""
    _ARRAYS.found = arrays
    return _made_converter()


@lru_cache(maxsize=1)
def _made_converter() -> Any:
    """What it learns of a class takes longer than to convert a value of it."""
    from cattrs import Converter

    def put(array: np.ndarray[Any, Any]) -> int:
        _ARRAYS.found.append(array)
        return len(_ARRAYS.found) - 1

    converter = Converter(detailed_validation=False)
    converter.register_unstructure_hook_func(lambda kind: _is_array(kind), put)
    converter.register_structure_hook_func(lambda kind: _is_array(kind), lambda place, _: _ARRAYS.found[place])
    return converter


def _is_array(kind: object) -> bool:
    return kind is np.ndarray or getattr(kind, "__origin__", None) is np.ndarray
