"""A file that plays at the wrong rate shows by its length beside its peers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.audio.lengths import odd_lengths
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Finding
from tests.sessions import make_item, make_session, make_track

RATE = 8000


def found(folder: Path, seconds: Sequence[float]) -> tuple[Finding, ...]:
    for place, length in enumerate(seconds):
        soundfile.write(folder / f"{place}.wav", np.zeros(round(length * RATE)), RATE)
    tracks = [
        make_track(number=place + 1, name=f"Mic {place}", items=[make_item(f"{place}.wav")])
        for place in range(len(seconds))
    ]
    return odd_lengths(make_session(tracks, folder=folder, sample_rate_hz=RATE))


@pytest.mark.parametrize("ratio", [48.0 / 44.1, 44.1 / 48.0])
def test_a_length_in_the_ratio_of_two_rates_is_found(tmp_path: Path, ratio: float) -> None:
    (finding,) = found(tmp_path, [60.0, 60.0, 60.0, 60.0 * ratio])
    assert finding.kind == "media_rate"
    assert finding.evidence[0].value == pytest.approx(ratio, abs=1e-4)
    assert finding.sentence.startswith("3.wav lasts ")
    assert "3 files beside it 1:00" in finding.sentence
    assert sentence_faults(finding.sentence) == []


@pytest.mark.parametrize(
    "seconds",
    [
        [60.0, 60.0, 60.0, 60.0],
        [60.0, 60.0, 60.0, 66.0],
        [60.0, 60.0, 60.0, 120.0],
        [60.0, 60.0, 65.306],
        [60.0, 60.0, 60.0, 65.306, 65.306, 65.306],
        [4.0, 4.0, 4.0, 4.3537],
    ],
    ids=["alike", "another ratio", "twice", "two peers only", "two songs", "loops"],
)
def test_other_lengths_are_nothing_odd(tmp_path: Path, seconds: list[float]) -> None:
    assert found(tmp_path, seconds) == ()


def test_files_that_cannot_be_opened_are_left_out(tmp_path: Path) -> None:
    track = make_track(items=[make_item("missing.wav")])
    assert odd_lengths(make_session([track], folder=tmp_path)) == ()
