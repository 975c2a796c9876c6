"""What a request may ask for: judged on the raw JSON, before anything is decoded into objects or resolved by name."""

import hmac
import json
import re
import sys
from typing import Any

AGENT_MODULE = "dawassist_agent"
MAX_DEPTH = 64
_METHOD = re.compile(r"[A-Z]\w*(\.[a-z]\w*){1,2}")
_LISTED_FUNCTIONS = frozenset({"_get_api_names"})


class Refused(Exception):
    """The request is not allowed; the text says why."""


def parse(raw: bytes) -> dict[str, Any]:
    """A JSON object without duplicate keys, endless numbers or endless depth. Raises Refused."""
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("the request is not valid JSON") from None
    if not isinstance(found, dict) or _depth(found) > MAX_DEPTH:
        raise Refused("the request is not a plain JSON object")
    return found


def is_call(request: dict[str, Any], module: str, name: str) -> bool:
    function = request.get("function")
    return isinstance(function, dict) and (function.get("module_name"), function.get("name")) == (module, name)


def check_agent(request: dict[str, Any], token: str) -> None:
    """The agent profile: our one entry point, with the token. Raises Refused."""
    if not is_call(request, AGENT_MODULE, "call"):
        raise Refused("this server answers dawassist only")
    arguments = (request.get("input") or {}).get("args") or []
    given = arguments[2] if len(arguments) > 2 else ""
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), token.encode()):
        raise Refused("the token is missing or wrong")


def check_compatible(request: dict[str, Any]) -> None:
    """The compatible profile: REAPER's functions, and methods and properties of reapy's objects. Raises Refused."""
    function = request.get("function")
    if function in ("HOLD", "RELEASE"):
        return
    if not isinstance(function, dict) or not function.get("__callable__"):
        raise Refused("no function was named")
    waiting: list[Any] = [request]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            _check_object(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _check_object(value: dict[str, Any]) -> None:
    if "__callable__" in value:
        module, name = value.get("module_name"), value.get("name")
        if not (isinstance(module, str) and isinstance(name, str) and _is_listed(module, name)):
            raise Refused(f"{module}.{name} is not on the list of what may be called")
    if "__reapy__" in value:
        core = sys.modules.get("reapy.core")
        known = getattr(core, str(value.get("class")), None)
        if not (isinstance(known, type) and known.__module__.startswith("reapy.core.")):
            raise Refused(f"{value.get('class')} is no class of reapy")


def _is_listed(module: str, name: str) -> bool:
    if module == AGENT_MODULE:
        return name == "call"
    if module == "reapy.reascript_api":
        return name in _LISTED_FUNCTIONS or hasattr(sys.modules.get("reaper_python"), "RPR_" + name)
    return module.startswith("reapy.core.") and module in sys.modules and bool(_METHOD.fullmatch(name))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(value: object) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        current, depth = waiting.pop()
        deepest = max(deepest, depth)
        children = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        waiting.extend((child, depth + 1) for child in children)
    return deepest
