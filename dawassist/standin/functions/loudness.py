"""The dry-run loudness: ``RENDER_STATS`` with the number of an action that renders without a file.

42438 and 42439 take the selected tracks after their faders, 42440 and 42441 the master after its chain; 42439 and
42441 within the time selection. Modelled through the console, as every render here. The text is that of REAPER 7:
``FILE:…;LENGTH:…;PEAK:…;LUFSMMAX:…;LUFSSMAX:…;LUFSI:…;LRA:…``, and only the first two of a silent file.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dawassist.standin.functions.rendering import mix_blocks, output_blocks
from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist.standin.session import session_of
from dawassist.units import SILENCE_DB

Samples = npt.NDArray[np.float32]
_TRACKS, _TRACKS_IN_SELECTION, _MASTER, _MASTER_IN_SELECTION = "42438", "42439", "42440", "42441"
KEEPS_STATISTICS = 1 << 21  # of the preference `renderclosewhendone`


def statistics(host: Host, project: Project, action: str) -> str:
    """What ``RENDER_STATS`` answers after the action; reading what REAPER does not keep would open a question."""
    if action not in (_TRACKS, _TRACKS_IN_SELECTION, _MASTER, _MASTER_IN_SELECTION):
        raise RuntimeError(f"not modelled in the stand-in: RENDER_STATS {action!r}")
    if not host.keeps_statistics:
        raise RuntimeError("not modelled in the stand-in: the question that REAPER asks when statistics are not kept")
    whole = 0.0, project.length_seconds
    start, end = project.time_selection if action in (_TRACKS_IN_SELECTION, _MASTER_IN_SELECTION) else whole
    session = session_of(project)
    if action in (_MASTER, _MASTER_IN_SELECTION):
        project.history.change_count += 1  # as it was seen in REAPER: measuring the master marks the project modified
        return _measured(host, project, project.path.stem, mix_blocks(project, session, start, end), end - start)
    chosen = [track for track in project.tracks if track.get("I_SELECTED")]
    return ";".join(
        _measured(host, project, track.name, output_blocks(project, session, track, start, end), end - start)
        for track in chosen
    )


def _measured(host: Host, project: Project, name: str, blocks: Iterator[Samples], seconds: float) -> str:
    from dawassist.analysis.signal_meter import SignalMeter

    meter = SignalMeter(project.sample_rate_hz)
    for block in blocks:
        meter.push(block)
    meter.finish()
    found = meter.loudness()
    folder = str(project.settings.get("RENDER_FILE", ""))
    minutes, rest = divmod(seconds, 60.0)
    fields = [f"FILE:{folder}/{name}", f"LENGTH:{int(minutes)}:{rest:06.3f}"]
    if found.integrated_lufs > SILENCE_DB:
        off = host.loudness_error_lu
        fields += [
            f"PEAK:{found.sample_peak_dbfs:.6f}", f"LUFSMMAX:{found.momentary_max_lufs + off:.6f}",
            f"LUFSSMAX:{found.short_term_max_lufs + off:.6f}", f"LUFSI:{found.integrated_lufs + off:.6f}",
            f"LRA:{found.loudness_range_lu:.6f}",
        ]  # fmt: skip
    return ";".join(fields)
