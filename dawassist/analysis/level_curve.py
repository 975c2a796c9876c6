"""A track's level in steps of 5 ms: what a compressor reacts to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEP_SECONDS = 0.005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelCurve:
    """RMS of both channels together in dBFS, (steps,), at the track's fader input; 2 bytes per step."""

    level_dbfs: npt.NDArray[np.float16]
