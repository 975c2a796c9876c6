"""Which compressor is taken for the one on the master of a bounce."""

import numpy as np
import pytest

from dawassist.analysis import master_match
from dawassist.analysis.master_compressor import Compressor
from dawassist.analysis.master_match import MasterSearch
from dawassist.analysis.peak_compressor import PeakCompressor
from tests.unit.analysis.test_master_compressor import RATE
from tests.unit.analysis.test_peak_compressor import RATIO, bass_and_more, squeezed

LEAD = RATE // 2
LITTLE = 0.96  # of what is unexplained, left


@pytest.fixture
def smooth_explains_little(monkeypatch: pytest.MonkeyPatch) -> None:
    smooth = Compressor(threshold_db=-30.0, ratio=2.0, attack_seconds=0.002, release_seconds=0.02)
    monkeypatch.setattr(master_match, "find_compressor", lambda *_: (smooth, LITTLE))


@pytest.mark.usefixtures("smooth_explains_little")
def test_one_that_follows_peaks_is_found_where_a_smooth_one_explains_little() -> None:
    sources = bass_and_more()
    bounce = squeezed(sources.sum(axis=0))
    found = MasterSearch([bounce], LEAD, RATE).find(lambda _place, end: sources[:, :, :end], np.ones((2, len(sources))))
    assert found is not None
    assert isinstance(found.compressor, PeakCompressor)
    assert found.compressor.ratio == pytest.approx(RATIO, rel=0.1)


@pytest.mark.usefixtures("smooth_explains_little")
def test_what_no_compressor_explains_has_none() -> None:
    sources = bass_and_more()
    foreign = 0.1 * np.random.default_rng(1).standard_normal(sources.shape[1:]).astype(np.float32)
    search = MasterSearch([sources.sum(axis=0) + foreign], LEAD, RATE)
    assert search.find(lambda _place, end: sources[:, :, :end], np.ones((2, len(sources)))) is None
