"""DC, rumble, hum and clipping of one track as findings. What the rest of a session knows of them comes later.

Confidence: the share of right ones among such findings by Laplace's rule of succession, (right + 1) / (all + 2), 0.98
at most. Counted on the stems of two CC0 songs (lithium and sodium by ichbinsoftware, EVR), clean and with faults of
known severity, hum and rumble on stems played 0.75 to 1.19 times as fast too: 202 of 202 hums that stand out by 60 dB
and 14 of 14 that do so less; 200 of 200 rumbles that are steady and have a valley over them, 13 of 13 that are steady
only and 6 of 6 that have a valley only.
"""

from collections.abc import Iterator, Sequence

from dawassist.analysis.clipping import Clipping
from dawassist.analysis.dc_offset import DcOffset
from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hum import Hum
from dawassist.analysis.rumble import Rumble
from dawassist.session.findings import Evidence, Finding, FindingClass, PlotSeries
from dawassist.session.model import Track
from dawassist.units import clock_text, counted

LEAST_DC_DBFS = -61.0
LEAST_HUM_DBFS = -90.0
_SURE, _LIKELY, _PROBABLE = 0.98, 0.93, 0.88
_SURE_DC_DBFS = -50.0
_SURE_VALLEY_DB = 15.0
_SURE_RUNS = 30
_MOST_NAMED = 4
Line = tuple[str, float, str]
"""A line of evidence: text, value, unit."""


def disturbance_findings(track: Track, found: Disturbances, start_seconds: float) -> Iterator[Finding]:
    """Of a track whose first sample was heard at `start_seconds` of the project."""
    if found.dc and found.dc.level_dbfs >= LEAST_DC_DBFS:
        yield _dc(track, found.dc)
    if found.rumble:
        yield _rumble(track, found.rumble, _from(start_seconds, found.rumble.at_seconds))
    if found.hum and found.hum.level_dbfs >= LEAST_HUM_DBFS:
        yield _hum(track, found.hum, _from(start_seconds, found.hum.at_seconds))
    if found.clipping:
        yield _clipping(track, found.clipping, _from(start_seconds, found.clipping.at_seconds))


def _from(start_seconds: float, at_seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(start_seconds + seconds for seconds in at_seconds)


def _found(
    kind: FindingClass, track: Track, sentence: str, confidence: float, lines: Sequence[Line],
    at_seconds: tuple[float, ...] = (), plot: tuple[PlotSeries, ...] = (),
) -> Finding:  # fmt: skip
    evidence = tuple(Evidence(text=text, value=value, unit=unit) for text, value, unit in lines)
    return Finding(
        kind=kind, track_guid=track.guid, sentence=sentence, confidence=confidence, evidence=evidence,
        at_seconds=at_seconds, plot=plot,
    )  # fmt: skip


def _dc(track: Track, dc: DcOffset) -> Finding:
    side = "above" if dc.offset > 0.0 else "below"
    sentence = (
        f"{track.display_name} has a DC offset of {dc.level_dbfs:.1f} dBFS all the way through; a high-pass at 20 Hz "
        "takes it away."
    )
    text = f"The middle of the waveform lies {dc.level_dbfs:.1f} dBFS {side} zero, in pauses too."
    confidence = _SURE if dc.level_dbfs >= _SURE_DC_DBFS else _LIKELY
    return _found("dc", track, sentence, confidence, [(text, dc.level_dbfs, "dBFS")])


def _rumble(track: Track, rumble: Rumble, at_seconds: tuple[float, ...]) -> Finding:
    has_valley = rumble.valley_db >= _SURE_VALLEY_DB
    sentence = (
        f"Rumble under {rumble.under_hz:.0f} Hz on {track.display_name} at {rumble.level_dbfs:.0f} dBFS, nothing is "
        "played there."
    )
    under = f"It lies {-rumble.under_track_db:.0f} dB under the track and stays the same whatever is played."
    lines: list[Line] = [(under, rumble.under_track_db, "dB")]
    if has_valley or not rumble.is_steady:
        text = f"Between it and the lowest notes the spectrum falls by {rumble.valley_db:.0f} dB."
        lines.append((text, rumble.valley_db, "dB"))
    confidence = _PROBABLE if not rumble.is_steady else _SURE if has_valley else _LIKELY
    return _found("rumble", track, sentence, confidence, lines, at_seconds)


def _hum(track: Track, hum: Hum, at_seconds: tuple[float, ...]) -> Finding:
    strongest = sorted(hum.lines_dbfs, key=lambda line: -line[1])
    named = ", ".join(f"{hertz:.0f} Hz at {level:.0f} dBFS" for hertz, level in strongest[:_MOST_NAMED])
    where = ", opposite in both sides" if hum.is_opposite else ""
    sentence = (
        f"Mains hum of {hum.mains_hz:.0f} Hz on {track.display_name} at {hum.level_dbfs:.0f} dBFS{where}, barest "
        f"around {clock_text(at_seconds[0])}."
    )
    count = len(strongest)
    multiples = f"{counted(count, 'multiple')} of {hum.lines_dbfs[0][0]:.1f} Hz stand out and never move."
    lines: list[Line] = [
        (f"Its strongest lines: {named}.", strongest[0][1], "dBFS"), (multiples, float(count), "lines")
    ]  # fmt: skip
    if hum.is_opposite:
        text = f"Left and right carry it against each other: in mono {strongest[0][0]:.0f} Hz is gone."
        lines.append((text, strongest[0][0], "Hz"))
    frequencies, levels = zip(*hum.lines_dbfs, strict=True)
    plot = PlotSeries(label="Hum, dBFS", x=frequencies, y=levels)
    confidence = _SURE if hum.is_certain else _LIKELY
    return _found("hum", track, sentence, confidence, lines, at_seconds, (plot,))


def _clipping(track: Track, clipping: Clipping, at_seconds: tuple[float, ...]) -> Finding:
    sentence = (
        f"{track.display_name} is clipped: {counted(clipping.runs, 'flat top')} at {clipping.level_dbfs:.1f} dBFS, the "
        f"worst around {clock_text(at_seconds[0])}."
    )
    text = f"{clipping.share:.2%} of what is heard is flat, up to {clipping.longest} samples in a row."
    confidence = _SURE if clipping.runs >= _SURE_RUNS else _LIKELY
    return _found("clipping", track, sentence, confidence, [(text, clipping.share * 100.0, "%")], at_seconds)
