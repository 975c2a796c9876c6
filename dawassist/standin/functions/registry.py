"""The table of modelled functions, and the lookups that they share."""

from collections.abc import Callable
from typing import Any

from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist.standin.signatures import signatures
from dawassist.standin.track import Track

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


def api(function: Function) -> Function:
    """Register a function under its own name, which REAPER's table must hold."""
    if function.__name__ not in signatures():
        raise KeyError(function.__name__)
    FUNCTIONS[function.__name__] = function
    return function


def project_of(host: Host, pointer: object) -> Project:
    """The project that a pointer means; 0, null and unknown ones mean the active project, as in REAPER."""
    found = host.pointers.get("ReaProject", pointer)
    return found if isinstance(found, Project) else host.project


def track_of(host: Host, pointer: object) -> Track | None:
    found = host.pointers.get("MediaTrack", pointer)
    return found if isinstance(found, Track) else None
