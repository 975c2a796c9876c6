"""Polarity, mute and delay intents on a track's own switches and playback offset."""

from dawassist.intents import DelayIntent
from dawassist.plan.model import Change
from dawassist.session.model import Track
from dawassist.session.targets import TrackField, TrackTarget

_DELAY_TOLERANCE_SECONDS = 1e-6


def realize_polarity(track: Track) -> Change:
    """The polarity switch goes to its other side."""
    return _switch(track, "polarity", "Polarity", was=track.polarity_inverted, becomes=not track.polarity_inverted)


def realize_mute(track: Track) -> Change:
    return _switch(track, "mute", "Mute", was=track.muted, becomes=True)


def realize_delay(track: Track, intent: DelayIntent) -> Change:
    """The playback offset grows by the delay; an offset that is set already counts."""
    after_seconds = round(track.delay_seconds + intent.later_seconds, 7)
    return Change(
        target=TrackTarget(track_guid=track.guid, field="play_offset_seconds"),
        parameter="Delay",
        before=track.delay_seconds * 1000.0,
        after=after_seconds * 1000.0,
        unit="ms",
        expected_raw=track.delay_seconds,
        desired_raw=after_seconds,
        tolerance=_DELAY_TOLERANCE_SECONDS,
        raw_law="milliseconds",
    )


def _switch(track: Track, field: TrackField, parameter: str, *, was: bool, becomes: bool) -> Change:
    return Change(
        target=TrackTarget(track_guid=track.guid, field=field),
        parameter=parameter,
        before=float(was),
        after=float(becomes),
        unit="switch",
        expected_raw=float(was),
        desired_raw=float(becomes),
        tolerance=0.0,
        raw_law="identity",
    )
