"""The modules of `reascripts` as one script: REAPER runs one file, and a stock reapy server takes one text.

Every module is made under a package name of its own (`dawassist_agent`), so that the script never depends on what is
installed beside it. A second run of the same bundle changes nothing.
"""

import hashlib
from functools import cache
from importlib.resources import files

PACKAGE = "dawassist_agent"
_SOURCE_PACKAGE = "dawassist_plugins.reascripts"
_ORDER = (
    "api", "frames", "requests", "addresses", "envelope_points", "bindings", "fx_bindings", "bound",
    "ownership", "creating", "removing", "envelope_switch", "edits", "undo_block", "receipts", "settling",
    "transaction", "session_reader", "snapshot", "borrowing", "loudness", "rendering", "track_state", "agent",
    "server", "discovery_file", "entry",
)  # fmt: skip
_LOADER = '''\
"""dawassist: the server and the agent that run inside REAPER. Made by `dawassist setup`; standard library only."""
import sys as _sys
import types as _types

try:
    import reaper_python as _reaper_python
except ImportError:
    pass


def _dawassist_load():
    package = _sys.modules.get({package!r})
    if package is not None and getattr(package, "digest", "") == {digest!r}:
        return
    package = _types.ModuleType({package!r})
    package.__path__ = []
    package.digest = {digest!r}
    _sys.modules[{package!r}] = package
    for name, source in {sources!r}:
        module = _types.ModuleType({package!r} + "." + name)
        _sys.modules[module.__name__] = module
        setattr(package, name, module)
        exec(compile(source, {package!r} + "/" + name + ".py", "exec"), module.__dict__)
    package.call = package.agent.call


_dawassist_load()
'''
_START = f"_sys.modules[{f'{PACKAGE}.entry'!r}].start()\n"


@cache
def bundled_agent() -> str:
    """The agent alone: after it ran, ``dawassist_agent.call(verb, payload)`` answers."""
    sources = [(name, _source(name)) for name in _ORDER]
    digest = hashlib.sha256(repr(sources).encode()).hexdigest()
    return _LOADER.format(package=PACKAGE, digest=digest, sources=sources)


def bundled_script() -> str:
    """The whole script: the agent, and the server started."""
    return bundled_agent() + _START


def _source(name: str) -> str:
    text = (files(_SOURCE_PACKAGE) / f"{name}.py").read_text(encoding="utf-8")
    return text.replace(_SOURCE_PACKAGE, PACKAGE)
