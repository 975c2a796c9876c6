"""Level and pan intents on a track's own fader and pan."""

from dawassist.intents import LevelIntent, PanIntent
from dawassist.plan.model import Change
from dawassist.session.model import Track
from dawassist.session.targets import TrackTarget
from dawassist.units import SILENCE_DB, db_to_gain

HIGHEST_FADER_DB = 12.0
_GAIN_TOLERANCE = 1e-5
_PAN_TOLERANCE = 1e-5


def why_not_fader(track: Track) -> str:
    """Why the fader of a track is not to be written; "" when it may be."""
    if track.locked:
        return "its controls are locked."
    if track.automation_mode not in ("trim_read", "read") and track.envelope("volume"):
        return f"its volume is automated in {_mode(track)} mode, which would record the move."
    if track.automation_mode == "read" and track.envelope("volume"):
        return "its volume is automated in Read mode, where the fader follows the envelope."
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
    if track.envelope("pan") and track.automation_mode != "trim_read":
        return f"its pan is automated in {_mode(track)} mode."
    return ""


def realize_level(track: Track, intent: LevelIntent) -> Change:
    """The fader move; limited to +12 dB, the top of REAPER's fader."""
    after = min(track.fader_db + intent.gain_db, HIGHEST_FADER_DB)
    expected = db_to_gain(track.fader_db)
    return Change(
        target=TrackTarget(track_guid=track.guid, field="fader_gain"),
        parameter="Fader",
        before=track.fader_db,
        after=after,
        unit="dB",
        expected_raw=expected,
        desired_raw=db_to_gain(after),
        tolerance=_GAIN_TOLERANCE * max(1.0, expected),
        raw_law="gain",
    )


def realize_pan(track: Track, intent: PanIntent) -> Change:
    return Change(
        target=TrackTarget(track_guid=track.guid, field="pan"),
        parameter="Pan",
        before=track.pan,
        after=intent.pan,
        unit="pan",
        expected_raw=track.pan,
        desired_raw=intent.pan,
        tolerance=_PAN_TOLERANCE,
        raw_law="identity",
    )


def offsets_envelope(track: Track) -> bool:
    """Whether a fader move shifts an envelope instead of a still level (Trim/Read)."""
    return track.automation_mode == "trim_read" and track.envelope("volume") is not None


def _mode(track: Track) -> str:
    return track.automation_mode.replace("_", " ").title()
