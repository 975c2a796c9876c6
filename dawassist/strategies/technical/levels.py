"""Recording levels against the session's own, and the end of the float path.

Peaks above 0 dBFS inside the session are no fault; a level is one only where the fader has no travel left for it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from dawassist.analysis.model import Analysis
from dawassist.console.unheard import unheard_before_master
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.session.findings import Evidence, Finding
from dawassist.session.graph import build_graph
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB, db_text

_FEWEST_TRACKS = 4
_FAR_UNDER_LU, _FAR_OVER_LU = -20.0, 20.0  # against the session's median
_NO_TRAVEL_DB = 6.0  # of fader: half of the way above 0 dB is used up
_COARSE_DB = -30.0  # of fader: 1 mm of travel is more than 1 dB
_INTER_SAMPLE_DB = 0.1
_NEAR_FULL_DBFS = -1.0
_CONFIDENCE = 0.9


def level_findings(session: Session, analysis: Analysis, heard: Sequence[Track]) -> tuple[Finding, ...]:
    """`heard` are the tracks that are judged."""
    return (*_gain_staging(analysis, heard), *_true_peak(session, analysis))


def _gain_staging(analysis: Analysis, heard: Sequence[Track]) -> Iterator[Finding]:
    levels = {
        track.guid: measured.loudness.integrated_lufs
        for track in heard
        if (measured := analysis.track(track.guid))
        and measured.loudness
        and measured.measured_at == "after_chain"
        and measured.loudness.integrated_lufs > SILENCE_DB
    }
    if len(levels) < _FEWEST_TRACKS:
        return
    middle_lufs = float(np.median(list(levels.values())))
    for track in heard:
        apart_lu = levels.get(track.guid, middle_lufs) - middle_lufs
        if track.envelope("volume") is not None:
            continue
        if apart_lu <= _FAR_UNDER_LU and track.fader_db >= _NO_TRAVEL_DB:
            travel = f"of {HIGHEST_FADER_DB:.0f} dB above 0, {track.fader_db:.1f} are used up"
            yield _apart(track, levels[track.guid], apart_lu, f"{-apart_lu:.0f} LU under", travel)
        elif apart_lu >= _FAR_OVER_LU and SILENCE_DB < track.fader_db <= _COARSE_DB:
            travel = "there a millimeter is more than 1 dB"
            yield _apart(track, levels[track.guid], apart_lu, f"{apart_lu:.0f} LU over", travel)


def _apart(track: Track, lufs: float, apart_lu: float, where: str, travel: str) -> Finding:
    return Finding(
        kind="gain_staging",
        track_guid=track.guid,
        sentence=f"{track.display_name} arrives {where} the session's median, its fader stands at "
        f"{db_text(track.fader_db)}: {travel}; item gain and an equal opposite fader give the travel back.",
        confidence=_CONFIDENCE,
        evidence=(
            Evidence(text=f"It arrives at {lufs:.1f} LUFS, {abs(apart_lu):.0f} LU from the median of all tracks.",
                     value=apart_lu, unit="LU"),
        ),
    )  # fmt: skip


def _true_peak(session: Session, analysis: Analysis) -> Iterator[Finding]:
    """A mix that stays below full scale between tracks and master, but not between its samples.

    A mix above full scale in float is not finished, and what plug-ins on folders and the master do is not heard.
    """
    loudness = analysis.mix_loudness
    processed = session.master.fx_enabled and any(fx.enabled and not fx.offline for fx in session.master.fx)
    if loudness is None or processed or unheard_before_master(session, build_graph(session)):
        return
    is_finished = _NEAR_FULL_DBFS <= loudness.sample_peak_dbfs <= 0.0
    if is_finished and loudness.true_peak_dbtp >= _INTER_SAMPLE_DB:
        over_db = loudness.true_peak_dbtp
        yield Finding(
            kind="true_peak",
            track_guid=session.master.guid,
            sentence=f"The mix peaks at {loudness.sample_peak_dbfs:.1f} dBFS, and {over_db:.1f} dB over full scale "
            "between the samples: converters and encoders clip there.",
            confidence=_CONFIDENCE,
            evidence=(Evidence(text=f"True peak {over_db:+.1f} dBTP at the master.", value=over_db, unit="dBTP"),),
        )
