"""DC, rumble, hum and clipping of one track as findings. What the rest of a session knows of them comes later.

Confidence: the share of right ones among such findings on the stems of two CC0 songs (lithium and sodium, clean and
with faults of known severity), in two steps each; none was wrong there, so that the steps stay below 0.98.
"""

from collections.abc import Iterator

from dawassist.analysis.clipping import Clipping
from dawassist.analysis.dc_offset import DcOffset
from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hum import Hum
from dawassist.analysis.rumble import Rumble
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.model import Track
from dawassist.units import clock_text, counted

LEAST_DC_DBFS = -61.0
LEAST_HUM_DBFS = -90.0
_SURE, _LIKELY = 0.98, 0.93
_SURE_DC_DBFS = -50.0
_SURE_VALLEY_DB = 15.0
_SURE_RUNS = 30
_MOST_NAMED = 4


def disturbance_findings(track: Track, found: Disturbances, start_seconds: float) -> Iterator[Finding]:
    """Of a track whose first sample was heard at `start_seconds` of the project."""
    if found.dc and found.dc.level_dbfs >= LEAST_DC_DBFS:
        yield _dc(track, found.dc)
    if found.rumble:
        yield _rumble(track, found.rumble, start_seconds)
    if found.hum and found.hum.level_dbfs >= LEAST_HUM_DBFS:
        yield _hum(track, found.hum, start_seconds)
    if found.clipping:
        yield _clipping(track, found.clipping, start_seconds)


def _dc(track: Track, dc: DcOffset) -> Finding:
    side = "above" if dc.offset > 0.0 else "below"
    return Finding(
        kind="dc",
        track_guid=track.guid,
        sentence=f"{track.display_name} has a DC offset of {dc.level_dbfs:.1f} dBFS all the way through; a high-pass "
        "at 20 Hz takes it away.",
        confidence=_SURE if dc.level_dbfs >= _SURE_DC_DBFS else _LIKELY,
        evidence=(
            Evidence(
                text=f"The middle of the waveform lies {dc.level_dbfs:.1f} dBFS {side} zero, in pauses too.",
                value=dc.level_dbfs,
                unit="dBFS",
            ),
        ),
    )


def _rumble(track: Track, rumble: Rumble, start_seconds: float) -> Finding:
    return Finding(
        kind="rumble",
        track_guid=track.guid,
        sentence=f"Rumble under {rumble.under_hz:.0f} Hz on {track.display_name} at {rumble.level_dbfs:.0f} dBFS, "
        "nothing is played there.",
        confidence=_SURE if rumble.valley_db >= _SURE_VALLEY_DB else _LIKELY,
        evidence=(
            Evidence(
                text=f"It lies {-rumble.under_track_db:.0f} dB under the track and stays the same whatever is played.",
                value=rumble.under_track_db,
                unit="dB",
            ),
            Evidence(
                text=f"Between it and the lowest notes the spectrum falls by {rumble.valley_db:.0f} dB.",
                value=rumble.valley_db,
                unit="dB",
            ),
        ),
        at_seconds=tuple(start_seconds + seconds for seconds in rumble.at_seconds),
    )


def _hum(track: Track, hum: Hum, start_seconds: float) -> Finding:
    lines = sorted(hum.lines_dbfs, key=lambda line: -line[1])
    named = ", ".join(f"{hertz:.0f} Hz at {level:.0f} dBFS" for hertz, level in lines[:_MOST_NAMED])
    places = tuple(start_seconds + seconds for seconds in hum.at_seconds)
    return Finding(
        kind="hum",
        track_guid=track.guid,
        sentence=f"Mains hum of {hum.mains_hz:.0f} Hz on {track.display_name} at {hum.level_dbfs:.0f} dBFS, barest "
        f"around {clock_text(places[0])}.",
        confidence=_SURE if hum.is_certain else _LIKELY,
        evidence=(
            Evidence(text=f"Its strongest lines: {named}.", value=lines[0][1], unit="dBFS"),
            Evidence(
                text=f"{counted(len(lines), 'multiple')} of {hum.lines_dbfs[0][0]:.1f} Hz stand out and never move.",
                value=float(len(lines)),
                unit="lines",
            ),
        ),
        at_seconds=places,
        plot=(
            PlotSeries(
                label="Hum, dBFS",
                x=tuple(hertz for hertz, _ in hum.lines_dbfs),
                y=tuple(level for _, level in hum.lines_dbfs),
            ),
        ),
    )


def _clipping(track: Track, clipping: Clipping, start_seconds: float) -> Finding:
    places = tuple(start_seconds + seconds for seconds in clipping.at_seconds)
    return Finding(
        kind="clipping",
        track_guid=track.guid,
        sentence=f"{track.display_name} is clipped: {counted(clipping.runs, 'flat top')} at "
        f"{clipping.level_dbfs:.1f} dBFS, the worst around {clock_text(places[0])}.",
        confidence=_SURE if clipping.runs >= _SURE_RUNS else _LIKELY,
        evidence=(
            Evidence(
                text=f"{clipping.share:.2%} of what is heard is flat, up to {clipping.longest} samples in a row.",
                value=clipping.share * 100.0,
                unit="%",
            ),
        ),
        at_seconds=places,
    )
