"""Real projects to try readers on. The folder lies outside the repository; without it, those tests are skipped."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "shared" / "data" / "rpp"
_FILES = sorted(path for path in _FOLDER.rglob("*") if path.suffix.lower() == ".rpp")
CORPUS = [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in _FILES] or [
    pytest.param(None, marks=pytest.mark.skip(reason="the corpus of real projects is not on this machine"))
]
GOLDEN = Path(__file__).parent / "golden"
