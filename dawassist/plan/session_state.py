"""Is the session raw, in progress, printed stems, or finished? It decides what may be proposed."""

from collections.abc import Sequence
from pathlib import PureWindowsPath

from dawassist.analysis.model import Analysis
from dawassist.plan.draft import SessionState
from dawassist.plan.names import name_parts
from dawassist.session.model import Session, Track

_MOST = 0.8
_STEREO_STEMS = 0.4  # of the tracks: recordings of ten songs have 3–33 % (MixologyDB), stems of four CC0 songs 58–100 %
_NAMED_STEMS = 0.5
_STEM_WORDS = frozenset({"stem", "stems", "print", "printed", "bounce", "bounced", "mixdown", "render", "rendered"})
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
    bounces = _why_bounces(sources, analysis) if at_zero >= _MOST * count and not with_fx else ""
    if bounces:
        return "printed_stems", f"{counts} {bounces}"
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


def _why_bounces(sources: Sequence[Track], analysis: Analysis) -> str:
    """The sentence that tells bounces from recordings; "" for recordings, or where nothing tells."""
    starts = [track.items[0].position_seconds for track in sources if len(track.items) == 1]
    if len(starts) < _MOST * len(sources) or max(starts) - min(starts) >= _SAME_START_SECONDS:
        return ""
    named = sum(_is_named_so(track) for track in sources)
    if named >= _NAMED_STEMS * len(sources):
        return f"The tracks start together, and {named} of {len(sources)} are named as stems or prints."
    measured = [analysis.track(track.guid) for track in sources]
    stereo = sum(bool(m and m.loudness and not m.is_mono) for m in measured)
    if stereo >= _STEREO_STEMS * len(sources):
        return f"{stereo} of {len(sources)} tracks are stereo and all start together, as bounces do."
    return ""


def _is_named_so(track: Track) -> bool:
    """By its own name, or that of its file."""
    paths = [take.source.path for item in track.items for take in item.takes if take.source is not None]
    names = [track.name, *(PureWindowsPath(path).stem for path in paths)]
    return any(_STEM_WORDS & set(name_parts(name).words) for name in names)
