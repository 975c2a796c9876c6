"""Parameter maps of plug-ins: what a normalized value means, and where that is known from."""

from dawassist.fxmaps.loading import fx_map, fx_maps
from dawassist.fxmaps.model import FxMap, ParameterMap

__all__ = ["FxMap", "ParameterMap", "fx_map", "fx_maps"]
