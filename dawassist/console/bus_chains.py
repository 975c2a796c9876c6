"""Which plug-ins of folders and busses the console hears, and which it passes through.

Heard are those of `console.chain`, up to the first one of a bus that is not modelled; meters do not count. Not heard:
what an effect return does where one of its plug-ins is not modelled, a bus with pre-FX envelopes, and dynamics on a
track that plays items of its own besides what feeds it. The master's plug-ins come after the mix.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from dawassist.console.chain import chain_at
from dawassist.console.equalizer import EqualizerSettings
from dawassist.console.inserts import BusInserts, Insert
from dawassist.console.prefx import pre_fx_envelopes
from dawassist.console.unmodelled import UnmodelledFx, active_fx
from dawassist.fxmaps.categories import categories_of
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track

_CHANGING_NOTHING = frozenset({"meter"})
_EFFECTS = frozenset({"reverb", "delay", "modulation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BusChain:
    """What a bus does to what feeds it: `inserts`, and after them `unheard`."""

    inserts: tuple[Insert, ...]
    unheard: tuple[UnmodelledFx, ...]


def bus_chain(session: Session, track: Track, graph: Graph) -> BusChain:
    """Of one folder or bus."""
    if not active_fx(track):
        return BusChain(inserts=(), unheard=())
    is_return = is_effect_return(track, graph)
    return _chain(session.sample_rate_hz, replace(track, items=(), sends=()), is_return, bool(track.items))


def bus_inserts(session: Session, graph: Graph) -> BusInserts:
    """By GUID, of all busses of which something is heard."""
    chains = ((track.guid, bus_chain(session, track, graph)) for track in session.tracks if track.guid in graph.fed)
    return {guid: chain.inserts for guid, chain in chains if chain.inserts}


def is_effect_return(track: Track, graph: Graph) -> bool:
    """A send bus with a reverb, a delay or a modulation, whose sound is added to a track's own."""
    return graph.kind[track.guid] == "send_bus" and bool(_EFFECTS & _kinds(track))


@lru_cache(maxsize=256)
def _chain(sample_rate_hz: int, track: Track, is_return: bool, plays_items: bool) -> BusChain:
    sounding = tuple(fx for fx in track.fx if categories_of(fx.name, fx.ident) != _CHANGING_NOTHING)
    bare = replace(track, fx=sounding)
    chain = chain_at(sample_rate_hz, bare)
    inserts = chain.inserts
    if pre_fx_envelopes(track) or (is_return and chain.unmodelled):
        inserts = ()
    elif plays_items:
        dynamic = [place for place, insert in enumerate(inserts) if not isinstance(insert.settings, EqualizerSettings)]
        inserts = inserts[: dynamic[0]] if dynamic else inserts
    reasons = {fx.fx_guid: fx.reason for fx in chain.unmodelled}
    unheard = tuple(
        UnmodelledFx(
            track_guid=track.guid, track_name=track.display_name, fx_guid=fx.guid, fx_name=fx.name,
            reason=reasons.get(fx.guid, ""),
        )
        for fx in active_fx(bare)[len(inserts) :]
    )  # fmt: skip
    return BusChain(inserts=inserts, unheard=unheard)


def _kinds(track: Track) -> frozenset[str]:
    return frozenset(kind for fx in active_fx(track) for kind in categories_of(fx.name, fx.ident))
