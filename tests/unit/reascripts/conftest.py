"""REAPER's functions in this very process, over the hand-made project: for every branch of what runs inside REAPER."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dawassist.standin import binding
from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist_plugins.reascripts import agent, receipts, rendering, settling, snapshot

HANDMADE = Path(__file__).parents[2] / "golden" / "handmade.rpp"


class Inside:
    """The host that this process pretends to be, and what a test does to it."""

    def __init__(self, host: Host, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = host
        self._module = module
        self._monkeypatch = monkeypatch

    def replace(self, name: str, function: Callable[..., Any]) -> None:
        """Another implementation of one of REAPER's functions; it gets the original as its first argument."""
        original = getattr(self._module, f"RPR_{name}")
        self._monkeypatch.setattr(self._module, f"RPR_{name}", lambda *given: function(original, *given))

    def remove(self, name: str) -> None:
        self._monkeypatch.delattr(self._module, f"RPR_{name}")

    def call(self, name: str, *arguments: Any) -> Any:
        return getattr(self._module, f"RPR_{name}")(*arguments)

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.host._tick()

    @property
    def labels(self) -> list[str]:
        return [point.label for point in self.host.project.history.done]


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    project = Path(shutil.copy(HANDMADE, tmp_path / "handmade.rpp"))
    host = Host(Project(project), tmp_path)
    names = sys.modules["__main__"].__dict__
    before, module_before = dict(names), sys.modules.get("reaper_python")
    binding.install(host)
    try:
        yield Inside(host, sys.modules["reaper_python"], monkeypatch)
    finally:
        _forget()
        names.clear()
        names.update(before)
        sys.modules.pop("reaper_python", None)
        if module_before is not None:
            sys.modules["reaper_python"] = module_before


def _forget() -> None:
    """What the agent keeps between requests."""
    for kept in (receipts._stored, receipts._marked_in, snapshot._current, settling._watched, rendering._jobs):
        kept.clear()
    agent._alone["is_deferred"] = False
