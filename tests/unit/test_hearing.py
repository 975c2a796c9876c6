"""What tracks are together is heard once: an unchanged session opens no file, a changed one gives what is new."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis.low_end import LowEnd
from dawassist.analysis.model import Analysis
from dawassist.audio import media
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief

RATE, SECONDS = 16000, 15.0


def hits(seed: int) -> np.ndarray:
    strokes = np.random.default_rng(seed).standard_normal(round(RATE * SECONDS))
    return 0.2 * strokes * np.exp(-(np.arange(len(strokes)) % (RATE // 3)) / (0.03 * RATE))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two microphones of a kick drum, the second upside down and 3 ms late, and a sample over it."""
    kick = hits(1)
    signals = {"Kick In": kick, "Kick Out": -0.5 * np.roll(kick, 48) + 0.02 * hits(5), "Kick Sample": hits(2)}
    tracks = ""
    for number, (name, signal) in enumerate(signals.items(), start=1):
        soundfile.write(tmp_path / f"{name}.wav", signal, RATE, subtype="FLOAT")
        tracks += (
            f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n    <ITEM\n      POSITION 0\n'
            f'      LENGTH {SECONDS}\n      <SOURCE WAVE\n        FILE "{name}.wav"\n      >\n    >\n  >\n'
        )
    path = tmp_path / "kick.rpp"
    path.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {RATE} 1 0\n{tracks}>\n')
    return path


@pytest.fixture
def analyzed(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Analysis]:
    def analysis(cache: str = "cache") -> Analysis:
        monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(project.parent / cache))
        with open_file(project, journal=Journal(project.parent / "journal.jsonl")) as assistant:
            return assistant.analyze(assistant.snapshot(), Brief())

    return analysis


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened from now on."""
    names: list[str] = []
    check = media._check_ordinary

    def spying(path: Path) -> None:
        names.append(path.stem)
        check(path)

    monkeypatch.setattr(media, "_check_ordinary", spying)
    return names


def same(one: Analysis, other: Analysis) -> None:
    def plain(analysis: Analysis) -> Analysis:
        return replace(analysis, covariance=None, low_end=None, whole_low_ends=(), covariance_error_lu=0.0)

    assert plain(one) == plain(other)
    assert one.covariance_error_lu == pytest.approx(other.covariance_error_lu, abs=1e-5)
    for mine, others in zip(low_ends(one), low_ends(other), strict=True):
        assert mine.track_guids == others.track_guids
        assert mine.whole_seconds == others.whole_seconds
        np.testing.assert_array_equal(mine.frequency_hz, others.frequency_hz)
        np.testing.assert_array_equal(mine.spectra, others.spectra)


def low_ends(analysis: Analysis) -> list[LowEnd]:
    assert analysis.low_end is not None
    return [analysis.low_end, *analysis.whole_low_ends]


def test_a_second_run_on_an_unchanged_session_opens_no_file(
    analyzed: Callable[..., Analysis], opened: list[str]
) -> None:
    first = analyzed()
    assert first.pairs
    assert first.whole_low_ends
    assert len(first.hit_matches) == 3
    assert set(opened) == {"Kick In", "Kick Out", "Kick Sample"}
    opened.clear()
    same(analyzed(), first)
    assert opened == []


def test_after_a_change_the_result_is_that_of_a_fresh_analysis(
    analyzed: Callable[..., Analysis], project: Path
) -> None:
    first = analyzed()
    soundfile.write(project.parent / "Kick Out.wav", -0.3 * np.roll(hits(1), 32), RATE, subtype="FLOAT")
    os.utime(project.parent / "Kick Out.wav", (1e9, 1e9))
    second = analyzed()
    same(second, analyzed("fresh"))
    assert second.pairs != first.pairs
    assert second.hit_matches != first.hit_matches
    assert not np.array_equal(low_ends(second)[0].spectra, low_ends(first)[0].spectra)


def test_a_changed_track_reads_nothing_of_what_others_are_together(
    analyzed: Callable[..., Analysis], project: Path, opened: list[str]
) -> None:
    """Every file once for what all are together, the covariance and the mix; the sample's hits against each kick."""
    first = analyzed()
    first_opened = list(opened)
    soundfile.write(project.parent / "Kick Sample.wav", np.roll(hits(2), 16), RATE, subtype="FLOAT")
    opened.clear()
    second = analyzed()
    for name in ("Kick In", "Kick Out"):
        assert opened.count(name) < first_opened.count(name)
    assert low_ends(second)[1].track_guids == low_ends(first)[1].track_guids
    np.testing.assert_array_equal(low_ends(second)[0].spectra, low_ends(first)[0].spectra)
