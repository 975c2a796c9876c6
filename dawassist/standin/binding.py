"""The module `reaper_python` and the names that a ReaScript finds in `__main__`.

Every function of REAPER's table is there. What is not modelled raises its name, it never invents a value.
"""

import sys
import types
from collections.abc import Callable
from typing import Any

from dawassist.errors import NotModelled
from dawassist.standin.functions import FUNCTIONS
from dawassist.standin.host import Host
from dawassist.standin.signatures import Signature, signatures


def install(host: Host) -> None:
    """Make this process look like the inside of REAPER to what runs in `__main__`."""
    module = types.ModuleType("reaper_python")
    module.__dict__["_ft"] = {}
    module.__dict__["rpr_packp"] = host.pointers.packed
    for signature in signatures().values():
        module.__dict__[f"RPR_{signature.name}"] = _function(host, signature)
    sys.modules["reaper_python"] = module
    main = sys.modules["__main__"].__dict__
    main.update({name: value for name, value in module.__dict__.items() if name.startswith("RPR_")})
    main["obj"] = object()  # how reapy knows that it runs inside REAPER
    main["RPR_defer"] = host.deferred_append
    main["RPR_atexit"] = host.at_exit.append
    host.namespace = main


def _function(host: Host, signature: Signature) -> Callable[..., Any]:
    modelled = FUNCTIONS.get(signature.name)
    count = len(signature.arguments)

    has_outs = bool(signature.outs)

    def call(*arguments: Any) -> Any:
        if modelled is None:
            raise NotModelled(f"not modelled in the stand-in: {signature.name}")
        if len(arguments) != count:
            raise TypeError(f"RPR_{signature.name} takes {count} arguments, {len(arguments)} were given")
        result = modelled(host, *arguments)
        if has_outs:
            return signature.shaped(arguments, result)
        return int(result) if isinstance(result, bool) else result

    call.__name__ = call.__qualname__ = f"RPR_{signature.name}"
    call.__module__ = "reaper_python"
    return call
