"""Parameters and settings of plug-ins. A plug-in is found again by its GUID when its chain has changed."""

from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.addresses import Gone
from dawassist_plugins.reascripts.api import BUFFER, call
from dawassist_plugins.reascripts.bindings import Binding, is_active


class InFx(Binding):
    """Something of one plug-in."""

    def __init__(self, edit: dict[str, Any], track: str, fx: int) -> None:
        super().__init__(edit)
        self._track = track
        self._index = fx
        self._guid = str(edit.get("target", edit)["fx_guid"])
        self._seen_at = api.order()

    @property
    def fx(self) -> int:
        """Its address now. Raises Gone."""
        if self._seen_at == api.order():
            return self._index
        if api.fx_guid(self._track, self._index) != self._guid:
            found = [fx for fx in api.fx_addresses(self._track) if api.fx_guid(self._track, fx) == self._guid]
            if not found:
                raise Gone("The plug-in is gone.")
            self._index = found[0]
        self._seen_at = api.order()
        return self._index

    def _fx_obstacle(self) -> str:
        if int(api.track_value(self._track, "I_FREEZECOUNT")):
            return "The track is frozen."
        return "The plug-in is offline." if call("TrackFX_GetOffline", self._track, self.fx) else ""


class FxBinding(InFx):
    settles_later = True

    def __init__(self, edit: dict[str, Any], track: str, fx: int, parameter: int) -> None:
        super().__init__(edit, track, fx)
        self._parameter = parameter

    @property
    def _place(self) -> tuple[str, int, int]:
        return self._track, self.fx, self._parameter

    def value(self) -> float:
        return float(call("TrackFX_GetParamNormalized", *self._place))

    def set(self, raw: float) -> None:
        call("TrackFX_SetParamNormalized", *self._place, raw)

    def text(self) -> str:
        found = call("TrackFX_GetFormattedParamValue", *self._place, "", BUFFER)
        return str(found[4]) if found[0] else f"{self.value():.4f}"

    def _unsuitable(self) -> str:
        desired = float(self.edit["desired_raw"])
        return "" if 0.0 <= desired <= 1.0 else f"{desired} is not a value of that control."

    def _obstacle(self) -> str:
        obstacle = self._fx_obstacle()
        if obstacle:
            return obstacle
        return "The parameter is automated." if is_active(str(call("GetFXEnvelope", *self._place, False))) else ""


class FxConfigBinding(InFx):
    """A named configuration value. What a setter answers is not relied on: it is read back."""

    def value(self) -> None:
        return None

    def text(self) -> str:
        return f"{self.edit['name']} {self.stored()}"

    def stored(self) -> str:
        return api.fx_config(self._track, self.fx, str(self.edit["name"]))

    def set(self, raw: Any) -> None:
        call("TrackFX_SetNamedConfigParm", self._track, self.fx, str(self.edit["name"]), str(raw))

    def difference(self) -> str:
        found = self.stored()
        return "" if found == self.edit["expected"] else f"It moved since it was read and is now {found or 'unknown'}."

    def holds(self) -> bool:
        return bool(self.stored() == self.edit["desired"])

    def write(self) -> None:
        self.before = self.stored()
        self.set(self.edit["desired"])

    def failure(self) -> str:
        return "" if self.holds() else f"REAPER holds {self.stored() or 'nothing'} instead of {self.edit['desired']}"

    def is_restored(self) -> bool:
        return bool(self.stored() == self.before)

    def _unsuitable(self) -> str:
        return ""

    def _obstacle(self) -> str:
        return self._fx_obstacle()
