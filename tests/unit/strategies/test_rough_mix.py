"""Matching the engineer's own bounce: from a file to moves, and nothing left to move afterwards."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.errors import InputError
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief, load_brief
from dawassist.plan.wording import wording_faults
from dawassist.review import Decisions

RATE = 24000
SECONDS = 9
GAINS_DB = {"Kick": -3.0, "Bass": -9.5}


def part(seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    plays = np.repeat(generator.choice([0.05, 0.4, 1.0], 6 * SECONDS), RATE // 6)
    return np.asarray(0.1 * generator.standard_normal((2, len(plays))) * plays)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two tracks in a folder at −2 dB; the kick stands at −6 dB."""
    mix = np.zeros_like(part(0))
    for seed, (name, gain_db) in enumerate(GAINS_DB.items()):
        soundfile.write(tmp_path / f"{name}.wav", part(seed).T, RATE, subtype="FLOAT")
        mix += 10.0 ** (gain_db / 20.0) * part(seed)
    soundfile.write(tmp_path / "rough.wav", mix.T, RATE, subtype="FLOAT")

    def track(number: int, name: str, volume: float, folder: str, item: bool) -> str:
        source = f'    <ITEM\n      POSITION 0\n      LENGTH {SECONDS}\n      <SOURCE WAVE\n        FILE "{name}.wav"\n'
        return (
            f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n    VOLPAN {volume} 0 -1 -1 1\n'
            f"    ISBUS {folder}\n" + (f"{source}      >\n    >\n" if item else "") + "  >\n"
        )

    tracks = track(1, "Band", 0.794328, "1 1", False) + track(2, "Kick", 0.501187, "0 0", True)
    path = tmp_path / "song.rpp"
    path.write_text(
        f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {RATE} 1 0\n{tracks}{track(3, "Bass", 1, "2 -1", True)}>\n'
    )
    return path


def brief(project: Path) -> Brief:
    return Brief(strategy="rough-mix", rough_mix=str(project.with_name("rough.wav")))


def test_faders_go_where_the_rough_mix_has_them_and_then_nothing_moves(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "matched.rpp"
    with open_file(project, out=out, journal=Journal(tmp_path / "journal")) as assistant:
        session = assistant.snapshot()
        plan = assistant.suggest(session, assistant.analyze(session, brief(project)), brief(project))
        moves = {r.track_name: r.change.after for r in plan.recommendations}
        assert moves == pytest.approx({"Kick": -1.0, "Bass": -7.5}, abs=0.1)  # the folder adds −2 dB
        assert [wording_faults(r) for r in plan.recommendations] == [[], []]
        assistant.apply(plan, Decisions().accept(r.id for r in plan.recommendations))
    with open_file(out, journal=Journal(tmp_path / "journal")) as assistant:
        session = assistant.snapshot()
        again = assistant.suggest(session, assistant.analyze(session, brief(project)), brief(project))
        assert again.recommendations == ()


def test_without_a_rough_mix_there_is_a_sentence(project: Path) -> None:
    with open_file(project) as assistant:
        session = assistant.snapshot()
        asked = Brief(strategy="rough-mix")
        with pytest.raises(InputError, match="no rough mix to match"):
            assistant.suggest(session, assistant.analyze(session, asked), asked)


def test_a_brief_names_the_bounce_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_text('strategy = "rough-mix"\nrough_mix = "rough.wav"\n')
    assert load_brief(path).rough_mix == str(tmp_path / "rough.wav")
