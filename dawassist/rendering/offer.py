"""What a pass of REAPER would bring and how long it takes, said before it begins."""

from collections.abc import Collection
from dataclasses import dataclass

from dawassist.analysis.model import Analysis
from dawassist.session.graph import Graph
from dawassist.session.model import Session
from dawassist.units import counted

DEFAULT_SPEED_RATIO = 15.0
"""Seconds of the project that REAPER renders per second, before a track was timed. Judgement: an offline render of a
session with plug-ins on most tracks, of which all are computed for every stem."""
CHECKED_TRACKS = 3
_SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOffer:
    """The tracks to render, in session order, and the seconds that it takes, REAPER's own loudness included."""

    track_guids: tuple[str, ...]
    names: tuple[str, ...]
    seconds: float

    @property
    def sentence(self) -> str:
        if not self.track_guids:
            return f"Nothing to render; REAPER measures loudness for comparison: {about(self.seconds)}"
        return f"Render {counted(len(self.track_guids), 'track')} with REAPER: {about(self.seconds)}"

    @property
    def explanation(self) -> str:
        """What happens meanwhile, in a mixer's words."""
        more = len(self.names) - _SHOWN_NAMES
        names = ", ".join(self.names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        heard = f"{names}: heard after their plug-ins and instruments. " if names else ""
        return (
            f"{heard}REAPER does not answer meanwhile; your render settings and selections come back. Its own loudness "
            f"of the master and up to {CHECKED_TRACKS} tracks is measured, which marks the project as modified."
        )


def render_offer(
    session: Session, analysis: Analysis, graph: Graph, speed_ratio: float, rendered: Collection[str] = ()
) -> RenderOffer | None:
    """None when every track is heard whole, or the session is a file, which has nobody to render it.

    Tracks that were `rendered` already have nothing more to give.
    """
    guids = tuple(guid for guid in tracks_to_render(session, analysis, graph) if guid not in rendered)
    if not guids or session.fingerprint.content_sha256:
        return None
    return offer_of(session, guids, speed_ratio)


def offer_of(session: Session, track_guids: Collection[str], speed_ratio: float) -> RenderOffer:
    """Of these tracks and the comparison of loudness, or of that alone."""
    tracks = [track for track in session.tracks if track.guid in track_guids]
    passes = len(tracks) + CHECKED_TRACKS + 1
    return RenderOffer(
        track_guids=tuple(track.guid for track in tracks),
        names=tuple(track.display_name for track in tracks),
        seconds=passes * session.length_seconds / speed_ratio,
    )


def tracks_to_render(
    session: Session, analysis: Analysis, graph: Graph, doubted: Collection[str] = ()
) -> tuple[str, ...]:
    """Tracks not heard, heard before plug-ins, or `doubted`, whose stem is their own sound and nothing else.

    The stem of a track that other tracks feed holds those too, which are heard already; that of a muted one is silent.
    """
    fed = graph.fed
    measured = {each.track_guid: each.measured_at for each in analysis.tracks}
    return tuple(
        track.guid
        for track in session.tracks
        if (measured.get(track.guid, "after_chain") != "after_chain" or track.guid in doubted)
        and not (track.muted or track.guid in fed)
    )


def about(seconds: float) -> str:
    """``about 40 s``, ``about 3 min``: a guess has few digits."""
    if seconds < 90.0:
        return f"about {max(5 * round(seconds / 5), 5)} s"
    return f"about {round(seconds / 60)} min"
