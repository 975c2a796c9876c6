"""Roles from sound: the shipped model, what it tells of the demo session, and names that sound contradicts."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.session import analyze_session
from dawassist.demo import demo_session_path
from dawassist.plan.role_by_name import role_by_name
from dawassist.plan.role_by_sound import role_by_sound, sound_model
from dawassist.plan.roles import FIRM, combined, role_from_name_and_sound
from dawassist.plan.sound_features import FEATURES, sound_features
from dawassist.projectfile import ProjectFile
from scripts.role_sounds.parts import note_counts, only

ROOT = Path(__file__).parents[3]
HEARD = ("Kick In", "Bass DI", "Hat", "Lead Vox", "Gtr Rhythm")


@pytest.fixture(scope="module")
def demo() -> dict[str, TrackAnalysis]:
    session = ProjectFile(demo_session_path()).snapshot()
    guids = {track.name: track.guid for track in session.tracks if track.name in HEARD}
    wanted = set(guids.values())
    analysis = analyze_session(session, 10.0, 25.0, track_guids=wanted, voice_guids={guids["Lead Vox"]})
    return {name: heard for name, guid in guids.items() if (heard := analysis.track(guid)) is not None}


def test_the_shipped_model_is_what_the_table_gives() -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_role_sounds.py"), "--check"]
    subprocess.run(command, check=True, timeout=60)


def test_absent_material_is_named_with_its_source(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_role_sounds.py"), "--measure", "--data", str(tmp_path)]
    found = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert found.returncode == 1
    assert "stems" in found.stderr
    assert "freedoom" in found.stderr


def test_sound_alone_gives_a_posterior_over_every_role_it_knows(demo: dict[str, TrackAnalysis]) -> None:
    for heard in demo.values():
        posterior = role_by_sound(heard)
        assert tuple(posterior) == sound_model().roles
        assert sum(posterior.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "role"), [("Kick In", "kick"), ("Lead Vox", "lead_vocal"), ("Hat", "hat")])
def test_the_demo_tells_its_roles_without_names(demo: dict[str, TrackAnalysis], name: str, role: str) -> None:
    guess = role_from_name_and_sound(role_by_name("Audio 07"), demo[name])
    assert guess.role == role
    assert guess.runner_up not in ("", role)
    assert any("a sound like" in each for each in guess.evidence)


def test_a_track_of_two_sources_is_neither_however_it_sounds(demo: dict[str, TrackAnalysis]) -> None:
    assert role_from_name_and_sound(role_by_name("Pad + Bass"), demo["Bass DI"]).confidence < FIRM
    assert role_from_name_and_sound(role_by_name("Bass DI"), demo["Bass DI"]).confidence >= FIRM


def test_a_name_that_the_sound_contradicts_loses_confidence(demo: dict[str, TrackAnalysis]) -> None:
    wrong = role_from_name_and_sound(role_by_name("Vox"), demo["Kick In"])
    right = role_from_name_and_sound(role_by_name("Kick"), demo["Kick In"])
    assert right.role == "kick"
    assert right.confidence > role_by_name("Kick").confidence
    assert wrong.role != "lead_vocal" or wrong.confidence < FIRM
    assert any("although" in each or "but" in each for each in wrong.evidence)


def test_tone_does_not_tell_a_named_double_that_it_leads() -> None:
    alike = dict.fromkeys(sound_model().roles, 0.01) | {"lead_vocal": 0.8, "backing_vocal": 0.06}
    posterior = combined(role_by_name("Lead Dbl").posterior, alike)
    assert posterior["backing_vocal"] > role_by_name("Lead Dbl").confidence


def test_a_role_that_no_sound_tells_keeps_its_name() -> None:
    posterior = combined(role_by_name("Click").posterior, dict.fromkeys(sound_model().roles, 1 / 16))
    assert max(posterior, key=lambda role: posterior[role]) == "click"


def test_without_measures_there_is_no_opinion(demo: dict[str, TrackAnalysis]) -> None:
    silent = replace(demo["Hat"], spectrum=None, voice_share=None)
    assert sound_features(silent) is None
    assert role_by_sound(silent) == {}


def test_there_is_a_number_for_every_feature(demo: dict[str, TrackAnalysis]) -> None:
    features = sound_features(demo["Bass DI"])
    assert features is not None
    assert features.shape == (len(FEATURES),)


def test_a_part_of_a_midi_file_keeps_only_its_notes() -> None:
    content = _midi([(0, 0xC0, 33), (0, 0xC1, 40), (0, 0x90, 40, 90), (96, 0x91, 60, 80), (96, 0x90, 41, 70)])
    assert note_counts(content) == {(0, 33): 2, (1, 40): 1}
    bass = only(content, lambda _channel, _key, program: program == 33, 100)
    assert note_counts(bass) == {(0, 33): 2}
    assert note_counts(only(content, lambda _channel, _key, _program: True, 1)) == {(0, 33): 1, (1, 40): 1}


def _midi(events: list[tuple[int, ...]]) -> bytes:
    body = b"".join(bytes(event) for event in events) + b"\x00\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"
    return header + b"MTrk" + len(body).to_bytes(4, "big") + body
