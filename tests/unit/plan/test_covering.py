"""“What covers this track?”: the masker, its band and its place; or that nothing does."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.errors import InputError
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Finding

RATE = 24000
SECONDS = 6


def band(low_hz: float, high_hz: float, level: float) -> np.ndarray:
    from scipy.signal import butter, sosfilt

    noise = np.random.default_rng(round(low_hz)).standard_normal(RATE * SECONDS)
    return np.asarray(level * sosfilt(butter(4, (low_hz, high_hz), "bandpass", fs=RATE, output="sos"), noise))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    sounds = {"Flute": band(900, 1600, 0.02), "Wall": band(700, 2500, 0.4), "Sub": band(40, 90, 0.4)}
    parts = []
    for number, (name, samples) in enumerate(sounds.items(), start=1):
        soundfile.write(tmp_path / f"{name}.wav", samples, RATE, subtype="FLOAT")
        parts.append(
            f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n    <ITEM\n      POSITION 0\n'
            f'      LENGTH {SECONDS}\n      <SOURCE WAVE\n        FILE "{name}.wav"\n      >\n    >\n  >\n'
        )
    muted = '  <TRACK {00000000-0000-0000-0000-000000000009}\n    NAME "Empty"\n  >\n'
    path = tmp_path / "song.rpp"
    path.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {RATE} 1 0\n{"".join(parts)}{muted}>\n')
    return path


def asked(project: Path, track: str) -> Finding:
    with open_file(project) as assistant:
        session = assistant.snapshot()
        found = assistant.covering(session, assistant.analyze(session, Brief()), Brief(), track)
    names = tuple(t.name for t in session.tracks)
    assert sentence_faults(found.sentence, *(line.text for line in found.evidence), names=names) == []
    return found


def test_the_masker_is_named_with_its_band_and_its_place(project: Path) -> None:
    found = asked(project, "flute")
    assert "Wall 100%" in found.sentence
    (line,) = found.evidence
    assert line.text.startswith("Wall alone covers")
    assert "kHz" in line.text
    assert found.at_seconds
    assert found.other_guid.endswith("2}")


def test_nothing_covers_what_lies_alone(project: Path) -> None:
    found = asked(project, "Sub")
    assert found.sentence.startswith("Nothing covers Sub")
    assert found.evidence == ()


def test_a_track_that_is_not_heard_is_refused(project: Path) -> None:
    with pytest.raises(InputError, match="Empty is not heard"):
        asked(project, "Empty")
