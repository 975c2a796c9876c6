"""Channels that hold nothing, and sides that cancel each other."""

from collections.abc import Iterator

from dawassist.analysis.levels import Dynamics
from dawassist.analysis.model import Loudness, TrackAnalysis
from dawassist.analysis.stereo import Stereo
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Item, Track
from dawassist.units import SILENCE_DB

_DEAD_PEAK_DBFS = -60.0  # a recording of something peaks higher, however soft
_NOISE_LUFS = -55.0
_NOISE_SPREAD_DB = 1.0  # between the 10th and the 90th percentile of its level: nothing plays that evenly
_NOISE_CREST_DB = (9.0, 16.0)
_TURNED_DOWN_DB = -60.0  # items that far down are silent on purpose
_SHORTEST_SECONDS = 2.0
_TOLERANCE_SECONDS = 0.1
_DEAD_SIDE_DB = 25.0  # over all; and between the loudest moments of the sides
_DEAD_SIDE_LUFS = -60.0
_AGAINST = -0.9  # wide synths of real songs and mid/side keep above it
_AGAINST_WEIGHTED = -0.7  # overall, and in half of the moments
_EVEN_DB = 6.0
_SURE, _LIKELY = 0.98, 0.93


def dead_channel(track: Track, measured: TrackAnalysis, start_seconds: float, end_seconds: float) -> Finding | None:
    """Of a track whose items all lie in the range that was heard; None for one that plays, however rarely."""
    loudness = measured.loudness
    if loudness is None or not _is_heard_whole(track, start_seconds, end_seconds):
        return None
    is_noise = _is_noise(loudness, measured.dynamics)
    if loudness.sample_peak_dbfs >= _DEAD_PEAK_DBFS and not is_noise:
        return None
    seconds = sum(item.length_seconds for item in track.items)
    if loudness.sample_peak_dbfs <= SILENCE_DB:
        text = f"{track.display_name} is dead: {seconds:.0f} s of digital silence."
    else:
        text = (
            f"{track.display_name} is dead: nothing above {loudness.sample_peak_dbfs:.0f} dBFS in {seconds:.0f} s"
            f"{', steady noise only' if is_noise else ''}."
        )
    evidence = Evidence(
        text=f"Its largest sample is {loudness.sample_peak_dbfs:.0f} dBFS.",
        value=loudness.sample_peak_dbfs,
        unit="dBFS",
    )
    return Finding(kind="dead_channel", track_guid=track.guid, sentence=text, confidence=_SURE, evidence=(evidence,))


def side_findings(track: Track, stereo: Stereo) -> Iterator[Finding]:
    """A dead side, or sides out of polarity, of a track that plays and whose channels differ."""
    apart_lu = stereo.stronger_max_lufs - stereo.weaker_max_lufs
    is_quiet = stereo.weaker_max_lufs < _DEAD_SIDE_LUFS
    if is_quiet and min(abs(stereo.balance_db), apart_lu) >= _DEAD_SIDE_DB:
        if not any(take.pan or take.channel_mode != "normal" for item in track.items for take in item.takes):
            yield _dead_side(track, stereo)
    elif (
        stereo.broadband_correlation < _AGAINST
        and stereo.correlation < _AGAINST_WEIGHTED
        and stereo.correlation_p50 < _AGAINST_WEIGHTED
        and abs(stereo.balance_db) < _EVEN_DB
    ):
        yield _against(track, stereo)


def _is_noise(loudness: Loudness, dynamics: Dynamics | None) -> bool:
    return (
        dynamics is not None
        and loudness.momentary_max_lufs < _NOISE_LUFS
        and dynamics.rms_spread_db < _NOISE_SPREAD_DB
        and _NOISE_CREST_DB[0] <= dynamics.crest_p50_db <= _NOISE_CREST_DB[1]
    )


def _is_heard_whole(track: Track, start_seconds: float, end_seconds: float) -> bool:
    items = [item for item in track.items if _plays(item)]
    return (
        sum(item.length_seconds for item in items) >= _SHORTEST_SECONDS
        and min(item.position_seconds for item in items) >= start_seconds - _TOLERANCE_SECONDS
        and max(item.position_seconds + item.length_seconds for item in items) <= end_seconds + _TOLERANCE_SECONDS
    )


def _plays(item: Item) -> bool:
    """Whether the item is meant to be heard."""
    if item.muted or not item.lane_plays or not 0 <= item.active_take < len(item.takes):
        return False
    take = item.takes[item.active_take]
    return item.level_db > _TURNED_DOWN_DB and take.level_db > _TURNED_DOWN_DB and take.source is not None


def _dead_side(track: Track, stereo: Stereo) -> Finding:
    dead, living = ("left", "right") if stereo.balance_db > 0.0 else ("right", "left")
    return Finding(
        kind="dead_side",
        track_guid=track.guid,
        sentence=f"The {dead} side of {track.display_name} is dead: {abs(stereo.balance_db):.0f} dB under the "
        f"{living}.",
        confidence=_LIKELY,
        evidence=(
            Evidence(
                text=f"Its loudest moment reaches {stereo.weaker_max_lufs:.0f} LUFS, that of the {living} "
                f"{stereo.stronger_max_lufs:.0f} LUFS.",
                value=stereo.weaker_max_lufs,
                unit="LUFS",
            ),
        ),
    )


def _against(track: Track, stereo: Stereo) -> Finding:
    return Finding(
        kind="stereo_polarity",
        track_guid=track.guid,
        sentence=f"The sides of {track.display_name} cancel each other: a mono sum loses {stereo.mono_loss_lu:.0f} LU.",
        confidence=_LIKELY,
        evidence=(
            Evidence(
                text=f"Left and right correlate by {stereo.broadband_correlation:.2f}; K-weighted, half of the time by "
                f"less than {stereo.correlation_p50:.2f}.",
                value=stereo.broadband_correlation,
                unit="correlation",
            ),
        ),
    )
