"""What a request may ask for: judged on the raw JSON, before anything is decoded into objects or resolved by name."""

import hmac
import json
import sys
from collections.abc import Callable
from typing import Any

AGENT_MODULE = "dawassist_agent"
MAX_DEPTH = 64
_API_MODULE = "reapy.reascript_api"
_CORE = "reapy.core"
_PROPERTY_PARTS = frozenset({"fget", "fset", "fdel"})
_ITEM_METHODS = frozenset({"__getitem__", "__setitem__", "__delitem__", "__len__", "__iter__", "__contains__"})
_MODULE_FUNCTIONS = frozenset({"get_projects", "get_input_names", "get_output_names"})


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


def check_agent(request: dict[str, Any], token: str, *, is_trusted: bool) -> None:
    """The agent profile: our one entry point; the first request of a connection shows the token. Raises Refused."""
    if not is_call(request, AGENT_MODULE, "call"):
        raise Refused("this server answers dawassist only")
    arguments = _input(request)[0]
    if len(arguments) < 2:
        raise Refused("a verb and its payload are missing")
    if is_trusted:
        return
    given = arguments[2] if len(arguments) > 2 else ""
    if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        raise Refused("the token is missing or wrong")


def check_compatible(request: dict[str, Any]) -> None:
    """The compatible profile: REAPER's functions, and methods and properties of reapy's objects. Raises Refused."""
    function = request.get("function")
    if function in ("HOLD", "RELEASE"):
        return
    if is_call(request, AGENT_MODULE, "call"):
        check_agent(request, "", is_trusted=True)
        return
    if not isinstance(function, dict) or not function.get("__callable__"):
        raise Refused("no function was named")
    module, name = function.get("module_name"), function.get("name")
    if not (isinstance(module, str) and isinstance(name, str)) or _listed(module, name) is None:
        raise Refused(f"{module}.{name} is not on the list of what may be called")
    for value in _every(_input(request)):
        if isinstance(value, dict) and "__callable__" in value:
            raise Refused("a function cannot be an argument")
        if isinstance(value, dict) and "__reapy__" in value and _class(value) is None:
            raise Refused(f"{value.get('class')} is no class of reapy")


def resolved(request: dict[str, Any]) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
    """Function, arguments and named arguments of a request that `check_compatible` let pass."""
    found = _listed(request["function"]["module_name"], request["function"]["name"])
    assert found is not None
    arguments, named = _input(request)
    return found, [_object(value) for value in arguments], {key: _object(value) for key, value in named.items()}


def _listed(module: str, name: str) -> Callable[..., Any] | None:
    """The function behind a name that is on the list, found without importing anything."""
    loaded = sys.modules.get(module)
    if loaded is not None and module == _API_MODULE:
        listed = name == "_get_api_names" or name in getattr(loaded, "__all__", ())
        return getattr(loaded, name, None) if listed else None
    if loaded is None or not module.startswith(_CORE + "."):
        return None
    first, *parts = name.split(".")
    if not parts:
        return getattr(loaded, first, None) if first in _MODULE_FUNCTIONS else None
    owner = loaded.__dict__.get(first)
    return _member(owner, parts) if isinstance(owner, type) and owner.__module__ == module else None


def _member(owner: type, parts: list[str]) -> Callable[..., Any] | None:
    """A method of a class, or one of the functions of its properties."""
    found = owner.__dict__.get(parts[0])
    if isinstance(found, property):
        return getattr(found, parts[1]) if len(parts) == 2 and parts[1] in _PROPERTY_PARTS else None
    if len(parts) != 1 or (parts[0].startswith("__") and parts[0] not in _ITEM_METHODS):
        return None
    found = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    return getattr(owner, parts[0]) if callable(found) and not isinstance(found, type) else None


def _class(value: dict[str, Any]) -> type | None:
    known = getattr(sys.modules.get(_CORE), str(value.get("class")), None)
    return known if isinstance(known, type) and known.__module__.startswith(_CORE + ".") else None


def _object(value: Any) -> Any:
    """The argument that a piece of checked JSON stands for."""
    if isinstance(value, list):
        return [_object(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "__slice__" in value:
        return slice(*value["args"])
    if "__reapy__" not in value:
        return {key: _object(each) for key, each in value.items()}
    known = _class(value)
    assert known is not None
    named = {key: _object(each) for key, each in value.get("kwargs", {}).items()}
    return known(*(_object(each) for each in value.get("args", [])), **named)


def _input(request: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    given = request.get("input")
    arguments = given.get("args", []) if isinstance(given, dict) else None
    named = given.get("kwargs", {}) if isinstance(given, dict) else None
    if not isinstance(arguments, list) or not isinstance(named, dict):
        raise Refused("the request has no arguments")
    return arguments, named


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _every(value: object) -> list[Any]:
    """A value and everything in it."""
    found: list[Any] = [value]
    for each in found:  # grows while containers are unfolded
        found.extend(each.values() if isinstance(each, dict) else each if isinstance(each, list | tuple) else ())
    return found


def _depth(value: object) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        current, depth = waiting.pop()
        deepest = max(deepest, depth)
        children = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        waiting.extend((child, depth + 1) for child in children)
    return deepest
