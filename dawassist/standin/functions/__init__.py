"""What is modelled of REAPER's functions, one module per family. Each gets the host and every argument."""

from dawassist.standin.functions import (
    envelopes,
    fx,
    general,
    items,
    markers,
    projects,
    rendering,
    sends,
    tracks,
)
from dawassist.standin.functions.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "envelopes", "fx", "general", "items", "markers", "projects", "rendering", "sends", "tracks"]
