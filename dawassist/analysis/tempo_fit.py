"""Whether a session's tempo is the one that is played: only then is a time tied to it, or a bar named.

Notes and hits begin on the grid of a tempo that fits, and anywhere on that of one that does not, such as the 120 BPM
that a new project has. Triplets do not count: at 120 BPM they are the sixteenths of 90.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.level_curve import STEP_SECONDS
from dawassist.analysis.model import Analysis
from dawassist.analysis.onsets import starts_of
from dawassist.session.model import Session

Values = npt.NDArray[np.float64]
_GRIDS = (1, 2, 4)  # parts of a beat
# Length of the mean of the onsets' phases, 0..1. Four CC0 songs of 90 to 140 BPM: 0.34 to 0.65 at their own tempo, at
# most 0.06 at 120 BPM.
LEAST_AGREEMENT = 0.25
_FEWEST_ONSETS = 50
_STEADY_RATIO = 1.005  # of the fastest to the slowest tempo


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoFit:
    """A steady tempo that fits: quarter notes per minute, how well onsets lie on its grid (0..1), and how many."""

    bpm: float
    agreement: float
    onsets: int

    @property
    def beat_ms(self) -> float:
        return 60_000.0 / self.bpm


def tempo_fit(session: Session, analysis: Analysis) -> TempoFit | None:
    """None where the tempo changes in the analyzed range, or where what is played does not follow it."""
    tempi = list(_tempi(session, analysis.start_seconds, analysis.end_seconds))
    if not tempi or max(tempi) > _STEADY_RATIO * min(tempi):
        return None
    curves = [track.levels.level_dbfs for track in analysis.tracks if track.levels is not None]
    seconds = [STEP_SECONDS * starts_of(curve.astype(np.float32)) for curve in curves]
    onsets: Values = np.concatenate(seconds) if seconds else np.zeros(0)
    if len(onsets) < _FEWEST_ONSETS:
        return None
    beats = onsets * tempi[0] / 60.0
    agreement = max(float(abs(np.exp(2j * np.pi * parts * beats).mean())) for parts in _GRIDS)
    if agreement < LEAST_AGREEMENT:
        return None
    return TempoFit(bpm=tempi[0], agreement=agreement, onsets=len(onsets))


def _tempi(session: Session, start_seconds: float, end_seconds: float) -> Iterator[float]:
    """Every tempo in the range."""
    for place, point in enumerate(session.tempo):
        following = session.tempo[place + 1].time_seconds if place + 1 < len(session.tempo) else np.inf
        if point.bpm > 0.0 and point.time_seconds < end_seconds and following > start_seconds:
            yield point.bpm
