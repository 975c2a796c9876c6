"""Plug-ins on folders and busses that the console passes through: what is behind them is not heard as it sounds."""

from collections.abc import Iterable, Mapping, Sequence

from dawassist.console.bus_chains import bus_chain, is_effect_return
from dawassist.console.unmodelled import UnmodelledFx, active_fx
from dawassist.fxmaps.categories import product_name
from dawassist.session.findings import Evidence, Finding
from dawassist.session.graph import Graph, build_graph
from dawassist.session.model import Session, Track
from dawassist.units import counted

_MOST_BUSSES, _MOST_PLUG_INS = 6, 4


def unmodelled_fx(session: Session, track_guid: str, graph: Graph | None = None) -> tuple[UnmodelledFx, ...]:
    """What is not heard between a track's fader input and the master output: on its folders, buses and the master."""
    routing = graph or build_graph(session)
    places = (session.track(guid) for guid in routing.downstream(track_guid))
    return tuple(fx for place in places if place is not None for fx in _unheard_there(session, place, routing))


def _unheard_there(session: Session, place: Track, graph: Graph) -> tuple[UnmodelledFx, ...]:
    if place.guid != session.master.guid:
        return bus_chain(session, place, graph).unheard
    return tuple(
        UnmodelledFx(track_guid=place.guid, track_name=place.display_name, fx_guid=fx.guid, fx_name=fx.name)
        for fx in active_fx(place)
    )


def unheard_on_the_way(session: Session, track_guid: str, graph: Graph | None = None) -> tuple[UnmodelledFx, ...]:
    """What folders and busses do to a track's own sound, unheard.

    Without meters, without the master's plug-ins, which every track meets, and without effect returns, whose sound is
    added to the track's own.
    """
    routing = graph or build_graph(session)
    places = {track.guid: track for track in session.tracks}
    return tuple(
        fx
        for fx in unmodelled_fx(session, track_guid, routing)
        if fx.track_guid in places and not is_effect_return(places[fx.track_guid], routing)
    )


def unheard_before_master(session: Session, graph: Graph) -> tuple[UnmodelledFx, ...]:
    """Those on the ways of all tracks that play, each once."""
    found = (fx for guid in _playing(session, graph) for fx in unheard_on_the_way(session, guid, graph))
    return tuple({fx.fx_guid + fx.track_guid + fx.fx_name: fx for fx in found}.values())


def unheard_busses(session: Session) -> tuple[Finding, ...]:
    """One finding of the kind ``session_check`` that names the plug-ins between tracks that play and the master."""
    graph = build_graph(session)
    concerned = sum(bool(unheard_on_the_way(session, guid, graph)) for guid in _playing(session, graph))
    plug_ins = unheard_before_master(session, graph)
    by_bus: dict[str, list[str]] = {}
    for track in session.tracks:
        names = [product_name(fx.fx_name) for fx in plug_ins if fx.track_guid == track.guid]
        if names:
            by_bus[track.guid] = names
    if not by_bus:
        return ()
    text = (
        f"{_on_busses(session, by_bus)}. {counted(concerned, 'track')} {'goes' if concerned == 1 else 'go'} through: "
        "levels, covering and rides are judged there without these plug-ins, and count less; Audition in REAPER plays "
        "them."
    )
    evidence = Evidence(text=text, value=float(len(plug_ins)), unit="plug-ins")
    return (Finding(kind="session_check", track_guid=next(iter(by_bus)), sentence=text, evidence=(evidence,)),)


def _playing(session: Session, graph: Graph) -> list[str]:
    return [t.guid for t in session.tracks if graph.kind[t.guid] == "source" and t.guid in graph.audible]


def _on_busses(session: Session, by_bus: Mapping[str, Sequence[str]]) -> str:
    """``8 Vox Bus: CLA-76 is not heard; 1 Drums: ReaComp, Decapitator are not heard``."""
    told = [(session.track(guid), names) for guid, names in by_bus.items()][:_MOST_BUSSES]
    lines = [
        f"{track.number} {track.display_name}: {_listed(names)} {'is' if len(names) == 1 else 'are'} not heard"
        for track, names in told
        if track is not None
    ]
    more = len(by_bus) - len(told)
    return "; ".join(lines) + (f"; so on {more} more" if more else "")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_PLUG_INS
    return ", ".join(names[:_MOST_PLUG_INS]) + (f" and {more} more" if more > 0 else "")


def plug_ins_text(found: Iterable[UnmodelledFx]) -> str:
    """``CLA-76 on “Vox Bus”, ReaComp on “Mix Bus”``."""
    return ", ".join(f"{product_name(fx.fx_name)} on “{fx.track_name}”" for fx in found)
