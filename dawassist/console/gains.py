"""What each track contributes to the master output, as a 2×2 gain from its fader input.

Modelled: fader, pan law and mode, width, polarity, mute, solo, folders, sends with taps, master fader and mono switch,
and the volume, pan, width and mute envelopes of tracks and sends. Assumed, not verified on a real REAPER: a muted track
sends nothing at any tap; polarity acts at the fader, after pre-fader taps; a volume envelope multiplies the fader and a
pan envelope adds to the pan; sends are panned by the project's law in balance mode; a mono send carries (L + R) / 2;
solo modes are alike (see `session.graph`). Plug-ins between fader input and master are no gains: see
`dawassist.console.busses`; channels 3 and up are not heard; track delay is no gain and is left out.
"""

from collections.abc import Iterable, Sequence, Set
from functools import cached_property

import numpy as np

from dawassist.audio.envelopes import Values
from dawassist.console.overrides import Overrides, with_overrides
from dawassist.console.pan import Matrices
from dawassist.console.stage import MONO_SUM, send_gain, track_gain
from dawassist.session.graph import Edge, Graph, build_graph
from dawassist.session.model import Envelope, EnvelopeKind, Session, Track

Way = tuple[str, ...]
"""GUIDs of the busses on a path whose plug-ins are told apart, nearest first."""
_NONE: Overrides = {}
_NO_BUSSES: frozenset[str] = frozenset()
_MOVING: frozenset[EnvelopeKind] = frozenset(
    {"volume", "trim_volume", "pan", "width", "mute", "send_volume", "send_pan", "send_mute"}
)


class Console:
    """The gains of one session; build it once for many questions. Matrices have rows out, columns in.

    Without times, faders and pans stand where they are and envelopes do not count.
    """

    def __init__(self, session: Session, overrides: Overrides = _NONE) -> None:
        self.session = with_overrides(session, overrides)
        self._tracks = {track.guid: track for track in self.session.tracks}
        self._any_solo = any(track.solo != "none" for track in self.session.tracks)
        self._standing: dict[str, dict[str, Matrices]] = {}  # by `into`

    @cached_property
    def graph(self) -> Graph:
        return build_graph(self.session)

    def gain_matrix(self, track_guid: str, *, into: str = "") -> Matrices:
        """From the fader input of a track to the master output, over all its paths, (2, 2); zeros when not heard.

        With `into`, the GUID of a folder, bus or the track itself: to that track's fader input instead, past every
        solo.
        """
        if into not in self._standing:
            self._standing[into] = self._reach(into, None)
        return self._standing[into].get(track_guid, np.zeros((2, 2)))

    def gain_matrices(self, track_guids: Sequence[str], *, into: str = "") -> Matrices:
        """`gain_matrix` of several tracks, shape (n, 2, 2)."""
        return np.array([self.gain_matrix(guid, into=into) for guid in track_guids]).reshape(-1, 2, 2)

    def moving_matrices(self, track_guids: Sequence[str], at_seconds: Values, *, into: str = "") -> Matrices:
        """The gains at every time with envelopes followed, shape (times, n, 2, 2)."""
        reached = self._reach(into, at_seconds)
        gains = np.zeros((len(at_seconds), len(track_guids), 2, 2))
        for place, guid in enumerate(track_guids):
            gains[:, place] = reached.get(guid, 0.0)
        return gains

    def is_moving(self, track_guid: str) -> bool:
        """Whether an envelope changes the gain of this track on its way to the master."""
        places = (self.session.track(guid) for guid in (track_guid, *self.graph.downstream(track_guid)))
        return any(_moves(place) for place in places if place is not None)

    def is_heard(self, track_guid: str, *, into: str = "") -> bool:
        """Whether anything of the track arrives, by level too."""
        return self.is_moving(track_guid) or bool(self.gain_matrix(track_guid, into=into).any())

    def gains_by_way(
        self, busses: Set[str] = _NO_BUSSES, at_seconds: Values | None = None, *, into: str = ""
    ) -> dict[str, dict[Way, Matrices]]:
        """The gain of every track, by which of `busses` its paths lead through, (2, 2) or (times, 2, 2); main first.

        Walked downstream first, by whether a soloed track was passed on the way to it.
        """
        end, end_gain, unsoloed = self._end(into, at_seconds)
        reached: dict[tuple[str, bool], dict[Way, Matrices]] = {
            (end, False): {(): end_gain * unsoloed}, (end, True): {(): end_gain},
        }  # fmt: skip
        for guid in self.graph.order:
            if guid == end:
                continue
            track = self._tracks[guid]
            fader = track_gain(self.session, track, at_seconds) * (0.0 if track.muted else 1.0)
            edges = [(edge, self._edge_gain(track, edge, fader, at_seconds)) for edge in self.graph.outputs[guid]]
            for passed in (False, True):
                ways: dict[Way, Matrices] = {}
                for edge, gain in edges:
                    to = edge.destination_guid
                    through = (to,) if to in busses and to != end else ()
                    for ahead, arriving in reached.get((to, passed or track.solo != "none"), {}).items():
                        way, part = through + ahead, arriving @ gain
                        ways[way] = ways[way] + part if way in ways else part
                reached[guid, passed] = ways
        return {guid: ways for (guid, passed), ways in reached.items() if not passed} | {end: {(): end_gain}}

    def _reach(self, into: str, at_seconds: Values | None) -> dict[str, Matrices]:
        silent = np.zeros((2, 2) if at_seconds is None else (len(at_seconds), 2, 2))
        by_way = self.gains_by_way(into=into, at_seconds=at_seconds)
        return {guid: sum(ways.values(), silent) for guid, ways in by_way.items()}

    def _end(self, into: str, at_seconds: Values | None) -> tuple[str, Matrices, float]:
        """Where the walk ends, the gain there, and the share of it that a path without a soloed track keeps."""
        master = self.session.master
        if into and into != master.guid:
            times = () if at_seconds is None else (len(at_seconds),)
            return into, np.broadcast_to(np.eye(2), (*times, 2, 2)), 1.0
        gain = track_gain(self.session, master, at_seconds)
        return master.guid, MONO_SUM @ gain if self.session.master_mono else gain, 0.0 if self._any_solo else 1.0

    def _edge_gain(self, track: Track, edge: Edge, fader: Matrices, at_seconds: Values | None) -> Matrices:
        if edge.is_main:
            return fader
        send = track.sends[edge.send_index]
        gain = send_gain(self.session, send, at_seconds)
        if send.tap == "post_fader":
            return gain @ fader
        return gain * (0.0 if track.muted else 1.0)


def gain_matrix(session: Session, track_guid: str, overrides: Overrides = _NONE) -> Matrices:
    """The (2, 2) gain from a track's fader input to the master output, rows out, columns in, over all its paths.

    Zeros when it is not heard or not there; envelopes do not count. For more than one question build a `Console`.
    Raises NotModelled for overrides of plug-ins, items and envelopes.
    """
    return Console(session, overrides).gain_matrix(track_guid)


def gain_matrices(session: Session, track_guids: Sequence[str], overrides: Overrides = _NONE) -> Matrices:
    """`gain_matrix` of several tracks, shape (n, 2, 2)."""
    return Console(session, overrides).gain_matrices(track_guids)


def _moves(track: Track) -> bool:
    return _any_moves(track.envelopes) or any(_any_moves(send.envelopes) for send in track.sends)


def _any_moves(envelopes: Iterable[Envelope]) -> bool:
    return any(envelope.active and envelope.points and envelope.kind in _MOVING for envelope in envelopes)
