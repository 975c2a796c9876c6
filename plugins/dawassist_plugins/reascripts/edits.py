"""From an edit to its binding, whatever it is about."""

from typing import Any

from dawassist_plugins.reascripts.bindings import Binding
from dawassist_plugins.reascripts.bound import bind
from dawassist_plugins.reascripts.creating import Creation, FxCreation, Made, SendCreation, TrackCreation, Within
from dawassist_plugins.reascripts.envelope_switch import EnvelopeSwitch
from dawassist_plugins.reascripts.removing import Removal

KNOWN = (
    "set_value", "set_envelope_points", "insert_fx", "set_fx_config", "create_send", "create_track", "remove_created",
    "switch_envelope",
)  # fmt: skip
_CREATIONS: dict[str, type[Creation]] = {
    "insert_fx": FxCreation, "create_send": SendCreation, "create_track": TrackCreation,
}  # fmt: skip


def binding_of(edit: dict[str, Any], made: Made) -> Binding:
    """Raises Gone. Edits are asked for in their order, so that each knows what is made before it."""
    is_pending = made.needs(edit)
    creation = _CREATIONS.get(edit["edit"])
    if creation is not None:
        made.announce(edit)
        return creation(edit, made)
    if edit["edit"] == "switch_envelope":
        switch = EnvelopeSwitch(edit, made)
        if edit["on"] and not switch.holds():
            made.announce(edit)
        return switch
    if edit["edit"] == "remove_created":
        return Removal(edit, made)
    if is_pending:
        return Within(edit, made)
    is_renamed = str(edit.get("target", {}).get("fx_guid", "")) in made.configured
    return bind(edit, made.addresses, is_renamed=is_renamed)
