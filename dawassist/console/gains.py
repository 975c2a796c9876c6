"""What each track contributes to the master output, as a 2×2 gain from its fader input.

Modelled: fader, pan law and mode, width, polarity, mute, solo, folders, sends with taps, master fader and mono switch.
Assumed, not verified on a real REAPER: a muted track sends nothing at any tap; sends are panned by the project's law
in balance mode; a mono send carries (L + R) / 2. Plug-ins between fader input and master are passed through and named
by `dawassist.console.unmodelled`; track delay is no gain and is left out.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dawassist.console.overrides import Overrides, with_overrides
from dawassist.console.pan import Matrices, pan_matrix, track_pan_law_db
from dawassist.session.graph import Edge, Graph, build_graph
from dawassist.session.model import Send, Session, Track
from dawassist.units import db_to_gain

_NONE: Overrides = {}
_MONO_SUM = np.full((2, 2), 0.5)
_MONO_CHANNEL = 1024
_CHANNEL_MASK = 1023


class Console:
    """The gains of one session; build it once for many questions. Matrices are (2, 2), rows out, columns in."""

    def __init__(self, session: Session, overrides: Overrides = _NONE) -> None:
        self.session = with_overrides(session, overrides)
        self._tracks = {track.guid: track for track in self.session.tracks}
        self._any_solo = any(track.solo != "none" for track in self.session.tracks)

    @cached_property
    def graph(self) -> Graph:
        return build_graph(self.session)

    def gain_matrix(self, track_guid: str) -> Matrices:
        """From the fader input of a track to the master output, over all its paths; zeros where nothing is heard."""
        if track_guid == self.session.master.guid:
            return self._master_gain
        return self._to_master.get((track_guid, not self._any_solo), np.zeros((2, 2)))

    def gain_matrices(self, track_guids: Sequence[str]) -> Matrices:
        """`gain_matrix` of several tracks, shape (n, 2, 2)."""
        return np.array([self.gain_matrix(guid) for guid in track_guids]).reshape(-1, 2, 2)

    @cached_property
    def _master_gain(self) -> Matrices:
        if self.session.master.muted:
            return np.zeros((2, 2))
        gain = track_gain(self.session, self.session.master)
        return _MONO_SUM @ gain if self.session.master_mono else gain

    @cached_property
    def _to_master(self) -> Mapping[tuple[str, bool], Matrices]:
        """By track and by whether a soloed track was passed on the way to it."""
        master = self.session.master.guid
        reached = {(master, False): np.zeros((2, 2)), (master, True): self._master_gain}
        for guid in self.graph.order:
            track = self._tracks[guid]
            fader = track_gain(self.session, track)
            for passed in (False, True):
                passed_here = passed or track.solo != "none"
                reached[guid, passed] = sum(
                    (
                        reached[edge.destination_guid, passed_here] @ self._edge_gain(track, edge, fader)
                        for edge in self.graph.outputs[guid]
                    ),
                    np.zeros((2, 2)),
                ) * (0.0 if track.muted else 1.0)
        return reached

    def _edge_gain(self, track: Track, edge: Edge, fader: Matrices) -> Matrices:
        if edge.is_main:
            return fader
        send = track.sends[edge.send_index]
        gain = send_gain(self.session, send)
        return gain @ fader if send.tap == "post_fader" else gain


def gain_matrix(session: Session, track_guid: str, overrides: Overrides = _NONE) -> Matrices:
    """The (2, 2) gain from a track's fader input to the master output, rows out, columns in, over all its paths.

    Zeros when it is not heard or not there. For more than one question build a `Console`. Raises NotModelled for
    overrides of plug-ins, items and envelopes.
    """
    return Console(session, overrides).gain_matrix(track_guid)


def gain_matrices(session: Session, track_guids: Sequence[str], overrides: Overrides = _NONE) -> Matrices:
    """`gain_matrix` of several tracks, shape (n, 2, 2)."""
    return Console(session, overrides).gain_matrices(track_guids)


def track_gain(session: Session, track: Track) -> Matrices:
    """Fader, polarity, pan and width of one track, without its mute: (2, 2)."""
    level = db_to_gain(track.fader_db) * (-1.0 if track.polarity_inverted else 1.0)
    law_db = track_pan_law_db(session, track)
    return level * pan_matrix(track.pan_mode, law_db, track.pan, track.width, track.dual_pan)


def send_gain(session: Session, send: Send) -> Matrices:
    """Level, pan, polarity, mono and channel mapping of a send, from the tapped pair to the destination's pair."""
    if send.muted:
        return np.zeros((2, 2))
    level = db_to_gain(send.level_db) * (-1.0 if send.polarity_inverted else 1.0)
    law_db = abs(session.pan_law_db) if session.pan_law_compensated else session.pan_law_db
    panned = pan_matrix("balance", law_db, send.pan, 1.0, (-1.0, 1.0))
    mono = _MONO_SUM if send.mono else np.eye(2)
    return level * (_to_destination(send) @ panned @ mono @ _from_source(send))


def _from_source(send: Send) -> npt.NDArray[np.float64]:
    """Which of the source's channels 1/2 arrive as the send's pair; a mono source channel feeds both sides."""
    first = send.source_channel & _CHANNEL_MASK
    picked = np.zeros((2, 2))
    if send.source_channel & _MONO_CHANNEL:
        picked[:, first : first + 1] = 1.0
        return picked
    for side in (0, 1):
        picked[side, first + side : first + side + 1] = 1.0
    return picked


def _to_destination(send: Send) -> npt.NDArray[np.float64]:
    """Where the send's pair lands in the destination's channels 1/2; a mono destination takes (L + R) / 2."""
    first = send.destination_channel & _CHANNEL_MASK
    landed = np.zeros((2, 2))
    if send.destination_channel & _MONO_CHANNEL:
        landed[first : first + 1, :] = 0.5
        return landed
    for side in (0, 1):
        landed[first + side : first + side + 1, side] = 1.0
    return landed
