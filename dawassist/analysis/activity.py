"""When a track sounds: a gate with hysteresis on its momentary loudness, relative to the track's own."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.loudness import HOP_SECONDS, integrated_lufs, power_to_lufs
from dawassist.analysis.model import Activity

_OPEN_LU, _CLOSE_LU = -15.0, -25.0  # relative to the track's integrated loudness: tracks arrive at any level
_FLOOR_LUFS = -70.0
_BRIDGED_HOPS = 5  # shorter pauses belong to the phrase

NEVER = Activity(share=0.0, segments=())


def activity(hops: npt.NDArray[np.float64], start_seconds: float) -> Activity:
    """Segments of the K-weighted hop powers of a track that begin at `start_seconds`.

    A segment begins where a 100 ms hop exceeds the integrated loudness − 15 LU and lasts while it exceeds − 25 LU,
    never below −70 LUFS; pauses under 0.5 s are bridged. A track that is too short or too quiet for a gated loudness is
    judged by its loudest hop.
    """
    if len(hops) == 0:
        return NEVER
    levels = power_to_lufs(hops)
    reference = max(integrated_lufs(hops), float(levels.max()) + _OPEN_LU)
    is_loud = levels > max(reference + _OPEN_LU, _FLOOR_LUFS)
    is_on = levels > max(reference + _CLOSE_LU, _FLOOR_LUFS)
    runs = [run for run in _runs(is_on) if is_loud[run[0] : run[1]].any()]
    joined = _bridge([(int(np.argmax(is_loud[first:last])) + first, last) for first, last in runs])
    share = sum(last - first for first, last in joined) / len(hops)
    segments = tuple(
        (start_seconds + first * HOP_SECONDS, start_seconds + last * HOP_SECONDS) for first, last in joined
    )
    return Activity(share=share, segments=segments)


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, one past the last) of every run of True."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _bridge(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] < _BRIDGED_HOPS:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
