"""Folders and routing of a session: who feeds whom, what kind of track each is, and what can be heard.

Pure functions of the Session. Broken folder depths close what is open; sends to tracks that do not exist are ignored;
a send that closes a loop is left out of the graph and listed in `feedback`, so that every walk ends.

Solo rule: while any track is soloed, a path to the master is open when at least one track on it is soloed (a soloed
folder plays its children, a soloed return plays what feeds it). This is REAPER's solo in place; the other solo modes
are treated alike.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from dawassist.session.model import Send, Session, Track

TrackKind = Literal["source", "folder", "send_bus", "key_or_cue", "hardware_only", "unused"]
"""By routing, before any name is read:

- ``folder``: has child tracks, whose main sends it sums
- ``source``: has items, or an instrument that another track drives, and reaches the master, directly or by a send
- ``send_bus``: no items, receives audio (a bus or an effect return)
- ``key_or_cue``: has sound that never reaches the master (a side-chain key, a headphone cue)
- ``hardware_only``: heard at a hardware output only (click, talkback)
- ``unused``: no items, no receives
"""
_MAIN = -1
_CHANNEL_MASK = 1023  # I_SRCCHAN and I_DSTCHAN: higher bits tell mono and the channel count


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Audio from one track to another. `send_index` is its place in `Track.sends`, or −1 for the main send."""

    source_guid: str
    destination_guid: str
    send_index: int

    @property
    def is_main(self) -> bool:
        return self.send_index == _MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The routing of one session. Mappings are keyed by track GUID; top-level tracks have the master as `parent`.

    `outputs` holds the audio edges of each track in the order main, sends, without loops and without keys (sends to
    channels 3 and up); muted sends are kept. `order` lists every track after all that it feeds. `audible` tracks reach
    the master past mutes and solos, whatever their level.
    """

    master_guid: str
    parent: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, tuple[Edge, ...]]
    feedback: tuple[Edge, ...]
    order: tuple[str, ...]
    kind: Mapping[str, TrackKind]
    audible: frozenset[str]

    def downstream(self, guid: str) -> tuple[str, ...]:
        """Every track that `guid` feeds, directly or not, nearest first, the master included where it is reached."""
        return tuple(_reached_from(guid, self.outputs))

    @property
    def fed(self) -> frozenset[str]:
        """Tracks into which the audio of others goes, whether they have items or not."""
        return frozenset(edge.destination_guid for edges in self.outputs.values() for edge in edges)

    def descendants(self, guid: str) -> tuple[str, ...]:
        """Every track inside the folder `guid`, at any depth, in session order."""
        found: list[str] = []
        waiting = list(reversed(self.children.get(guid, ())))
        while waiting:
            current = waiting.pop()
            found.append(current)
            waiting.extend(reversed(self.children.get(current, ())))
        return tuple(found)


def build_graph(session: Session) -> Graph:
    """The routing graph of `session`."""
    parent = folder_parents(session)
    children: dict[str, list[str]] = {}
    for guid, folder in parent.items():
        children.setdefault(folder, []).append(guid)
    known = parent.keys() | {session.master.guid}
    wanted = {t.guid: _outputs(t, parent[t.guid], known) for t in session.tracks}
    outputs, feedback = _without_loops(wanted)
    order = _downstream_first(outputs, session.master.guid)
    reaching = _reaching_master(session.master.guid, outputs, order)
    receiving = {e.destination_guid for edges in outputs.values() for e in edges if not e.is_main}
    driven = {send.destination_guid for t in session.tracks for send in t.sends if send.source_channel < 0}
    kind = {
        t.guid: _kind(
            t,
            plays=bool(t.items) or (bool(t.fx) and t.guid in driven),
            is_folder=t.guid in children,
            receives=t.guid in receiving,
            reaches_master=t.guid in reaching,
        )
        for t in session.tracks
    }
    return Graph(
        master_guid=session.master.guid,
        parent=parent,
        children={guid: tuple(found) for guid, found in children.items()},
        outputs={guid: tuple(edges) for guid, edges in outputs.items()},
        feedback=tuple(feedback),
        kind=kind,
        order=order,
        audible=_audible(session, outputs, order),
    )


def folder_parents(session: Session) -> dict[str, str]:
    """The GUID of the folder that each track's main send goes to: the master for top-level tracks.

    A depth above 1 opens one folder; closing more folders than are open closes all of them; folders that are still
    open at the end close there.
    """
    parents: dict[str, str] = {}
    open_folders: list[str] = []
    for track in session.tracks:
        parents[track.guid] = open_folders[-1] if open_folders else session.master.guid
        if track.folder_depth > 0:
            open_folders.append(track.guid)
        elif track.folder_depth < 0:
            del open_folders[max(len(open_folders) + track.folder_depth, 0) :]
    return parents


def is_key(send: Send) -> bool:
    """Whether a send carries no audio to channels 1/2: a side-chain key, or MIDI only."""
    return send.source_channel < 0 or send.destination_channel & _CHANNEL_MASK >= 2


def _outputs(track: Track, parent: str, known: Set[str]) -> list[Edge]:
    main = [Edge(source_guid=track.guid, destination_guid=parent, send_index=_MAIN)] if track.main_send else []
    return main + [
        Edge(source_guid=track.guid, destination_guid=send.destination_guid, send_index=index)
        for index, send in enumerate(track.sends)
        if send.destination_guid in known and not is_key(send)
    ]


def _without_loops(wanted: Mapping[str, Sequence[Edge]]) -> tuple[dict[str, list[Edge]], list[Edge]]:
    """Main sends first, which never loop; then each send in session order unless it would close a loop."""
    kept = {guid: [edge for edge in edges if edge.is_main] for guid, edges in wanted.items()}
    feedback = []
    for guid, edges in wanted.items():
        for edge in edges:
            if edge.is_main:
                continue
            if guid == edge.destination_guid or guid in _reached_from(edge.destination_guid, kept):
                feedback.append(edge)
            else:
                kept[guid].append(edge)
    return kept, feedback


def _reached_from(guid: str, outputs: Mapping[str, Sequence[Edge]]) -> dict[str, None]:
    """Every track that `guid` feeds, nearest first."""
    found: dict[str, None] = {}
    waiting = [guid]
    for current in waiting:  # grows while edges are followed
        fresh = {e.destination_guid: None for e in outputs.get(current, ()) if e.destination_guid not in found}
        found.update(fresh)
        waiting.extend(fresh)
    return found


def _downstream_first(outputs: Mapping[str, Sequence[Edge]], master_guid: str) -> tuple[str, ...]:
    """Every track after all that it feeds: depth first, each written down when its outputs are done."""
    order: dict[str, None] = {master_guid: None}
    for root in outputs:
        stack = [root]
        while stack:
            ahead = [e.destination_guid for e in outputs[stack[-1]] if e.destination_guid not in order]
            if ahead:
                stack.extend(ahead)
            else:
                order.setdefault(stack.pop())
    return tuple(order)[1:]


def _reaching_master(master_guid: str, outputs: Mapping[str, Iterable[Edge]], order: Iterable[str]) -> set[str]:
    """Tracks with any path to the master, whatever is muted on it."""
    reached = {master_guid}
    for guid in order:
        if any(edge.destination_guid in reached for edge in outputs[guid]):
            reached.add(guid)
    return reached


def _kind(track: Track, *, plays: bool, is_folder: bool, receives: bool, reaches_master: bool) -> TrackKind:
    if is_folder:
        return "folder"
    if not (plays or receives):
        return "unused"
    if reaches_master:
        return "source" if plays else "send_bus"
    return "hardware_only" if track.hardware_outputs and not track.sends else "key_or_cue"


def _audible(session: Session, outputs: Mapping[str, Iterable[Edge]], order: Iterable[str]) -> frozenset[str]:
    """Tracks whose own sound reaches the master past mutes and solos."""
    tracks = {track.guid: track for track in session.tracks}
    solo_needed = any(track.solo != "none" for track in session.tracks)
    is_heard = not session.master.muted
    reached = {(session.master.guid, passed): is_heard and (passed or not solo_needed) for passed in (False, True)}
    for guid in order:
        track = tracks[guid]
        ahead = [e.destination_guid for e in outputs[guid] if e.is_main or not track.sends[e.send_index].muted]
        for passed in (False, True):
            soloed = passed or track.solo != "none"
            reached[guid, passed] = not track.muted and any(reached[name, soloed] for name in ahead)
    return frozenset(guid for guid in tracks if reached[guid, False])
