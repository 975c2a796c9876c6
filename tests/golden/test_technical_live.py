"""A stage recorded with everything open: unnamed mono files over the whole set, every microphone hears the others."""

from pathlib import Path

import numpy as np
import pytest

from tests.golden import band
from tests.golden.band import write_band
from tests.golden.projects import project
from tests.golden.technical import Told, part

LATE_SAMPLES = ((0, 310, 420, 260), (310, 0, 190, 350), (420, 190, 0, 230), (260, 350, 230, 0))  # 1.4 to 3 m


def stage(folder: Path, bleed_db: float) -> str:
    sources = [band.kick(), band.bass(), band.guitar(), band.voice()]
    level = [float(np.std(source)) for source in sources]
    files = {}
    for place, own in enumerate(sources):
        spill = [
            10 ** (bleed_db / 20) * level[place] / level[which] * np.roll(other, LATE_SAMPLES[place][which])
            for which, other in enumerate(sources)
            if which != place
        ]
        files[f"open_{place}"] = own + np.sum(spill, axis=0)
    write_band(folder, **files)
    return project(*(part(f"Track {place + 1:02}-230914_2012", f"open_{place}") for place in range(len(sources))))


@pytest.mark.parametrize("bleed_db", [-20.0, -12.0])
def test_bleed_between_open_microphones_is_no_late_or_inverted_microphone(bleed_db: float, tmp_path: Path) -> None:
    told = Told(tmp_path, stage(tmp_path, bleed_db))
    assert told.faults == set()
    assert told.technical_moves == set()
