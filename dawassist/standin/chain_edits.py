"""Inserting and removing plug-ins, sends and tracks in the stand-in's project, each as one undoable change."""

from uuid import uuid4

from dawassist.errors import NotModelled
from dawassist.rpp.tokens import quote
from dawassist.rpp.tree import Element, Line, Node
from dawassist.standin.fx import Fx
from dawassist.standin.project import Project
from dawassist.standin.stock_blocks import Block
from dawassist.standin.track import Send, Track

_NEW_TRACK = (
    "NAME {name}", "PEAKCOL 16576", "BEAT -1", "AUTOMODE 0", "VOLPAN 1 0 -1 -1 1", "MUTESOLO 0 0 0", "IPHASE 0",
    "PLAYOFFS 0 1", "ISBUS 0 0", "BUSCOMP 0 0 0 0 0", "SHOWINMIX 1 0.6667 0.5 1 0.5 0 0 0 0", "SEL 0",
    "REC 0 0 1 0 0 0 0 0", "VU 2", "TRACKHEIGHT 0 0 0 0 0 0 0", "INQ 0 0 0 0.5 100 0 0 100", "NCHAN 2", "FX 1",
    "TRACKID {guid}", "PERF 0", "MIDIOUT -1", "MAINSEND 1 0",
)  # fmt: skip


def insert_fx(track: Track, block: Block, place: int) -> int:
    """Insert a fresh plug-in; its place in the chain. A track without a chain gets one."""
    chain = _chain(track)
    bypass = chain.new_line("BYPASS", "0", "0", "0")
    vst = _element(chain, f'<VST "{block.name}" {block.file} 0 "" {block.id} ""', block.lines)
    lines = [
        chain.new_line("FLOATPOS", "0", "0", "0", "0"),
        chain.new_line("FXID", _new_guid()),
        chain.new_line("WAK", "0", "0"),
    ]
    fx = Fx(vst, bypass, {line.tag: line for line in lines}, track.history)
    place = min(max(place, 0), len(track.fx))
    start = chain.index(track.fx[place].bypass_line) if place < len(track.fx) else len(chain.children)
    nodes: list[Node] = [bypass, vst, *lines]

    def do() -> None:
        chain.children[start:start] = nodes
        track.fx.insert(place, fx)

    def undo() -> None:
        del chain.children[start : start + len(nodes)]
        track.fx.remove(fx)

    track.history.do(do, undo)
    return place


def delete_fx(track: Track, place: int) -> bool:
    if not 0 <= place < len(track.fx):
        return False
    fx, chain = track.fx[place], _chain(track)
    start = chain.index(fx.bypass_line)
    behind = chain.index(track.fx[place + 1].bypass_line) if place + 1 < len(track.fx) else len(chain.children)
    nodes = chain.children[start:behind]

    def do() -> None:
        del chain.children[start:behind]
        track.fx.remove(fx)

    def undo() -> None:
        chain.children[start:start] = nodes
        track.fx.insert(place, fx)

    track.history.do(do, undo)
    return True


def create_send(project: Project, source: Track, destination: Track) -> int:
    """Its place among the sends of `source`. To itself nothing is created, and 0 is answered, as in REAPER 7.82."""
    if source is destination:
        return 0
    fields = [str(source.number - 1), *["0", "1", "0", "0", "0", "0", "0", "0"], "-1:U", "0", "-1", ""]
    line = Line(destination.element.new_line("AUXRECV", *fields).raw)
    send = Send(line, source, destination, source.history)
    children = destination.element.children
    receives = [
        k for k, child in enumerate(children) if child.tag in ("AUXRECV", "AUXVOLENV", "AUXPANENV", "AUXMUTEENV")
    ]
    start = receives[-1] + 1 if receives else _before(destination.element, "MIDIOUT")

    def do() -> None:
        destination.element.insert(start, line)
        destination.receives.append(send)
        source.sends.append(send)

    def undo() -> None:
        destination.element.remove(line)
        destination.receives.remove(send)
        source.sends.remove(send)

    project.history.do(do, undo)
    return source.sends.index(send)


def remove_send(source: Track, place: int) -> bool:
    if not 0 <= place < len(source.sends):
        return False
    send = source.sends[place]
    destination = send.destination
    if destination is None or send.envelopes:
        raise NotModelled("not modelled in the stand-in: removing a send with envelopes")
    start, received = destination.element.index(send.line), destination.receives.index(send)

    def do() -> None:
        destination.element.remove(send.line)
        destination.receives.remove(send)
        source.sends.remove(send)

    def undo() -> None:
        destination.element.insert(start, send.line)
        destination.receives.insert(received, send)
        source.sends.insert(place, send)

    source.history.do(do, undo)
    return True


def append_track(project: Project) -> Track:
    """An empty track behind all others."""
    guid = _new_guid()
    lines = [text.format(name=quote("").decode(), guid=guid) for text in _NEW_TRACK]
    element = _element(project.root, f"<TRACK {guid}", lines)
    track = project.new_track(element)
    siblings = project.root.find_all("TRACK")
    start = project.root.index(siblings[-1]) + 1 if siblings else len(project.root.children)

    def do() -> None:
        project.root.insert(start, element)
        project.tracks.append(track)

    def undo() -> None:
        project.root.remove(element)
        project.tracks.remove(track)

    project.history.do(do, undo)
    return track


def delete_last_track(project: Project, track: Track) -> None:
    """The last track with its sends and receives."""
    if track is not project.tracks[-1]:
        raise NotModelled("not modelled in the stand-in: DeleteTrack of another track than the last one")
    for send in list(track.receives):
        remove_send(send.source, send.source.sends.index(send))
    for _ in list(track.sends):
        remove_send(track, 0)
    start = project.root.index(track.element)

    def do() -> None:
        project.root.remove(track.element)
        project.tracks.remove(track)

    def undo() -> None:
        project.root.insert(start, track.element)
        project.tracks.append(track)

    project.history.do(do, undo)


def _chain(track: Track) -> Element:
    tag = "MASTERFXLIST" if track.is_master else "FXCHAIN"
    found = track.element.find(tag)
    if found is not None:
        return found
    chain = _element(track.element, f"<{tag}", ["SHOW 0", "LASTSEL 0", "DOCKED 0"])
    place = _before(track.element, "ITEM")
    track.history.do(lambda: track.element.insert(place, chain), lambda: track.element.remove(chain))
    return chain


def _before(element: Element, tag: str) -> int:
    return next((k for k, child in enumerate(element.children) if child.tag == tag), len(element.children))


def _element(parent: Element, head: str, lines: list[str]) -> Element:
    model = parent.new_line("X").raw
    indent, ending = model[: model.index(b"X")], model[model.index(b"X") + 1 :]
    own = [Line(indent + b"  " + text.encode() + ending) for text in lines]
    return Element(Line(indent + head.encode() + ending), list(own), Line(indent + b">" + ending))


def _new_guid() -> str:
    return f"{{{str(uuid4()).upper()}}}"
