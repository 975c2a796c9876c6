"""Which tools and returns a session has already."""

from collections.abc import Sequence

from dawassist.fxmaps.categories import Category, categories_of
from dawassist.intents import Effect
from dawassist.plan.names import name_parts
from dawassist.session.graph import build_graph
from dawassist.session.model import Fx, Session, Track

_NAMES: dict[Effect, frozenset[str]] = {
    "reverb": frozenset({"verb", "verbs", "reverb", "reverbs", "rvb", "plate", "hall", "room", "chamber", "spring"}),
    "delay": frozenset({"delay", "delays", "dly", "echo", "echoes", "slap", "slapback"}),
}  # fmt: skip
_CATEGORIES: dict[Effect, Category] = {"reverb": "reverb", "delay": "delay"}


def tools_there(track: Track, category: Category) -> list[Fx]:
    """The plug-ins of that category, those that are switched off and those in containers included."""
    return [fx for fx in every_fx(track.fx) if category in categories_of(fx.name, fx.ident)]


def active_tools(track: Track, category: Category) -> list[Fx]:
    """Those of them that play."""
    return [fx for fx in tools_there(track, category) if plays(fx)]


def plays(fx: Fx) -> bool:
    return fx.enabled and not fx.offline


def every_fx(chain: Sequence[Fx]) -> list[Fx]:
    """Those in containers included."""
    found = list(chain)
    for fx in found:  # grows while containers are unfolded
        found.extend(fx.children)
    return found


def find_bus(session: Session, effect: Effect) -> Track | None:
    """The return of that effect: a track without items, unmuted, with such a plug-in, or else with such a name."""
    kinds, category = build_graph(session).kind, _CATEGORIES[effect]
    returns = _returns(session)
    with_tool = [t for t in returns if active_tools(t, category)]
    named = [t for t in returns if _NAMES[effect] & set(name_parts(t.name).words) and kinds[t.guid] == "send_bus"]
    return next(iter((*with_tool, *(t for t in named if not tools_there(t, category)))), None)


def find_idle_bus(session: Session, effect: Effect) -> Track | None:
    """A return whose plug-in for that effect is switched off: what goes there would come back dry."""
    category = _CATEGORIES[effect]
    return next((t for t in _returns(session) if tools_there(t, category) and not active_tools(t, category)), None)


def _returns(session: Session) -> list[Track]:
    kinds = build_graph(session).kind
    return [t for t in session.tracks if kinds[t.guid] in ("send_bus", "unused") and not t.muted and not t.items]
