"""Level and pan intents on a track's own fader and pan."""

from dawassist.intents import LevelIntent, PanIntent
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.plan.model import Change
from dawassist.session.model import Track
from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain

_GAIN_TOLERANCE = 1e-5
_PAN_TOLERANCE = 1e-5


def realize_level(track: Track, intent: LevelIntent) -> Change:
    """The fader move; it ends at +12 dB, the top of REAPER's fader, unless the fader stands above already."""
    after = min(track.fader_db + intent.gain_db, max(HIGHEST_FADER_DB, track.fader_db))
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
