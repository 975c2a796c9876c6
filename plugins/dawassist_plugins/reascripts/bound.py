"""From an edit of something that exists to its control."""

from typing import Any

from dawassist_plugins.reascripts.addresses import Addresses
from dawassist_plugins.reascripts.bindings import (
    Binding,
    DelayBinding,
    EnvelopeBinding,
    ItemBinding,
    SendBinding,
    TrackBinding,
)
from dawassist_plugins.reascripts.fx_bindings import FxBinding, FxConfigBinding


def bind(edit: dict[str, Any], addresses: Addresses, *, is_renamed: bool = False) -> Binding:
    """The control of an edit. Raises Gone. A parameter that is renamed on the way is found by its number."""
    if edit["edit"] == "set_fx_config":
        return FxConfigBinding(edit, *addresses.fx(edit))
    target = edit["target"]
    kind = target["kind"]
    if kind == "track":
        known = DelayBinding if target["field"] == "play_offset_seconds" else TrackBinding
        return known(edit, addresses.track(str(target["track_guid"])))
    if kind == "fx":
        return FxBinding(edit, *addresses.parameter(target, is_renamed=is_renamed))
    if kind == "send":
        return SendBinding(edit, *addresses.send(target))
    if kind == "item":
        return ItemBinding(edit, addresses.item(target))
    return EnvelopeBinding(edit, addresses.envelope(target))
