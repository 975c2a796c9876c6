"""What a strategy must offer, and how strategies are found."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Literal, Protocol

from dawassist.analysis.model import Analysis
from dawassist.errors import InputError
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft
from dawassist.session.model import Session

Fidelity = Literal["our own", "reproduces a printed vector", "equations as printed", "reconstruction from an abstract"]


class Strategy(Protocol):
    """A way to mix. `suggest` is a pure function: equal arguments give equal drafts."""

    name: str
    summary: str
    fidelity: Fidelity

    def suggest(self, session: Session, analysis: Analysis, brief: Brief) -> Draft: ...


def strategies() -> Mapping[str, Strategy]:
    """Every installed strategy by name."""
    found = sorted(entry_points(group="dawassist.strategies"), key=lambda entry: entry.name)
    return {entry.name: entry.load()() for entry in found}


def strategy(name: str) -> Strategy:
    """The strategy of that name. Raises InputError with the known names."""
    known = strategies()
    if name not in known:
        raise InputError(f"There is no strategy {name!r}.", why=f"Installed: {', '.join(known)}.")
    return known[name]
