"""Which faders and pans may be written, and why others may not."""

from dawassist.session.model import Track
from dawassist.units import SILENCE_DB

_FLAT_DB = 1e-3
HIGHEST_FADER_DB = 12.0  # the top of REAPER's fader


def why_not_fader(track: Track) -> str:
    """Why the fader of a track is not to be written; "" when it may be."""
    if track.locked:
        return "its controls are locked."
    if track.automation_mode == "read" and track.envelope("volume"):
        return "its volume is automated in Read mode, where the fader follows the envelope."
    if track.automation_mode != "trim_read" and track.envelope("volume"):
        return f"its volume is automated in {_mode(track)} mode, which would record the move."
    if track.vca_follower:
        return "it follows a VCA leader; move the leader."
    if track.fader_db <= SILENCE_DB:
        return "its fader is at -inf."
    return ""


def why_not_pan(track: Track) -> str:
    """Why the pan of a track is not to be written; "" when it may be."""
    if track.locked:
        return "its controls are locked."
    if track.pan_mode in ("dual", "stereo"):
        return f"it is in {track.pan_mode} pan mode, which is set by hand."
    if track.envelope("pan"):
        return f"its pan is automated ({_mode(track)} mode)."
    return ""


def why_not_polarity(track: Track) -> str:
    """Why the polarity of a track is not to be written; "" when it may be."""
    return "its controls are locked." if track.locked else ""


def why_not_mute(track: Track) -> str:
    """Why a track is not to be muted; "" when it may be."""
    if track.locked:
        return "its controls are locked."
    if track.muted:
        return "it is muted already."
    return "its mute is automated." if track.envelope("mute") else ""


def why_not_delay(track: Track, later_seconds: float) -> str:
    """Why a track is not to play later; "" when it may. An offset before the items' own place stays by hand."""
    if track.locked:
        return "its controls are locked."
    if track.delay_seconds + later_seconds < 0.0:
        return f"its playback offset of {track.delay_seconds * 1000.0:.2f} ms is set before its items."
    return ""


def why_not_tool(track: Track) -> str:
    """Why nothing is to be added to a track; "" when it may be."""
    return "its controls are locked." if track.locked else ""


def why_not_fx(track: Track) -> str:
    """Why the chain of a track is not to be changed; "" when it may be."""
    if track.freeze_count:
        return "it is frozen."
    if track.fx and not track.fx_enabled:
        return "its plug-ins are bypassed as a whole."
    return why_not_tool(track)


def why_not_ride(track: Track, *, creates: bool = False) -> str:
    """Why the volume envelope of a track is not to be written, or made (`creates`); "" when it may be."""
    envelope = track.envelope("volume")
    if envelope is None and creates:
        return why_not_new_envelope(track)
    if envelope is None:
        return (
            "it has no volume envelope yet; show it (V in REAPER) and suggest again, or ask for rides with new "
            'envelopes (Extras in the panel, extras = ["new_envelopes"] in the brief).'
        )
    if envelope.automation_item_count or not envelope.points:
        return "its volume envelope holds automation items."
    if track.automation_mode not in ("trim_read", "read"):
        return f"it is in {_mode(track)} mode, which would record over the ride."
    return why_not_tool(track)


def why_not_new_envelope(track: Track) -> str:
    """Why no volume envelope is to be made on a track; "" when one may be."""
    found = next((e for e in track.envelopes if e.kind == "volume"), None)
    if found is not None and (
        len(found.points) < found.point_count or any(abs(p.value) > _FLAT_DB for p in found.points)
    ):
        return "it has a volume envelope that is switched off; switch it on or clear it."
    if track.automation_mode != "trim_read":
        return f"it is in {_mode(track)} mode, where its fader would follow a new envelope."
    return why_not_tool(track)


def offsets_envelope(track: Track) -> bool:
    """Whether a fader move shifts an envelope instead of a still level (Trim/Read)."""
    return track.automation_mode == "trim_read" and track.envelope("volume") is not None


def _mode(track: Track) -> str:
    return "Trim/Read" if track.automation_mode == "trim_read" else track.automation_mode.replace("_", " ").title()
