"""Is the session raw, in progress, printed stems, or finished? It decides what may be proposed."""

from collections.abc import Sequence

from dawassist.analysis.model import Analysis
from dawassist.plan.draft import SessionState
from dawassist.session.model import Session, Track

_MOST = 0.8
_SAME_START_SECONDS = 0.05
_DECIDED_DB = 3.0


def session_state(session: Session, sources: Sequence[Track], analysis: Analysis) -> tuple[SessionState, str]:
    """The state and the sentence that says why. `sources` are the tracks that play and reach the master."""
    count = len(sources)
    at_zero = sum(is_untouched(track) for track in sources)
    with_fx = sum(bool(track.fx) for track in sources)
    automated = sum(any(envelope.active for envelope in track.envelopes) for track in sources)
    counts = (
        f"{at_zero} of {count} faders and pans are untouched, {with_fx} tracks have plug-ins, {automated} automation."
    )
    if not count:
        return "in_progress", counts
    if at_zero >= _MOST * count and not with_fx and _are_bounces(sources, analysis):
        return "printed_stems", f"{counts} The tracks are stereo and start together, as bounces do."
    if at_zero >= _MOST * count and with_fx <= (1 - _MOST) * count:
        return "raw", counts
    if session.master.fx and with_fx >= 0.5 * count and automated >= 0.2 * count:
        return "finished", f"{counts} The master has a chain."
    return "in_progress", counts


def is_untouched(track: Track) -> bool:
    """Fader at 0.00 dB and pan in the center: nobody has decided anything here."""
    return abs(track.fader_db) < 0.005 and abs(track.pan) < 0.001


def is_undecided(track: Track) -> bool:
    """Untouched, and no plug-in or envelope of its own either: no evidence of the engineer's hand."""
    return is_untouched(track) and not track.fx and not any(envelope.active for envelope in track.envelopes)


def decidedness(track: Track) -> float:
    """How far the engineer's hand shows on a level, 0..1: a nudged fader a little, one at 3 dB or a plug-in wholly."""
    if track.fx or abs(track.pan) >= 0.001 or any(envelope.active for envelope in track.envelopes):
        return 1.0
    return min((track.fader_db / _DECIDED_DB) ** 2, 1.0)


def _are_bounces(sources: Sequence[Track], analysis: Analysis) -> bool:
    measured = [analysis.track(track.guid) for track in sources]
    stereo = sum(bool(m and m.loudness and not m.is_mono) for m in measured)
    starts = [track.items[0].position_seconds for track in sources if len(track.items) == 1]
    together = len(starts) >= _MOST * len(sources) and max(starts) - min(starts) < _SAME_START_SECONDS
    return together and stereo >= 0.5 * len(sources)
